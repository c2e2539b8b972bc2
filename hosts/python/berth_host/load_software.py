"""From the run interface to one function of the inputs: the module imported once, a class built once, `setup()` once."""

import functools
import inspect

from .call_style import choose_style
from .entry_callable import EntryNotFound, find_callable
from .entry_module import NoSuchModule, import_entry
from .errors import CallInterrupted
from .event_loop import resolve
from .setup_timeout import limit_setup
from .signature import Arguments
from .single_argument import check_takes_inputs, convert_single_argument, find_single_argument_converter


class Software:
    """`call(inputs)` → a value, or an awaitable or iterator; `stream(inputs)` the same, for who wants its items one by one.

    `joins` says whether these are one text together; None: if all of them are texts. `stop_exception` ends a call's code.
    `keeps_digits`: numbers come as they were written (`WrittenFloat`). `is_async`: both return without running any code of the solution that could block. `concurrency`: the calls at once that
    the solution declares; None where it says nothing.
    """

    def __init__(
        self,
        call,
        stop_exception=CallInterrupted,
        stream=None,
        joins=None,
        is_async=False,
        concurrency=None,
        keeps_digits=False,
    ):
        self.call = call
        self.stream = stream or call
        self.joins = joins
        self.stop_exception = stop_exception
        self.is_async = is_async
        self.concurrency = concurrency
        self.keeps_digits = keeps_digits


def load_software(interface):
    """Exceptions are the user's own, or HostError START_FAILED or ENTRY_NOT_FOUND."""
    if interface.get("call") == "cog":
        return load_cog(interface)
    name = interface["callable"]
    found = find_callable(import_module(interface), name, build)
    style = interface.get("call") or "auto"
    if style == "auto":
        style = choose_style(found.described)
    if style == "inputs":
        check_takes_inputs(found.described, name)
        call, keeps_digits = bind_single_argument(found)
        return Software(call, is_async=is_async(found.function), keeps_digits=keeps_digits)
    arguments = Arguments(found.described, name)
    function = found.function if not found.leading else found.call

    def call(inputs):
        positional, named = arguments.map(inputs)
        return function(*positional, **named)

    return Software(call, is_async=is_async(found.function), keeps_digits=arguments.needs_digits)


def is_async(function):
    """Whether a call makes a coroutine or an async generator and runs nothing."""
    while isinstance(function, functools.partial):
        function = function.func
    return any(
        inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one)
        for one in (function, getattr(type(function), "__call__", None))
    )


def bind_single_argument(found):
    """A function of the inputs as they are, or as what its annotation makes of them; and whether that wants their digits."""
    whole = find_single_argument_converter(found.described)
    if whole is None:
        return found.function, False
    converter, name = whole
    return lambda inputs: found.function(convert_single_argument(converter, inputs, name)), converter.needs_digits


def import_module(interface):
    try:
        return import_entry(interface)
    except NoSuchModule:
        message = "there is no module %s: neither in the repository nor installed" % interface["module"]
        raise EntryNotFound(message) from None


def load_cog(interface):
    from .cog_predictor import CogPredictor

    predictor = CogPredictor(lambda: import_module(interface), interface["callable"])
    with limit_setup():
        resolve(predictor.setup())
    call, stream = predictor.call, predictor.stream
    if predictor.is_async:
        call, stream = predictor.call_async, predictor.stream_async
    stop_exception, joins = predictor.cancelation_exception, predictor.joins
    return Software(call, stop_exception, stream, joins, predictor.is_async, predictor.concurrency)


def build(kind):
    """The one instance, ready. An exception of its constructor or of `setup()` is the user's own."""
    with limit_setup():
        instance = kind()
        setup = getattr(instance, "setup", None)
        if callable(setup):
            resolve(setup())
    return instance

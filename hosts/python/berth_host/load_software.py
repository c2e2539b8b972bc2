"""Loads the callable of a run interface: imports the module once, builds a class once, and runs `setup()` once."""

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
    """The loaded solution.

    `call(inputs)` returns a value, an awaitable, or an iterator; `stream(inputs)` does the same for a caller that reads items
    one by one. `joins`: whether the items form one text; None: if all of them are texts. `stop_exception` is raised to end
    a call's code. `is_async`: both functions return before any code of the solution that could block. `concurrency`: the
    number of concurrent calls that the solution declares, or None. `keeps_digits`: numbers are passed as they were written
    (`WrittenFloat`).
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
    """Loads the software. Raises the user's exceptions, HostError START_FAILED, and EntryNotFound."""
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
    """Whether calling the function only creates a coroutine or an async generator."""
    while isinstance(function, functools.partial):
        function = function.func
    return any(
        inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one)
        for one in (function, getattr(type(function), "__call__", None))
    )


def bind_single_argument(found):
    """Returns a function that takes all inputs as one argument, and whether that needs exact numbers."""
    parameter = find_single_argument_converter(found.described)
    if parameter is None:
        return found.function, False
    converter, name = parameter
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
    """Builds the instance of a class and sets it up. Raises what its constructor or `setup()` raises."""
    with limit_setup():
        instance = kind()
        setup = getattr(instance, "setup", None)
        if callable(setup):
            resolve(setup())
    return instance

"""From the run interface to one function of the inputs: the module imported once, a class built once, `setup()` once."""

import importlib
import inspect
import sys

from .errors import CallInterrupted, HostError
from .event_loop import submit
from .signature import Arguments, check_takes_inputs

METHODS = ("predict", "run", "__call__")


class Software:
    """`call(inputs)` → a value, or an awaitable or iterator; `stream(inputs)` the same, for who wants its items one by one.

    `joins` says whether these are one text together; None: if all of them are texts. `stop_exception` ends a call's thread.
    """

    def __init__(self, call, stop_exception=CallInterrupted, stream=None, joins=None):
        self.call = call
        self.stream = stream or call
        self.joins = joins
        self.stop_exception = stop_exception


def load_software(interface):
    """Exceptions are the user's own, or HostError START_FAILED."""
    sys.argv = [interface["module"]]  # what parses its arguments when imported sees none
    if interface.get("call") == "cog":
        return load_cog(interface)
    module = importlib.import_module(interface["module"])
    name = interface["callable"]
    function = find_callable(module, name)
    if interface.get("call") == "inputs":
        check_takes_inputs(function, name)
        return Software(function)
    arguments = Arguments(function, name)

    def call(inputs):
        positional, named = arguments.map(inputs)
        return function(*positional, **named)

    return Software(call)


def load_cog(interface):
    from .cog_predictor import CogPredictor

    predictor = CogPredictor(interface["module"], interface["callable"])
    wait(predictor.setup())
    call, stream = predictor.call, predictor.stream
    if predictor.is_async:
        call, stream = predictor.call_async, predictor.stream_async
    return Software(call, predictor.cancelation_exception, stream, predictor.joins)


def find_callable(module, name):
    first, _, method = name.partition(".")
    found = pick(module, first, "the module " + module.__name__)
    if inspect.isclass(found):
        found = build(found)
        return pick(found, method, first) if method else pick_method(found, first)
    if method:
        return pick(found, method, first)
    return found if callable(found) else pick_method(found, first)


def build(kind):
    """The one instance, ready. An exception of its constructor or of `setup()` is the user's own."""
    try:
        inspect.signature(kind).bind()
    except TypeError as error:
        raise HostError("START_FAILED", "%s cannot be built without arguments: %s" % (kind.__name__, error)) from None
    except ValueError:  # no signature to be had
        pass
    instance = kind()
    setup = getattr(instance, "setup", None)
    if callable(setup):
        wait(setup())
    return instance


def pick(owner, name, description):
    if not hasattr(owner, name):
        there = [other for other in dir(owner) if not other.startswith("_")]
        raise HostError("START_FAILED", "%s has no %s; it has: %s" % (description, name, ", ".join(there[:30]) or "nothing"))
    found = getattr(owner, name)
    if isinstance(owner, type(sys)) or callable(found):
        return found
    raise HostError("START_FAILED", "%s.%s cannot be called: it is a %s" % (description, name, type(found).__name__))


def pick_method(instance, name):
    for method in METHODS:
        if callable(getattr(instance, method, None)):
            return getattr(instance, method)
    raise HostError("START_FAILED", "%s has none of the methods %s" % (name, ", ".join(METHODS)))


def wait(result):
    return submit(result).result() if inspect.isawaitable(result) else result

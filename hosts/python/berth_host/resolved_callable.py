"""The callable that an entry's name resolves to."""

import inspect
import itertools
import types


class ResolvedCallable:
    """`function` is what is called; `described` has the signature. For a decorated function that is the original function.

    `leading`: names of arguments that `function` takes only by position, contrary to its signature.
    """

    def __init__(self, function, described=None, leading=None):
        self.function = function
        self.described = described or function
        self.leading = find_leading(function) if leading is None else leading

    def call(self, *positional, **named):
        by_position = list(itertools.takewhile(named.__contains__, self.leading))
        rest = {name: value for name, value in named.items() if name not in by_position}
        return self.function(*positional, *(named[name] for name in by_position), **rest)


def find_leading(function):
    """Finds such arguments of a wrapper that shows the signature of what it wraps: `def wrapper(*args)`, `singledispatch`."""
    if not isinstance(function, types.FunctionType) or not hasattr(function, "__wrapped__"):
        return []
    try:
        own = inspect.signature(function, follow_wrapped=False).parameters.values()
        shown = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    names = [parameter.name for parameter in shown if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    if hasattr(function, "dispatch") and hasattr(function, "registry"):
        return names[:1]
    by_name = {parameter.name for parameter in own if parameter.kind is not parameter.POSITIONAL_ONLY}
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in own)
    return [] if takes_any or by_name.issuperset(names) else names

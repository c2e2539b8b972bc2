"""What an entry's name leads to, as it is called."""

import inspect
import itertools
import types


class ResolvedCallable:
    """`function` is called; `described` has the signature: of a decorated function what was decorated.

    `leading`: names of arguments that it takes by their place alone, though its signature says otherwise.
    """

    def __init__(self, function, described=None, leading=None):
        self.function = function
        self.described = described or function
        self.leading = find_leading(function) if leading is None else leading

    def call(self, *positional, **named):
        moved = list(itertools.takewhile(named.__contains__, self.leading))
        rest = {name: value for name, value in named.items() if name not in moved}
        return self.function(*positional, *(named[name] for name in moved), **rest)


def find_leading(function):
    """Of a decorator's wrapper, which has the signature of what it wraps: `def wrapper(*args)`, or `singledispatch`."""
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

"""Distinguishes the attributes of a class from those of its instances."""

import functools
import inspect
import types


def needs_instance(kind, name):
    """Whether only an instance has the attribute: a method, a property, or what the constructor sets."""
    found = find_own(kind, name)
    if found is None:
        return not hasattr(kind, name)  # otherwise its metaclass has it
    return not hasattr(kind, name) or needs_binding(found, getattr(kind, name))


def find_own(kind, name):
    """Returns the unbound attribute of the class or a base, or None."""
    owner = next((one for one in kind.__mro__ if name in vars(one)), None)
    return None if owner is None else vars(owner)[name]


def needs_binding(found, value):
    """Whether an attribute needs an instance. `value` is what the class returns for it."""
    if isinstance(found, types.FunctionType):
        return takes_self(found)
    if isinstance(found, (functools.partialmethod, functools.singledispatchmethod)):
        return not isinstance(found.func, (classmethod, staticmethod))
    if isinstance(found, (classmethod, staticmethod)) or not hasattr(type(found), "__get__"):
        return False
    return value is found or wants_self(value)  # true for properties and decorators of methods


def takes_self(function):
    """Whether a function takes an instance. In a class used as a namespace it does not: `def up(text: str)`."""
    first = next(iter(inspect.signature(function, follow_wrapped=False).parameters.values()), None)
    return first is not None and (first.name == "self" or first.annotation is first.empty)


def wants_self(value):
    try:
        return next(iter(inspect.signature(value).parameters), None) == "self"
    except (TypeError, ValueError):  # not callable
        return False


def find_dispatched(owner, name):
    """Returns the bound original function of a `singledispatchmethod`, whose signature applies to all, or None."""
    kind = owner if inspect.isclass(owner) else type(owner)
    found = find_own(kind, name)
    if not isinstance(found, functools.singledispatchmethod):
        return None
    return found.func.__get__(None if owner is kind else owner, kind)

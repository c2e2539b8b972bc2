"""What a class answers itself when it is asked for an attribute, and what only its instances do."""

import functools
import inspect
import types


def needs_instance(kind, name):
    """Whether the attribute is one of the class's instances: a method, a property, or what the constructor sets."""
    found = find_own(kind, name)
    if found is None:
        return not hasattr(kind, name)  # else its metaclass has it
    return not hasattr(kind, name) or is_of_instances(found, getattr(kind, name))


def find_own(kind, name):
    """The attribute as the class or a base has it, not bound to anything."""
    owner = next((one for one in kind.__mro__ if name in vars(one)), None)
    return None if owner is None else vars(owner)[name]


def is_of_instances(found, answer):
    """`answer`: what the class makes of it."""
    if isinstance(found, types.FunctionType):
        return takes_self(found)
    if isinstance(found, (functools.partialmethod, functools.singledispatchmethod)):
        return not isinstance(found.func, (classmethod, staticmethod))
    if isinstance(found, (classmethod, staticmethod)) or not hasattr(type(found), "__get__"):
        return False
    return answer is found or wants_self(answer)  # as a property does, and a decorator of methods


def takes_self(function):
    """A function in a class that is only a place for functions takes none: `def up(text: str)`."""
    first = next(iter(inspect.signature(function, follow_wrapped=False).parameters.values()), None)
    return first is not None and (first.name == "self" or first.annotation is first.empty)


def wants_self(answer):
    try:
        return next(iter(inspect.signature(answer).parameters), None) == "self"
    except (TypeError, ValueError):  # nothing that is called
        return False


def find_dispatched(owner, name):
    """Of a `singledispatchmethod` the function that it was made of, bound: its signature holds for all. Else None."""
    kind = owner if inspect.isclass(owner) else type(owner)
    found = find_own(kind, name)
    if not isinstance(found, functools.singledispatchmethod):
        return None
    return found.func.__get__(None if owner is kind else owner, kind)

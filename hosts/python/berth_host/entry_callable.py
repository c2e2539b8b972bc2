"""Resolves the entry's name to a callable after the module has run: a function, a method, an object, or an attribute.

Reading the source may not have found it.
"""

import functools
import importlib.util
import inspect
import types

from .class_attributes import find_dispatched, needs_instance
from .errors import HostError, log
from .resolved_callable import ResolvedCallable

METHODS = ("predict", "run", "__call__", "invoke")
PLAIN = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    functools.partial,
    type(functools.lru_cache()(len)),
)
COMMAND_LINES = ("click", "rich_click", "asyncclick", "typer")
MAX_NAMES = 30


class EntryNotFound(HostError):
    """The name does not resolve to a callable. `candidates`: names in the module that do."""

    def __init__(self, message, candidates=()):
        super().__init__("ENTRY_NOT_FOUND", message)
        self.candidates = list(candidates)


def find_callable(module, dotted, build):
    """Returns the ResolvedCallable of a dotted name. `build(kind)` creates the only instance of a class."""
    names = dotted.split(".")
    owner, found = None, module
    for index, name in enumerate(names):
        owner = found
        if inspect.isclass(owner) and needs_instance(owner, name):
            owner = instance_for(owner, name, module, build)
        found = pick(owner, name, ".".join(names[:index]), module)
    return as_dispatched(owner, names[-1], found) or as_callable(found, dotted, module, build)


def instance_for(kind, name, module, build):
    try:
        return find_instance(kind, module, build)
    except EntryNotFound:
        if inspect.ismethod(getattr(kind, name, None)):  # a class method with another decorator
            return kind
        raise


def pick(owner, name, path, module):
    try:
        return getattr(owner, name)
    except AttributeError as error:
        inner = find_submodule(owner, name)
        if inner is not None:
            return inner
        if owner is module:
            raise EntryNotFound(describe_module(module, name), list_candidates(module, name)) from None
        available = [other for other in dir(owner) if not other.startswith("_")]
        listed = ", ".join(available[:MAX_NAMES]) or "nothing"
        detail = "" if str(error).startswith(("type object", "'")) else " (%s)" % error
        raise EntryNotFound("%s has no %s%s; it has: %s" % (path, name, detail, listed)) from None


def find_submodule(owner, name):
    """Imports and returns a module of a package that was not imported yet, or None."""
    full = "%s.%s" % (getattr(owner, "__name__", ""), name)
    if not inspect.ismodule(owner) or not hasattr(owner, "__path__") or importlib.util.find_spec(full) is None:
        return None
    return importlib.import_module(full)


def describe_module(module, name):
    listed = ", ".join(list_candidates(module, name)[:MAX_NAMES]) or "nothing that can be called"
    return "its module has no %s; it has: %s" % (name, listed)


def list_candidates(module, near):
    """Returns the callable names of a module: similar names first, imported ones last."""
    names = [name for name, value in vars(module).items() if not name.startswith("_") and is_offered(value)]
    own = [name for name in names if getattr(vars(module)[name], "__module__", None) == module.__name__]
    import difflib  # only needed for errors

    close = difflib.get_close_matches(near, names, MAX_NAMES, 0.5)
    return list(dict.fromkeys([*close, *own, *names]))


def is_offered(value):
    return not inspect.ismodule(value) and (callable(value) or any(hasattr(value, method) for method in METHODS))


def as_dispatched(owner, name, found):
    """Resolves a `singledispatchmethod`, which dispatches on its first positional argument. None for anything else."""
    described = find_dispatched(owner, name)
    if described is None:
        return None
    return ResolvedCallable(found, described, list(inspect.signature(described).parameters)[:1])


def as_callable(found, dotted, module, build):
    if inspect.isclass(found):
        found = find_instance(found, module, build)
        return pick_method(found, dotted)
    if isinstance(found, PLAIN):
        return ResolvedCallable(found)
    wrapped = find_wrapped(found, dotted, module)
    if wrapped is not None:
        return ResolvedCallable(found if callable(found) and has_same_parameters(found, wrapped) else wrapped, wrapped)
    return ResolvedCallable(found) if callable(found) else pick_method(found, dotted)


def find_wrapped(found, dotted, module):
    """Returns the function that a decorator turned into this object: it has the entry's name and is defined in its module."""
    last = dotted.rpartition(".")[2]
    wrapped = getattr(found, "__wrapped__", None)
    if isinstance(wrapped, PLAIN):
        return wrapped
    values = getattr(found, "__dict__", {}).values()
    functions = [value for value in values if isinstance(value, types.FunctionType)]
    return next((each for each in functions if each.__name__ == last and each.__module__ == module.__name__), None)


def has_same_parameters(found, wrapped):
    """Whether the object takes the same arguments as the function. A command takes the words of a command line instead."""
    if type(found).__module__.partition(".")[0] in COMMAND_LINES:
        return False
    try:
        own, names = inspect.signature(found).parameters, list(inspect.signature(wrapped).parameters)
    except (TypeError, ValueError):
        return False
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in own.values())
    return list(own) == names or (takes_any and not set(own) & set(names) - {"args", "kwargs"})


def pick_method(instance, path):
    for method in METHODS:
        found = getattr(instance, method, None)
        if callable(found):
            return as_dispatched(instance, method, found) or ResolvedCallable(found)
    methods = [name for name in dir(instance) if not name.startswith("_") and is_method(instance, name)]
    advice = "; name one of its methods: %s" % ", ".join(methods[:MAX_NAMES]) if methods else ""
    kind = type(instance).__name__
    raise EntryNotFound("%s is a %s without %s%s" % (path, kind, " or ".join(METHODS), advice))


def is_method(instance, name):
    try:
        return callable(getattr(instance, name))
    except Exception:  # a property that fails
        return False


def find_instance(kind, module, build):
    """Builds an instance; if that needs arguments, returns the only instance in the module."""
    obstacle = find_build_obstacle(kind)
    if obstacle is None:
        return build(kind)
    instances = {
        name: value for name, value in vars(module).items() if isinstance(value, kind) and not name.startswith("__")
    }
    if len({id(value) for value in instances.values()}) == 1:
        name, instance = next(iter(instances.items()))
        log("%s cannot be built without arguments: the module's %s is called" % (kind.__name__, name))
        return instance
    advice = (
        "its module holds several: name one of " + ", ".join(instances)
        if instances
        else "name a function that builds it, or one of its class methods, or let the module hold an instance"
    )
    raise EntryNotFound("%s cannot be built without arguments: %s; %s" % (kind.__name__, obstacle, advice), instances)


def find_build_obstacle(kind):
    """Says why a class cannot be built without arguments; None if it can."""
    if inspect.isabstract(kind):
        return "it is abstract (%s)" % ", ".join(sorted(kind.__abstractmethods__))
    try:
        inspect.signature(kind).bind()
    except TypeError as error:
        return str(error)
    except ValueError:  # no signature available
        pass
    return None

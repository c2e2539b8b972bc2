"""From the entry's name to what is called: a function, a method, an object, or an attribute of one, as it is now that the
module has run. Reading may have seen none of it."""

import functools
import importlib.util
import inspect
import types

from .class_attributes import find_dispatched, needs_instance
from .errors import HostError, log
from .resolved_callable import ResolvedCallable

METHODS = ("predict", "run", "__call__", "invoke")
PLAIN = (
    *(types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodWrapperType),
    *(functools.partial, type(functools.lru_cache()(len))),
)
COMMAND_LINES = ("click", "rich_click", "asyncclick", "typer")
MAX_NAMES = 30


class EntryNotFound(HostError):
    """The name leads to nothing that can be called. `candidates`: names of the module that do."""

    def __init__(self, message, candidates=()):
        super().__init__("ENTRY_NOT_FOUND", message)
        self.candidates = list(candidates)


def find_callable(module, dotted, build):
    """`build(kind)` makes the one instance of a class."""
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
        if inspect.ismethod(getattr(kind, name, None)):  # a class method in a decorator of its own
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
        there = [other for other in dir(owner) if not other.startswith("_")]
        named = ", ".join(there[:MAX_NAMES]) or "nothing"
        detail = "" if str(error).startswith(("type object", "'")) else " (%s)" % error
        raise EntryNotFound("%s has no %s%s; it has: %s" % (path, name, detail, named)) from None


def find_submodule(owner, name):
    """A module of a package that nothing has imported yet."""
    full = "%s.%s" % (getattr(owner, "__name__", ""), name)
    if not inspect.ismodule(owner) or not hasattr(owner, "__path__") or importlib.util.find_spec(full) is None:
        return None
    return importlib.import_module(full)


def describe_module(module, name):
    named = ", ".join(list_candidates(module, name)[:MAX_NAMES]) or "nothing that can be called"
    return "its module has no %s; it has: %s" % (name, named)


def list_candidates(module, near):
    """What the module has that can be called, the nearest name first; what it imported from elsewhere last."""
    names = [name for name, value in vars(module).items() if not name.startswith("_") and is_offered(value)]
    own = [name for name in names if getattr(vars(module)[name], "__module__", None) == module.__name__]
    import difflib  # for errors alone

    close = difflib.get_close_matches(near, names, MAX_NAMES, 0.5)
    return list(dict.fromkeys([*close, *own, *names]))


def is_offered(value):
    return not inspect.ismodule(value) and (callable(value) or any(hasattr(value, method) for method in METHODS))


def as_dispatched(owner, name, found):
    """Of a `singledispatchmethod`, which looks at its first argument; None of anything else."""
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
        return ResolvedCallable(found if callable(found) and passes_on(found, wrapped) else wrapped, wrapped)
    return ResolvedCallable(found) if callable(found) else pick_method(found, dotted)


def find_wrapped(found, dotted, module):
    """The function that a decorator made this object of: of the entry's own name, and defined in its module."""
    last = dotted.rpartition(".")[2]
    wrapped = getattr(found, "__wrapped__", None)
    if isinstance(wrapped, PLAIN):
        return wrapped
    held = list(getattr(found, "__dict__", {}).values())
    functions = [value for value in held if isinstance(value, types.FunctionType)]
    return next((one for one in functions if one.__name__ == last and one.__module__ == module.__name__), None)


def passes_on(found, wrapped):
    """Whether the object takes what the function takes. A command takes the words of a command line."""
    if type(found).__module__.partition(".")[0] in COMMAND_LINES:
        return False
    try:
        taken, names = inspect.signature(found).parameters, list(inspect.signature(wrapped).parameters)
    except (TypeError, ValueError):
        return False
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in taken.values())
    return list(taken) == names or (takes_any and not set(taken) & set(names) - {"args", "kwargs"})


def pick_method(instance, path):
    for method in METHODS:
        found = getattr(instance, method, None)
        if callable(found):
            return as_dispatched(instance, method, found) or ResolvedCallable(found)
    there = [name for name in dir(instance) if not name.startswith("_") and is_method(instance, name)]
    named = "; name one of its methods: %s" % ", ".join(there[:MAX_NAMES]) if there else ""
    kind = type(instance).__name__
    raise EntryNotFound("%s is a %s without %s%s" % (path, kind, " or ".join(METHODS), named))


def is_method(instance, name):
    try:
        return callable(getattr(instance, name))
    except Exception:  # a property that fails
        return False


def find_instance(kind, module, build):
    """One that is built here, or where that takes arguments, the one that the module holds."""
    why = why_not_built(kind)
    if why is None:
        return build(kind)
    held = {
        name: value for name, value in vars(module).items() if isinstance(value, kind) and not name.startswith("__")
    }
    if len({id(value) for value in held.values()}) == 1:
        name, instance = next(iter(held.items()))
        log("%s cannot be built without arguments: the module's %s is called" % (kind.__name__, name))
        return instance
    advice = (
        "its module holds several: name one of " + ", ".join(held)
        if held
        else "name a function that builds it, or one of its class methods, or let the module hold an instance"
    )
    raise EntryNotFound("%s cannot be built without arguments: %s; %s" % (kind.__name__, why, advice), held)


def why_not_built(kind):
    if inspect.isabstract(kind):
        return "it is abstract (%s)" % ", ".join(sorted(kind.__abstractmethods__))
    try:
        inspect.signature(kind).bind()
    except TypeError as error:
        return str(error)
    except ValueError:  # no signature to be had
        pass
    return None

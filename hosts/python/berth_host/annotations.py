"""Resolves the annotations of functions and classes to types."""

import functools
import importlib
import inspect
import sys
import typing
from typing import Any, Callable, Dict

LATE = importlib.import_module("annotationlib") if sys.version_info >= (3, 14) else None


def resolve_annotations(function: Callable[..., Any]) -> Dict[str, Any]:
    """Returns annotations as objects. One that this Python cannot evaluate becomes `Any` and does not affect the others."""
    function = find_annotated_function(function)
    return resolve_all(read_annotations(function), getattr(function, "__globals__", {}))


def read_signature(function: Callable[..., Any]) -> inspect.Signature:
    """Reads a signature even if an annotation names something undefined. Python 3.14 evaluates annotations on access."""
    if LATE is None:
        return inspect.signature(function)
    return inspect.signature(function, annotation_format=LATE.Format.FORWARDREF)


def read_annotations(owner: Any) -> Dict[str, Any]:
    """Returns the unresolved annotations of a function or a class, without those of base classes."""
    if LATE is not None:
        try:
            return LATE.get_annotations(owner, format=LATE.Format.FORWARDREF)
        except TypeError:  # neither a function nor a class
            return {}
    if inspect.isclass(owner):
        return owner.__dict__.get("__annotations__", {})
    return getattr(owner, "__annotations__", {})


def field_types(kind: type) -> Dict[str, Any]:
    """Returns the types of a class's fields, including those of its bases."""
    types: Dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        module = sys.modules.get(base.__module__)
        names = dict(vars(module) if module is not None else {}, **{base.__name__: base})
        types.update(resolve_all(read_annotations(base), names))
    return types


def resolve_all(annotations: Dict[str, Any], names: Dict[str, Any]) -> Dict[str, Any]:
    return {name: resolve(annotation, names) for name, annotation in annotations.items()}


def resolve(annotation: Any, names: Dict[str, Any]) -> Any:
    """Resolves an annotation, including names in quotes inside it: `List["Item"]`."""
    holder = type("holder", (), {"__annotations__": {"it": annotation}})
    try:
        if sys.version_info >= (3, 9):
            return typing.get_type_hints(holder, names, {}, include_extras=True)["it"]
        found = eval(annotation, names) if isinstance(annotation, str) else annotation
        return typing.get_type_hints(type("holder", (), {"__annotations__": {"it": found}}), names, {})["it"]
    except Exception:
        return Any


def find_annotated_function(function: Any) -> Any:
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(getattr(function, "__func__", function))
    if inspect.isfunction(function) or not hasattr(type(function), "__call__") or inspect.isbuiltin(function):
        return function
    return getattr(type(function).__call__, "__func__", type(function).__call__)


def is_optional(annotation: Any) -> bool:
    return annotation is None or type(None) in typing.get_args(annotation)


def name_type(annotation: Any) -> str:
    """Returns a type as a person writes it: `int`, `Optional[str]`, `list[Path]`."""
    if annotation is type(None):
        return "None"
    if inspect.isclass(annotation) and not typing.get_args(annotation):
        return annotation.__name__
    return str(annotation).replace("typing.", "").replace("cog.types.", "").replace("NoneType", "None")

"""The inputs of a predictor, read from its signature, whichever version of Cog (or pydantic) declared them."""

import dataclasses
import functools
import inspect
import typing
from enum import Enum
from typing import Any, Callable, Dict, List, NamedTuple, Optional

#: Stands for "no default: the input must be given".
MISSING = inspect.Parameter.empty


class InputField(NamedTuple):
    name: str
    annotation: Any
    default: Any
    #: `ge`, `le`, `min_length`, `max_length`, `regex`: those that are set.
    limits: Dict[str, Any]
    choices: Optional[List[Any]]


class DeclaredInputs(NamedTuple):
    fields: Dict[str, InputField]
    #: The predictor takes `**inputs`, so every name is right.
    is_open: bool


def tell_missing_from_none(cog: Any) -> None:
    """Lets `Input()` and `Input(default=None)` differ under Cog 0.17 and later, where both read `None` at run time.

    Cog tells them apart by parsing the source; only the first makes the input required.
    """
    declare = cog.Input
    if not dataclasses.is_dataclass(getattr(cog, "FieldInfo", None)) or cog.FieldInfo().default is ...:
        return

    @functools.wraps(declare)
    def declare_input(*default: Any, **declaration: Any) -> Any:
        field = declare(*default, **declaration)
        if not default and "default" not in declaration:
            object.__setattr__(field, "default", ...)  # the dataclass is frozen
        return field

    cog.Input = cog.input.Input = declare_input


def read_inputs(function: Callable[..., Any]) -> DeclaredInputs:
    annotations = resolve_annotations(function)
    fields: Dict[str, InputField] = {}
    is_open = False
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            is_open = True
        elif parameter.kind is not parameter.VAR_POSITIONAL:
            fields[name] = _read_field(name, annotations.get(name, Any), parameter.default)
    return DeclaredInputs(fields, is_open)


def resolve_annotations(function: Callable[..., Any]) -> Dict[str, Any]:
    """Annotations as objects; one that this Python cannot evaluate counts as `Any`, and spoils no other."""
    function = inspect.unwrap(getattr(function, "__func__", function))
    if not inspect.isfunction(function):
        function = function.__call__
    annotations: Dict[str, Any] = {}
    for name, annotation in getattr(function, "__annotations__", {}).items():
        if isinstance(annotation, str):
            try:
                annotation = eval(annotation, function.__globals__)
            except Exception:
                annotation = Any
        annotations[name] = annotation
    return annotations


def is_optional(annotation: Any) -> bool:
    return annotation is None or type(None) in typing.get_args(annotation)


def _read_field(name: str, annotation: Any, default: Any) -> InputField:
    limits: Dict[str, Any] = {}
    choices = None
    if type(default).__name__ == "FieldInfo":
        declaration = default
        default = _declared_default(declaration)
        for limit, spellings in _LIMITS.items():
            found = [value for value in (_limit(declaration, word) for word in spellings) if value is not None]
            if found:
                limits[limit] = found[0]
        choices = _declared_choices(declaration)
    if default is MISSING and is_optional(annotation):
        default = None
    return InputField(name, annotation, default, limits, choices)


_LIMITS = {
    "ge": ["ge"],
    "le": ["le"],
    "min_length": ["min_length"],
    "max_length": ["max_length"],
    "regex": ["regex", "pattern"],
}


def _limit(declaration: Any, name: str) -> Any:
    """Cog and pydantic 1 keep limits as attributes, pydantic 2 in a list of marks."""
    marks = [declaration, *(getattr(declaration, "metadata", None) or [])]
    return next((value for value in (getattr(mark, name, None) for mark in marks) if value is not None), None)


def _declared_default(declaration: Any) -> Any:
    default = declaration.default
    if default is ... or "Undefined" in type(default).__name__:
        return MISSING
    return default


def _declared_choices(declaration: Any) -> Optional[List[Any]]:
    choices = getattr(declaration, "choices", None)
    if not choices:
        extra = getattr(declaration, "json_schema_extra", None) or getattr(declaration, "extra", None) or {}
        choices = extra.get("enum") or extra.get("choices") if isinstance(extra, dict) else None
    return [choice.value if isinstance(choice, Enum) else choice for choice in choices] if choices else None

"""Types of pydantic, by the pydantic that the solution has imported."""

import importlib
import sys
import typing
from typing import Any, Callable, Optional

from .conversion_error import ConversionError

MARKS = ("__get_pydantic_core_schema__", "__pydantic_core_schema__", "__get_validators__")
LIBRARIES = ("pydantic", "pydantic_core", "annotated_types", "fastapi")


def is_limit(mark: Any) -> bool:
    """Of the library that pydantic has its limits from, which code can use without it: `Annotated[int, Gt(0)]`."""
    return type(mark).__module__.partition(".")[0] == "annotated_types"


def import_pydantic() -> None:
    """Where the environment has it."""
    try:
        importlib.import_module("pydantic")
    except Exception:
        pass


def is_from_pydantic(kind: Any) -> bool:
    """Of a class, also of what only says how pydantic reads a type."""
    if any(hasattr(kind, mark) for mark in MARKS):
        return True
    return getattr(kind, "__module__", "").partition(".")[0] in LIBRARIES


def annotate(annotation: Any, declaration: Any) -> Optional[Any]:
    """What pydantic 2 reads as the type with the declaration's limits; None where it does not know the declaration."""
    if not is_from_pydantic(type(declaration)) or not hasattr(sys.modules.get("pydantic"), "TypeAdapter"):
        return None
    typing_module = typing if hasattr(typing, "Annotated") else sys.modules["typing_extensions"]  # which pydantic needs
    return typing_module.Annotated[annotation, declaration]


def takes_decimals(validate: Callable[[Any], Any]) -> bool:
    """Whether there is a `Decimal` in what pydantic 2 validates."""
    adapter = getattr(validate, "__self__", None)
    return "'decimal'" in repr(getattr(adapter, "core_schema", None))


def pydantic_convert(validate: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    def convert(value: Any, files: Any) -> Any:
        try:
            return validate(value)
        except ValueError as error:
            raise describe(error) from error

    return convert


def find_validate(annotation: Any) -> Optional[Callable[[Any], Any]]:
    """pydantic's own function for a type. None where pydantic is not there, or makes nothing of it."""
    if hasattr(annotation, "parse_obj") and not hasattr(annotation, "model_validate"):
        return annotation.parse_obj  # a model of pydantic 1, or of what pydantic 2 keeps of it
    pydantic = sys.modules.get("pydantic")
    try:
        if hasattr(pydantic, "TypeAdapter"):
            return pydantic.TypeAdapter(annotation).validate_python
        if hasattr(pydantic, "parse_obj_as"):
            return lambda value: pydantic.parse_obj_as(annotation, value)
    except Exception:  # PydanticSchemaGenerationError, and what the parts of the type raise themselves
        pass
    return None


def describe(error: ValueError) -> ConversionError:
    """pydantic's words for each place."""
    list_errors = getattr(error, "errors", None)
    found = list_errors() if callable(list_errors) else []
    errors = [ConversionError(one["msg"], tuple(part for part in one["loc"] if part != "__root__")) for one in found]
    if not errors:
        return ConversionError(str(error))
    return ConversionError(errors[0].problem, errors[0].path, errors[1:])

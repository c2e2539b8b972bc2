"""Converts to pydantic types, with the pydantic that the solution imported."""

import importlib
import sys
import typing
from typing import Any, Callable, Optional

from .conversion_error import ConversionError

MARKS = ("__get_pydantic_core_schema__", "__pydantic_core_schema__", "__get_validators__")
LIBRARIES = ("pydantic", "pydantic_core", "annotated_types", "fastapi")


def is_limit(mark: Any) -> bool:
    """Whether a mark is a limit of annotated_types, which code can use without pydantic: `Annotated[int, Gt(0)]`."""
    return type(mark).__module__.partition(".")[0] == "annotated_types"


def import_pydantic() -> None:
    """Imports pydantic if the environment has it."""
    try:
        importlib.import_module("pydantic")
    except Exception:
        pass


def is_from_pydantic(kind: Any) -> bool:
    """Whether a class is from pydantic or tells pydantic how to read a type."""
    if any(hasattr(kind, mark) for mark in MARKS):
        return True
    return getattr(kind, "__module__", "").partition(".")[0] in LIBRARIES


def annotate(annotation: Any, declaration: Any) -> Optional[Any]:
    """Returns an annotation that pydantic 2 reads with the declaration's limits; None if it does not know the declaration."""
    if not is_from_pydantic(type(declaration)) or not hasattr(sys.modules.get("pydantic"), "TypeAdapter"):
        return None
    typing_module = typing if hasattr(typing, "Annotated") else sys.modules["typing_extensions"]  # pydantic requires it
    return typing_module.Annotated[annotation, declaration]


def takes_decimals(validate: Callable[[Any], Any]) -> bool:
    """Whether the type that pydantic 2 validates contains a `Decimal`."""
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
    """Returns pydantic's validation function for a type; None if pydantic is not loaded or does not know the type."""
    if hasattr(annotation, "parse_obj") and not hasattr(annotation, "model_validate"):
        return annotation.parse_obj  # a model of pydantic 1 or pydantic.v1
    pydantic = sys.modules.get("pydantic")
    try:
        if hasattr(pydantic, "TypeAdapter"):
            return pydantic.TypeAdapter(annotation).validate_python
        if hasattr(pydantic, "parse_obj_as"):
            return lambda value: pydantic.parse_obj_as(annotation, value)
    except Exception:  # PydanticSchemaGenerationError, or an error of a part of the type
        pass
    return None


def describe(error: ValueError) -> ConversionError:
    """Converts pydantic's errors, with their messages and paths."""
    list_errors = getattr(error, "errors", None)
    details = list_errors() if callable(list_errors) else []
    errors = [ConversionError(one["msg"], tuple(part for part in one["loc"] if part != "__root__")) for one in details]
    if not errors:
        return ConversionError(str(error))
    return ConversionError(errors[0].problem, errors[0].path, errors[1:])

"""Converts the JSON of a call to the arguments of `predict`. One message lists all problems."""

import sys
from enum import Enum
from typing import Any, Dict, List

from .annotations import name_type
from .cog_declaration import DeclaredInputs, InputField
from .cog_files import InputFiles
from .conversion_error import ConversionError, show
from .declarations import MISSING, check_limits
from .errors import CallInputError


def read_call(declared: DeclaredInputs, inputs: Any, files: InputFiles) -> Dict[str, Any]:
    """Returns the arguments of `predict`. Passes defaults unchecked and unconverted, as Cog does."""
    if not isinstance(inputs, dict):
        raise CallInputError(f"The input must be an object, got {show(inputs)}.")
    arguments: Dict[str, Any] = {}
    problems: List[str] = []
    for field in declared.fields.values():
        try:
            arguments[field.name] = _read_value(field, inputs, files)
        except ConversionError as error:
            problems.append(error.describe(field.name))
        except ValueError as error:
            problems.append(f"{field.name}: {error}")
    unknown = {name: value for name, value in inputs.items() if name not in declared.fields}
    if problems:
        raise CallInputError("; ".join(problems) + ". " + _describe(declared, unknown))
    if declared.is_open:
        arguments.update(unknown)
    elif unknown:
        print(f"cog: unknown input ignored: {', '.join(unknown)}. {_describe(declared, {})}", file=sys.stderr)
    return arguments


def _read_value(field: InputField, inputs: Dict[str, Any], files: InputFiles) -> Any:
    default = field.declaration.default
    if field.name not in inputs:
        if default is MISSING:
            raise ValueError("is required")
        return default
    value = inputs[field.name]
    if value is None and default is None:
        return None
    value = value if field.converter is None else field.converter(value, files)
    for item in value if isinstance(value, (list, tuple, set)) else [value]:  # limits apply to each item of a list
        if item is not None:
            check_limits(field.declaration, item.value if isinstance(item, Enum) else item)
    return value


def _describe(declared: DeclaredInputs, unknown: Dict[str, Any]) -> str:
    """Describes the declared inputs and the unknown names."""
    takes = ", ".join(map(_signature, declared.fields.values())) or "none"
    listed = f" (unknown: {', '.join(unknown)})" if unknown and not declared.is_open else ""
    return f"Inputs: {takes}{listed}."


def _signature(field: InputField) -> str:
    declared = field.declaration.default
    default = "" if declared is MISSING else f" = {show(declared)}"
    return f"{field.name}: {name_type(field.annotation)}{default}"

"""From the JSON of a call to the arguments of `predict`, or to one message that says all that is wrong with it."""

import re
import sys
from enum import Enum
from typing import Any, Dict, List

from .cog_declaration import MISSING, DeclaredInputs, InputField
from .cog_files import InputFiles
from .cog_values import convert, name_type, show
from .errors import CallInputError


def read_call(declared: DeclaredInputs, inputs: Any, files: InputFiles) -> Dict[str, Any]:
    """Arguments for `predict`; defaults are passed unchecked and unconverted, as in Cog."""
    if not isinstance(inputs, dict):
        raise CallInputError(f"The input must be an object, got {show(inputs)}.")
    arguments: Dict[str, Any] = {}
    problems: List[str] = []
    for field in declared.fields.values():
        try:
            arguments[field.name] = _read_value(field, inputs, files)
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
    if field.name not in inputs:
        if field.default is MISSING:
            raise ValueError("is required")
        return field.default
    value = inputs[field.name]
    if value is None and field.default is None:
        return None
    value = convert(value, field.annotation, files)
    for item in value if isinstance(value, (list, tuple, set)) else [value]:
        if item is not None:
            _check(field, item.value if isinstance(item, Enum) else item)
    return value


def _check(field: InputField, value: Any) -> None:
    """Limits hold for each item of a list."""
    limits = field.limits
    if field.choices is not None and value not in field.choices:
        raise ValueError(f"must be one of {', '.join(show(choice) for choice in field.choices)}; got {show(value)}")
    if isinstance(value, (int, float)):
        if "ge" in limits and not value >= limits["ge"]:
            raise ValueError(f"must be at least {limits['ge']}, got {show(value)}")
        if "le" in limits and not value <= limits["le"]:
            raise ValueError(f"must be at most {limits['le']}, got {show(value)}")
    if isinstance(value, str):
        if len(value) < limits.get("min_length", 0):
            raise ValueError(f"must have at least {limits['min_length']} characters, got {len(value)}")
        if "max_length" in limits and len(value) > limits["max_length"]:
            raise ValueError(f"must have at most {limits['max_length']} characters, got {len(value)}")
        if "regex" in limits and not re.search(limits["regex"], value):
            raise ValueError(f"must match {limits['regex']}, got {show(value)}")


def _describe(declared: DeclaredInputs, unknown: Dict[str, Any]) -> str:
    """The inputs that there are, and the names that were given instead."""
    takes = ", ".join(map(_signature, declared.fields.values())) or "none"
    strangers = f" (unknown: {', '.join(unknown)})" if unknown and not declared.is_open else ""
    return f"Inputs: {takes}{strangers}."


def _signature(field: InputField) -> str:
    default = "" if field.default is MISSING else f" = {show(field.default)}"
    return f"{field.name}: {name_type(field.annotation)}{default}"

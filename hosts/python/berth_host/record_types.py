"""Converts a JSON object to a dataclass, a TypedDict, or a NamedTuple, and its fields by their annotations."""

import dataclasses
from typing import Any, Callable, Container, Dict, Optional, Set

from .annotations import field_types
from .conversion_error import ConversionError, show


def record_converter(kind: Any, make: Callable[[Any], Any], is_cog: bool) -> Optional[Callable[[Any, Any], Any]]:
    """Returns None for a class that is not a record. `make(annotation)` returns the converter of a field."""
    if dataclasses.is_dataclass(kind):
        return dataclass_converter(kind, make, is_cog)
    if issubclass(kind, dict) and hasattr(kind, "__total__"):
        # Cog does not check the fields of a TypedDict.
        return (lambda value, files: check_object(value)) if is_cog else typed_dict_converter(kind, make)
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return named_tuple_converter(kind, make)
    return None


def check_object(value: Any) -> Dict[str, Any]:
    if not isinstance(value, dict):
        raise ConversionError(f"must be an object, got {show(value)}")
    return value


def convert_fields(
    value: Dict[str, Any], converters: Dict[str, Any], files: Any, skipped: Container[str] = ()
) -> Dict[str, Any]:
    """Converts all fields except those in `skipped`. One error reports all problems."""
    converted, problems = dict(value), []
    for name, converter in converters.items():
        if converter is not None and name in value and name not in skipped:
            try:
                converted[name] = converter(value[name], files)
            except ConversionError as error:
                problems.append(error.inside(name))
    if problems:
        raise ConversionError(problems[0].problem, problems[0].path, [*problems[0].more, *problems[1:]])
    return converted


def require(value: Dict[str, Any], required: Any) -> None:
    missing = [ConversionError("is required", (name,)) for name in required if name not in value]
    if missing:
        raise ConversionError(missing[0].problem, missing[0].path, missing[1:])


def dataclass_converter(kind: Any, make: Callable[[Any], Any], is_cog: bool) -> Callable[[Any, Any], Any]:
    types = field_types(kind)
    fields = [field for field in dataclasses.fields(kind) if field.init]
    converters = {field.name: make(types.get(field.name, Any)) for field in fields}
    required = [] if is_cog else [field.name for field in fields if is_required(field)]
    nullable = {field.name for field in fields if field.default is None}

    def convert(value: Any, files: Any) -> Any:
        check_object(value)
        unknown = [name for name in value if name not in converters]
        if unknown and not is_cog:
            raise ConversionError(f"has no field called {' or '.join(unknown)}; it has: {', '.join(converters)}")
        require(value, required)
        given = {name: item for name, item in value.items() if name in converters}
        nulls = [name for name in nullable if given.get(name, name) is None]
        return build(kind, convert_fields(given, converters, files, nulls))

    return convert


def is_required(field: Any) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def build(kind: Any, given: Dict[str, Any]) -> Any:
    """Builds the record. An error of the class becomes a ConversionError."""
    try:
        return kind(**given)
    except (TypeError, ValueError, AssertionError) as error:
        raise ConversionError(f"is not a {kind.__name__}: {error}") from error


def typed_dict_converter(kind: Any, make: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """Converts to a TypedDict. Keeps further keys, because the code may read them."""
    types = field_types(kind)
    converters = {name: make(annotation) for name, annotation in types.items()}
    required: Set[str] = getattr(kind, "__required_keys__", set(types) if kind.__total__ else set())

    def convert(value: Any, files: Any) -> Any:
        require(check_object(value), [name for name in types if name in required])
        return convert_fields(value, converters, files)

    return convert


def named_tuple_converter(kind: Any, make: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """Converts an object with the fields, or a list, which is how outputs write a named tuple."""
    types = field_types(kind)
    converters = {name: make(types.get(name, Any)) for name in kind._fields}

    def convert(value: Any, files: Any) -> Any:
        if isinstance(value, list) and len(value) <= len(kind._fields):
            value = dict(zip(kind._fields, value))
        check_object(value)
        require(value, [name for name in kind._fields if name not in kind._field_defaults])
        return build(kind, convert_fields(value, converters, files))

    return convert

"""Converts a value to one of several types."""

import inspect
import typing
from typing import Any, Dict, Iterable, Optional, Tuple

from .annotations import name_type
from .container_types import LISTS, MAPPINGS
from .conversion_error import ConversionError, show
from .converter import JSON_TYPES, NONE_TYPE, Converter
from .exact_numbers import WrittenFloat
from .json_types import SCALARS

#: Type → the JSON types of its values.
NATURAL: Dict[Any, Tuple[type, ...]] = {
    **{kind: (kind,) for kind in (int, float, bool, str, NONE_TYPE)},
    **{kind: (list,) for kind in (list, *LISTS)},
    **{kind: (dict,) for kind in (dict, *MAPPINGS)},
}


def union_converter(members: Any, alternatives: Any, has_none: bool) -> Converter:
    """Prefers the member that accepts the value unchanged, then one of the value's own type, then the first that converts it."""
    options = [(natural_types(member, converter), converter) for member, converter in alternatives]
    exact = {kind for (member, _), (natural, _) in zip(alternatives, options) if is_scalar(member) for kind in natural}
    exact |= ({int} if float in exact else set()) | ({bool} if int in exact else set())

    def convert(value: Any, files: Any) -> Any:
        kind = type(value) if type(value) is not WrittenFloat else float
        found, nested_errors = [], []
        for natural, converter in sorted(options, key=lambda option: kind not in option[0]):
            if converter is None and kind in natural:
                return value
            if converter is not None and (kind in natural or not found):
                try:
                    found.append(converter(value, files))
                    if kind not in (list, dict) or converter.is_record or is_same(found[-1], value):
                        return found[-1]
                except ConversionError as error:
                    nested_errors += [error] if error.path and kind in natural else []
        if found:
            return found[0]
        if len(nested_errors) == 1:  # of the member that the caller meant
            raise nested_errors[0]
        raise ConversionError("must be %s, got %s" % (" or ".join(map(name_type, members)), show(value)))

    return Converter(convert, exact | ({NONE_TYPE} if has_none else set()))


def is_same(converted: Any, value: Any) -> bool:
    """Whether the conversion changed no part of the value."""
    if type(converted) is not type(value):
        return False
    if type(value) is list:
        return all(map(is_same, converted, value))
    if type(value) is dict:
        return list(converted) == list(value) and all(map(is_same, converted.values(), value.values()))
    return bool(converted == value)


def is_scalar(member: Any) -> bool:
    return inspect.isclass(member) and member in SCALARS


def natural_types(member: Any, converter: Optional[Converter]) -> Iterable[type]:
    """Returns the JSON types of values that already have a type, or look like it."""
    if typing.get_origin(member) is typing.Literal:
        return tuple(type(choice) for choice in typing.get_args(member))
    kind = typing.get_origin(member) or member
    if inspect.isclass(kind) and kind in NATURAL:
        return NATURAL[kind]
    if converter is None:
        return JSON_TYPES
    return (dict,) if converter.is_record else ()

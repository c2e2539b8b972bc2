"""Converters for one of several values: `Literal` and enums."""

import enum
from typing import Any, Tuple

from .conversion_error import ConversionError, show
from .converter import Converter
from .scalars import integer


def literal_converter(choices: Tuple[Any, ...]) -> Converter:
    def convert(value: Any, files: Any) -> Any:
        equal = [choice for plain, choice in plains if value == plain]
        if equal:  # accepts 1.0 and true for 1, but prefers a choice of the same type
            return next((choice for plain, choice in plains if value == plain and type(value) is type(plain)), equal[0])
        raise ConversionError(
            "must be one of %s; got %s" % (", ".join(show(plain) for plain, _ in plains), show(value))
        )

    plains = [(choice.value if isinstance(choice, enum.Enum) else choice, choice) for choice in choices]
    return Converter(convert)


def enum_converter(kind: Any) -> Converter:
    def convert(value: Any, files: Any) -> Any:
        for member in kind:
            if value == member.value and type(value) is type(member.value):
                return member
        try:
            if isinstance(value, list):
                return kind(tuple(value))
            if issubclass(kind, int) and isinstance(value, (str, bool)):
                return kind(integer(value))
            if not isinstance(value, bool):
                return kind(value)  # 1.0 for 1, combined flags, classes with `_missing_`
        except (ValueError, TypeError):
            pass
        raise ConversionError(
            "must be one of %s; got %s" % (", ".join(show(member.value) for member in kind), show(value))
        )

    return Converter(convert)

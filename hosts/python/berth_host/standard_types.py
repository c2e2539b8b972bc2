"""Converts a JSON value to a type of the standard library: a decimal, a path, bytes, and so on. See date_time_types.py, too."""

import datetime
import decimal
import fractions
import os
import pathlib
import re
import uuid
from typing import Any, Callable, Optional

from .conversion_error import ConversionError, show
from .converter import Converter
from .data_uri import read_data_uri
from .date_time_types import parse_date, parse_datetime, parse_duration, parse_time

#: Types that need numbers as they were written.
EXACT_NUMBER_TYPES = (decimal.Decimal, fractions.Fraction)


def standard_converter(kind: Any) -> Optional[Converter]:
    """Returns None for an unknown class."""
    if kind is complex:
        return Converter(lambda value, files: complex_number(value), (int, float, bool))  # a number stays unchanged
    make = find_conversion(kind)
    return make and Converter(lambda value, files: make(value))


def find_conversion(kind: Any) -> Optional[Callable[[Any], Any]]:
    if kind in CONVERSIONS:
        return CONVERSIONS[kind]
    if kind is os.PathLike:
        return parse_with(pathlib.Path, "a path")
    if issubclass(kind, pathlib.PurePath):
        return parse_with(kind, "a path")
    if kind.__module__ == "zoneinfo":
        return parse_with(kind, "a time zone like Europe/Berlin")
    if kind.__module__ == "ipaddress":
        return parse_with(kind, "an IP address or network")
    return None


def decimal_number(value: Any) -> decimal.Decimal:
    try:
        if is_number(value):
            result = decimal.Decimal(str(value).strip())
            if result.is_finite():
                return result
    except decimal.InvalidOperation:
        pass
    raise ConversionError(f"must be a number, got {show(value)}")


def fraction(value: Any) -> fractions.Fraction:
    """Reads a number in decimal notation: 0.1 is one tenth."""
    try:
        if is_number(value):
            return fractions.Fraction(str(value).strip())
    except (ValueError, ZeroDivisionError):
        pass
    raise ConversionError(f"must be a number or a fraction like 1/3, got {show(value)}")


def is_number(value: Any) -> bool:
    """Whether the value is a number or a text that may be one."""
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def complex_number(value: Any) -> complex:
    if isinstance(value, str):
        try:
            return complex(value)
        except ValueError:
            pass
    raise ConversionError(f"must be a number or a text like 1+2j, got {show(value)}")


def content(value: Any) -> bytes:
    """Returns the content of a data URI, as outputs are written, or the UTF-8 bytes of any other text."""
    if not isinstance(value, str):
        raise ConversionError(f"must be a data URI or a text, got {show(value)}")
    try:
        decoded = read_data_uri(value)
        return value.encode("utf-8") if decoded is None else decoded
    except ValueError as error:
        raise ConversionError(str(error)) from error


def parse_with(make: Callable[[str], Any], type_name: str) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        if isinstance(value, str):
            try:
                return make(value)
            except (ValueError, LookupError, OSError, re.error):
                pass
        raise ConversionError(f"must be {type_name}, got {show(value)}")

    return convert


CONVERSIONS = {
    datetime.datetime: parse_datetime,
    datetime.date: parse_date,
    datetime.time: parse_time,
    datetime.timedelta: parse_duration,
    decimal.Decimal: decimal_number,
    fractions.Fraction: fraction,
    uuid.UUID: parse_with(uuid.UUID, "a UUID"),
    bytes: content,
    bytearray: lambda value: bytearray(content(value)),
    memoryview: lambda value: memoryview(content(value)),
    re.Pattern: parse_with(re.compile, "a regular expression"),
}

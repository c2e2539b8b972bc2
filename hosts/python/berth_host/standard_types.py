"""One JSON value as a type of Python's own library: a decimal, a path, bytes, and so on. Dates are in times.py."""

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

#: A number for these is to come as it was written.
EXACT_NUMBER_TYPES = (decimal.Decimal, fractions.Fraction)


def standard_converter(kind: Any) -> Optional[Converter]:
    """None for a class that nobody here knows."""
    if kind is complex:
        return Converter(lambda value, files: complex_number(value), (int, float, bool))  # a number stays what it is
    make = find_conversion(kind)
    return make and Converter(lambda value, files: make(value))


def find_conversion(kind: Any) -> Optional[Callable[[Any], Any]]:
    if kind in CONVERSIONS:
        return CONVERSIONS[kind]
    if kind is os.PathLike:
        return of_text(pathlib.Path, "a path")
    if issubclass(kind, pathlib.PurePath):
        return of_text(kind, "a path")
    if kind.__module__ == "zoneinfo":
        return of_text(kind, "a time zone like Europe/Berlin")
    if kind.__module__ == "ipaddress":
        return of_text(kind, "an IP address or network")
    return None


def decimal_number(value: Any) -> decimal.Decimal:
    try:
        if is_number(value):
            found = decimal.Decimal(str(value).strip())
            if found.is_finite():
                return found
    except decimal.InvalidOperation:
        pass
    raise ConversionError(f"must be a number, got {show(value)}")


def fraction(value: Any) -> fractions.Fraction:
    """Of a number what it says in decimals: 0.1 is a tenth."""
    try:
        if is_number(value):
            return fractions.Fraction(str(value).strip())
    except (ValueError, ZeroDivisionError):
        pass
    raise ConversionError(f"must be a number or a fraction like 1/3, got {show(value)}")


def is_number(value: Any) -> bool:
    """Also a text, which may be one."""
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def complex_number(value: Any) -> complex:
    if isinstance(value, str):
        try:
            return complex(value)
        except ValueError:
            pass
    raise ConversionError(f"must be a number or a text like 1+2j, got {show(value)}")


def content(value: Any) -> bytes:
    """Of a data URI what it holds, as outputs are written; of any other text its UTF-8."""
    if not isinstance(value, str):
        raise ConversionError(f"must be a data URI or a text, got {show(value)}")
    try:
        found = read_data_uri(value)
        return value.encode("utf-8") if found is None else found
    except ValueError as error:
        raise ConversionError(str(error)) from error


def of_text(make: Callable[[str], Any], what: str) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        if isinstance(value, str):
            try:
                return make(value)
            except (ValueError, LookupError, OSError, re.error):
                pass
        raise ConversionError(f"must be {what}, got {show(value)}")

    return convert


CONVERSIONS = {
    datetime.datetime: parse_datetime,
    datetime.date: parse_date,
    datetime.time: parse_time,
    datetime.timedelta: parse_duration,
    decimal.Decimal: decimal_number,
    fractions.Fraction: fraction,
    uuid.UUID: of_text(uuid.UUID, "a UUID"),
    bytes: content,
    bytearray: lambda value: bytearray(content(value)),
    memoryview: lambda value: memoryview(content(value)),
    re.Pattern: of_text(re.compile, "a regular expression"),
}

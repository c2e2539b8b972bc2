"""One JSON value as a number, a truth value, a date, a path, and so on.

Exact types pass. A number may come as text, a whole number as a float, a truth value as the usual words; text never comes
from a number. Dates and times are in times.py. Everything else is refused by a Misfit.
"""

import datetime
import decimal
import os
import pathlib
import re
import uuid
from typing import Any, Callable, Optional

from .data_uri import read_data_uri
from .misfit import Misfit, show
from .times import date, moment, span, time

TRUE_WORDS = ("1", "true", "t", "yes", "y", "on")
FALSE_WORDS = ("0", "false", "f", "no", "n", "off")


def integer(value: Any) -> int:
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            whole, _, zeros = value.strip().partition(".")
            if zeros and not zeros.strip("0"):  # "3.0"
                return integer(whole)
    raise Misfit(f"must be a whole number, got {show(value)}")


def number(value: Any) -> float:
    if isinstance(value, (int, float, str)):
        try:
            return float(value)
        except (ValueError, OverflowError):
            pass
    raise Misfit(f"must be a number, got {show(value)}")


def truth(value: Any) -> bool:
    word = value.lower() if isinstance(value, str) else str(int(value)) if value in (0, 1) else ""
    if word not in TRUE_WORDS + FALSE_WORDS:
        raise Misfit(f"must be true or false, got {show(value)}")
    return word in TRUE_WORDS


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise Misfit(f"must be a string, got {show(value)}")
    return value


def nothing(value: Any) -> None:
    if value is not None:
        raise Misfit(f"must be null, got {show(value)}")


def as_integer(value: Any) -> Any:
    """A fraction passes: the code may well take it."""
    return integer(value) if isinstance(value, str) or value.is_integer() else value


def as_truth(value: Any) -> Any:
    return truth(value) if isinstance(value, str) or value in (0, 1) else value


def decimal_number(value: Any) -> decimal.Decimal:
    try:
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            return decimal.Decimal(str(value).strip())
    except decimal.InvalidOperation:
        pass
    raise Misfit(f"must be a number, got {show(value)}")


def content(value: Any) -> bytes:
    """Of a data URI what it holds, as outputs are written; of any other text its UTF-8."""
    if not isinstance(value, str):
        raise Misfit(f"must be a data URI or a text, got {show(value)}")
    try:
        found = read_data_uri(value)
        return value.encode("utf-8") if found is None else found
    except ValueError as error:
        raise Misfit(str(error)) from error


def of_text(make: Callable[[str], Any], what: str) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        if isinstance(value, str):
            try:
                return make(value)
            except (ValueError, re.error):
                pass
        raise Misfit(f"must be {what}, got {show(value)}")

    return convert


def find_conversion(kind: Any) -> Optional[Callable[[Any], Any]]:
    """From a JSON value to a class of Python's own library; None for a class that nobody here knows."""
    if kind in CONVERSIONS:
        return CONVERSIONS[kind]
    if kind is os.PathLike:
        return of_text(pathlib.Path, "a path")
    if issubclass(kind, pathlib.PurePath):
        return of_text(kind, "a path")
    if kind.__module__ == "ipaddress":
        return of_text(kind, "an IP address or network")
    return None


CONVERSIONS = {
    datetime.datetime: moment,
    datetime.date: date,
    datetime.time: time,
    datetime.timedelta: span,
    decimal.Decimal: decimal_number,
    uuid.UUID: of_text(uuid.UUID, "a UUID"),
    bytes: content,
    bytearray: lambda value: bytearray(content(value)),
    re.Pattern: of_text(re.compile, "a regular expression"),
}

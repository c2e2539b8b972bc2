"""Converts a JSON value to a number, a boolean, a string, or None.

Values of the exact type pass. A number may be given as text, an integer as a float, a boolean as one of the usual words; a
string never as a number. Other values raise ConversionError. standard_types.py has the types that JSON lacks.
"""

import math
from typing import Any

from .conversion_error import ConversionError, show

TRUE_WORDS = ("1", "true", "t", "yes", "y", "on")
FALSE_WORDS = ("0", "false", "f", "no", "n", "off")
#: From here on floats skip integers, so the written integer may have been a different one.
FIRST_INEXACT = 2.0**53


def integer(value: Any) -> int:
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        if isinstance(value, float) and abs(value) >= FIRST_INEXACT:
            raise ConversionError(
                f"must be a whole number, got {show(value)}, which may have lost digits: write it without a point"
            )
        return int(value)
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            digits, _, zeros = value.strip().partition(".")
            if zeros and not zeros.strip("0"):  # "3.0"
                return integer(digits)
    raise ConversionError(f"must be a whole number, got {show(value)}")


def number(value: Any) -> float:
    if isinstance(value, (int, float, str)):
        try:
            result = float(value)
            if math.isfinite(result) or not any(map(str.isdigit, str(value))):  # accepts "inf", refuses "1e400"
                return result
        except (ValueError, OverflowError):
            pass
    raise ConversionError(f"must be a number, got {show(value)}")


def truth(value: Any) -> bool:
    word = value.lower() if isinstance(value, str) else str(int(value)) if value in (0, 1) else ""
    if word not in TRUE_WORDS + FALSE_WORDS:
        raise ConversionError(f"must be true or false, got {show(value)}")
    return word in TRUE_WORDS


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ConversionError(f"must be a string, got {show(value)}")
    return value


def nothing(value: Any) -> None:
    if value is not None:
        raise ConversionError(f"must be null, got {show(value)}")

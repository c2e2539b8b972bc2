"""One JSON value as a number, a truth value, a text or nothing.

Exact types pass. A number may come as text, a whole number as a float, a truth value as the usual words; text never comes
from a number. Everything else is refused by a ConversionError. Types that JSON does not have are in standard_types.py.
"""

import math
from typing import Any

from .conversion_error import ConversionError, show

TRUE_WORDS = ("1", "true", "t", "yes", "y", "on")
FALSE_WORDS = ("0", "false", "f", "no", "n", "off")
#: From here on a float is not every whole number, and may have been another one as it was written.
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
            whole, _, zeros = value.strip().partition(".")
            if zeros and not zeros.strip("0"):  # "3.0"
                return integer(whole)
    raise ConversionError(f"must be a whole number, got {show(value)}")


def number(value: Any) -> float:
    if isinstance(value, (int, float, str)):
        try:
            found = float(value)
            if math.isfinite(found) or not any(map(str.isdigit, str(value))):  # "inf" is, "1e400" would become it
                return found
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

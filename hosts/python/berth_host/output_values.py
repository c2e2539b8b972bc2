"""Converts the values that AI code returns to values that JSON can hold.

Never imports a library: a numpy value can only exist if numpy is loaded. Each library has its own module: arrays.py,
data_frames.py, library_records.py, pil_images.py.

Bytes and images become data URIs, sets become lists, dates become ISO 8601 text, and a timedelta becomes seconds. A Decimal
or Fraction becomes a number if a float or an integer holds it exactly, else text. Values that JSON would distort are refused.
"""

import collections
import collections.abc
import datetime
import decimal
import enum
import fractions
import functools
import io
import os
import sys
import uuid

from .arrays import numpy_converter, tensor_converter
from .data_frames import pandas_converter
from .data_uri import data_uri
from .library_records import model_converter
from .pil_images import image_converter
from .record_values import is_record, named_sequence, record_object, row_object

known = {}
"""Type → its converter. Caching it means that a list of a million numpy numbers needs one lookup."""

TEXT = frozenset((str,))
SCALARS = frozenset((str, int, float, bool, type(None)))
MAX_DECIMAL_INTEGER = decimal.Decimal(10) ** 300


def convert(value):
    """Converts `value` one step toward JSON, for an encoder that does not check keys. Its parts may need further steps.

    Raises TypeError for values that JSON cannot hold.
    """
    converted = convert_step(value)
    if needs_care(converted):
        raise TypeError(kind_name(value) + " with keys that are not text")
    return converted


def convert_step(value):
    """Converts like `convert`, for an encoder that checks keys itself."""
    kind = type(value)
    converter = known.get(kind)
    if converter is None:
        converter = find_converter(value)
        if converter is None:
            raise TypeError(kind_name(value))
        known[kind] = converter
    return converter(value)


def needs_care(value):
    """Whether the json module would lose data in nested lists and objects.

    It writes the keys 1 and "1" identically, and drops the fields of a dataclass that is a list or a dict.
    """
    if isinstance(value, dict):
        if not TEXT.issuperset(map(type, value)) or is_record(value):
            return True
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return False
    elif is_record(value):
        return True
    return not SCALARS.issuperset(map(type, value)) and any(map(needs_care, value))


def kind_name(value):
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else kind.__module__ + "." + kind.__qualname__


def find_converter(value):
    for library in LIBRARIES:
        converter = library(value)
        if converter is not None:
            return converter
    return None


def standard_converter(value):
    pandas = sys.modules.get("pandas")
    if pandas is not None and value is getattr(pandas, "NaT", None):
        return lambda missing: None
    if is_record(value):
        return record_object
    if isinstance(value, collections.abc.Sequence) and callable(getattr(value, "keys", None)):
        return named_sequence if isinstance(value, collections.abc.Mapping) else row_object
    for kind, converter in STANDARD:
        if isinstance(value, kind):
            return converter
    return str if type(value).__module__ == "ipaddress" else None


def decimal_number(value):
    if not value.is_finite():
        return float(value)  # the encoder refuses NaN and names its path
    if (
        value == value.to_integral_value()
        and abs(value) < MAX_DECIMAL_INTEGER
        and not (value.is_zero() and value.is_signed())
    ):
        return int(value)
    number = float(value)
    return number if decimal.Decimal(repr(number)) == value else str(value)


def fraction(value):
    """Returns a number if a float or an integer holds it exactly, else text (`1/3`)."""
    if value.denominator == 1:
        return value.numerator
    try:
        number = float(value)
    except OverflowError:
        return str(value)
    return number if fractions.Fraction(number) == value else str(value)


def sorted_list(values):
    """Sorts a set if its items can be compared, because the order of a set of texts differs between processes."""
    try:
        return sorted(values)
    except TypeError:
        return list(values)


def seconds(value):
    number = value.total_seconds()
    if type(value) is not datetime.timedelta or datetime.timedelta(seconds=number) == value:
        return number
    return str(decimal.Decimal(value // datetime.timedelta(microseconds=1)).scaleb(-6))


def read_file(file):
    """Returns the entire content, regardless of the file's current position."""
    file.seek(0)
    content = file.read()
    return content if isinstance(content, str) else data_uri(content)


STANDARD = (
    (enum.Enum, lambda value: value.value),
    # Subclasses of JSON's own types: orjson passes them on.
    (str, str.__str__),
    (int, int),
    (float, float),
    (datetime.datetime, lambda value: value.isoformat()),
    (datetime.date, lambda value: value.isoformat()),
    (datetime.time, lambda value: value.isoformat()),
    (datetime.timedelta, seconds),
    (decimal.Decimal, decimal_number),
    (fractions.Fraction, fraction),
    (uuid.UUID, str),
    (os.PathLike, os.fspath),
    ((bytes, bytearray, memoryview), data_uri),
    (io.BytesIO, lambda value: data_uri(value.getvalue())),
    (io.StringIO, lambda value: value.getvalue()),
    (io.IOBase, read_file),
    (collections.UserString, str),
    (collections.abc.Set, sorted_list),
    (collections.abc.Mapping, dict),
    (collections.abc.Sequence, list),
    (collections.abc.MappingView, list),
)


def is_unknown(value):
    """Whether no converter here handles the value."""
    kind = type(value)
    return kind not in SCALARS and kind not in known and find_converter(value) is None


LIBRARIES = (
    standard_converter,
    numpy_converter,
    pandas_converter,
    functools.partial(model_converter, is_unknown),
    image_converter,
    tensor_converter,
)

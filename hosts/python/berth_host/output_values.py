"""What AI code returns, as what JSON can hold.

Libraries are never imported for this: a value of numpy can only come where numpy was imported already. What each library
has is in arrays.py, data_frames.py, models.py and images.py.

Bytes and images become data URIs; sets lists; dates ISO 8601; a timedelta seconds; a Decimal and a Fraction a
number where a float or an integer holds it exactly, else text. What cannot be written without a loss is refused.
"""

import collections
import collections.abc
import dataclasses
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
from .pil_images import image_converter
from .library_records import model_converter

known = {}
"""Type → its converter, once found: a list of a million numpy numbers asks once."""

TEXT = frozenset((str,))
SCALARS = frozenset((str, int, float, bool, type(None)))
LONGEST_DECIMAL = decimal.Decimal(10) ** 300


def convert(value):
    """`value` one step nearer to JSON (its parts may need a step of their own), for a writer that does not look at keys.

    TypeError for what JSON cannot hold.
    """
    converted = convert_step(value)
    if has_odd_keys(converted):
        raise TypeError(kind_name(value) + " with keys that are no text")
    return converted


def convert_step(value):
    """The same for a writer that looks at the keys."""
    kind = type(value)
    converter = known.get(kind)
    if converter is None:
        converter = find_converter(value)
        if converter is None:
            raise TypeError(kind_name(value))
        known[kind] = converter
    return converter(value)


def has_odd_keys(value):
    """Whether an object among lists and objects has a key that is no text: 1 and "1" would be written alike."""
    if isinstance(value, dict):
        if not TEXT.issuperset(map(type, value)):
            return True
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return False
    return not SCALARS.issuperset(map(type, value)) and any(map(has_odd_keys, value))


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
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return lambda record: {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    if isinstance(value, collections.abc.Mapping) and isinstance(value, collections.abc.Sequence):
        return named_sequence
    for kind, converter in STANDARD:
        if isinstance(value, kind):
            return converter
    return str if type(value).__module__ == "ipaddress" else None


def named_sequence(values):
    """A sequence of which some items have names (pyparsing.ParseResults): an object only where all have one."""
    named = dict(values)
    return named if len(named) == len(values) else list(values)


def decimal_number(value):
    if not value.is_finite():
        return float(value)  # refused with its path, like any other NaN
    if value == value.to_integral_value() and abs(value) < LONGEST_DECIMAL and not (value.is_zero() and value.is_signed()):
        return int(value)
    number = float(value)
    return number if decimal.Decimal(repr(number)) == value else str(value)


def fraction(value):
    """A number where a float or an integer holds it exactly, else text: 1/3."""
    if value.denominator == 1:
        return value.numerator
    try:
        number = float(value)
    except OverflowError:
        return str(value)
    return number if fractions.Fraction(number) == value else str(value)


def sorted_list(values):
    """Sets have no order, and that of texts differs from process to process: sorted where that is possible."""
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
    """All of it, wherever the code has left off."""
    file.seek(0)
    content = file.read()
    return content if isinstance(content, str) else data_uri(content)


STANDARD = (
    (enum.Enum, lambda value: value.value),
    # Subclasses of what JSON knows: orjson asks about them.
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
    """Whether nobody here knows how to write a value."""
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

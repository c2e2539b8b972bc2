"""Parses the inputs of a call from JSON text that a caller wrote.

Refuses, with the path, what Python's parser would change silently: it reads a number that is too large for a float as
infinity, keeps only the last of two values with the same name, and accepts `NaN`, which is not JSON.
"""

import json
import sys

from .errors import CallInputError
from .exact_numbers import as_written
from .original_json import Decoder
from .value_paths import describe_path

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class InvalidValue:
    """A value that Python cannot represent; `problem` completes the sentence "inputs.x …"."""

    def __init__(self, problem):
        self.problem = problem


class AmbiguousInput(Exception):
    """The text contains an invalid value. `find_invalid_value` locates it."""


class InputText:
    """JSON text as a caller wrote it. Text that Berth wrote from values needs no such checks."""

    __slots__ = ("content",)

    def __init__(self, content):
        self.content = content


def parse_inputs(written, decoder=None):
    """Returns the value of an InputText. Raises CallInputError with the problem and its path."""
    content, decoder = written.content, decoder or strict_decoder
    try:
        text = content.decode("utf-8" if content[:3] != BYTE_ORDER_MARK else "utf-8-sig")
        try:
            value, end = decoder.scan_once(text, 0)
            if end == len(text):
                return value
        except StopIteration:
            pass
        return decoder.decode(text)  # surrounding space, or an error with a readable message
    except json.JSONDecodeError as error:
        raise CallInputError("the inputs are not JSON: %s" % error) from None
    except UnicodeDecodeError as error:
        raise CallInputError("the inputs are not UTF-8: %s" % error) from None
    except RecursionError:
        raise CallInputError("the inputs are nested too deeply") from None
    except (AmbiguousInput, ValueError) as error:
        raise CallInputError(find_invalid_value(text) or "the inputs cannot be read: %s" % error) from None


def as_object(pairs):
    value = dict(pairs)
    if len(value) != len(pairs):
        raise AmbiguousInput
    return value


def as_float(text):
    value = float(text)
    if value - value != 0:  # true for both infinities
        raise AmbiguousInput
    return value


def as_float_with_digits(text):
    return as_written(as_float(text), text)


def refuse_constant(name):
    raise AmbiguousInput


strict_decoder = Decoder(object_pairs_hook=as_object, parse_float=as_float, parse_constant=refuse_constant)
exact_decoder = Decoder(object_pairs_hook=as_object, parse_float=as_float_with_digits, parse_constant=refuse_constant)


def find_invalid_value(text):
    """Describes the first invalid value and its path; None if there is none."""

    def mark_object(pairs):
        value = {}
        for name, item in pairs:
            value[name] = InvalidValue("is given twice") if name in value else item
        return value

    def mark_float(number):
        too_large = InvalidValue("is %s, which is larger than any floating-point number" % number)
        return too_large if abs(float(number)) == float("inf") else None

    def mark_constant(name):
        return InvalidValue("is %s, which JSON does not have" % name)

    def mark_integer(number):
        try:
            return int(number)
        except ValueError:
            digits, max_digits = len(number.lstrip("-")), sys.get_int_max_str_digits()
            return InvalidValue("is an integer of %d digits, and Python reads at most %d" % (digits, max_digits))

    marking = Decoder(
        object_pairs_hook=mark_object, parse_float=mark_float, parse_constant=mark_constant, parse_int=mark_integer
    )
    return next(find_invalid(marking.decode(text), ()), None)


def find_invalid(value, path):
    if isinstance(value, InvalidValue):
        yield "%s %s" % (describe_path("inputs", path), value.problem)
    elif isinstance(value, (dict, list)):
        for part, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from find_invalid(item, path + (part,))

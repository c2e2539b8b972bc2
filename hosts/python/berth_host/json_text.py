"""Writes Python values as JSON text. Refuses values that JSON cannot hold and names the path: `output.scores[3] is NaN`.

The json module defines the output. orjson, if the environment has it, only produces the same text faster.
"""

import collections.abc
import enum
import io
import math
import os
import uuid

from .data_frames import JoinedLabel
from .errors import HostError
from .original_json import Decoder, Encoder, dumps, loads
from .output_values import convert, convert_step, kind_name, needs_care
from .record_values import is_record
from .value_paths import describe_part

encoder = Encoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=convert)
ascii_encoder = Encoder(allow_nan=False, separators=(",", ":"), default=convert)
scan = Decoder().scan_once
MAX_DEPTH = 500
MAX_SAFE_BITS = 2_000
"""Bits of an integer that every Python writes in decimal digits."""


def dump(value, name="output"):
    """Returns `value` as UTF-8 JSON. Raises HostError CALL_OUTPUT for values that JSON cannot hold."""
    try:
        return dump_quickly(value)
    except Exception:  # dump_carefully either handles the value or names the path
        pass
    try:
        return dump_carefully(value, name)
    except RecursionError:
        raise HostError("CALL_OUTPUT", "%s is nested too deeply for JSON" % name) from None


def dump_carefully(value, name):
    plain = to_plain(value, name, frozenset())
    try:
        return encoder.encode(plain).encode("utf-8")
    except UnicodeEncodeError:  # JSON can hold half a surrogate pair only as an escape
        return ascii_encoder.encode(plain).encode("ascii")


def dump_quickly(value):
    if orjson is not None:
        content = dump_with_orjson(value)
        if content is not None:
            return content
    if type(value) is str and value.isascii():  # a third faster; in other text the escapes would double the length
        return ascii_encoder.encode(value).encode("ascii")
    if may_lose_data(value):
        raise TypeError("the json module may lose data")
    return encoder.encode(value).encode("utf-8")


def may_lose_data(value):
    try:
        return needs_care(value)
    except RecursionError:  # nested too deeply, or the value contains itself
        return False


def dump_with_orjson(value):
    """Returns None if orjson's text could differ: it writes NaN as null, so the json module must write any null."""
    try:
        content = orjson.dumps(value, convert, orjson_options)
    except TypeError:
        return None
    return None if b"null" in content else content


def to_plain(value, path, parents):
    """Returns `value` as dicts, lists, and scalars. Raises HostError CALL_OUTPUT at the first part that JSON cannot hold."""
    if value is None or isinstance(value, (bool, str)) and not isinstance(value, enum.Enum):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, enum.Enum):
        return check_number(value, path)
    if id(value) in parents:
        raise HostError("CALL_OUTPUT", "%s contains itself, which JSON cannot hold" % path)
    if len(parents) > MAX_DEPTH:
        raise HostError("CALL_OUTPUT", "%s… is nested more than %d levels deep" % (path[:80], MAX_DEPTH))
    parents = parents | {id(value)}
    if is_record(value):
        return to_plain(convert_at(value, path), path, parents)
    if isinstance(value, dict):
        return plain_object(value, path, parents)
    if isinstance(value, (list, tuple)) or is_iterator(value):
        return [to_plain(item, "%s[%d]" % (path, index), parents) for index, item in enumerate(value)]
    return to_plain(convert_at(value, path), path, parents)


def is_iterator(value):
    return isinstance(value, collections.abc.Iterator) and not isinstance(value, io.IOBase)


def check_number(value, path):
    if isinstance(value, float) and not math.isfinite(value):
        shown = "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
        raise HostError("CALL_OUTPUT", "%s is %s, which JSON cannot hold" % (path, shown))
    if isinstance(value, int) and value.bit_length() > MAX_SAFE_BITS:
        try:
            int.__repr__(value)
        except ValueError as error:
            message = "%s is an integer of %d bits, which Python refuses to write: %s" % (
                path,
                value.bit_length(),
                error,
            )
            raise HostError("CALL_OUTPUT", message) from None
    return value


def plain_object(value, path, parents):
    plain = {}
    for key, item in value.items():
        name = key_text(key, path)
        if name in plain:
            raise HostError("CALL_OUTPUT", "%s has two keys that are both written %r in JSON" % (path, name))
        plain[name] = to_plain(item, path + describe_part(name), parents)
    return plain


def key_text(key, path):
    if isinstance(key, enum.Enum):
        key = key.value
    if isinstance(key, str):
        return str(key)
    if key is None or isinstance(key, (bool, int, float)):
        return dumps(check_number(key, "a key of " + path))
    if isinstance(key, JoinedLabel):
        return ",".join(key_text(part, path) for part in key)
    if isinstance(key, (uuid.UUID, os.PathLike)):
        return str(key)
    converted = None if isinstance(key, (bytes, tuple, frozenset)) else convert_at(key, "a key of " + path)
    if converted is None or isinstance(converted, (dict, list)):
        message = "%s has the key %.60r of type %s, which JSON cannot hold" % (path, key, kind_name(key))
        raise HostError("CALL_OUTPUT", message)
    return key_text(converted, path)


def convert_at(value, path):
    try:
        return convert_step(value)
    except HostError:
        raise
    except TypeError:
        raise HostError("CALL_OUTPUT", "%s is a %s, which JSON cannot hold" % (path, kind_name(value))) from None
    except Exception as error:
        message = "%s is a %s, which could not be converted: %s" % (path, kind_name(value), error)
        raise HostError("CALL_OUTPUT", message) from error


def load(content):
    """Parses JSON bytes. Raises ValueError with the position if they are not JSON."""
    text = content.decode("utf-8")
    try:
        value, end = scan(text, 0)
        if end == len(text):
            return value
    except StopIteration:
        pass
    return loads(text)  # surrounding space, or an error with a readable message


def use_orjson():
    """Uses the environment's orjson, if any. Boot calls this when the environment is on the path."""
    global orjson, orjson_options
    try:
        import orjson as library
    except ImportError:
        return
    orjson = library
    orjson_options = (
        library.OPT_PASSTHROUGH_DATETIME | library.OPT_PASSTHROUGH_DATACLASS | library.OPT_PASSTHROUGH_SUBCLASS
    )


orjson = None
orjson_options = 0

"""What AI code returns, as what JSON can hold.

Libraries are never imported for this: a value of numpy can only come where numpy was imported already.

numpy arrays and torch tensors become lists; a pandas DataFrame a list of records, a Series a list (an object where its
index holds text), and what pandas calls missing (NaN, NaT, NA) null, as pandas itself writes JSON; bytes and images
data URIs; sets lists; dates ISO 8601; a timedelta seconds; a Decimal a number where a float holds it exactly, else text.
"""

import base64
import collections.abc
import dataclasses
import datetime
import decimal
import enum
import io
import os
import sys
import uuid

SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
)

known = {}
"""Type → its converter, once found: a list of a million numpy numbers asks once."""


def convert(value):
    """`value` one step nearer to JSON (its parts may need a step of their own). TypeError for what JSON cannot hold."""
    kind = type(value)
    converter = known.get(kind)
    if converter is None:
        converter = find_converter(value)
        if converter is None:
            raise TypeError(kind_name(value))
        known[kind] = converter
    return converter(value)


def kind_name(value):
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else kind.__module__ + "." + kind.__qualname__


def find_converter(value):
    for library in (standard_converter, numpy_converter, pandas_converter, model_converter, tensor_converter):
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
    for kind, converter in STANDARD:
        if isinstance(value, kind):
            return converter
    return None


def decimal_number(value):
    if not value.is_finite():
        return float(value)  # refused with its path, like any other NaN
    if value == value.to_integral_value() and abs(value) < 10**18:
        return int(value)
    number = float(value)
    return number if decimal.Decimal(repr(number)) == value else str(value)


def data_uri(content, media_type=None):
    content = bytes(content)
    return "data:%s;base64,%s" % (media_type or sniff(content), base64.b64encode(content).decode("ascii"))


def sniff(content):
    if content[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(content[8:12], "application/octet-stream")
    return next((media for start, media in SIGNATURES if content.startswith(start)), "application/octet-stream")


def sorted_list(values):
    """Sets have no order, and that of texts differs from process to process: sorted where that is possible."""
    try:
        return sorted(values)
    except TypeError:
        return list(values)


STANDARD = (
    (enum.Enum, lambda value: value.value),
    # Subclasses of what JSON knows: orjson asks about them.
    (str, str.__str__),
    (int, int),
    (float, float),
    (datetime.datetime, lambda value: value.isoformat()),
    (datetime.date, lambda value: value.isoformat()),
    (datetime.time, lambda value: value.isoformat()),
    (datetime.timedelta, lambda value: value.total_seconds()),
    (decimal.Decimal, decimal_number),
    (uuid.UUID, str),
    (os.PathLike, os.fspath),
    ((bytes, bytearray, memoryview), data_uri),
    (io.BytesIO, lambda value: data_uri(value.getvalue())),
    (io.StringIO, lambda value: value.getvalue()),
    (collections.abc.Set, sorted_list),
    (collections.abc.Mapping, dict),
    (collections.abc.Sequence, list),
    (collections.abc.MappingView, list),
)


def numpy_converter(value):
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(value, (getattr(numpy, "ndarray", ()), getattr(numpy, "generic", ()))):
        return None
    return numpy_value


def numpy_value(value):
    numpy = sys.modules["numpy"]
    if value.dtype.kind == "M":
        return numpy.datetime_as_string(value).tolist()
    if value.dtype.kind == "m":
        return (value / numpy.timedelta64(1, "s")).tolist()
    return value.tolist()


def pandas_converter(value):
    pandas = sys.modules.get("pandas")
    if pandas is None or not hasattr(pandas, "DataFrame"):
        return None
    if isinstance(value, pandas.DataFrame):
        return lambda frame: [without_missing(row) for row in frame.to_dict("records")]
    if isinstance(value, pandas.Series):
        return lambda series: without_missing(series.to_dict() if has_text_index(series) else series.tolist())
    if isinstance(value, (pandas.Index, pandas.api.extensions.ExtensionArray)):
        return lambda values: without_missing(values.tolist())
    if value is getattr(pandas, "NA", None):
        return lambda missing: None
    if isinstance(value, (pandas.Period, pandas.Interval)):
        return str
    return None


def has_text_index(series):
    return len(series.index) > 0 and all(isinstance(label, str) for label in series.index)


def without_missing(values):
    if isinstance(values, dict):
        return {key: None if is_missing(value) else value for key, value in values.items()}
    return [None if is_missing(value) else value for value in values]


def is_missing(value):
    pandas = sys.modules["pandas"]
    return value is pandas.NA or value is pandas.NaT or (isinstance(value, float) and value != value)


def model_converter(value):
    """Records of libraries: pydantic 2 and 1, attrs, msgspec, polars."""
    kind = type(value)
    if hasattr(kind, "model_dump"):
        return lambda model: model.model_dump()
    if hasattr(kind, "__fields__") and callable(getattr(kind, "dict", None)):
        return lambda model: model.dict()
    if hasattr(kind, "__attrs_attrs__"):
        return lambda record: {field.name: getattr(record, field.name) for field in kind.__attrs_attrs__}
    if hasattr(kind, "__struct_fields__"):
        return lambda record: {name: getattr(record, name) for name in kind.__struct_fields__}
    if kind.__module__.startswith("polars."):
        return next((getattr(kind, name) for name in ("to_dicts", "to_list") if hasattr(kind, name)), None)
    return None


def tensor_converter(value):
    """Images, and what holds numbers: torch, jax, tensorflow, scipy's sparse matrices."""
    kind = type(value)
    image = sys.modules.get("PIL.Image")
    if image is not None and isinstance(value, image.Image):
        return image_uri
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, getattr(torch, "Tensor", ())):
        return lambda tensor: tensor.detach().cpu().tolist()
    for method in ("tolist", "toarray", "numpy"):
        if callable(getattr(kind, method, None)):
            return getattr(kind, method)
    return None


def image_uri(image):
    buffer = io.BytesIO()
    (image.convert("RGB") if image.mode in ("CMYK", "YCbCr", "LAB", "HSV", "F") else image).save(buffer, format="PNG")
    return data_uri(buffer.getvalue(), "image/png")

"""Converts records of libraries: pydantic 2 and 1, attrs, msgspec, polars.

A pydantic model becomes its Python values, which are converted like any others. Values that only the model's JSON mode can
write (an `HttpUrl`, a `SecretStr`, a field with a custom serializer) are taken from that mode.
"""

import json
import sys


def model_converter(is_unknown, value):
    """Returns the converter of a record, or None. `is_unknown(value)`: whether no converter handles a value."""
    kind = type(value)
    if hasattr(kind, "model_dump"):
        return lambda model: fill(model.model_dump(), is_unknown, lambda: model.model_dump(mode="json"))
    if hasattr(kind, "__fields__") and callable(getattr(kind, "dict", None)):
        return lambda model: fill(model.dict(), is_unknown, lambda: json.loads(model.json()))
    if hasattr(kind, "__attrs_attrs__"):
        return lambda record: {field.name: getattr(record, field.name) for field in kind.__attrs_attrs__}
    if hasattr(kind, "__struct_fields__"):
        return lambda record: {name: getattr(record, name) for name in kind.__struct_fields__}
    if kind.__module__.startswith("polars."):
        return next((getattr(kind, name) for name in ("to_dicts", "to_list") if hasattr(kind, name)), None)
    if kind.__module__.startswith("pydantic"):
        return getattr(sys.modules.get("pydantic_core"), "to_jsonable_python", None)
    return None


def fill(values, is_unknown, write):
    """Returns `values`, with unknown ones replaced from `write()`, which returns the same record in JSON types."""
    return merge(values, write(), is_unknown) if holds_unknown(values, is_unknown) else values


def holds_unknown(value, is_unknown):
    if isinstance(value, dict):
        return any(is_unknown(key) or holds_unknown(item, is_unknown) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return any(holds_unknown(item, is_unknown) for item in value)
    return is_unknown(value)


def merge(value, written, is_unknown):
    if isinstance(value, dict) and isinstance(written, dict) and len(value) == len(written):
        pairs = zip(value.items(), written.items())
        return {
            name if is_unknown(key) else key: merge(item, shown, is_unknown) for (key, item), (name, shown) in pairs
        }
    if isinstance(value, (list, tuple)) and isinstance(written, list) and len(value) == len(written):
        return [merge(item, shown, is_unknown) for item, shown in zip(value, written)]
    return written if is_unknown(value) else value

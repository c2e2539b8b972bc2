"""Converts dataclasses, database rows, and sequences with names to plain values."""

import dataclasses

PLAIN_CONTAINERS = frozenset((list, dict, tuple))


def is_record(value):
    """Whether a value is a dataclass instance."""
    kind = type(value)
    return kind not in PLAIN_CONTAINERS and hasattr(kind, "__dataclass_fields__")


def record_object(record):
    """Returns the fields of a dataclass. One that is a dict adds its entries; one that is a list adds them as `items`.

    A dict shows an optional field by an entry for it, as in the outputs of transformers: None is omitted.
    """
    fields = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    if isinstance(record, dict):
        return merge_fields(dict(record), {name: value for name, value in fields.items() if value is not None})
    return merge_fields(fields, {"items": list(record)}) if isinstance(record, (list, tuple)) else fields


def merge_fields(entries, fields):
    """Adds the fields that `entries` lacks. Raises ValueError if an entry has the name of a different field."""
    for name, value in fields.items():
        if name in entries and entries[name] is not value:
            raise ValueError("its field and its entry %r differ" % name)
    return {**entries, **fields}


def named_sequence(values):
    """Converts a sequence with names for some items (pyparsing.ParseResults): to an object only if every item has a name."""
    named = dict(values)
    return named if len(named) == len(values) else list(values)


def row_object(row):
    """Converts a database row (sqlite3.Row) to an object of its columns."""
    names = list(row.keys())
    repeated = next((name for index, name in enumerate(names) if name in names[:index]), None)
    if repeated is not None:
        raise ValueError("it has the column %r twice" % repeated)
    return dict(zip(names, row))

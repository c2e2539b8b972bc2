"""Converts JSON lists and objects to lists, tuples, sets, and mappings. Errors name the path of the invalid item."""

import collections
import typing
from collections import abc
from typing import Any, Dict, Optional

from .conversion_error import ConversionError, show
from .converter import Converter

#: Types that a list must be converted to → their constructors.
LIST_CONSTRUCTORS: Dict[Any, Any] = {
    tuple: tuple,
    set: set,
    abc.Set: set,
    abc.MutableSet: set,
    frozenset: frozenset,
    collections.deque: collections.deque,
}
LISTS = frozenset((list, abc.Sequence, abc.MutableSequence, abc.Collection, abc.Iterable, *LIST_CONSTRUCTORS))
#: Types that other JSON values have, too → the JSON types that pass if the type of the items is not specified.
PASSING_TYPES: Dict[Any, Any] = {
    abc.Sequence: (list, str),
    abc.Collection: (list, str, dict),
    abc.Iterable: (list, str, dict),
}
MAPPINGS: Dict[Any, Any] = {
    abc.Mapping: None,
    abc.MutableMapping: None,
    collections.OrderedDict: collections.OrderedDict,
    collections.defaultdict: collections.defaultdict,
    collections.Counter: collections.Counter,
}


def default_factory(arguments: Any) -> Any:
    """Returns `list` for a `defaultdict[str, list[int]]`; None if the item type has no obvious empty value."""
    kind = (typing.get_origin(arguments[1]) or arguments[1]) if len(arguments) == 2 else None
    return kind if kind in (int, float, bool, str, list, dict, set, tuple) else None


def list_convert(make: Any, item: Optional[Converter]) -> Any:
    """Returns the conversion of a list. `make` is its constructor; None leaves it a list."""

    def convert(value: Any, files: Any) -> Any:
        if type(value) is not list:
            raise ConversionError("must be a list, got %s" % show(value))
        items = convert_items(value, item, files)
        if make is None:
            return items
        try:
            return make(items)
        except TypeError as error:
            raise ConversionError("cannot be a %s: %s" % (make.__name__, error)) from error

    return convert


def convert_items(values: Any, item: Optional[Converter], files: Any) -> Any:
    if item is None or item.exact.issuperset(map(type, values)):
        return values
    return [inside(index, item, value, files) for index, value in enumerate(values)]


def inside(part: Any, converter: Optional[Converter], value: Any, files: Any) -> Any:
    try:
        return value if converter is None else converter(value, files)
    except ConversionError as error:
        raise error.inside(part) from error


def tuple_convert(items: Any) -> Any:
    def convert(value: Any, files: Any) -> Any:
        if type(value) is not list:
            raise ConversionError("must be a list, got %s" % show(value))
        if len(value) != len(items):
            raise ConversionError("must have %d items, got %d" % (len(items), len(value)))
        return tuple(inside(index, item, part, files) for index, (item, part) in enumerate(zip(items, value)))

    return convert


def mapping_convert(make: Any, names: Optional[Converter], items: Optional[Converter]) -> Any:
    """Returns the conversion of an object. `make` is its constructor; None leaves it a dict."""

    def convert(value: Any, files: Any) -> Any:
        if type(value) is not dict:
            raise ConversionError("must be an object, got %s" % show(value))
        converted = value
        if names is not None:
            converted = {inside(name, names, name, files): item for name, item in value.items()}
            if len(converted) != len(value):
                raise ConversionError("has two names for the same key")
        if items is not None and not items.exact.issuperset(map(type, value.values())):
            pairs = zip(converted.items(), value)
            converted = {name: inside(part, items, item, files) for (name, item), part in pairs}
        return converted if make is None else make(converted)

    return convert

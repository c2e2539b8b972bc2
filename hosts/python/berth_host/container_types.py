"""JSON lists and objects as lists, tuples, sets and mappings, with the place of the item that does not fit."""

import collections
import typing
from collections import abc
from typing import Any, Dict, Optional

from .conversion_error import ConversionError, show
from .converter import Converter

LIST_CONSTRUCTORS: Dict[Any, Any] = {
    tuple: tuple,
    set: set,
    abc.Set: set,
    abc.MutableSet: set,
    frozenset: frozenset,
    collections.deque: collections.deque,
}
LISTS = frozenset((list, abc.Sequence, abc.MutableSequence, abc.Collection, abc.Iterable, *LIST_CONSTRUCTORS))
#: What a text is, too, where nothing is said of its items → the JSON types that pass.
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
    """Of a `defaultdict[str, list[int]]` the empty list; None where its items say nothing of the kind."""
    kind = (typing.get_origin(arguments[1]) or arguments[1]) if len(arguments) == 2 else None
    return kind if kind in (int, float, bool, str, list, dict, set, tuple) else None


def list_convert(make: Any, item: Optional[Converter]) -> Any:
    """`make` is None for what a list is already."""

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


def tuple_convert(places: Any) -> Any:
    def convert(value: Any, files: Any) -> Any:
        if type(value) is not list:
            raise ConversionError("must be a list, got %s" % show(value))
        if len(value) != len(places):
            raise ConversionError("must have %d items, got %d" % (len(places), len(value)))
        return tuple(inside(index, place, item, files) for index, (place, item) in enumerate(zip(places, value)))

    return convert


def mapping_convert(make: Any, names: Optional[Converter], items: Optional[Converter]) -> Any:
    """`make` is None for what a dict is already."""

    def convert(value: Any, files: Any) -> Any:
        if type(value) is not dict:
            raise ConversionError("must be an object, got %s" % show(value))
        found = value
        if names is not None:
            found = {inside(name, names, name, files): item for name, item in value.items()}
            if len(found) != len(value):
                raise ConversionError("has two names that mean the same key")
        if items is not None and not items.exact.issuperset(map(type, value.values())):
            found = {name: inside(part, items, item, files) for (name, item), part in zip(found.items(), value)}
        return found if make is None else make(found)

    return convert

"""Builds converters from JSON values to annotated types, by the rules of pydantic in FastAPI and Cog.

A converter is built once per annotation. It takes a value and, for Cog, the files of the call. A value that already has the
type passes unchanged: an integer does not become a float because a float is allowed. None means a converter that changes
and refuses nothing: for parameters without annotation, `Any`, and unknown types (an array, an image).
"""

import collections
import enum
import functools
import inspect
import typing
from collections import abc
from typing import Any, Dict, Optional, Tuple, Union

from .choice_types import enum_converter, literal_converter
from .container_types import (
    LIST_CONSTRUCTORS,
    LISTS,
    MAPPINGS,
    PASSING_TYPES,
    default_factory,
    list_convert,
    mapping_convert,
    tuple_convert,
)
from .converter import NONE_TYPE, PLAIN, Converter, Rules
from .declarations import check_limits, is_declaration, read_declaration
from .json_types import SCALARS
from .pydantic_types import find_validate, import_pydantic, is_from_pydantic, is_limit, pydantic_convert, takes_decimals
from .record_types import record_converter
from .standard_types import EXACT_NUMBER_TYPES, standard_converter
from .union_types import union_converter


def make_converter(annotation: Any, rules: Rules = PLAIN) -> Optional[Converter]:
    factory = ConverterFactory(rules)
    try:
        converter = factory.make(annotation)
    except Exception:  # raised by the code of a library's type
        return None
    if converter is not None and factory.needs_digits and not rules.is_cog:
        return converter.copy(converter.exact, needs_digits=True)
    return converter


class ConverterFactory:
    """Builds converters. The converter of a record is built once, even if the record contains itself."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.records: Dict[Any, Converter] = {}
        #: Values of the type variables of the generic record that is being built.
        self.bindings: Dict[Any, Any] = {}
        self.needs_digits = False

    def make(self, annotation: Any) -> Optional[Converter]:
        annotation = unwrap(self.bind(annotation))
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if hasattr(annotation, "__metadata__"):
            return self.make_annotated(annotation)
        if origin is typing.Literal:
            return literal_converter(arguments)
        if origin is Union or type(annotation).__name__ == "UnionType":
            return self.make_union(arguments)
        kind = origin or annotation
        if not inspect.isclass(kind):
            return None
        custom = self.rules.custom(kind)
        if custom is not None:
            return custom
        if kind in SCALARS:
            return SCALARS[kind][self.rules.is_cog]
        if kind in LISTS or kind in MAPPINGS or kind in (list, dict):
            return self.make_container(kind, arguments)
        if is_from_pydantic(kind):
            return self.make_by_pydantic(annotation, hasattr(kind, "model_fields") or hasattr(kind, "__fields__"))
        return self.make_class(kind, tuple(map(self.bind, arguments)))

    def bind(self, annotation: Any) -> Any:
        return self.bindings.get(annotation, annotation) if isinstance(annotation, typing.TypeVar) else annotation

    def make_annotated(self, annotation: Any) -> Optional[Converter]:
        if "Opaque" in repr(annotation.__metadata__):
            return None
        if any(map(is_limit, annotation.__metadata__)):
            import_pydantic()
        if any(is_from_pydantic(type(mark)) for mark in annotation.__metadata__):
            converter = self.make_by_pydantic(annotation)
            if converter is not None:
                return converter
        converter = self.make(annotation.__origin__)
        for mark in annotation.__metadata__:
            if is_declaration(mark):
                converter = with_limits(converter, read_declaration(mark))
        return converter

    def make_by_pydantic(self, annotation: Any, is_record: bool = False) -> Optional[Converter]:
        """Returns None if pydantic is not loaded or does not know the annotation."""
        validate = find_validate(annotation)
        if validate is None:
            return None
        self.needs_digits = self.needs_digits or takes_decimals(validate)
        return Converter(pydantic_convert(validate), is_record=is_record)

    def make_union(self, members: Tuple[Any, ...]) -> Optional[Converter]:
        kinds = [member for member in members if member is not NONE_TYPE]
        has_none = len(kinds) < len(members)
        options = [(kind, self.make(kind)) for kind in kinds]
        if all(converter is None for _, converter in options):
            return None
        if len(kinds) > 1 and all(inspect.isclass(kind) and is_from_pydantic(kind) for kind in kinds):
            converter = self.make_by_pydantic(Union[tuple(members)])  # pydantic chooses the best match
            if converter is not None:
                return converter
        if len(options) == 1:
            converter = options[0][1]
            if converter is None or not has_none:
                return converter
            return converter.nullable()
        return union_converter(members, options, has_none)

    def make_container(self, kind: Any, arguments: Tuple[Any, ...]) -> Optional[Converter]:
        if kind in MAPPINGS or kind is dict:
            arguments = (*(arguments or (Any,)), int) if kind is collections.Counter else arguments
            names, items = [self.make(argument) for argument in arguments] if len(arguments) == 2 else (None, None)
            make = MAPPINGS.get(kind)
            if kind is collections.defaultdict:
                make = functools.partial(collections.defaultdict, default_factory(arguments))
            return Converter(mapping_convert(make, names, items), () if arguments or make else (dict,))
        if kind is tuple and arguments and arguments[-1] is not ...:
            items = [] if arguments == ((),) else [self.make(argument) for argument in arguments]
            return Converter(tuple_convert(items))
        item = self.make(arguments[0]) if arguments else None
        make = LIST_CONSTRUCTORS.get(kind)
        if item is None and make is None:
            return Converter(list_convert(None, None), PASSING_TYPES.get(kind, (list,)))
        accepts_text = kind in PASSING_TYPES and kind is not abc.Sequence and item is not None and str in item.exact
        return Converter(list_convert(make, item), (str,) if accepts_text else ())

    def make_class(self, kind: Any, arguments: Tuple[Any, ...]) -> Optional[Converter]:
        if issubclass(kind, enum.Enum):
            return enum_converter(kind)
        key = (kind, arguments)
        if key in self.records:
            return self.records[key]
        placeholder = Converter(lambda value, files: self.records[key].convert(value, files), is_record=True)
        self.records[key] = placeholder
        outer, self.bindings = self.bindings, dict(zip(getattr(kind, "__parameters__", ()), arguments))
        convert = record_converter(kind, self.make, self.rules.is_cog)
        self.bindings = outer
        if convert is None:
            del self.records[key]
            self.needs_digits = self.needs_digits or kind in EXACT_NUMBER_TYPES
            return standard_converter(kind)
        placeholder.convert = convert
        return placeholder


QUALIFIERS = ("Required", "NotRequired", "ReadOnly", "Final", "ClassVar")


def unwrap(annotation: Any) -> Any:
    """Returns the type behind a `NewType`, `type X = …`, a `TypeVar`, `Required[X]`, or `Final[X]`."""
    while True:
        if hasattr(annotation, "__supertype__"):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":
            annotation = annotation.__value__
        elif isinstance(annotation, typing.TypeVar):
            members = annotation.__constraints__ or (annotation.__bound__ or Any,)
            annotation = Union[members]
        elif getattr(typing.get_origin(annotation), "_name", None) in QUALIFIERS:
            annotation = typing.get_args(annotation)[0]
        else:
            return annotation


def with_limits(converter: Optional[Converter], declaration: Any) -> Optional[Converter]:
    if not declaration.limits and declaration.choices is None:
        return converter

    def convert(value: Any, files: Any) -> Any:
        value = value if converter is None else converter(value, files)
        for item in value if isinstance(value, (list, tuple, set)) else [value]:
            if item is not None:
                check_limits(declaration, item.value if isinstance(item, enum.Enum) else item)
        return value

    return Converter(convert, needs_digits=converter is not None and converter.needs_digits)

"""JSON values as the types that code is annotated with, by the rules that pydantic gave FastAPI and Cog.

A converter is made of an annotation once; it takes a value and, for Cog, the files of the call. What has the type already
passes unchanged: no integer becomes a float because a float may stand there. None stands for a converter that changes and
refuses nothing: what is not annotated, `Any`, and types that nobody here knows (an array, an image).
"""

import enum
import inspect
import typing
from collections import abc
from typing import Any, Dict, Optional, Tuple, Union

from .choices import enum_converter, literal_converter
from .containers import LISTS, MADE_LISTS, MAPPINGS, list_convert, mapping_convert, tuple_convert
from .converter import NOTHING, PLAIN, Converter, Rules, Strictness
from .declarations import check_limits, is_declaration, read_declaration
from .plain_types import SCALARS
from .pydantic_types import is_from_pydantic, pydantic_converter
from .records import record_converter
from .scalars import find_conversion
from .unions import union_converter


def make_converter(annotation: Any, rules: Rules = PLAIN) -> Optional[Converter]:
    try:
        return Maker(rules).make(annotation)
    except Exception:  # of a library's type, whose own code says what it is
        return None


class Maker:
    """Makes converters; one of a record that contains itself is made once."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.records: Dict[type, Converter] = {}

    def make(self, annotation: Any) -> Optional[Converter]:
        annotation = unwrap(annotation)
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
        own = self.rules.own(kind)
        if own is not None:
            return own
        if kind in SCALARS:
            return SCALARS[kind][self.rules.strictness]
        if kind in LISTS or kind in MAPPINGS or kind in (list, dict):
            return self.make_container(kind, arguments)
        if is_from_pydantic(kind):
            convert = pydantic_converter(annotation)
            return convert and Converter(convert, is_record=hasattr(kind, "model_fields") or hasattr(kind, "__fields__"))
        return self.make_class(kind)

    def make_annotated(self, annotation: Any) -> Optional[Converter]:
        if "Opaque" in repr(annotation.__metadata__):
            return None
        if any(is_from_pydantic(type(mark)) for mark in annotation.__metadata__):
            convert = pydantic_converter(annotation)
            if convert is not None:
                return Converter(convert)
        converter = self.make(annotation.__origin__)
        for mark in annotation.__metadata__:
            if is_declaration(mark):
                converter = with_limits(converter, read_declaration(mark))
        return converter

    def make_union(self, members: Tuple[Any, ...]) -> Optional[Converter]:
        kinds = [member for member in members if member is not NOTHING]
        has_none = len(kinds) < len(members)
        made = [(kind, self.make(kind)) for kind in kinds]
        if self.rules.is_lenient and all(converter is None for _, converter in made):
            return None
        if len(kinds) > 1 and all(inspect.isclass(kind) and is_from_pydantic(kind) for kind in kinds):
            convert = pydantic_converter(Union[tuple(members)])  # which knows the one that fits best
            if convert is not None:
                return Converter(convert)
        if len(made) == 1:
            converter = made[0][1]
            if converter is None or not has_none:
                return converter
            return Converter(converter.convert, converter.exact | {NOTHING}, converter.is_record)
        return union_converter(members, made, has_none, self.rules.is_lenient)

    def make_container(self, kind: Any, arguments: Tuple[Any, ...]) -> Optional[Converter]:
        if kind in MAPPINGS or kind is dict:
            if self.rules.is_lenient and not arguments and kind in (dict, abc.Mapping, abc.MutableMapping):
                return None
            names, items = [self.make(argument) for argument in arguments] if len(arguments) == 2 else (None, None)
            return Converter(mapping_convert(MAPPINGS.get(kind), names, items))
        if self.rules.is_lenient and not arguments and kind not in MADE_LISTS:
            return None
        if kind is tuple and arguments and arguments[-1] is not ...:
            places = [] if arguments == ((),) else [self.make(argument) for argument in arguments]
            return Converter(tuple_convert(places))
        item = self.make(arguments[0]) if arguments else None
        return Converter(list_convert(MADE_LISTS.get(kind), item))

    def for_fields(self) -> "Maker":
        """Of a record, which says more clearly what it takes than a function's parameters do."""
        maker = Maker(self.rules._replace(strictness=Strictness.FIRM))
        maker.records = self.records
        return maker

    def make_class(self, kind: Any) -> Optional[Converter]:
        if issubclass(kind, enum.Enum):
            return enum_converter(kind)
        if kind in self.records:
            return self.records[kind]
        placeholder = Converter(lambda value, files: self.records[kind].convert(value, files), is_record=True)
        self.records[kind] = placeholder
        fields = self if not self.rules.is_lenient else self.for_fields()
        convert = record_converter(kind, fields.make, self.rules.strictness is Strictness.COG)
        if convert is None:
            del self.records[kind]
            make = find_conversion(kind)
            return make and Converter(lambda value, files: make(value))
        placeholder.convert = convert
        return placeholder


QUALIFIERS = ("Required", "NotRequired", "ReadOnly", "Final", "ClassVar")


def unwrap(annotation: Any) -> Any:
    """What a name for a type stands for: `NewType`, `type X = …`, `Required[X]`, `Final[X]`."""
    while True:
        if hasattr(annotation, "__supertype__"):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":
            annotation = annotation.__value__
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

    return Converter(convert)

"""What makes of a JSON value one of an annotated type."""

from typing import Any, Callable, FrozenSet, Iterable, NamedTuple, Optional

NONE_TYPE = type(None)
JSON_TYPES = frozenset((str, int, float, bool, NONE_TYPE, list, dict))


class Converter:
    """`convert(value, files)`, for values of other types than `exact`, which pass."""

    __slots__ = ("convert", "exact", "is_record", "needs_digits")

    def __init__(
        self,
        convert: Callable[[Any, Any], Any],
        exact: Iterable[type] = (),
        is_record: bool = False,
        needs_digits: bool = False,
    ) -> None:
        self.convert = convert
        self.exact: FrozenSet[type] = frozenset(exact)
        #: It makes one thing of a JSON object.
        self.is_record = is_record
        #: A number is to come as it was written: see `WrittenFloat`.
        self.needs_digits = needs_digits

    def __call__(self, value: Any, files: Any = None) -> Any:
        return value if type(value) in self.exact else self.convert(value, files)

    def nullable(self) -> "Converter":
        return self.copy(self.exact | {NONE_TYPE})

    def copy(self, exact: Iterable[type], needs_digits: bool = False) -> "Converter":
        return Converter(self.convert, exact, self.is_record, self.needs_digits or needs_digits)


class Rules(NamedTuple):
    #: A whole number becomes a float where a float is wanted, as under Cog; else a number stays the number that it is.
    is_cog: bool = False
    #: A converter for types of the caller's custom, first of all asked.
    custom: Callable[[Any], Optional[Converter]] = lambda kind: None


PLAIN = Rules()

"""A converter from JSON values to one annotated type."""

from typing import Any, Callable, FrozenSet, Iterable, NamedTuple, Optional

NONE_TYPE = type(None)
JSON_TYPES = frozenset((str, int, float, bool, NONE_TYPE, list, dict))


class Converter:
    """Calls `convert(value, files)`, except for values of the types in `exact`, which pass unchanged."""

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
        #: Whether it converts a JSON object to a record.
        self.is_record = is_record
        #: Whether it needs numbers as they were written: see `WrittenFloat`.
        self.needs_digits = needs_digits

    def __call__(self, value: Any, files: Any = None) -> Any:
        return value if type(value) in self.exact else self.convert(value, files)

    def nullable(self) -> "Converter":
        return self.copy(self.exact | {NONE_TYPE})

    def copy(self, exact: Iterable[type], needs_digits: bool = False) -> "Converter":
        return Converter(self.convert, exact, self.is_record, self.needs_digits or needs_digits)


class Rules(NamedTuple):
    #: Whether an integer becomes a float for a float parameter, as under Cog. Otherwise it stays an integer.
    is_cog: bool = False
    #: Returns the converter of a type with special rules. Called before all other rules.
    custom: Callable[[Any], Optional[Converter]] = lambda kind: None


PLAIN = Rules()

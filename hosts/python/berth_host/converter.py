"""What makes of a JSON value one of an annotated type."""

import enum
from typing import Any, Callable, FrozenSet, Iterable, NamedTuple, Optional

NOTHING = type(None)
JSON_TYPES = frozenset((str, int, float, bool, NOTHING, list, dict))


class Converter:
    """`convert(value, files)`, for values of other types than `exact`, which pass."""

    __slots__ = ("convert", "exact", "is_record")

    def __init__(self, convert: Callable[[Any, Any], Any], exact: Iterable[type] = (), is_record: bool = False) -> None:
        self.convert = convert
        self.exact: FrozenSet[type] = frozenset(exact)
        #: It makes one thing of a JSON object.
        self.is_record = is_record

    def __call__(self, value: Any, files: Any = None) -> Any:
        return value if type(value) in self.exact else self.convert(value, files)


class Strictness(enum.IntEnum):
    """How a value of another JSON type than a plain type (`int`, `str`, `list`) is taken."""

    #: A text is read as the number or truth value that it spells; whatever else passes, because the code may well take it.
    LENIENT = 0
    #: It is converted or refused; a number stays the number that it is.
    FIRM = 1
    #: As Cog: a whole number becomes a float where a float is wanted.
    COG = 2


class Rules(NamedTuple):
    strictness: Strictness
    #: A converter for types of the caller's own, first of all asked.
    own: Callable[[Any], Optional[Converter]] = lambda kind: None

    @property
    def is_lenient(self) -> bool:
        return self.strictness is Strictness.LENIENT


PLAIN = Rules(Strictness.LENIENT)

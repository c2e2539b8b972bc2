"""The error for a value that cannot be converted, with the path to the invalid part."""

from typing import Any, Iterable, Tuple

from .original_json import Encoder
from .value_paths import describe_path

#: Characters of a value that a message quotes.
MAX_SHOWN = 60

encoder = Encoder(ensure_ascii=False, default=str)


class ConversionError(ValueError):
    """A value has the wrong type or is out of range.

    `problem` completes the sentence "NAME must …". `path` leads from the given value to the invalid part. `more` has further
    errors in the same value.
    """

    def __init__(self, problem: str, path: Tuple[Any, ...] = (), more: Iterable["ConversionError"] = ()) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = path
        self.more = tuple(more)

    def inside(self, part: Any) -> "ConversionError":
        return ConversionError(self.problem, (part, *self.path), [error.inside(part) for error in self.more])

    def describe(self, name: str) -> str:
        """Returns `items[2].price: must be a number, got "x"`. An empty name means that all inputs are the value."""
        where = describe_path(name, self.path) if name else describe_path("", self.path).lstrip(".") or "the input"
        return "; ".join([f"{where}: {self.problem}", *(error.describe(name) for error in self.more)])


def show(value: Any) -> str:
    """Returns a value as JSON, shortened."""
    text = encoder.encode(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"

"""What is wrong with a value, and where in it."""

from typing import Any, Iterable, Tuple

from .original_json import Encoder
from .value_paths import describe_path

#: Characters of a value that a message repeats.
MAX_SHOWN = 60

encoder = Encoder(ensure_ascii=False, default=str)


class ConversionError(ValueError):
    """`problem` completes "NAME must …"; `path` leads from the value that was given to the part that does not fit.

    `more`: further errors of the same value.
    """

    def __init__(self, problem: str, path: Tuple[Any, ...] = (), more: Iterable["ConversionError"] = ()) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = path
        self.more = tuple(more)

    def inside(self, part: Any) -> "ConversionError":
        return ConversionError(self.problem, (part, *self.path), [error.inside(part) for error in self.more])

    def describe(self, name: str) -> str:
        """`items[2].price: must be a number, got "x"`; without a name, of the value that all inputs are."""
        where = describe_path(name, self.path) if name else describe_path("", self.path).lstrip(".") or "the input"
        return "; ".join([f"{where}: {self.problem}", *(error.describe(name) for error in self.more)])


def show(value: Any) -> str:
    """A value as JSON, shortened."""
    text = encoder.encode(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"

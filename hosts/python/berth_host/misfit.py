"""What is wrong with a value, and where in it."""

from typing import Any, Iterable, Tuple

from .own_json import Encoder
from .paths import describe_path

#: Characters of a value that a message repeats.
SHOWN = 60

encoder = Encoder(ensure_ascii=False, default=str)


class Misfit(ValueError):
    """`problem` completes "NAME must …"; `path` leads from the value that was given to the part that does not fit.

    `more`: further misfits of the same value.
    """

    def __init__(self, problem: str, path: Tuple[Any, ...] = (), more: Iterable["Misfit"] = ()) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = path
        self.more = tuple(more)

    def inside(self, part: Any) -> "Misfit":
        return Misfit(self.problem, (part, *self.path), [misfit.inside(part) for misfit in self.more])

    def describe(self, name: str) -> str:
        """`items[2].price: must be a number, got "x"`; without a name, of the value that all inputs are."""
        where = describe_path(name, self.path) if name else describe_path("", self.path).lstrip(".") or "the input"
        return "; ".join([f"{where}: {self.problem}", *(misfit.describe(name) for misfit in self.more)])


def show(value: Any) -> str:
    """A value as JSON, shortened."""
    text = encoder.encode(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"

"""Converters of the types that JSON has itself."""

from typing import Any, Callable, Dict, Tuple

from . import scalars
from .converter import NONE_TYPE, Converter


def scalar(convert: Callable[[Any], Any], kind: type, near: Tuple[type, ...] = ()) -> Tuple[Converter, Converter]:
    """Of the type `kind`; those that are `near` pass, but not under Cog."""
    plain, cog = (Converter(lambda value, files: convert(value), exact) for exact in ((kind, *near), (kind,)))
    return plain, cog


#: Type → its converter, and the one under Cog.
SCALARS: Dict[Any, Tuple[Converter, Converter]] = {
    int: scalar(scalars.integer, int, (bool,)),
    float: scalar(scalars.number, float, (int, bool)),
    bool: scalar(scalars.truth, bool),
    str: scalar(scalars.text, str),
    NONE_TYPE: scalar(scalars.nothing, NONE_TYPE),
}

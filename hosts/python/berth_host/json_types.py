"""Converters for the types that JSON has."""

from typing import Any, Callable, Dict, Tuple

from . import scalars
from .converter import NONE_TYPE, Converter


def scalar(convert: Callable[[Any], Any], kind: type, near: Tuple[type, ...] = ()) -> Tuple[Converter, Converter]:
    """Returns the converters for the type `kind`. Values of `near` types pass, except under Cog."""
    plain, cog = (Converter(lambda value, files: convert(value), exact) for exact in ((kind, *near), (kind,)))
    return plain, cog


#: Type → its converter, and its converter under Cog.
SCALARS: Dict[Any, Tuple[Converter, Converter]] = {
    int: scalar(scalars.integer, int, (bool,)),
    float: scalar(scalars.number, float, (int, bool)),
    bool: scalar(scalars.truth, bool),
    str: scalar(scalars.text, str),
    NONE_TYPE: scalar(scalars.nothing, NONE_TYPE),
}

"""Converters of the types that JSON has itself."""

from typing import Any, Callable, Dict, Optional, Tuple

from . import scalars
from .converter import JSON_TYPES, NOTHING, Converter


def scalar(
    convert: Callable[[Any], Any], kinds: Tuple[type, ...], near: Tuple[type, ...] = (), lenient: Any = None
) -> Any:
    """A converter for each strictness. `kinds` are the type's own, `near` pass but under Cog.

    `lenient`: how the lenient one changes which types; None where it lets everything pass.
    """
    relaxed = None
    if lenient is not None:
        change, changed = lenient
        relaxed = Converter(lambda value, files: change(value), JSON_TYPES.difference(changed))
    firm, strict = (Converter(lambda value, files: convert(value), exact) for exact in ((*kinds, *near), kinds))
    return relaxed, firm, strict


#: Type → its converter for each strictness.
SCALARS: Dict[Any, Tuple[Optional[Converter], Converter, Converter]] = {
    int: scalar(scalars.integer, (int,), (bool,), (scalars.as_integer, (str, float))),
    float: scalar(scalars.number, (float,), (int, bool), (scalars.number, (str,))),
    bool: scalar(scalars.truth, (bool,), (), (scalars.as_truth, (str, int))),
    str: scalar(scalars.text, (str,)),
    NOTHING: scalar(scalars.nothing, (NOTHING,)),
}

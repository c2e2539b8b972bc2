"""`Input()`, the declaration of a predictor's input."""

from dataclasses import dataclass
from typing import Any, List, Optional, Union

Number = Union[int, float]


@dataclass(frozen=True)
class FieldInfo:
    """A declaration as written. The default `...` means that there is none."""

    default: Any = ...
    description: Optional[str] = None
    ge: Optional[Number] = None
    le: Optional[Number] = None
    min_length: Optional[int] = None
    max_length: Optional[int] = None
    regex: Optional[str] = None
    choices: Optional[List[Union[str, int]]] = None
    deprecated: Optional[bool] = None
    accept: Optional[str] = None


def Input(default: Any = ..., **declaration: Any) -> Any:
    """Declares an input; the keywords are the fields of `FieldInfo`."""
    if declaration.pop("default_factory", None) is not None:
        raise TypeError("default_factory is not supported in Input(): give a literal value, Input(default=...)")
    return FieldInfo(default, **declaration)

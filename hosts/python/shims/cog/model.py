"""`BaseModel`, the base class of structured outputs.

Since Cog 0.17 each subclass is a dataclass; before, `BaseModel` was pydantic's. A subclass here is a dataclass that also
accepts what pydantic accepted: `Field(…)`, mutable defaults, omitted optional fields, `dict()`, and `model_dump()`.
"""

import copy
import dataclasses
import typing
from typing import Any, Dict


class BaseModel:
    """Base class of structured outputs. Takes positional or named values."""

    def __init_subclass__(cls, *, auto_dataclass: bool = True, init: bool = True, **options: Any) -> None:
        super().__init_subclass__()
        if not auto_dataclass:
            return
        for name in cls.__dict__.get("__annotations__", {}):
            if name in cls.__dict__:
                _declare_default(cls, name)
        dataclasses.dataclass(init=False, **options)(cls)

    def __init__(self, *values: Any, **named: Any) -> None:
        fields = [field for field in dataclasses.fields(self) if field.init]
        if len(values) > len(fields):
            raise TypeError(f"{type(self).__name__} takes {len(fields)} values, got {len(values)}")
        given = {**dict(zip((field.name for field in fields), values)), **named}
        unknown = set(given) - {field.name for field in fields}
        if unknown:
            raise TypeError(f"{type(self).__name__} has no field {', '.join(sorted(unknown))}")
        hints = _type_hints(type(self))
        for field in dataclasses.fields(self):
            value = given[field.name] if field.name in given else _default(type(self), field, hints)
            object.__setattr__(self, field.name, value)
        getattr(self, "__post_init__", lambda: None)()

    def model_dump(self) -> Dict[str, Any]:
        return dataclasses.asdict(self)

    dict = model_dump


def _declare_default(cls: type, name: str) -> None:
    """Converts pydantic's `Field(…)` and mutable defaults to what a dataclass accepts."""
    value = cls.__dict__[name]
    if type(value).__name__ == "FieldInfo":
        delattr(cls, name)
        if value.default_factory is not None:
            setattr(cls, name, dataclasses.field(default_factory=value.default_factory))
        elif value.default is not ... and "Undefined" not in type(value.default).__name__:
            setattr(cls, name, value.default)
    elif isinstance(value, (list, dict, set)):
        setattr(cls, name, dataclasses.field(default_factory=lambda: copy.copy(value)))


def _default(cls: type, field: Any, hints: Dict[str, Any]) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    if type(None) in getattr(hints.get(field.name), "__args__", ()):
        return None
    raise TypeError(f"{cls.__name__} needs a value for {field.name}")


def _type_hints(cls: type) -> Dict[str, Any]:
    try:
        return typing.get_type_hints(cls)
    except (NameError, TypeError):  # a name imported only for type checkers, or syntax that this Python lacks
        return {}

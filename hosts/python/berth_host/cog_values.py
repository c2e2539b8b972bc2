"""One JSON value as the type that a predictor asks for, by the rules that pydantic gave Cog.

Exact types pass. A number may come as text, a whole number as a float, a truth value as the usual words; text never
comes from a number. Everything else is refused by a `ValueError` that completes "NAME: …".
"""

import dataclasses
import inspect
import json
import typing
from collections import abc
from enum import Enum
from typing import Any, Union

from .cog_files import InputFiles

TRUE_WORDS = ("1", "true", "t", "yes", "y", "on")
FALSE_WORDS = ("0", "false", "f", "no", "n", "off")
#: Characters of a value that an error message repeats.
SHOWN = 60


def convert(value: Any, annotation: Any, files: InputFiles) -> Any:
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if hasattr(annotation, "__metadata__"):  # Annotated[T, …]
        return value if "Opaque" in repr(annotation.__metadata__) else convert(value, annotation.__origin__, files)
    if origin is typing.Literal:
        return _literal(value, arguments)
    if origin is Union or type(annotation).__name__ == "UnionType":
        return _union(value, arguments, files)
    container = origin or annotation
    if container in _LISTS:
        return _list(value, container, arguments, files)
    if container in _SCALARS:
        return _SCALARS[container](value)
    return _object(value, container, files) if inspect.isclass(container) else value


def name_type(annotation: Any) -> str:
    """`int`, `Optional[str]`, `list[Path]`: as a person would write it."""
    if inspect.isclass(annotation) and not typing.get_args(annotation):
        return annotation.__name__
    return str(annotation).replace("typing.", "").replace("cog.types.", "").replace("NoneType", "None")


def show(value: Any) -> str:
    """A value as JSON, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _integer(value: Any) -> int:
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            whole, _, zeros = value.strip().partition(".")
            if zeros and not zeros.strip("0"):  # "3.0"
                return _integer(whole)
    raise ValueError(f"must be a whole number, got {show(value)}")


def _number(value: Any) -> float:
    if isinstance(value, (int, float, str)):
        try:
            return float(value)
        except (ValueError, OverflowError):
            pass
    raise ValueError(f"must be a number, got {show(value)}")


def _truth(value: Any) -> bool:
    word = value.lower() if isinstance(value, str) else str(int(value)) if value in (0, 1) else ""
    if word not in TRUE_WORDS + FALSE_WORDS:
        raise ValueError(f"must be true or false, got {show(value)}")
    return word in TRUE_WORDS


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be a string, got {show(value)}")
    return value


def _mapping(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"must be an object, got {show(value)}")
    return value


def _nothing(value: Any) -> None:
    if value is not None:
        raise ValueError(f"must be null, got {show(value)}")


_SCALARS = {
    int: _integer,
    float: _number,
    bool: _truth,
    str: _text,
    dict: _mapping,
    abc.Mapping: _mapping,
    type(None): _nothing,
}
_LISTS = (list, tuple, set, frozenset, abc.Sequence, abc.Collection, abc.Iterable)


def _literal(value: Any, allowed: Any) -> Any:
    if not any(value == choice and type(value) is type(choice) for choice in allowed):
        raise ValueError(f"must be one of {', '.join(show(choice) for choice in allowed)}; got {show(value)}")
    return value


def _union(value: Any, members: Any, files: InputFiles) -> Any:
    """The member that fits exactly, else the first into which the value can be converted."""
    kinds = [member for member in members if member is not type(None)]
    if value is None and len(kinds) < len(members):
        return None
    problems = []
    for member in sorted(kinds, key=lambda member: type(value) is not (typing.get_origin(member) or member)):
        try:
            return convert(value, member, files)
        except ValueError as error:
            problems.append(str(error))
    if len(kinds) == 1:
        raise ValueError(problems[0])
    raise ValueError(f"must be {' or '.join(name_type(member) for member in members)}, got {show(value)}")


def _list(value: Any, container: Any, arguments: Any, files: InputFiles) -> Any:
    if not isinstance(value, list):
        raise ValueError(f"must be a list, got {show(value)}")
    is_fixed = container is tuple and arguments and arguments[-1] is not ...
    if is_fixed and len(arguments) != len(value):
        raise ValueError(f"must have {len(arguments)} items, got {len(value)}")
    items = []
    for index, item in enumerate(value):
        kind = arguments[index] if is_fixed else arguments[0] if arguments else Any
        try:
            items.append(convert(item, kind, files))
        except ValueError as error:
            raise ValueError(f"item {index} {error}") from error
    return container(items) if container in (tuple, set, frozenset) else items


def _object(value: Any, kind: Any, files: InputFiles) -> Any:
    if files.is_path(kind):
        return files.path(value)
    if files.is_file(kind):
        return files.open(value)
    if files.is_secret(kind):
        return kind(_text(value))
    if issubclass(kind, Enum):
        return _member(value, kind)
    if issubclass(kind, dict):  # a TypedDict, whose fields Cog does not look at
        return _mapping(value)
    if isinstance(value, dict) and hasattr(kind, "model_validate"):
        return kind.model_validate(value)
    if isinstance(value, dict) and hasattr(kind, "parse_obj"):  # pydantic 1
        return kind.parse_obj(value)
    if isinstance(value, dict) and dataclasses.is_dataclass(kind):
        return _record(value, kind, files)
    return value


def _member(value: Any, kind: Any) -> Any:
    for member in kind:
        if value == member.value and type(value) is type(member.value):
            return member
    raise ValueError(f"must be one of {', '.join(show(member.value) for member in kind)}; got {show(value)}")


def _record(value: Any, kind: Any, files: InputFiles) -> Any:
    hints = typing.get_type_hints(kind)
    given = {}
    for field in dataclasses.fields(kind):
        if field.name in value:
            try:
                given[field.name] = convert(value[field.name], hints[field.name], files)
            except ValueError as error:
                raise ValueError(f"{field.name} {error}") from error
    try:
        return kind(**given)
    except TypeError as error:
        raise ValueError(f"is not a {kind.__name__}: {error}") from error

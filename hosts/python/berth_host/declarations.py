"""Reads defaults that are declarations, not values: `Input(…)`, `Field(…)`, `Query(…)`, `Depends(…)`, `typer.Option(…)`.

A declaration's own default applies, if it has one. Its limits and choices apply to given values.
"""

import ast
import copy
import inspect
import re
import textwrap
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from .conversion_error import ConversionError, show

#: No default: the input is required.
MISSING = inspect.Parameter.empty

#: Class names of declarations or their bases: Cog, pydantic, and FastAPI; typer; FastAPI's dependencies; litestar.
KINDS = frozenset(("FieldInfo", "ParameterInfo", "Depends", "KwargDefinition", "DependencyKwarg"))


class Declaration(NamedTuple):
    default: Any = MISSING
    #: Creates the default for each call.
    factory: Optional[Callable[[], Any]] = None
    #: The limits that are set, of `ge`, `le`, `gt`, `lt`, `min_length`, `max_length`, `regex`.
    limits: Dict[str, Any] = {}
    choices: Optional[List[Any]] = None

    @property
    def is_required(self) -> bool:
        return self.default is MISSING and self.factory is None

    def make_default(self) -> Any:
        if self.factory is not None:
            return self.factory()
        return copy.copy(self.default) if isinstance(self.default, (list, dict, set)) else self.default


def is_declaration(value: Any) -> bool:
    return any(base.__name__ in KINDS for base in type(value).__mro__)


def read_declaration(value: Any, is_stated: Callable[[], bool] = lambda: True) -> Declaration:
    """Reads a default. A value that is not a declaration is itself the default.

    `is_stated()`: whether the source states a default, for declarations that read `None` in both cases.
    """
    if not is_declaration(value):
        return Declaration(value)
    default = declared_default(value)
    if default is None and is_ambiguous(value) and not is_stated():
        default = MISSING
    factory = getattr(value, "default_factory", None) if default is MISSING else None
    bounds = {limit: find_limit(value, names) for limit, names in LIMITS.items()}
    limits = {limit: bound for limit, bound in bounds.items() if bound is not None}
    return Declaration(default, factory, limits, declared_choices(value))


def declared_default(declaration: Any) -> Any:
    default = getattr(declaration, "default", MISSING)
    if default is ... or "Undefined" in type(default).__name__ or getattr(default, "__name__", None) == "Empty":
        return MISSING
    return default


def is_ambiguous(declaration: Any) -> bool:
    """Whether both `Input()` and `Input(default=None)` read `None` at run time, as since Cog 0.17."""
    fields = getattr(type(declaration), "__dataclass_fields__", {})
    return (
        type(declaration).__module__.partition(".")[0] == "cog"
        and getattr(fields.get("default"), "default", ...) is None
    )


def states_default(function: Callable[..., Any], name: str) -> bool:
    """Whether the source states a default in the declaration of a parameter. Cog checks this in the same way."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError, IndexError):
        return True
    arguments = getattr(tree, "args", None)
    if arguments is None:
        return True
    positional = [*getattr(arguments, "posonlyargs", []), *arguments.args]
    pairs = [
        *zip(reversed(positional), reversed(arguments.defaults)),
        *zip(arguments.kwonlyargs, arguments.kw_defaults),
    ]
    written = next((default for argument, default in pairs if argument.arg == name), None)
    if not isinstance(written, ast.Call):
        return True
    return bool(written.args) or any(keyword.arg in ("default", None) for keyword in written.keywords)


LIMITS = {
    "ge": ["ge", "min"],
    "le": ["le", "max"],
    "gt": ["gt"],
    "lt": ["lt"],
    "min_length": ["min_length"],
    "max_length": ["max_length"],
    "regex": ["regex", "pattern"],
}


def find_limit(declaration: Any, names: List[str]) -> Any:
    """Finds a limit: an attribute in Cog and pydantic 1, an item of `metadata` in pydantic 2, `min` and `max` in typer."""
    marks = [declaration, *(getattr(declaration, "metadata", None) or [])]
    found = (getattr(mark, name, None) for mark in marks for name in names)
    return next((bound for bound in found if bound is not None and not callable(bound)), None)


def declared_choices(declaration: Any) -> Optional[List[Any]]:
    choices = getattr(declaration, "choices", None)
    if not choices:
        extra = getattr(declaration, "json_schema_extra", None) or getattr(declaration, "extra", None) or {}
        choices = extra.get("enum") or extra.get("choices") if isinstance(extra, dict) else None
    return [choice.value if isinstance(choice, Enum) else choice for choice in choices] if choices else None


def check_limits(declared: Any, value: Any) -> None:
    """Checks one value, or one item of a list. Raises ConversionError."""
    limits = declared.limits
    if declared.choices is not None and value not in declared.choices:
        raise ConversionError(
            f"must be one of {', '.join(show(choice) for choice in declared.choices)}; got {show(value)}"
        )
    if isinstance(value, (int, float, Decimal, Fraction)):
        check_number(limits, value)
    if isinstance(value, str):
        check_text(limits, value)


def check_number(limits: Dict[str, Any], value: Any) -> None:
    if "ge" in limits and not value >= limits["ge"]:
        raise ConversionError(f"must be at least {limits['ge']}, got {show(value)}")
    if "le" in limits and not value <= limits["le"]:
        raise ConversionError(f"must be at most {limits['le']}, got {show(value)}")
    if "gt" in limits and not value > limits["gt"]:
        raise ConversionError(f"must be more than {limits['gt']}, got {show(value)}")
    if "lt" in limits and not value < limits["lt"]:
        raise ConversionError(f"must be less than {limits['lt']}, got {show(value)}")


def check_text(limits: Dict[str, Any], value: str) -> None:
    if len(value) < limits.get("min_length", 0):
        raise ConversionError(f"must have at least {limits['min_length']} characters, got {len(value)}")
    if "max_length" in limits and len(value) > limits["max_length"]:
        raise ConversionError(f"must have at most {limits['max_length']} characters, got {len(value)}")
    if "regex" in limits and not re.search(limits["regex"], value):
        raise ConversionError(f"must match {limits['regex']}, got {show(value)}")

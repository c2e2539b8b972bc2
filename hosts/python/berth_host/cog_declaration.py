"""Reads the inputs of a predictor from its signature, for every version of Cog and pydantic."""

import dataclasses
import functools
from typing import Any, Callable, Dict, NamedTuple, Optional

from .annotations import is_optional, read_signature, resolve_annotations
from .cog_files import is_file, is_path, is_secret
from .conversion import make_converter
from .converter import Converter, Rules
from .declarations import MISSING, Declaration, read_declaration
from .scalars import text


class InputField(NamedTuple):
    name: str
    annotation: Any
    #: None if every value passes.
    converter: Optional[Converter]
    declaration: Declaration


class DeclaredInputs(NamedTuple):
    fields: Dict[str, InputField]
    #: Whether the predictor takes `**inputs`, so that every name is valid.
    is_open: bool


def distinguish_missing_defaults(cog: Any) -> None:
    """Distinguishes `Input()`, which makes an input required, from `Input(default=None)`.

    Since Cog 0.17 both read `None` at run time. Cog itself parses the source to distinguish them.
    """
    declare = cog.Input
    if not dataclasses.is_dataclass(getattr(cog, "FieldInfo", None)) or cog.FieldInfo().default is ...:
        return

    @functools.wraps(declare)
    def declare_input(*default: Any, **declaration: Any) -> Any:
        field = declare(*default, **declaration)
        if not default and "default" not in declaration:
            object.__setattr__(field, "default", ...)  # the dataclass is frozen
        return field

    cog.Input = cog.input.Input = declare_input


def read_inputs(function: Callable[..., Any]) -> DeclaredInputs:
    annotations = resolve_annotations(function)
    fields: Dict[str, InputField] = {}
    is_open = False
    for name, parameter in read_signature(function).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            is_open = True
        elif parameter.kind is not parameter.VAR_POSITIONAL:
            fields[name] = _read_field(name, annotations.get(name, Any), parameter.default)
    return DeclaredInputs(fields, is_open)


def _read_field(name: str, annotation: Any, default: Any) -> InputField:
    declaration = read_declaration(default)
    if declaration.default is MISSING and is_optional(annotation):
        declaration = declaration._replace(default=None)
    return InputField(name, annotation, make_converter(annotation, COG_RULES), declaration)


def _cog_converter(kind: Any) -> Optional[Converter]:
    """Returns the converter of a file, which arrives as a data URI or a URL, or of a secret."""
    if is_path(kind):
        return Converter(lambda value, files: files.path(value))
    if is_file(kind):
        return Converter(lambda value, files: files.open(value))
    return Converter(lambda value, files: kind(text(value))) if is_secret(kind) else None


#: Refuses the same values as pydantic under Cog.
COG_RULES = Rules(is_cog=True, custom=_cog_converter)

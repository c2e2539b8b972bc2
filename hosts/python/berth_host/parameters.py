"""Reads the defaults, declarations, and converters of a function's parameters."""

import inspect
from typing import Any

from .annotations import is_optional
from .conversion import make_converter, unwrap, with_limits
from .conversion_error import ConversionError
from .converter import JSON_TYPES
from .declarations import MISSING, is_declaration, read_declaration, states_default
from .pydantic_types import annotate

NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_ONLY)
PLAIN = {str: (str,), int: (int,), float: (float, int), bool: (bool,), list: (list,), dict: (dict,)}


def declare(function, parameter, annotation):
    """Returns the default or the declaration of a parameter. A Cog input with an optional type is optional."""
    declaration = read_declaration(parameter.default, lambda: states_default(function, parameter.name))
    is_cog = type(parameter.default).__module__.partition(".")[0] == "cog"
    defaults_to_none = is_cog and declaration.is_required and is_optional(annotation)
    return declaration._replace(default=None) if defaults_to_none else declaration


def make_parameter_converter(parameter, annotation, declaration):
    """Returns None if every value passes. Ignores an annotation that contradicts the parameter's own default."""
    if not accepts_default(annotation, declaration.default):
        annotation = Any
    annotated = annotate(annotation, parameter.default) if is_declaration(parameter.default) else None
    converter = with_limits(make_converter(annotation), declaration) if annotated is None else make_converter(annotated)
    if converter is None or declaration.default is not None:
        return converter
    return converter.nullable()


def accepts_default(annotation, default):
    """Whether the default has the annotated type or can be converted to it. Always true for defaults that JSON cannot hold."""
    if default is None or default is MISSING:
        return True
    kind = unwrap(annotation)
    if inspect.isclass(kind) and kind in PLAIN:
        return isinstance(default, PLAIN[kind])
    converter = make_converter(annotation) if type(default) in JSON_TYPES else None
    try:
        if converter is not None:
            converter(default)
    except ConversionError:
        return False
    return True

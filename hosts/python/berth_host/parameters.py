"""What a function's parameters take: their defaults and declarations, and the converters that their annotations make."""

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
    """A parameter's default, or what its declaration says. Cog's is optional where its type is."""
    declaration = read_declaration(parameter.default, lambda: states_default(function, parameter.name))
    is_cog = type(parameter.default).__module__.partition(".")[0] == "cog"
    is_left_out = is_cog and declaration.is_required and is_optional(annotation)
    return declaration._replace(default=None) if is_left_out else declaration


def make_parameter_converter(parameter, annotation, declaration):
    """None where every value passes. An annotation that the parameter's own default belies is not believed."""
    if not is_believed(annotation, declaration.default):
        annotation = Any
    annotated = annotate(annotation, parameter.default) if is_declaration(parameter.default) else None
    converter = with_limits(make_converter(annotation), declaration) if annotated is None else make_converter(annotated)
    if converter is None or declaration.default is not None:
        return converter
    return converter.nullable()


def is_believed(annotation, default):
    """Whether the default is of the annotated type, or becomes it, as far as JSON has such values."""
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

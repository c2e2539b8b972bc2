"""Reads the defaults of parameters.

A call as a default is usually a declaration (`Input(description=…)`), and the default is what it declares. A call that
creates a value (`Path("data")`, `dict()`, a class of the repository) is itself the default.
"""

import ast
import builtins
import os
import sys

from expressions import dotted, qualified, source_of

# Declarations of cog, fastapi, pydantic, and typer whose first argument is the default.
FIRST_IS_DEFAULT = frozenset("Input Field Query Path Header Cookie Body Form File Option Argument".split())
VALUE_LIBRARIES = frozenset("numpy np torch jax pandas tensorflow decimal fractions".split())
MAX_ALIASES = 5


def standard_library():
    if hasattr(sys, "stdlib_module_names"):
        return sys.stdlib_module_names
    names = {name.split(".")[0] for name in os.listdir(os.path.dirname(os.__file__))}  # before Python 3.10
    return frozenset(names | set(sys.builtin_module_names))


STANDARD_LIBRARY = standard_library()


def default_of(source, node):
    """Returns the source text of a parameter's default, or None."""
    if node is None or is_ellipsis(node):
        return None
    declared = declaration_of(source, node)
    if declared is None:
        return source_of(node)
    keywords = {keyword.arg: keyword.value for keyword in declared.keywords}
    if "default_factory" in keywords:
        return "%s()" % source_of(keywords["default_factory"])
    takes_first = (qualified(source, declared.func) or "").split(".")[-1] in FIRST_IS_DEFAULT
    first = declared.args[0] if declared.args and takes_first else None
    value = keywords.get("default", first)
    return None if value is None or is_ellipsis(value) else source_of(value)


def declaration_of(source, node):
    """Returns the call that declares a parameter, directly or through a name of the module; None if there is none."""
    for _ in range(MAX_ALIASES):
        if isinstance(node, ast.Name) and node.id in source.assigned:
            node = source.assigned[node.id]
    if not isinstance(node, ast.Call) or creates_value(source, node.func):
        return None
    return node


def creates_value(source, function):
    """Whether a call creates a value: a call of a builtin, the standard library, or the repository's own code."""
    written = dotted(function)
    if written is None:
        return True
    first = written.split(".")[0]
    if first in source.relative_names:
        return True
    origin = source.names.get(first)
    if origin == "dataclasses.field" or qualified(source, function) == "dataclasses.field":
        return False
    if origin is not None:
        library = origin.split(".")[0]
        return library in STANDARD_LIBRARY or library in VALUE_LIBRARIES or library in source.own_names
    return hasattr(builtins, first) or first in source.assigned or first in source.defined_names


def is_ellipsis(node):
    return isinstance(node, ast.Constant) and node.value is ...

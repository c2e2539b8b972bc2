"""Defaults of parameters. A call as a default is mostly a declaration (`Input(description=…)`): then the default is what it
declares. Where it makes a value (`Path("data")`, `dict()`, a class of the repository) it is the default itself."""

import ast
import builtins
import os
import sys

from expressions import dotted, qualified, source_of

# Declarations whose first argument is the default, of cog, fastapi, pydantic and typer.
FIRST_IS_DEFAULT = frozenset("Input Field Query Path Header Cookie Body Form File Option Argument".split())
VALUE_LIBRARIES = frozenset("numpy np torch jax pandas tensorflow decimal fractions".split())
STEPS = 5


def standard_library():
    if hasattr(sys, "stdlib_module_names"):
        return sys.stdlib_module_names
    names = {name.split(".")[0] for name in os.listdir(os.path.dirname(os.__file__))}  # before Python 3.10
    return frozenset(names | set(sys.builtin_module_names))


STANDARD_LIBRARY = standard_library()


def default_of(source, node):
    """Source text of a parameter's default; None where it has none."""
    if node is None or is_ellipsis(node):
        return None
    declared = declaration_of(source, node)
    if declared is None:
        return source_of(node)
    given = {word.arg: word.value for word in declared.keywords}
    if "default_factory" in given:
        return "%s()" % source_of(given["default_factory"])
    takes_first = (qualified(source, declared.func) or "").split(".")[-1] in FIRST_IS_DEFAULT
    first = declared.args[0] if declared.args and takes_first else None
    value = given.get("default", first)
    return None if value is None or is_ellipsis(value) else source_of(value)


def declaration_of(source, node):
    """The call that declares a parameter, also where a name of the module stands for it."""
    for _ in range(STEPS):
        if isinstance(node, ast.Name) and node.id in source.assigned:
            node = source.assigned[node.id]
    if not isinstance(node, ast.Call) or makes_value(source, node.func):
        return None
    return node


def makes_value(source, function):
    """Whether a call makes a value: of a builtin, of the standard library, or of what the repository itself defines."""
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

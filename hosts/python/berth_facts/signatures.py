"""Reads the signatures of functions as plain data."""

import ast

from decorators import FUNCTIONS, read_decorators
from defaults import declaration_of, default_of
from expressions import SOURCE_LIMIT, call_target, qualified, source_of

FIELD_DECORATORS = frozenset(
    "dataclass dataclasses.dataclass pydantic.dataclasses.dataclass attr.s attr.define attrs.define attr.dataclass".split()
)
FIELD_BASES = frozenset(("pydantic.BaseModel", "pydantic.v1.BaseModel", "typing.NamedTuple"))


def read_function(source, function, is_method=False):
    """Returns a signature. `binding` is `class` or `static` for a method that needs no instance, else None."""
    replacement, decorators = read_decorators(source, function)
    described = replacement or function
    parameters = parameters_of(source, described)
    binding = binding_of(function) if is_method else None
    return {
        "isAsync": isinstance(described, ast.AsyncFunctionDef),
        "isGenerator": b"yield" in source.text and is_generator(described),
        "parameters": parameters[1:] if is_method and binding != "static" and not replacement else parameters,
        "binding": binding,
        "decorators": decorators,
    }


def parameters_of(source, function):
    arguments = function.args
    positional = list(arguments.posonlyargs) + list(arguments.args)
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    found = [parameter(source, item, "positional", default) for item, default in zip(positional, defaults)]
    if arguments.vararg:
        found.append(parameter(source, arguments.vararg, "variadic"))
    keywords = zip(arguments.kwonlyargs, arguments.kw_defaults)
    found += [parameter(source, item, "keyword", default) for item, default in keywords]
    if arguments.kwarg:
        found.append(parameter(source, arguments.kwarg, "keywords"))
    return found


def parameter(source, argument, kind, default=None):
    fact = {
        "name": argument.arg,
        "kind": kind,
        "annotation": annotation_of(argument.annotation),
        "default": default_of(source, default),
    }
    return fact if declaration_of(source, default) is None else dict(fact, isDeclared=True)


def annotation_of(node):
    """Returns an annotation as text. For a forward reference, returns the text in the quotes."""
    if node is None:
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value[:SOURCE_LIMIT]
    return source_of(node)


def required_fields(source, class_node):
    """Yields the fields without a default, which the constructor of a dataclass or data model requires."""
    for statement in class_node.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        if statement.value is not None and default_of(source, statement.value) is not None:
            continue
        annotation = annotation_of(statement.annotation)
        if not annotation.startswith(("ClassVar", "typing.ClassVar")):
            yield {"name": statement.target.id, "kind": "positional", "annotation": annotation, "default": None}


def has_fields(source, class_node):
    """Whether a class's annotations are the arguments of its constructor."""
    decorated = any(qualified(source, call_target(item)) in FIELD_DECORATORS for item in class_node.decorator_list)
    return decorated or any(qualified(source, base) in FIELD_BASES for base in class_node.bases)


def is_required(item):
    return item["default"] is None and item["kind"] in ("positional", "keyword")


def binding_of(function):
    names = {getattr(item, "id", None) for item in function.decorator_list}
    return "static" if "staticmethod" in names else "class" if "classmethod" in names else None


def is_generator(function):
    """Whether a function's own body yields. Nested functions do not count."""
    pending = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, FUNCTIONS + (ast.Lambda, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(node))
    return False

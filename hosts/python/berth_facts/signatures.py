"""What a function wants, as plain data."""

import ast

from expressions import call_target, dotted, source_of

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def read_function(source, function, is_method=False):
    parameters = parameters_of(function)
    return {
        "isAsync": isinstance(function, ast.AsyncFunctionDef),
        "isGenerator": b"yield" in source.text and is_generator(function),
        "parameters": parameters[1:] if is_method and not is_static(function) else parameters,
    }


def parameters_of(function):
    arguments = function.args
    positional = list(arguments.posonlyargs) + list(arguments.args)
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    found = [parameter(item, "positional", default) for item, default in zip(positional, defaults)]
    if arguments.vararg:
        found.append(parameter(arguments.vararg, "variadic"))
    found += [parameter(item, "keyword", default) for item, default in zip(arguments.kwonlyargs, arguments.kw_defaults)]
    if arguments.kwarg:
        found.append(parameter(arguments.kwarg, "keywords"))
    return found


def parameter(argument, kind, default=None):
    return {
        "name": argument.arg,
        "kind": kind,
        "annotation": annotation_of(argument.annotation),
        "default": source_of(default) if default is not None else None,
    }


def annotation_of(node):
    """As text; a forward reference in quotes means what stands in the quotes."""
    if node is None:
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return source_of(node)


def required_fields(class_node):
    """Fields of a dataclass without a default: its constructor's required arguments."""
    for statement in class_node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value is None:
            annotation = annotation_of(statement.annotation)
            if not annotation.startswith(("ClassVar", "typing.ClassVar")):
                name = statement.target.id
                yield {"name": name, "kind": "positional", "annotation": annotation, "default": None}


def is_dataclass(class_node):
    return any(
        dotted(call_target(item)) in ("dataclass", "dataclasses.dataclass") for item in class_node.decorator_list
    )


def is_required(item):
    return item["default"] is None and item["kind"] in ("positional", "keyword")


def is_static(function):
    return any(isinstance(item, ast.Name) and item.id == "staticmethod" for item in function.decorator_list)


def is_generator(function):
    """Whether its own body yields; a function inside it does not count."""
    pending = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, FUNCTIONS + (ast.Lambda, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(node))
    return False

"""Reads calls with literal arguments, which show how to call the software."""

import ast
import math

from definitions import CALLED_METHODS
from expressions import qualified


def read_calls(source, body, definitions, origin):
    """Yields the calls in a block. `assert f(x) == y` states the expected output."""
    instances = {}
    for statement in body:
        remember_instance(source, statement, definitions, instances)
        expected = expected_of(statement)
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                call = read_call(source, node, definitions, instances)
                if call is None:
                    continue
                if expected is not None and expected[0] is node:
                    call["output"] = expected[1]
                yield dict(call, file=source.path, line=node.lineno, origin=origin)
        forget_changed(statement, instances)


def read_call(source, node, definitions, instances):
    """Returns the call as a fact without its position; None if it calls other code or has arguments that are not literals."""
    found = find_callable(source, node.func, definitions, instances)
    if found is None:
        return None
    definition, method = found
    try:
        positional = [literal(argument) for argument in node.args]
        keywords = {keyword.arg: literal(keyword.value) for keyword in node.keywords}
    except (ValueError, TypeError, RecursionError):
        return None
    signature = definition.function(method)
    if None in keywords or signature is None:
        return None
    return {
        "callable": definition.name if method is None else definition.name + "." + method,
        "input": bind(signature["parameters"], positional, keywords),
        "positional": positional,
    }


def find_callable(source, function, definitions, instances):
    """Returns `(definition, method)` of what is called, or None.

    Handles `f`, `module.f`, `Model().predict`, `Model.from_text`, and `model.predict`.
    """
    if isinstance(function, ast.Name) and function.id in instances:
        definition = instances[function.id]
        return definition and (definition, "__call__")
    if isinstance(function, ast.Attribute):
        owner = function.value
        if isinstance(owner, ast.Name) and owner.id in instances:
            definition = instances[owner.id]
            return definition and (definition, function.attr)
        if isinstance(owner, ast.Call):
            definition = None if takes_arguments(owner) else find_definition(source, owner.func, definitions)
            return (definition, function.attr) if definition is not None and definition.kind == "class" else None
        definition = find_definition(source, owner, definitions)
        if definition is not None and definition.kind == "class" and definition.needs_no_instance(function.attr):
            return definition, function.attr
    definition = find_definition(source, function, definitions)
    return None if definition is None or definition.kind == "class" else (definition, None)


def find_definition(source, node, definitions):
    """Returns the definition of a name in the same file or an imported one. In a README, the name is enough."""
    name = qualified(source, node)
    if name is None:
        return None
    module, _, last = name.rpartition(".")
    if module:
        return definitions.find(module, last, source.path)
    if source.path.endswith(".py"):
        return definitions.by_file.get((source.path, last))
    return definitions.by_name.get(last)


def remember_instance(source, statement, definitions, instances):
    """Records `model = Model()`: later calls on `model` are calls of the class.

    Records None for `Model(size=3)`: Berth builds the class without arguments, so such calls have other outputs.
    """
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
        definition = find_definition(source, statement.value.func, definitions)
        for target in statement.targets:
            if isinstance(target, ast.Name) and definition is not None and definition.kind == "class":
                instances[target.id] = None if takes_arguments(statement.value) else definition


def takes_arguments(call):
    return bool(call.args or call.keywords)


def forget_changed(statement, instances):
    """Forgets an instance after `model.fit(x)` or `model.size = 3`, because it differs from the one that Berth builds."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        changed = [statement.value.func]
    elif isinstance(statement, (ast.Assign, ast.AugAssign)):
        changed = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    else:
        return
    for node in changed:
        if getattr(node, "attr", None) in CALLED_METHODS:
            continue
        owner = node.value if isinstance(node, (ast.Attribute, ast.Subscript)) else None
        if isinstance(owner, ast.Name) and owner.id in instances:
            instances[owner.id] = None


def expected_of(statement):
    """Returns `(call node, value)` of `assert call == literal`, or None."""
    test = statement.test if isinstance(statement, ast.Assert) else None
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return None
    try:
        return test.left, literal(test.comparators[0])
    except (ValueError, TypeError, RecursionError):
        return None


def bind(parameters, positional, keywords):
    """Returns the arguments by name, or None if the signature lacks a name for one of them."""
    names = [item["name"] for item in parameters if item["kind"] == "positional"]
    if len(positional) > len(names):
        return None
    return dict(zip(names, positional), **keywords)


def literal(node):
    """Returns the value of a literal. Raises ValueError for anything that JSON cannot hold."""
    return as_json(ast.literal_eval(node))


def as_json(value):
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: as_json(item) for key, item in value.items()}
    raise ValueError("JSON cannot hold it")

"""Calls in documentation: doctests in docstrings, Python blocks of the README."""

import ast
import os

from calls import as_json, expected_of, read_call, read_calls, remember_instance
from source import Source
from statements import every_statement

FENCE = "```"
README_LIMIT = 200_000


def read_doctest(source, text, definitions, line, origin):
    import doctest  # Takes 40 ms: only where there is one.

    try:
        examples = doctest.DocTestParser().get_examples(text)
    except ValueError:
        return
    instances = {}
    for example in examples:
        call = read_example(source, example, definitions, instances)
        if call is not None:
            yield dict(call, file=source.path, line=line + example.lineno, origin=origin)


def read_example(source, example, definitions, instances):
    try:
        body = ast.parse(example.source).body
    except SyntaxError:
        return None
    for statement in body:
        source.remember_import(statement)
        remember_instance(source, statement, definitions, instances)
    if example.exc_msg or len(body) != 1 or not isinstance(body[0], ast.Expr):
        return None
    expression, want = body[0].value, example.want
    # `f(x) == y` and `True` below it: the same as an assertion.
    if want.strip() == "True" and isinstance(expression, ast.Compare):
        expected = expected_of(ast.Assert(expression))
        call = read_call(source, expected[0], definitions, instances) if is_call(expected) else None
        return None if call is None else dict(call, output=expected[1])
    printed = unwrap_print(expression)
    call = read_call(source, printed or expression, definitions, instances) if is_call([printed or expression]) else None
    if call is None or printed is not None:
        return call
    try:
        call["output"] = as_json(ast.literal_eval(want.strip()))
    except (ValueError, SyntaxError):
        pass
    return call


def is_call(pair):
    return bool(pair) and isinstance(pair[0], ast.Call)


def unwrap_print(node):
    """The call inside `print(call)`; what is printed is text, and says nothing certain of the value."""
    is_print = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    return node.args[0] if is_print and len(node.args) == 1 and isinstance(node.args[0], ast.Call) else None


def find_readme_calls(root, path, definitions):
    try:
        with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
            text = file.read(README_LIMIT)
    except OSError:
        return
    for line, block in python_blocks(text):
        if ">>>" in block:
            yield from read_doctest(Source(path), block, definitions, line, "readme")
        else:
            yield from read_block(block, line, definitions, path)


def read_block(block, line, definitions, path):
    try:
        tree = ast.parse(block)
    except (SyntaxError, ValueError):
        return
    source = Source(path)
    for statement in every_statement(tree.body):
        source.remember_import(statement)
    for call in read_calls(source, tree.body, definitions, "readme"):
        yield dict(call, line=line + call["line"] - 1)


def python_blocks(text):
    """(line, code) of each fenced block that says it is Python."""
    block, start = None, 0
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if block is None and stripped.startswith(FENCE):
            if stripped[len(FENCE) :].strip().lower() in ("python", "py", "python3", "pycon"):
                block, start = [], number + 1
        elif block is not None and stripped.startswith(FENCE):
            yield start, "\n".join(block)
            block = None
        elif block is not None:
            block.append(line)


"""Finds calls in documentation: doctests in docstrings, Python blocks of the README.

The text is parsed with its file. What it calls is resolved when all files are read.
"""

import ast

from literal_calls import as_json, expected_of, forget_changed, read_call, read_calls, remember_instance
from statements import every_statement

FENCE = "```"
DOCUMENTED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
TEXT_LIMIT = 50_000  # characters of one docstring
MAX_EXAMPLES = 200  # of one text
WANT_LIMIT = 2_000


class Example:
    """An example of a doctest that can be parsed."""

    def __init__(self, line, body, example):
        self.line, self.body = line, body
        self.want = example.want
        self.options = sorted(name for flag, name in flag_names() if example.options.get(flag))


def flag_names():
    import doctest

    return [(flag, name) for name, flag in doctest.OPTIONFLAGS_BY_NAME.items()]


def parse_docstrings(source):
    """Yields `(line, examples)` of each docstring with examples."""
    for node in [source.tree, *source.statements]:
        if isinstance(node, (ast.Module,) + DOCUMENTED) and node.body:
            docstring = ast.get_docstring(node) or ""
            if ">>>" in docstring:
                yield node.body[0].lineno, parse_doctest(docstring)


def parse_doctest(text):
    import doctest  # The import takes 40 ms.

    try:
        examples = doctest.DocTestParser().get_examples(text[:TEXT_LIMIT])
    except ValueError:
        return []
    found = []
    for example in examples[:MAX_EXAMPLES]:
        try:
            body = ast.parse(example.source).body
        except (SyntaxError, ValueError):
            continue
        found.append(Example(example.lineno, body, example))
    return found


def parse_readme(source, text):
    """Fills `source.blocks` with `(line, examples, None)` or `(line, None, statements)` of each Python block."""
    for line, block in python_blocks(text):
        if ">>>" in block:
            source.blocks.append((line, parse_doctest(block), None))
            continue
        try:
            source.blocks.append((line, None, ast.parse(block).body))
        except (SyntaxError, ValueError):
            continue


def find_doctest_calls(source, line, examples, definitions, origin):
    instances = {}
    for example in examples:
        call = read_example(source, example, definitions, instances)
        if not example.want.strip():
            for statement in example.body:
                forget_changed(statement, instances)
        if call is not None and "SKIP" not in example.options:
            options = {"options": example.options} if example.options else {}
            yield dict(call, **options, file=source.path, line=line + example.line, origin=origin)


def read_example(source, example, definitions, instances):
    body = example.body
    for statement in body:
        source.remember_import(statement)
        remember_instance(source, statement, definitions, instances)
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        return None
    expression, want = body[0].value, example.want
    # `f(x) == y` with the output `True` is an assertion.
    if want.strip() == "True" and isinstance(expression, ast.Compare):
        expected = expected_of(ast.Assert(expression))
        call = read_call(source, expected[0], definitions, instances) if is_call(expected) else None
        return None if call is None else dict(call, output=expected[1])
    printed = unwrap_print(expression)
    call = (
        read_call(source, printed or expression, definitions, instances) if is_call([printed or expression]) else None
    )
    if call is None or printed is not None:
        return call
    if want.strip():
        call["outputText"] = want.rstrip("\n")[:WANT_LIMIT]
    if "ELLIPSIS" in example.options and "..." in want:
        return call  # `...` matches anything, even inside a literal
    try:
        call["output"] = as_json(ast.literal_eval(want.strip()))
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        pass
    return call


def is_call(pair):
    return bool(pair) and isinstance(pair[0], ast.Call)


def unwrap_print(node):
    """Returns the call in `print(call)`, or None. Printed text does not determine the value."""
    is_print = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    return node.args[0] if is_print and len(node.args) == 1 and isinstance(node.args[0], ast.Call) else None


def find_readme_calls(source, definitions):
    for line, examples, body in source.blocks:
        source.names = {}  # each block has its own imports
        if examples is not None:
            yield from find_doctest_calls(source, line, examples, definitions, "readme")
            continue
        for statement in every_statement(body):
            source.remember_import(statement)
        for call in read_calls(source, body, definitions, "readme"):
            yield dict(call, line=line + call["line"] - 1)


def python_blocks(text):
    """Yields `(line, code)` of each fenced block that is marked as Python."""
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

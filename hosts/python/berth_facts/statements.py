"""Walks statements. A full walk over expressions takes five times as long, so it is the exception."""

import ast

BLOCKS = ("body", "orelse", "finalbody")


def every_statement(body):
    """Returns every statement of a block, including those in nested blocks, functions, and classes."""
    found, pending = [], [body]
    while pending:
        for statement in pending.pop():
            found.append(statement)
            pending.extend(inner_blocks(statement))
    return found


def module_level(body):
    """Yields the statements that run on import, in order: also inside `if`, `try`, and `with`."""
    for statement in body:
        yield statement
        if isinstance(statement, (ast.If, ast.Try, ast.With)) and not is_main_guard(statement):
            for block in inner_blocks(statement):
                yield from module_level(block)


def inner_blocks(statement):
    fields = statement._fields
    if "body" not in fields and "cases" not in fields:
        return
    for name in BLOCKS:
        if name in fields:
            yield getattr(statement, name)
    for handler in getattr(statement, "handlers", ()):
        yield handler.body
    for case in getattr(statement, "cases", ()):
        yield case.body


def is_main_guard(statement):
    """Whether a statement is `if __name__ == "__main__":`, in either order."""
    test = getattr(statement, "test", None)
    if not isinstance(statement, ast.If) or not isinstance(test, ast.Compare) or len(test.comparators) != 1:
        return False
    sides = [test.left, test.comparators[0]]
    return any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides) and any(
        isinstance(side, ast.Constant) and side.value == "__main__" for side in sides
    )

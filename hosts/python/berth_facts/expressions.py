"""Names and source text of expressions."""

import ast

SOURCE_LIMIT = 200


def dotted(node):
    """Returns `a.b.c` for an expression of names and attributes, else None."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))


def qualified(source, node):
    """Returns the dotted name with the file's imports applied: `modal.App` for `m.App` after `import modal as m`."""
    name = dotted(node)
    if name is None:
        return None
    first, _, rest = name.partition(".")
    origin = source.names.get(first)
    if origin is None:
        return name
    return origin + "." + rest if rest else origin


def call_target(node):
    return node.func if isinstance(node, ast.Call) else node


def source_of(node):
    """Returns the source text, shortened. Avoids `ast.unparse`, which is slow and exists only since Python 3.9."""
    if isinstance(node, ast.Constant) and node.value is not ...:
        return repr(node.value)[:SOURCE_LIMIT]
    name = dotted(node)
    if name is not None:
        return name
    if hasattr(ast, "unparse"):
        return ast.unparse(node)[:SOURCE_LIMIT]
    if isinstance(node, ast.Subscript):
        return source_of(node.value) + "[…]"
    try:
        return repr(ast.literal_eval(node))[:SOURCE_LIMIT]
    except ValueError:
        pass
    return ast.dump(node)[:SOURCE_LIMIT]

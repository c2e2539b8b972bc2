"""Paths to parts of a value: `inputs.items[2]['unit price']`."""


def describe_path(root, path):
    return root + "".join(describe_part(part) for part in path)


def describe_part(part):
    if isinstance(part, int):
        return "[%d]" % part
    return "." + part if part.isidentifier() else "[%r]" % part

"""Paths of the repository, written with "/", and the module names that they give."""

import keyword
import re


def boundary_of(directory):
    """Returns the innermost directory that cannot be part of a module name; "" if there is none."""
    return next((above for above in ancestors(directory) if above and not is_name(name_of(above))), "")


def module_name(path, root):
    inner = path[len(root) + 1 :] if root else path
    parts = inner[: -len(".py")].split("/")
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    return ".".join(part if is_name(part) else sanitize(part) for part in parts)


def is_name(text):
    return text.isidentifier() and not keyword.iskeyword(text)


def sanitize(text):
    name = re.sub(r"\W", "_", text)
    return name if is_name(name) else "_" + name


def ancestors(directory):
    """Yields the directory and all its parents, innermost first; "" is the repository."""
    while directory:
        yield directory
        directory = parent_of(directory)
    yield ""


def parent_of(path):
    return path.rpartition("/")[0]


def name_of(path):
    return path.rpartition("/")[2]


def join(directory, name):
    return directory + "/" + name if directory else name


def is_below(directory, above):
    return not above or directory == above or directory.startswith(above + "/")


def count_parts(directory, above):
    inner = directory[len(above) :].strip("/")
    return inner.count("/") + 1 if inner else 0

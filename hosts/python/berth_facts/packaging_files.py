"""Reads requirements from setup.py, without running it, and from setup.cfg."""

import ast
import configparser

from file_reader import Unreadable
from statements import module_level


def read_setup_py(source):
    """Reads the literal `install_requires` and `python_requires` of the `setup` call."""
    named = {}
    for statement in module_level(source.tree.body):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            named[statement.targets[0].id] = statement.value
    found = {"file": "setup.py", "requires": [], "python": None}
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Call)
            and (getattr(node.func, "id", None) or getattr(node.func, "attr", None)) == "setup"
        ):
            for keyword in node.keywords:
                value = literal_or_none(named.get(getattr(keyword.value, "id", None), keyword.value))
                if keyword.arg == "install_requires" and isinstance(value, (list, tuple)):
                    found["requires"] = [item for item in value if isinstance(item, str)]
                elif keyword.arg == "python_requires" and isinstance(value, str):
                    found["python"] = value
    return found


def literal_or_none(node):
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError):
        return None


def read_setup_cfg(path, text):
    """Reads the requirements. Raises Unreadable for an invalid file."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise Unreadable(" ".join(str(error).split())) from None
    requires = parser.get("options", "install_requires", fallback="")
    return {
        "file": path,
        "requires": [
            line.strip() for line in requires.splitlines() if line.strip() and not line.strip().startswith("#")
        ],
        "python": parser.get("options", "python_requires", fallback=None),
    }

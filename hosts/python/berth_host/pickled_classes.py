"""Resolves classes that a pickle calls `__main__.Model`, because the script that defined the class wrote the pickle.

Here `__main__` is the host. So names are looked up in the entry's module, then in other loaded modules of the revision, and
then in its files: the file that defines the name is imported.
"""

import importlib
import importlib.util
import os
import re
import sys

from . import errors
from .errors import log

MAX_FILES = 5_000
SKIPPED = {"node_modules", "site-packages", "__pycache__"}


def install(interface):
    main = sys.modules["__main__"]
    missing = set()

    def __getattr__(name):
        if not name.startswith("__") and name not in missing:
            try:
                return find(name, interface)
            except LookupError:
                missing.add(name)
        raise AttributeError("module '__main__' has no attribute %r" % name)

    if not hasattr(type(main), "__getattr__"):
        main.__getattr__ = __getattr__


def find(name, interface):
    """Returns an attribute of the revision. Raises LookupError if there is none."""
    entry = sys.modules.get(interface["module"])
    own = [module for module in list(sys.modules.values()) if is_own(module)]
    for module in [*([entry] if entry is not None else []), *own]:
        if name in vars(module):
            return vars(module)[name]
    file = find_file(name)
    if file is None:
        raise LookupError(name)
    log("__main__.%s is taken from %s, which defines it" % (name, file))
    return getattr(import_file(file), name)


def is_own(module):
    file = getattr(module, "__dict__", {}).get("__file__")
    return isinstance(file, str) and file.startswith(errors.code_directory + os.sep)


def find_file(name):
    """Returns the first file, from the top down, that defines the name at module level, or None."""
    defines = re.compile(rb"^(class|def|async def) +%s\b|^%s *=" % (name.encode(), name.encode()), re.MULTILINE)
    for count, file in enumerate(list_files()):
        if count >= MAX_FILES:
            return None
        try:
            with open(os.path.join(errors.code_directory, file), "rb") as source:
                if defines.search(source.read()):
                    return file
        except OSError:
            pass
    return None


def list_files():
    pending = [""]
    while pending:
        directory = pending.pop(0)
        entries = sorted(os.scandir(os.path.join(errors.code_directory, directory)), key=lambda entry: entry.name)
        for entry in entries:
            path = os.path.join(directory, entry.name)
            if entry.name.endswith(".py") and entry.is_file():
                yield path
            elif entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".") and entry.name not in SKIPPED:
                pending.append(path)


def import_file(file):
    parts = file[: -len(".py")].split(os.sep)
    if parts[-1] == "__init__":
        parts.pop()
    return importlib.import_module(".".join(parts))

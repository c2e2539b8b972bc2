"""Imports modules of the revision that have the name of one of Python's own: `signal.py`, `token.py`, `queue.py`.

With `python app.py`, `import token` in the author's code imports the author's file. But Python has one slot for a module
called `token`, and the host, the standard library, and every installed library need Python's there. So the importer decides:
code of the revision gets the revision's module, which takes missing attributes from Python's; all other code gets Python's.
"""

import builtins
import importlib
import os
import sys

#: Package that holds the revision's modules with such names.
PREFIX = "berth_revision"

#: Loaded before a script's directory is on the path, so the author gets Python's own too.
ALWAYS_PYTHONS = set(sys.builtin_module_names) | {
    "__future__",
    "__main__",
    "_collections_abc",
    "_sitebuiltins",
    "abc",
    "codecs",
    "encodings",
    "genericpath",
    "io",
    "ntpath",
    "os",
    "posixpath",
    "site",
    "stat",
    "zipimport",
}


def find_standard_names(roots):
    """Returns name → file for each module in a root that has the name of one of Python's own."""
    names = standard_names()
    found = {}
    for root in roots:
        for name, path in list_modules(root):
            if name in names:
                found.setdefault(name, path)
    return found


def list_modules(root):
    try:
        entries = sorted(os.listdir(root))
    except OSError:
        return
    for entry in entries:
        path = os.path.join(root, entry)
        package = os.path.join(path, "__init__.py")
        if entry.endswith(".py"):
            yield entry[: -len(".py")], path
        elif os.path.isfile(package):
            yield entry, package


def standard_names():
    if hasattr(sys, "stdlib_module_names"):
        return sys.stdlib_module_names
    library = os.path.dirname(os.__file__)  # Python 3.8 and 3.9 have no list
    directories = [path for path in (library, os.path.join(library, "lib-dynload")) if os.path.isdir(path)]
    files = {entry.partition(".")[0] for directory in directories for entry in os.listdir(directory)}
    return (files | set(sys.builtin_module_names)) - {"test", "site-packages", "__pycache__", "lib-dynload"}


def install_own_modules(standard, code_directory, packages):
    """Makes code of the revision that imports one of these names get the revision's module.

    Code in `packages`, whose modules are next to these, is excluded: there `import logging` means Python's module, and
    `from . import logging` the package's.
    """
    own = {name: path for name, path in standard.items() if name not in ALWAYS_PYTHONS}
    plain_import = builtins.__import__
    inside = code_directory + os.sep

    def revision_import(name, globals=None, locals=None, fromlist=(), level=0):
        if level == 0 and globals is not None:
            path = own.get(name.partition(".")[0])
            if path is not None and means_own(globals, path):
                return import_own(name, path, fromlist)
        return plain_import(name, globals, locals, fromlist, level)

    def means_own(importer, path):
        file = importer.get("__file__")
        if not isinstance(file, str) or not file.startswith(inside) or file == path:
            return False
        package = str(importer.get("__name__")).partition(".")[0]
        return package == PREFIX or package not in packages

    if own:
        builtins.__import__ = revision_import


def import_own(name, path, fromlist):
    first = name.partition(".")[0]
    module = load_own(first, path)
    if name == first:
        return module
    try:
        inner = importlib.import_module(module.__name__ + name[len(first) :])
    except ModuleNotFoundError as error:
        if not str(error.name).startswith(module.__name__):
            raise
        inner = importlib.import_module(name)  # `logging.handlers`, which the revision's `logging.py` does not have
    return inner if fromlist else module


def load_own(name, path):
    """Returns the revision's module, which takes missing attributes (`logging.basicConfig`) from Python's."""
    module = find_loaded(path) or importlib.import_module(PREFIX + "." + name)
    if "__getattr__" not in vars(module) and not getattr(module.__spec__, "_initializing", False):
        vars(module)["__getattr__"] = lambda attribute: take_from_pythons(name, path, attribute)
    return module


def find_loaded(path):
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get("__file__") == path:
            return module
    return None


def take_from_pythons(name, path, attribute):
    if not attribute.startswith("__"):
        try:
            return getattr(importlib.import_module(name), attribute)
        except AttributeError:
            pass
    file = os.path.basename(path)
    raise AttributeError(
        "module %r has no attribute %r: neither %s, which has the name of one of Python's own modules, nor Python's"
        % (name, attribute, file)
    )

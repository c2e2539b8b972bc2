"""Makes a repository that is itself a package (`__init__.py` at its root) importable.

Its modules use `from .helper import up`, which needs a package around `predict`, and `import helper`, which needs the
directory on the path. Both work: a module at an import root that imports from beyond that root belongs to the package, and is
available under its plain name, too.
"""

import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import re
import sys

from .shadowed_modules import PREFIX

RELATIVE = re.compile(rb"^[ \t]*from[ \t]*\.", re.MULTILINE)
MAX_FILES = 2_000


class OwnPackageFinder(importlib.abc.MetaPathFinder):
    """Finds the modules of root packages.

    `package` is the {"name", "directory"} that reading the repository found, or None. Other roots get generated names.
    """

    def __init__(self, roots, standard, package, code_directory, loader):
        self.standard = standard
        self.loader = loader
        self.packages = {root: PREFIX + "_%d" % number for number, root in enumerate(roots)}
        if package:
            directory = os.path.normpath(os.path.join(code_directory, package["directory"]))
            self.packages[directory] = package["name"]
        self.directories = {name: [directory] for directory, name in self.packages.items()}
        self.directories[PREFIX] = roots
        self.roots, self.members = {}, {}

    def find_spec(self, fullname, path=None, target=None):
        if fullname in self.directories:
            return self.describe_package(fullname)
        first, _, rest = fullname.partition(".")
        if first in self.directories:
            return alias(fullname, rest) if self.is_loaded(rest, first) else None
        root = self.root_of(first)
        if root is None:
            return None
        real = self.packages[root] + "." + fullname
        if real in sys.modules or (self.is_member(first) and (not rest or importlib.util.find_spec(real))):
            return alias(fullname, real)
        return None

    def is_loaded(self, name, package):
        """Whether a module of the package is loaded under its plain name."""
        file = getattr(sys.modules.get(name), "__file__", None)
        return isinstance(file, str) and any(file.startswith(path + os.sep) for path in self.directories[package])

    def describe_package(self, name):
        directories = self.directories[name]
        initial = os.path.join(directories[0], "__init__.py")
        if name == PREFIX or not os.path.isfile(initial):
            spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = directories
            return spec
        loader = self.loader(name, initial)
        return importlib.util.spec_from_file_location(
            name, initial, loader=loader, submodule_search_locations=directories
        )

    def root_of(self, name):
        """Returns the root that has a module of this plain name; None for other names and for Python's own."""
        if name not in self.roots:
            candidates = (root for root in self.packages if name not in self.standard and find_module(root, name))
            self.roots[name] = next(candidates, None)
        return self.roots[name]

    def is_member(self, name):
        """Whether a module belongs to the root's package, because it imports with leading dots from beyond its root."""
        if name not in self.members:
            root = self.roots[name]
            file = find_module(root, name)
            is_package = os.path.basename(file) == "__init__.py" and name != "__init__"
            self.members[name] = (
                self.reaches_beyond(root, os.path.dirname(file)) if is_package else imports_beyond(file, 0)
            )
        return self.members[name]

    def reaches_beyond(self, root, directory):
        """Whether a module in the package imports from beyond the package's directory."""
        if not os.path.isfile(os.path.join(root, "__init__.py")):
            return False
        count = 0
        for path, directories, files in os.walk(directory):
            directories[:] = [name for name in directories if not name.startswith(".")]
            depth = os.path.relpath(path, root).count(os.sep) + 1
            for file in files:
                count += 1
                if count > MAX_FILES:
                    return False
                if file.endswith(".py") and imports_beyond(os.path.join(path, file), depth):
                    return True
        return False


def find_module(root, name):
    """Returns the file of a package or a module, or None. Prefers the package."""
    for suffix in (os.sep + "__init__.py", ".py"):
        if os.path.isfile(os.path.join(root, name + suffix)):
            return os.path.join(root, name + suffix)
    return None


def alias(name, real):
    return importlib.machinery.ModuleSpec(name, Alias(real))


class Alias(importlib.abc.Loader):
    """Loads a module under a second name: the same object, executed once."""

    def __init__(self, real):
        self.real = real
        self.spec = None

    def create_module(self, spec):
        module = importlib.import_module(self.real)
        self.spec = module.__spec__
        return module

    def exec_module(self, module):
        module.__spec__ = self.spec  # the import system replaced it with that of the second name


def imports_beyond(file, depth):
    """Whether a file, `depth` directories below a root, has a relative import that leaves the root."""
    try:
        with open(file, "rb") as source:
            text = source.read()
        if not RELATIVE.search(text):
            return False
        nodes = ast.walk(ast.parse(text))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return False
    return any(isinstance(node, ast.ImportFrom) and node.level > depth for node in nodes)

"""Finds and compiles the solution's modules from the revision, without writing to it."""

import importlib.machinery
import os
import sys

from . import errors
from .built_modules import BuiltModuleFinder
from .import_timeout import limit_import
from .root_package import OwnPackageFinder
from .shadowed_modules import find_standard_names, install_own_modules

#: The loader of the revision's modules, for code that loads one by its file.
loader = importlib.machinery.SourceFileLoader


def prepare_imports(code_directory, interface, package_directory=None, cache_directory=None):
    """Puts the revision first on the path and writes its bytecode to `cache_directory`, if given.

    Does not set `sys.pycache_prefix`, which would also hide the bytecode of installed libraries and recompile them for each
    revision. Programs that the solution starts get it as an environment variable.
    """
    roots = [os.path.normpath(os.path.join(code_directory, path)) for path in interface.get("paths") or ["."]]
    extra = [package_directory] if package_directory else []
    sys.path[:0] = [*roots, *extra]
    standard = find_standard_names(roots)
    errors.code_directory = code_directory
    errors.standard_names = {name: errors.relative(path) for name, path in standard.items()}
    global loader
    loader = revision_loader(code_directory, cache_directory)
    sys.path_hooks.insert(0, revision_hook(code_directory, loader, standard))
    for path in [path for path in sys.path_importer_cache if is_inside(path, code_directory)]:
        del sys.path_importer_cache[path]  # a framework's server may have imported from there already
    packages = OwnPackageFinder(roots, standard, interface.get("package"), code_directory, loader)
    sys.meta_path.insert(0, packages)
    if package_directory:
        sys.meta_path.append(BuiltModuleFinder(code_directory, package_directory))
    install_own_modules(standard, code_directory, packages.directories)
    if cache_directory:
        os.environ.setdefault("PYTHONPYCACHEPREFIX", cache_directory)


def is_inside(path, directory):
    return (path + os.sep).startswith(directory + os.sep)


def revision_loader(code_directory, cache_directory):
    inside = code_directory + os.sep

    class RevisionLoader(importlib.machinery.SourceFileLoader):
        def get_data(self, path):
            return super().get_data(redirect(path))

        def set_data(self, path, data, **options):
            super().set_data(redirect(path), data, **options)

        def exec_module(self, module):
            with limit_import():
                super().exec_module(module)

    def redirect(path):
        if cache_directory and path.endswith(".pyc") and path.startswith(inside):
            return os.path.join(cache_directory, path[len(inside) :])
        return path

    return RevisionLoader


def revision_hook(code_directory, loader, standard):
    class RevisionFinder(importlib.machinery.FileFinder):
        def find_spec(self, fullname, target=None):
            # A library that imports `token` means Python's own, even if the revision has such a file.
            if fullname in standard and is_inside(standard[fullname], self.path):
                return None
            return super().find_spec(fullname, target)

    find = RevisionFinder.path_hook(
        (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES),
        (loader, importlib.machinery.SOURCE_SUFFIXES),
        (importlib.machinery.SourcelessFileLoader, importlib.machinery.BYTECODE_SUFFIXES),
    )

    def hook(path):
        if not is_inside(path, code_directory):
            raise ImportError("outside of the revision")
        return find(path)

    return hook

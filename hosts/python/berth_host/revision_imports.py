"""How the solution's modules are found and compiled: from the revision, without writing a byte into it."""

import importlib.machinery
import os
import sys


def prepare_imports(code_directory, paths, package_directory, cache_directory):
    """Puts the revision first on the path, and its bytecode into `cache_directory`.

    Not `sys.pycache_prefix`: it would also hide the bytecode of all installed libraries and compile them anew for each revision.
    Programs that the solution starts do get it, as an environment variable.
    """
    roots = [os.path.normpath(os.path.join(code_directory, path)) for path in paths]
    extra = [package_directory] if package_directory else []
    sys.path[:0] = [*roots, *extra]
    sys.path_hooks.insert(0, revision_finder(code_directory, cache_directory))
    os.environ.setdefault("PYTHONPYCACHEPREFIX", cache_directory)


def revision_finder(code_directory, cache_directory):
    inside = code_directory + os.sep

    class RevisionLoader(importlib.machinery.SourceFileLoader):
        def get_data(self, path):
            return super().get_data(redirect(path))

        def set_data(self, path, data, **options):
            super().set_data(redirect(path), data, **options)

    def redirect(path):
        if path.endswith(".pyc") and path.startswith(inside):
            return os.path.join(cache_directory, path[len(inside) :])
        return path

    find = importlib.machinery.FileFinder.path_hook(
        (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES),
        (RevisionLoader, importlib.machinery.SOURCE_SUFFIXES),
        (importlib.machinery.SourcelessFileLoader, importlib.machinery.BYTECODE_SUFFIXES),
    )

    def hook(path):
        if not (path + os.sep).startswith(inside):
            raise ImportError("not the revision's")
        return find(path)

    return hook

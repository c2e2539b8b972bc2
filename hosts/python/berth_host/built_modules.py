"""Finds modules that exist only in the built package of the revision, not in its source."""

import importlib.machinery
import os


class BuiltModuleFinder:
    """Finds modules that a package of the revision lacks in the built package.

    Compiled extensions and files such as `_version.py` exist only there; `pip install -e .` would put them next to the
    source. This finder is last, so it replaces nothing of the revision.
    """

    def __init__(self, code_directory, package_directory):
        self.code_directory = os.path.join(code_directory, "")
        self.package_directory = package_directory

    def find_spec(self, fullname, path=None, target=None):
        if path is None or not any(entry.startswith(self.code_directory) for entry in map(str, path)):
            return None
        parent = fullname.split(".")[:-1]
        built = os.path.join(self.package_directory, *parent)
        return importlib.machinery.PathFinder.find_spec(fullname, [built], target)

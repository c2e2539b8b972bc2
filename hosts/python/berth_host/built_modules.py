"""Modules that building the revision's own package made: the revision has the package, and not them."""

import importlib.machinery
import os


class BuiltModuleFinder:
    """Finds what is missing in a package of the revision in the same package as it was built.

    Compiled extensions, and files such as `_version.py`, are there alone; under `pip install -e .` they would lie
    beside the source. Asked last, so that nothing of the revision is replaced.
    """

    def __init__(self, code_directory, package_directory):
        self.code_directory = os.path.join(code_directory, "")
        self.package_directory = package_directory

    def find_spec(self, fullname, path=None, target=None):
        if path is None or not any(place.startswith(self.code_directory) for place in map(str, path)):
            return None
        parent = fullname.split(".")[:-1]
        built = os.path.join(self.package_directory, *parent)
        return importlib.machinery.PathFinder.find_spec(fullname, [built], target)

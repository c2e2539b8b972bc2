"""A revision's modules for a server that is not ours and imports them itself: found as our own host finds them, and within
their time. `BERTH_IMPORTS` is {"directory", "paths", "module", "importTimeout"} as JSON."""

import importlib.machinery
import json
import os
import sys

from . import import_timeout, pickled_classes
from .revision_imports import is_inside, prepare_imports


def prepare(text):
    settings = json.loads(text)
    directory = os.path.realpath(settings["directory"])
    prepare_imports(directory, settings)
    pickled_classes.install(settings)
    import_timeout.start(settings["importTimeout"], abort_import)
    limit_file_imports(directory)


def limit_file_imports(directory):
    """Also where a server loads a module by its file, past the import system's finders."""
    loader = importlib.machinery.SourceFileLoader
    execute = loader.exec_module

    def exec_module(self, module):
        if not is_inside(os.path.realpath(self.path), directory):
            return execute(self, module)
        with import_timeout.limit_import():
            return execute(self, module)

    loader.exec_module = exec_module


def abort_import(error):
    """As src/runners/host/find-stuck-import.ts reads it."""
    sys.stderr.write("berth: import failed: %s\n%s" % (error["message"], error["traceback"]))
    sys.stderr.flush()
    os._exit(1)

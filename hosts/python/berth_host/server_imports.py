"""Prepares the imports of a revision in the server of a framework, with the rules and the time limit of Berth's host.

`BERTH_IMPORTS` is {"directory", "paths", "module", "importTimeout"} as JSON.
"""

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
    """Limits imports also in servers that load a module by its file and bypass the import system's finders."""
    loader = importlib.machinery.SourceFileLoader
    execute = loader.exec_module

    def exec_module(self, module):
        if not is_inside(os.path.realpath(self.path), directory):
            return execute(self, module)
        with import_timeout.limit_import():
            return execute(self, module)

    loader.exec_module = exec_module


def abort_import(error):
    """Ends the server. src/runners/host/find-stuck-import.ts reads the message."""
    sys.stderr.write("berth: import failed: %s\n%s" % (error["message"], error["traceback"]))
    sys.stderr.flush()
    os._exit(1)

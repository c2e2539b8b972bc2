"""Prepares the imports of a revision in a framework's server: Python runs this as it starts. See berth_host/server_imports.py."""

import importlib
import os
import sys


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path) != here]
    hosts = os.path.dirname(here)
    if "BERTH_IMPORTS" in os.environ:
        sys.path.append(hosts)
        try:
            from berth_host.server_imports import prepare

            prepare(os.environ["BERTH_IMPORTS"])
        finally:
            sys.path.remove(hosts)
    import_hidden()


def import_hidden():
    """Imports the environment's own `sitecustomize`, which this one hides."""
    ours = sys.modules.pop("sitecustomize", None)
    try:
        importlib.import_module("sitecustomize")
    except ImportError:
        sys.modules["sitecustomize"] = ours


main()

"""Run by Python as it starts a server of somebody else's that is to import a revision: see berth_host/server_imports.py."""

import os
import sys


def start():
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
    find_own()


def find_own():
    """The environment's own `sitecustomize`, which ours hides."""
    ours = sys.modules.pop("sitecustomize", None)
    try:
        import sitecustomize  # noqa: F401
    except ImportError:
        sys.modules["sitecustomize"] = ours


start()

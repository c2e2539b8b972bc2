"""Starts the host: `python -u berth_host STATE_DIRECTORY`, with the boot document on standard input (boot.py).

In a container: `python -u berth_host --http PORT` (http_boot.py), and `--check PORT` for its health (health_check.py).
"""

import os
import sys


def make_importable():
    # Python put this directory first on the path, where its file names would hide modules of the solution.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != here] + [os.path.dirname(here)]


if __name__ == "__main__":
    make_importable()
    if sys.argv[1] == "--http":
        from berth_host.http_boot import main
    elif sys.argv[1] == "--check":
        from berth_host.health_check import main
    else:
        from berth_host.boot import main

    main(sys.argv[-1])

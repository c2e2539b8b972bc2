"""`python -u berth_host STATE_DIRECTORY`, the boot document on standard input (see boot.py)."""

import os
import sys


def make_importable():
    # Python put this directory first on the path, where our file names would hide modules of the solution.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != here] + [os.path.dirname(here)]


if __name__ == "__main__":
    make_importable()
    from berth_host.boot import main

    main(sys.argv[1])

"""Reads facts about a Python repository with Python's own parser and prints them as JSON. Runs none of its code.

stdin:  {"root": directory, "files": [paths of .py files], "setupCfg": path or null, "readme": path or null, "seconds": limit}
stdout: one JSON object, see `read_repository`. Paths are relative to the root and use "/".

Standard library only, Python 3.8 or later.
"""

import gc
import json
import sys

from repository import read_repository

if __name__ == "__main__":
    gc.disable()  # Syntax trees are many objects and no garbage; collection would take a third of the time.
    json.dump(read_repository(json.load(sys.stdin.buffer)), sys.stdout)

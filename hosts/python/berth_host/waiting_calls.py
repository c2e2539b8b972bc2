"""The ids of calls that wait for their turn, in a file that outlives the process.

A caller whose connection has ended looks for its call there (src/runners/host/waiting-calls.ts): what is found has not begun,
and is safe to be made again. Only calls that wait are written, so one that begins at once costs nothing.
"""

import os

from .descriptors import lift, release_callbacks
from .original_functions import OriginalFunctions

MAX_CALLS = 1024
"""Calls that are written at the same time; one beyond them counts as begun when the process ends."""
CELL_SIZE = 48
"""Bytes of an id; a longer one is not written."""
EMPTY_CELL = bytes(CELL_SIZE)


class WaitingCalls:
    def __init__(self, path=None):
        """Without a path nothing is written. What the process before has left is kept beside it."""
        self.path = path
        self.cells = {}
        self.free = []
        if path is not None:
            if os.path.exists(path):
                os.replace(path, path + ".before")
            self.file = lift(OriginalFunctions.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
            self.free.extend(range(MAX_CALLS))
            release_callbacks.append(lambda: OriginalFunctions.close(self.file))

    def add(self, call):
        """Before anything can begin it. Safe to call twice."""
        if call in self.cells or not self.free or type(call.id) is not str or len(call.id) > CELL_SIZE:
            return
        cell = self.free.pop()
        try:
            OriginalFunctions.pwrite(
                self.file, call.id.encode("ascii", "replace").ljust(CELL_SIZE, b"\0"), cell * CELL_SIZE
            )
        except OSError:  # a full disk: it counts as begun
            self.free.append(cell)
        else:
            self.cells[call] = cell

    def remove(self, call):
        """Before it begins, or is answered. Safe on any thread."""
        cell = self.cells.pop(call, None)
        if cell is None:
            return
        try:
            OriginalFunctions.pwrite(self.file, EMPTY_CELL, cell * CELL_SIZE)
        except OSError:
            self.discard_file()
        else:
            self.free.append(cell)

    def discard_file(self):
        """What is written there does not hold any more."""
        self.free = []
        try:
            OriginalFunctions.unlink(self.path)
        except OSError:
            pass

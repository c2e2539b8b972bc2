"""Records the ids of waiting calls in a file that outlives the process.

A caller whose connection broke looks up its call there (src/runners/host/waiting-calls.ts): a recorded call has not begun and
can be repeated safely. Only waiting calls are recorded, so a call that begins immediately costs nothing.
"""

import os

from .descriptors import lift, release_callbacks
from .original_functions import OriginalFunctions

MAX_CALLS = 1024
"""Calls recorded at the same time. A further one counts as begun when the process ends."""
CELL_SIZE = 48
"""Bytes of an id. Longer ids are not recorded."""
EMPTY_CELL = bytes(CELL_SIZE)


class WaitingCalls:
    def __init__(self, path=None):
        """Opens the file; without a path, records nothing. Keeps the file of the previous process next to it."""
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
        """Records a call. Must happen before anything can begin it. Safe to call twice."""
        if call in self.cells or not self.free or type(call.id) is not str or len(call.id) > CELL_SIZE:
            return
        cell = self.free.pop()
        try:
            OriginalFunctions.pwrite(
                self.file, call.id.encode("ascii", "replace").ljust(CELL_SIZE, b"\0"), cell * CELL_SIZE
            )
        except OSError:  # a full disk: the call counts as begun
            self.free.append(cell)
        else:
            self.cells[call] = cell

    def remove(self, call):
        """Removes a call. Must happen before it begins or is answered. Safe on any thread."""
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
        """Deletes the file, because its content is no longer correct."""
        self.free = []
        try:
            OriginalFunctions.unlink(self.path)
        except OSError:
            pass

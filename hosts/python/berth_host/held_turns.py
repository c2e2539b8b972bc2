"""Holds turns for calls that their callers send to the process whose turn comes first."""

from .answers import refuse_unbegun
from .calls import Turn
from .json_text import dump
from .original_functions import OriginalFunctions

TURN_TIMEOUT = 1.0
"""Seconds in which the call must arrive for which a turn is held."""


class HeldTurns:
    def __init__(self, server):
        self.server = server
        self.by_id = {}

    def queue(self, connection, request):
        """Queues a turn. Answers immediately if no slot is free and the caller does not wait for one."""
        server = self.server
        if server.shutdown.has_begun:
            connection.answer(refuse_unbegun("the software is being stopped"))
        elif request.may_wait or server.slots.has_room():
            server.enqueue(Turn(request, request.timeout or server.timeout, connection))
        else:
            connection.answer(dump({"status": "busy", "limit": server.slots.limit}))

    def grant(self, turn):
        """Holds the slot for the call of the turn's caller."""
        if not self.server.calls.start(turn):
            return self.server.slots.leave(turn)
        turn.deadline = OriginalFunctions.monotonic() + TURN_TIMEOUT
        self.server.watcher.note_call(turn)
        turn.connection.turn = self.by_id[turn.id] = turn
        turn.connection.answer(dump({"status": "turn"}))

    def claim(self, id):
        """Returns the held turn for a call, or None if there is none or it has expired."""
        turn = self.by_id.pop(id, None)
        return turn if turn is not None and self.server.calls.claim(turn) else None

    def release(self, turn):
        """Frees the slot of a turn that was claimed without a call."""
        self.by_id.pop(turn.id, None)
        self.server.slots.leave(turn)

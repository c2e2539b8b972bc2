"""Whether calls that were ended keep others from running: a process that stays so has to be replaced."""

from .original_functions import OriginalFunctions

BEAT = 0.5
"""Seconds between two looks while an ended call goes on."""
NEVER = float("inf")


class StuckDetector:
    """Seconds for which ended calls, which Python cannot stop, have held up the others."""

    def __init__(self, server):
        self.server = server
        self.next_look = NEVER
        #: Since when the event loop has owed a sign of life.
        self.asked_at = None

    def note_abandoned(self):
        self.next_look = OriginalFunctions.monotonic() + BEAT

    def look(self, now):
        """By the watcher. Coroutines share the main thread: its loop is asked whether it still turns."""
        if now < self.next_look:
            return
        server = self.server
        is_needed = server.calls.find_abandoned() and server.main.uses_loop
        self.next_look = now + BEAT if is_needed else NEVER
        if is_needed and self.asked_at is None:
            self.asked_at = now
            server.coroutines.call_soon(self.beat)

    def beat(self):
        self.asked_at = None

    def stuck_for(self):
        """Seconds; 0 while calls are taken."""
        now = OriginalFunctions.monotonic()
        server = self.server
        abandoned = server.calls.find_abandoned()
        if not abandoned:
            self.asked_at = None
            return 0.0
        if self.asked_at is not None:
            return now - self.asked_at
        if server.slots.has_room():
            return 0.0
        holding = [call.ended_at for call in abandoned if call in server.slots.holders]
        return now - max(holding) if len(holding) == len(server.slots.holders) else 0.0

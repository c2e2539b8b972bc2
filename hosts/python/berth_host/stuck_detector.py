"""Whether calls that were ended keep others from running: a process that stays so has to be replaced."""

from .original_functions import OriginalFunctions

HEARTBEAT_SECONDS = 0.5
"""Seconds between two looks while an ended call goes on."""
NEVER = float("inf")


class StuckDetector:
    """Seconds for which ended calls, which Python cannot stop, have held up the others."""

    def __init__(self, server):
        self.server = server
        self.next_check = NEVER
        #: Since when the event loop has owed a sign of life.
        self.pinged_at = None

    def schedule_check(self):
        self.next_check = OriginalFunctions.monotonic() + HEARTBEAT_SECONDS

    def check(self, now):
        """By the watcher. Coroutines share the main thread: its loop is asked whether it still turns."""
        if now < self.next_check:
            return
        server = self.server
        is_needed = server.calls.find_abandoned() and server.main.uses_loop
        self.next_check = now + HEARTBEAT_SECONDS if is_needed else NEVER
        if is_needed and self.pinged_at is None:
            self.pinged_at = now
            server.coroutines.call_soon(self.note_heartbeat)

    def note_heartbeat(self):
        self.pinged_at = None

    def count_stuck_seconds(self):
        """Seconds; 0 while calls are taken."""
        now = OriginalFunctions.monotonic()
        server = self.server
        abandoned = server.calls.find_abandoned()
        if not abandoned:
            self.pinged_at = None
            return 0.0
        if self.pinged_at is not None:
            return now - self.pinged_at
        if server.slots.has_room():
            return 0.0
        holding = [call.ended_at for call in abandoned if call in server.slots.holders]
        return now - max(holding) if len(holding) == len(server.slots.holders) else 0.0

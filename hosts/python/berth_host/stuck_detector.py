"""Detects that ended calls keep others from running. A process that stays stuck must be replaced."""

from .original_functions import OriginalFunctions

HEARTBEAT_SECONDS = 0.5
"""Seconds between two checks while the code of an ended call continues."""
NEVER = float("inf")


class StuckDetector:
    """Measures for how long ended calls, which Python cannot stop, have blocked the others."""

    def __init__(self, server):
        self.server = server
        self.next_check = NEVER
        #: Time of the request for a heartbeat of the event loop that is still missing.
        self.pinged_at = None

    def schedule_check(self):
        self.next_check = OriginalFunctions.monotonic() + HEARTBEAT_SECONDS

    def check(self, now):
        """Requests a heartbeat of the event loop, because coroutines share the main thread. The watcher calls this."""
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
        """Returns the seconds for which calls have been blocked; 0 while calls can run."""
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
        blocked_since = [call.ended_at for call in abandoned if call in server.slots.holders]
        return now - max(blocked_since) if len(blocked_since) == len(server.slots.holders) else 0.0

"""Limits the number of concurrent calls. Other calls wait in the order of their arrival."""

from collections import deque

from .original_functions import OriginalFunctions


class Slots:
    """Calls `wait(call)` before a call waits, and `begin(call)` when it is its turn. A call holds its slot until `leave(call)`."""

    def __init__(self, limit, unanswered, wait, begin):
        #: Maximum number of concurrent calls; None means unlimited.
        self.limit = limit
        self.unanswered = unanswered
        self.wait = wait
        self.begin = begin
        self.holders = set()
        self.queue = deque()
        self.lock = OriginalFunctions.allocate_lock()

    def has_room(self):
        return self.limit is None or len(self.holders) < self.limit

    def enter(self, call):
        with self.lock:
            if not self.has_room():
                self.wait(call)
                return self.queue.append(call)
            self.holders.add(call)
        self.begin(call)

    def pass_on(self, holder, call):
        """Transfers the slot of `holder` to `call`."""
        with self.lock:
            self.holders.discard(holder)
            self.holders.add(call)
        self.begin(call)

    def leave(self, call):
        """Frees the slot and begins the next waiting call. Safe to call twice."""
        with self.lock:
            self.holders.discard(call)
        following = self.next_in_line()
        if following is not None:
            self.begin(following)

    def next_in_line(self):
        with self.lock:
            while self.queue and self.has_room():
                call = self.queue.popleft()
                if call in self.unanswered:
                    self.holders.add(call)
                    return call
        return None

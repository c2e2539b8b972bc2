"""Who may run: so many calls at once, and the others in the order in which they came."""

from collections import deque

from .original_functions import OriginalFunctions


class Slots:
    """Calls `wait(call)` before a call waits, and `begin(call)` at its turn; a call keeps its slot until `leave(call)`."""

    def __init__(self, limit, known, wait, begin):
        #: Calls at once; None is no bound.
        self.limit = limit
        self.known = known
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
        """Gives the slot of one to another."""
        with self.lock:
            self.holders.discard(holder)
            self.holders.add(call)
        self.begin(call)

    def leave(self, call):
        """The next that still waits has its turn. Safe to call twice."""
        with self.lock:
            self.holders.discard(call)
        for follower in iter(self.next_in_line, None):
            return self.begin(follower)

    def next_in_line(self):
        with self.lock:
            while self.queue and self.has_room():
                call = self.queue.popleft()
                if call in self.known:
                    self.holders.add(call)
                    return call
        return None

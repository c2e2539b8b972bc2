"""How a host ends: calls under way get some seconds to finish, and nothing new is taken.

SIGTERM raises nothing in the main thread, which may be running the solution's code. A solution that handles SIGTERM itself
keeps its handler: the signal is noted all the same (`signal.set_wakeup_fd`), and Berth asks over the socket first.
"""

import signal

from .descriptors import held
from .errors import log
from .original_functions import OriginalFunctions

ASKS = (signal.SIGTERM, signal.SIGINT)
LAST_PATIENCE = 0.5
"""Seconds that the code has to react to being told to stop when its time is over."""
INTERVAL = 0.05
"""Seconds between two looks at what is left."""
NEVER = float("inf")


class Shutdown:
    def __init__(self, server, grace):
        self.server = server
        #: Seconds.
        self.grace = grace
        self.has_begun = False
        self.is_late = False
        self.left = 0
        self.ends_at = NEVER
        self.next_look = NEVER
        self.replaced = {}

    def listen(self, descriptor):
        """By the main thread: signals that ask for the end arrive at the descriptor, too."""
        signal.set_wakeup_fd(descriptor, warn_on_full_buffer=False)
        for number in ASKS:
            usual = signal.getsignal(number)
            if usual in (signal.SIG_DFL, signal.default_int_handler):
                self.replaced[number] = usual
                signal.signal(number, self.answer_signal)
        held.insert(0, self.release)

    def release(self):
        """In a forked child, which ends as any process does, and whose signals are not the host's."""
        signal.set_wakeup_fd(-1)
        for number, usual in self.replaced.items():
            if signal.getsignal(number) == self.answer_signal:
                signal.signal(number, usual)

    def answer_signal(self, number, frame):
        self.begin()

    def note_signals(self, numbers):
        if any(number in numbers for number in ASKS):
            self.begin()

    def begin(self):
        """Safe to call twice, and on any thread."""
        if self.has_begun:
            return
        self.ends_at = OriginalFunctions.monotonic() + self.grace
        self.has_begun = True
        self.next_look = 0.0
        self.server.watcher.wake()
        self.server.sockets.ring()

    def is_over(self):
        """Whether the main thread may leave."""
        return self.has_begun and (self.is_late or self.server.is_idle())

    def look(self, now):
        """By the watcher."""
        if now < self.next_look:
            return
        server = self.server
        self.next_look = now + INTERVAL
        if server.main.call is not None and server.is_idle():
            self.leave_without_main()  # it runs a call that was answered long ago
        if now < self.ends_at:
            return
        if self.is_late:
            self.leave_without_main()
        self.left = len(server.calls.known)
        server.watcher.end(list(server.calls.known), "CALL_LOST")
        self.is_late = True
        self.next_look = now + LAST_PATIENCE
        server.sockets.ring()

    def leave_without_main(self):
        """The main thread is held up in code that does not react."""
        self.server.sockets.close_listener()
        log("stopped with %d calls unfinished" % self.left)
        OriginalFunctions.exit(0)

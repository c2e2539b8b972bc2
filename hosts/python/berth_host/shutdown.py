"""Shuts down a host: running calls get some seconds to finish, and new calls are refused.

SIGTERM raises nothing in the main thread, which may be running the solution's code. If the solution handles SIGTERM itself, it
keeps its handler: `signal.set_wakeup_fd` reports the signal anyway, and Berth first requests the stop over the socket.
"""

import signal

from .descriptors import release_callbacks
from .errors import log
from .original_functions import OriginalFunctions

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
INTERRUPT_TIMEOUT = 0.5
"""Seconds that interrupted code has to end after the grace period."""
CHECK_INTERVAL = 0.05
"""Seconds between two checks of unfinished calls."""
NEVER = float("inf")


class Shutdown:
    def __init__(self, server, grace):
        self.server = server
        #: Seconds that running calls have to finish.
        self.grace = grace
        self.has_begun = False
        self.is_overdue = False
        self.unfinished = 0
        self.ends_at = NEVER
        self.next_check = NEVER
        self.previous_handlers = {}

    def listen(self, descriptor):
        """Makes stop signals arrive at the descriptor, too. The main thread must call this."""
        signal.set_wakeup_fd(descriptor, warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            previous = signal.getsignal(number)
            if previous in (signal.SIG_DFL, signal.default_int_handler):
                self.previous_handlers[number] = previous
                signal.signal(number, self.answer_signal)
        release_callbacks.insert(0, self.restore_signals)

    def restore_signals(self):
        """Restores the signal handlers in a forked child, which ends like any process."""
        signal.set_wakeup_fd(-1)
        for number, previous in self.previous_handlers.items():
            if signal.getsignal(number) == self.answer_signal:
                signal.signal(number, previous)

    def answer_signal(self, number, frame):
        self.begin()

    def note_signals(self, numbers):
        if any(number in numbers for number in STOP_SIGNALS):
            self.begin()

    def begin(self):
        """Begins the shutdown. Safe to call twice, on any thread."""
        if self.has_begun:
            return
        self.ends_at = OriginalFunctions.monotonic() + self.grace
        self.has_begun = True
        self.next_check = 0.0
        self.server.watcher.wake()
        self.server.sockets.wake()

    def is_over(self):
        """Whether the main thread may exit."""
        return self.has_begun and (self.is_overdue or self.server.is_idle())

    def check(self, now):
        """Ends overdue calls, and the process when its time is up. The watcher calls this."""
        if now < self.next_check:
            return
        server = self.server
        self.next_check = now + CHECK_INTERVAL
        if server.main.call is not None and server.is_idle():
            self.exit_without_main_thread()  # it runs a call that was already answered
        if now < self.ends_at:
            return
        if self.is_overdue:
            self.exit_without_main_thread()
        self.unfinished = len(server.calls.unanswered)
        server.watcher.end_calls(list(server.calls.unanswered), "CALL_LOST")
        self.is_overdue = True
        self.next_check = now + INTERRUPT_TIMEOUT
        server.sockets.wake()

    def exit_without_main_thread(self):
        """Exits while the main thread is stuck in code that does not end."""
        self.server.sockets.close_listener()
        log("stopped with %d calls unfinished" % self.unfinished)
        OriginalFunctions.exit(0)

"""A thread that keeps watch: it ends calls at their deadline, and reads the sockets while the main thread runs a call.

It sleeps while nothing happens. While calls come it looks around every few milliseconds instead of being woken by each:
a wake-up per call would be felt. A call that is still running at the next check makes it take over the reading. Nothing
that the solution replaces is used here, and no exception ends it.
"""

from collections import deque

from .calls import RUNNING
from .errors import log
from .original_functions import OriginalFunctions

TICK = 0.005
MAX_TICK = 0.04
IDLE_AFTER = 1.0
"""Seconds without a call after which it sleeps until it is woken."""
INTERRUPT_TIMEOUT = 0.1
"""Seconds between telling a call to stop and answering for it."""
NEVER = float("inf")
MAX_WAIT = 3600.0


class Watcher:
    def __init__(self, server):
        self.server = server
        self.next_deadline = NEVER
        #: Held while the next deadline is set.
        self.deadline_lock = OriginalFunctions.allocate_lock()
        self.sleep_lock = OriginalFunctions.allocate_lock()
        self.sleep_lock.acquire()
        self.is_idle = False
        self.is_ending = False
        #: Calls that have come since the last check.
        self.count = 0
        self.last_activity = OriginalFunctions.monotonic()
        self.tick = TICK
        #: What the main thread ran at the last check.
        self.previous_call = None
        #: Ids of calls to cancel, each with the connection that waits for the outcome.
        self.cancels = deque()

    def start(self):
        OriginalFunctions.start_thread(self.watch, ())

    def note_call(self, call):
        """A call has come. This is done for each of them, so it takes next to no time."""
        self.count += 1
        if call.deadline < self.next_deadline:
            with self.deadline_lock:
                self.next_deadline = min(self.next_deadline, call.deadline)
            self.wake()
        elif self.is_idle:
            self.wake()

    def wake(self):
        self.is_idle = False
        try:
            self.sleep_lock.release()
        except RuntimeError:  # it has been rung already
            pass

    def cancel(self, id, connection):
        self.cancels.append((id, connection))
        self.wake()

    def watch(self):
        while True:
            try:
                while True:
                    self.check()
                    self.wait()
            except BaseException as error:
                try:
                    log("the watcher goes on after %s: %s" % (type(error).__name__, error))
                except BaseException:
                    pass

    def check(self):
        while self.cancels:
            id, connection = self.cancels.popleft()
            connection.answer_control("cancel", self.end_calls(self.server.calls.find(id), "CALL_CANCELLED") > 0)
        now = OriginalFunctions.monotonic()
        if now >= self.next_deadline:
            self.end_calls(self.find_overdue(now), "CALL_TIMEOUT")
        self.server.shutdown.check(now)
        self.server.stuck_detector.check(now)

    def find_overdue(self, now):
        """The calls that are past their deadline; the next time to check is set by the others."""
        with self.deadline_lock:
            # Before the check at the calls: one that comes from here on sets it again, and waits for this lock to do so.
            self.next_deadline = NEVER
            calls = list(self.server.calls.unanswered)
            self.next_deadline = min((call.deadline for call in calls if call.deadline > now), default=NEVER)
        return [call for call in calls if call.deadline <= now]

    def wait(self):
        """Until calls is something to check at; reads the sockets meanwhile where the main thread is occupied."""
        server, main = self.server, self.server.main
        call, previous = main.call, self.previous_call
        self.previous_call = call
        if call is not None and call is previous:
            if self.read_unless(lambda: main.call is not call, self.time_left):
                return
        elif main.uses_loop and server.calls.unanswered:  # a coroutine may hold the loop up
            self.read_unless(lambda: False, lambda: 0.0)
        self.sleep_lock.acquire(True, min(self.choose_pause(), self.time_left()))

    def read_unless(self, is_unneeded, seconds):
        """True when this read the sockets in place of the main thread, which rings when it is back."""
        sockets = self.server.sockets
        if not sockets.polling.acquire(False):
            return False
        try:
            if is_unneeded():
                return False
            sockets.read(0 if self.cancels else seconds())
            return True
        finally:
            sockets.polling.release()

    def choose_pause(self):
        server, now = self.server, OriginalFunctions.monotonic()
        if self.count:
            self.count, self.last_activity, self.tick = 0, now, TICK
        if server.main.call is not None or server.main.uses_loop and server.calls.unanswered:
            self.tick = min(self.tick * 1.2, MAX_TICK)
            return self.tick
        if server.executor is server.main and now - self.last_activity < IDLE_AFTER:
            return TICK
        self.is_idle = server.executor is server.main or server.main.uses_loop
        if self.count or server.main.call is not None or self.cancels:  # one has come meanwhile, and does not ring
            self.is_idle = False
            return TICK
        return MAX_WAIT

    def time_left(self):
        """Seconds until the next deadline."""
        nearest = min(self.next_deadline, self.server.shutdown.next_check, self.server.stuck_detector.next_check)
        return max(0.0, min(nearest - OriginalFunctions.monotonic(), MAX_WAIT))

    def end_calls(self, calls, code):
        """How many calls this ended; one that has finished meanwhile has answered for itself."""
        server = self.server
        self.is_ending = True  # before the first is taken: no answer is left out by a stop
        taken = [call for call in calls if server.calls.claim(call)]
        for call in taken:
            server.calls.interrupt(call)
            server.coroutines.cancel(call)
        deadline = OriginalFunctions.monotonic() + INTERRUPT_TIMEOUT
        while OriginalFunctions.monotonic() < deadline and any(
            call.state == RUNNING and not call.has_ended for call in taken
        ):
            OriginalFunctions.sleep(0.002)
        for call in taken:
            server.answer_ended(call, code)
        self.is_ending = False
        if server.shutdown.has_begun:
            server.sockets.wake()
        return len(taken)

"""A thread that ends calls at their deadlines and reads the sockets while the main thread runs a call.

It sleeps while there are no calls. While calls arrive it checks every few milliseconds, because waking it for each call would
cost noticeable time. If a call is still running at the next check, it takes over the sockets. It uses nothing that the
solution can replace, and no exception ends it.
"""

from collections import deque

from .calls import RUNNING
from .errors import log
from .original_functions import OriginalFunctions

TICK = 0.005
"""Seconds between two checks; they grow to MAX_TICK during a long call."""
MAX_TICK = 0.04
IDLE_AFTER = 1.0
"""Seconds without a call until the watcher sleeps until it is woken."""
INTERRUPT_TIMEOUT = 0.1
"""Seconds that an interrupted call has to answer for itself."""
NEVER = float("inf")
MAX_WAIT = 3600.0


class Watcher:
    def __init__(self, server):
        self.server = server
        self.next_deadline = NEVER
        #: Held while `next_deadline` is set.
        self.deadline_lock = OriginalFunctions.allocate_lock()
        self.sleep_lock = OriginalFunctions.allocate_lock()
        self.sleep_lock.acquire()
        self.is_idle = False
        self.is_ending = False
        #: Calls that arrived since the last check.
        self.count = 0
        self.last_activity = OriginalFunctions.monotonic()
        self.tick = TICK
        #: The call that the main thread ran at the last check.
        self.previous_call = None
        #: Ids of calls to cancel, each with the connection that waits for the result.
        self.cancels = deque()

    def start(self):
        OriginalFunctions.start_thread(self.watch, ())

    def note_call(self, call):
        """Registers a new call. Runs for every call, so it must be fast."""
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
        except RuntimeError:  # already woken
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
                    log("the watcher recovered from %s: %s" % (type(error).__name__, error))
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
        """Returns the calls past their deadline and sets the next deadline from the others."""
        with self.deadline_lock:
            # Reset before the calls are listed: a later call sets it again, and waits for this lock to do so.
            self.next_deadline = NEVER
            calls = list(self.server.calls.unanswered)
            self.next_deadline = min((call.deadline for call in calls if call.deadline > now), default=NEVER)
        return [call for call in calls if call.deadline <= now]

    def wait(self):
        """Sleeps until the next check. Reads the sockets meanwhile if the main thread is busy."""
        server, main = self.server, self.server.main
        call, previous = main.call, self.previous_call
        self.previous_call = call
        if call is not None and call is previous:
            if self.read_unless(lambda: main.call is not call, self.time_left):
                return
        elif main.uses_loop and server.calls.unanswered:  # a coroutine may block the loop
            self.read_unless(lambda: False, lambda: 0.0)
        self.sleep_lock.acquire(True, min(self.choose_pause(), self.time_left()))

    def read_unless(self, is_unneeded, seconds):
        """Reads the sockets in place of the main thread, which wakes this thread when it returns. Returns whether it did."""
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
        # A call that arrived meanwhile did not wake this thread.
        if self.count or server.main.call is not None or self.cancels:
            self.is_idle = False
            return TICK
        return MAX_WAIT

    def time_left(self):
        """Returns the seconds until the next deadline or scheduled check."""
        nearest = min(self.next_deadline, self.server.shutdown.next_check, self.server.stuck_detector.next_check)
        return max(0.0, min(nearest - OriginalFunctions.monotonic(), MAX_WAIT))

    def end_calls(self, calls, code):
        """Ends calls and returns how many. A call that finished meanwhile has answered for itself."""
        server = self.server
        self.is_ending = True  # before the first claim, so that a shutdown waits for the answers
        claimed = [call for call in calls if server.calls.claim(call)]
        for call in claimed:
            server.calls.interrupt(call)
            server.coroutines.cancel(call)
        deadline = OriginalFunctions.monotonic() + INTERRUPT_TIMEOUT
        while OriginalFunctions.monotonic() < deadline and any(
            call.state == RUNNING and not call.has_ended for call in claimed
        ):
            OriginalFunctions.sleep(0.002)
        for call in claimed:
            server.answer_ended(call, code)
        self.is_ending = False
        if server.shutdown.has_begun:
            server.sockets.wake()
        return len(claimed)

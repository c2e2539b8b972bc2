"""The life of a call: it has a deadline, may be cancelled, and is answered exactly once.

Whoever takes a call out of `running` answers it: its own thread when it has finished, or the watchdog. Python cannot
end a thread: a call that outlives its time is answered all the same, told to stop (an exception is raised in its
thread, or its task is cancelled), and where it stays inside C code it goes on in the background, and the answer says so.
"""

import threading
import time

from .errors import log

ENDING_PATIENCE = 0.1  # seconds between telling a call to stop and answering for it

running = {}


class Call:
    __slots__ = ("id", "timeout", "deadline", "thread", "answer", "future", "has_ended", "answered")

    def __init__(self, id, timeout, answer):
        self.id = id
        self.timeout = timeout
        self.deadline = time.monotonic() + timeout
        self.thread = threading.get_ident()
        self.answer = answer
        self.future = None
        self.has_ended = False
        self.answered = None

    def finish(self):
        """True when the caller is to answer; else this returns as soon as the watchdog has done so."""
        self.has_ended = True
        if running.pop(self.id, None) is self:
            return True
        while not self.answered.is_set():
            try:
                self.answered.wait(1)
            except BaseException:  # the exception that was to end the call, come late
                pass
        return False

    def interrupt(self, exception):
        if self.future is not None:
            self.future.cancel()
        else:
            raise_in_thread(self.thread, exception)


def raise_in_thread(thread, exception):
    try:
        import ctypes

        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(exception))
    except (ImportError, AttributeError):  # an interpreter without ctypes: the thread goes on
        pass


class Watchdog:
    """Ends calls at their deadline. Sleeps through nearly all of them."""

    def __init__(self, stop_exception):
        self.stop_exception = stop_exception
        self.condition = threading.Condition()
        self.next_wake = float("inf")
        self.abandoned = []
        threading.Thread(target=self.watch, name="berth-watchdog", daemon=True).start()

    def add(self, call):
        running[call.id] = call
        if call.deadline < self.next_wake:
            with self.condition:
                self.next_wake = min(self.next_wake, call.deadline)
                self.condition.notify()

    def watch(self):
        while True:
            self.wait_for_deadline()
            self.end(self.take_stock(), "CALL_TIMEOUT")

    def wait_for_deadline(self):
        """Until the time to look has come; that its call has ended long ago shows then. A wake-up per call would be felt."""
        with self.condition:
            while self.next_wake > time.monotonic():
                remaining = self.next_wake - time.monotonic()
                self.condition.wait(None if remaining > threading.TIMEOUT_MAX else max(remaining, 0))

    def take_stock(self):
        """The calls that are past their deadline; the next time to look is set by the others."""
        with self.condition:
            # Before the look at `running`: a call added from here on sets it again, and waits for this lock to do so.
            self.next_wake = float("inf")
            now = time.monotonic()
            there = list(running.values())
            self.next_wake = min((call.deadline for call in there if call.deadline > now), default=float("inf"))
        return [call for call in there if call.deadline <= now]

    def cancel(self, id):
        call = running.get(id)
        return call is not None and self.end([call], "CALL_CANCELLED") > 0

    def end(self, calls, code):
        """How many calls this ended; one that finished meanwhile has answered for itself."""
        for call in calls:
            call.answered = threading.Event()
        taken = [call for call in calls if running.pop(call.id, None) is call]
        for call in taken:
            call.interrupt(self.stop_exception)
        patience = time.monotonic() + ENDING_PATIENCE
        while time.monotonic() < patience and not all(call.has_ended for call in taken):
            time.sleep(0.002)
        for call in taken:
            self.answer_for(call, code)
        return len(taken)

    def answer_for(self, call, code):
        what = "took longer than its %g s" % call.timeout if code == "CALL_TIMEOUT" else "was cancelled"
        rest = "" if call.has_ended else "; its thread cannot be stopped from outside and goes on in the background"
        if not call.has_ended:
            self.abandoned.append(call)
        log("call %s %s%s" % (call.id, what, rest))
        try:
            call.answer({"code": code, "message": "the call %s%s" % (what, rest)})
        except OSError:  # the caller has gone
            pass
        call.answered.set()

    def count_abandoned(self):
        """Threads of ended calls that are still at work."""
        self.abandoned = [call for call in self.abandoned if not call.has_ended]
        return len(self.abandoned)

"""The life of a call: it waits, runs, has a deadline, may be canceled, and is answered exactly once.

The thread that claims a call (removes it from `unanswered`) answers it: the thread that ran it, or the watcher. Python cannot
end a thread. So a call past its deadline is answered and interrupted: an exception is raised in its thread, or its task is
canceled. Code that stays inside C continues, and the answer says so.
"""

from .original_functions import OriginalFunctions

try:  # now, because the solution may break later imports
    import ctypes
except ImportError:
    ctypes = None

WAITING, RUNNING = 0, 1


class Call:
    __slots__ = (
        "id",
        "timeout",
        "deadline",
        "connection",
        "inputs",
        "reply",
        "state",
        "thread",
        "task",
        "result",
        "has_result",
        "was_interrupted",
        "is_cleaning_up",
        "has_ended",
        "is_answered",
        "ended_at",
    )

    is_turn = False

    def __init__(self, request, timeout, connection):
        self.id = request.id
        self.timeout = timeout
        self.deadline = OriginalFunctions.monotonic() + timeout
        self.connection = connection
        self.inputs = request.inputs
        self.reply = connection.open_stream() if request.is_stream else None
        self.state = WAITING
        #: The thread that runs its synchronous code and may be interrupted.
        self.thread = None
        #: The task of its coroutine.
        self.task = None
        #: The iterator that the code returned and that a thread must consume.
        self.result = None
        self.has_result = False
        self.was_interrupted = False
        #: Its code is ending and must not be interrupted.
        self.is_cleaning_up = False
        self.has_ended = False
        self.is_answered = False
        #: When it was answered while its code continued.
        self.ended_at = None


class Turn(Call):
    """A turn in the queue, held for a call that its caller has not sent yet."""

    __slots__ = ()

    is_turn = True


class Calls:
    """The calls that are not answered yet."""

    def __init__(self, stop_exception, waiting):
        self.stop_exception = stop_exception
        #: The record of waiting calls, for their callers.
        self.waiting = waiting
        self.unanswered = {}
        self.abandoned = []
        #: Held while an exception is raised in a call's thread, and while the call leaves that thread.
        self.interrupting = OriginalFunctions.allocate_lock()

    def add(self, call):
        self.unanswered[call] = None

    def start(self, call, thread=None):
        """Marks a call as running. Returns False if it was ended while it waited."""
        with self.interrupting:
            if call not in self.unanswered:
                return False
            self.waiting.remove(call)
            call.state = RUNNING
            call.thread = thread
            return True

    def leave_thread(self, call):
        """Detaches the call from its thread. Removes an exception that is still pending there."""
        while True:
            try:
                with self.interrupting:
                    call.thread = None
                if call.was_interrupted:
                    raise_in_thread(OriginalFunctions.thread_id(), None)
                return
            except BaseException:  # the late exception that was meant to end the call
                pass

    def allow_cleanup(self, call):
        """Protects the call's cleanup from interruption. Its own thread must call this."""
        with self.interrupting:
            call.is_cleaning_up = True
        if call.was_interrupted:
            raise_in_thread(OriginalFunctions.thread_id(), None)

    def claim(self, call):
        """Returns True to the one caller that must answer the call."""
        if self.unanswered.pop(call, call) is not None:
            return False
        self.waiting.remove(call)
        return True

    def claim_unstarted(self, call):
        """Claims a call if it has not been started."""
        with self.interrupting:
            return call.state == WAITING and self.claim(call)

    def interrupt(self, call):
        """Interrupts the thread of a claimed call. The caller must cancel its task."""
        with self.interrupting:
            if call.thread is not None and not call.is_cleaning_up:
                call.was_interrupted = True
                raise_in_thread(call.thread, self.stop_exception)

    def find(self, id):
        return [call for call in list(self.unanswered) if call.id == id]

    def count(self):
        """Returns `(running, waiting)`."""
        states = [call.state for call in list(self.unanswered)]
        return states.count(RUNNING), states.count(WAITING)

    def find_abandoned(self):
        """Returns the calls that were answered but whose code still runs."""
        self.abandoned = [call for call in self.abandoned if not call.has_ended]
        return self.abandoned


def raise_in_thread(thread, exception):
    """Raises an exception in a thread; None removes a pending one. Does nothing without ctypes: the code continues."""
    if ctypes is not None:
        pending = None if exception is None else ctypes.py_object(exception)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), pending)


def describe_end(call, reason, limit):
    """Returns the code and the message for a call that was ended from outside. `limit`: maximum concurrent calls, or None."""
    if call.state != RUNNING:
        at_a_time = "" if limit is None else ": the software runs %d call%s at a time" % (limit, "s" * (limit > 1))
        waited = "the call waited %g s for its turn and was not started%s" % (call.timeout, at_a_time)
        return {
            "CALL_TIMEOUT": ("CALL_TIMEOUT", waited),
            "CALL_CANCELLED": ("CALL_CANCELLED", "the call was cancelled while it waited for its turn"),
            "CALL_LOST": ("NOT_RUNNING", "the software was stopped before the call's turn came"),
        }[reason]
    message = {
        "CALL_TIMEOUT": "the call took longer than its %g s" % call.timeout,
        "CALL_CANCELLED": "the call was cancelled",
        "CALL_LOST": "the software was stopped before the call was over",
    }[reason]
    return reason, message if call.has_ended else message + "; its code cannot be stopped from outside and goes on"

"""The life of a call: it waits, runs, has a deadline, may be canceled, and is answered exactly once.

Whoever takes a call out of `unanswered` answers it: the thread that ran it, or the watcher. Python cannot end a thread: a call
that outlives its time is answered all the same and told to stop (an exception is raised in its thread, or its task is
canceled). Where it stays inside C code it goes on, and the answer says so.
"""

from .original_functions import OriginalFunctions

try:  # now, because the solution may break what an import needs
    import ctypes
except ImportError:
    ctypes = None

WAITING, RUNNING = 0, 1


class Call:
    __slots__ = (
        *("id", "timeout", "deadline", "connection", "inputs", "reply", "state", "thread", "task", "result"),
        *("has_result", "was_interrupted", "is_cleaning_up", "has_ended", "is_answered", "ended_at"),
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
        #: Set while synchronous code of the solution runs for it, where it may be interrupted.
        self.thread = None
        #: Set while it goes on as a coroutine.
        self.task = None
        #: What the code has returned and has to be iterated by a thread.
        self.result = None
        self.has_result = False
        self.was_interrupted = False
        #: Its code ends by itself, and is told no more.
        self.is_cleaning_up = False
        self.has_ended = False
        self.is_answered = False
        #: When it was answered while its code went on.
        self.ended_at = None


class Turn(Call):
    """A place in the queue that is held for a call which is still with its caller: see `Slots`."""

    __slots__ = ()

    is_turn = True


class Calls:
    """The calls that nobody has answered yet."""

    def __init__(self, stop_exception, waiting):
        self.stop_exception = stop_exception
        #: Those whose turn has not come, for their callers to see.
        self.waiting = waiting
        self.unanswered = {}
        self.abandoned = []
        #: Held while an exception is raised in a call's thread, and while the call leaves it.
        self.interrupting = OriginalFunctions.allocate_lock()

    def add(self, call):
        self.unanswered[call] = None

    def start(self, call, thread=None):
        """False where the call was ended while it waited."""
        with self.interrupting:
            if call not in self.unanswered:
                return False
            self.waiting.remove(call)
            call.state = RUNNING
            call.thread = thread
            return True

    def leave_thread(self, call):
        """Nothing is raised in the call's thread from here on, whatever had been on its way."""
        while True:
            try:
                with self.interrupting:
                    call.thread = None
                if call.was_interrupted:
                    raise_in_thread(OriginalFunctions.thread_id(), None)
                return
            except BaseException:  # the exception that was to end the call, come late
                pass

    def allow_cleanup(self, call):
        """Lets the call's code end undisturbed; by its own thread."""
        with self.interrupting:
            call.is_cleaning_up = True
        if call.was_interrupted:
            raise_in_thread(OriginalFunctions.thread_id(), None)

    def claim(self, call):
        """True for the one who is to answer."""
        if self.unanswered.pop(call, call) is not None:
            return False
        self.waiting.remove(call)
        return True

    def claim_unstarted(self, call):
        """Takes a call that has not been started."""
        with self.interrupting:
            return call.state == WAITING and self.claim(call)

    def interrupt(self, call):
        """Tells a call that was taken to stop; its task is for the caller to cancel."""
        with self.interrupting:
            if call.thread is not None and not call.is_cleaning_up:
                call.was_interrupted = True
                raise_in_thread(call.thread, self.stop_exception)

    def find(self, id):
        return [call for call in list(self.unanswered) if call.id == id]

    def count(self):
        """`(running, waiting)`."""
        states = [call.state for call in list(self.unanswered)]
        return states.count(RUNNING), states.count(WAITING)

    def find_abandoned(self):
        """Calls that were answered while their code went on and still does."""
        self.abandoned = [call for call in self.abandoned if not call.has_ended]
        return self.abandoned


def raise_in_thread(thread, exception):
    """None takes back what was not raised yet. An interpreter without ctypes cannot: the code goes on."""
    if ctypes is not None:
        what = None if exception is None else ctypes.py_object(exception)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)

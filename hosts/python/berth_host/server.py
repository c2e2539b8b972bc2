"""Serves calls: takes each request from its connection, gives each call its turn, and answers it.

Synchronous code runs on the main thread, where the solution was imported and set up, one call at a time; with `concurrency`
on so many threads at once. Coroutines run side by side on the main thread's loop.
"""

from .answers import answer_error, refuse, refuse_unbegun
from .calls import RUNNING, Call, Calls, Turn
from .coroutines import Coroutines
from .errors import log
from .json_text import dump
from .main_thread import MainThread
from .original_functions import OriginalFunctions
from .shutdown import Shutdown
from .slots import Slots
from .sockets import Sockets
from .stuck_detector import StuckDetector
from .waiting_calls import WaitingCalls
from .watcher import Watcher
from .worker_threads import WorkerThreads

TURN_TIMEOUT = 1.0
"""Seconds in which the call has to come for which a turn is held."""


class Server:
    """Made on the main thread, after the setup."""

    def __init__(self, software, identity, document, waiting_file=None):
        self.software = software
        self.identity = identity
        self.timeout = document["timeout"]
        self.waiting = WaitingCalls(waiting_file)
        self.calls = Calls(software.stop_exception, self.waiting)
        concurrency = document["concurrency"] or software.concurrency
        #: Whether someone has said how many calls run at once: then what a call awaits counts, too.
        self.has_concurrency = concurrency is not None
        usual = None if software.is_async else 1
        self.slots = Slots(concurrency or usual, self.calls.unanswered, self.note_waiting, self.begin)
        #: Turns that are held, by their ids.
        self.turns = {}
        self.main = MainThread(self)
        self.main.uses_loop = self.main.uses_loop or software.is_async
        uses_threads = not software.is_async and (concurrency or 1) > 1
        self.executor = WorkerThreads(self) if uses_threads else self.main
        self.coroutines = Coroutines(self)
        self.shutdown = Shutdown(self, document["grace"])
        self.stuck_detector = StuckDetector(self)
        self.watcher = Watcher(self)

    def open(self, listener, connect):
        """Takes calls from here on; `connect` makes a connection of an accepted socket."""
        self.sockets = Sockets(self, connect, listener)
        self.shutdown.listen(self.sockets.wake_pipe[1])
        self.watcher.start()

    def serve(self):
        """Returns how many calls are unfinished, when it was asked to stop and none is left, or their time is over."""
        self.main.serve()
        self.sockets.close_listener()
        return self.shutdown.unfinished

    def handle(self, connection, request):
        """By whoever reads: answers at once, or takes the call in."""
        kind = request.kind
        if kind == "call":
            self.accept_call(connection, request)
        elif kind == "turn":
            self.queue_turn(connection, request)
        elif kind == "cancel":
            connection.work = request
            self.watcher.cancel(request.id, connection)
        elif kind == "ping":
            connection.answer_control(kind, self.describe())
        elif kind == "stop":
            connection.answer_control(kind, True)
            self.shutdown.begin()
        else:
            connection.answer(refuse("INTERNAL", "unknown request %r" % kind))

    def accept_call(self, connection, request):
        if self.shutdown.has_begun:
            return connection.answer(refuse_unbegun("the software is being stopped"))
        call = Call(request, request.timeout or self.timeout, connection)
        turn = self.turns.pop(request.turn, None) if request.turn is not None else None
        if turn is not None and self.calls.claim(turn):
            self.register(call)
            self.slots.pass_on(turn, call)
        else:
            self.enqueue(call)

    def queue_turn(self, connection, request):
        """Holds a turn for a call that its caller makes where the first turn comes: at this process or at another."""
        if self.shutdown.has_begun:
            connection.answer(refuse_unbegun("the software is being stopped"))
        elif request.may_wait or self.slots.has_room():
            self.enqueue(Turn(request, request.timeout or self.timeout, connection))
        else:
            connection.answer(dump({"status": "busy", "limit": self.slots.limit}))

    def enqueue(self, call):
        self.register(call)
        self.slots.enter(call)

    def register(self, call):
        if call.reply is not None:
            call.reply.on_reader_gone = lambda: self.handle_reader_gone(call)
        call.connection.work = call
        self.calls.add(call)
        self.watcher.note_call(call)

    def begin(self, call):
        """Its turn has come."""
        if call.is_turn:
            return self.grant_turn(call)
        executor = self.coroutines if self.software.is_async else self.executor
        if executor is not self.main or not self.main.is_free():
            self.note_waiting(call)  # other code may keep it from beginning
        executor.begin(call)

    def note_waiting(self, call):
        if not call.is_turn:  # of a turn the call is still with its caller
            self.waiting.add(call)

    def grant_turn(self, turn):
        """Holds the turn for a call that is still with its caller."""
        if not self.calls.start(turn):
            return self.slots.leave(turn)
        turn.deadline = OriginalFunctions.monotonic() + TURN_TIMEOUT
        self.watcher.note_call(turn)
        turn.connection.turn = self.turns[turn.id] = turn
        turn.connection.answer(dump({"status": "turn"}))

    def finish(self, call, content):
        """Answers a call whose code has ended, unless it was answered before or nobody is there to read the answer."""
        call.has_ended = True
        connection = call.connection
        if self.calls.claim(call):
            if call.reply is None:
                connection.answer(content)
            else:
                connection.deliver(call.reply.encode(content, True))
        elif call.is_answered:
            self.sockets.close(connection)
        self.slots.leave(call)
        if self.shutdown.has_begun:
            self.sockets.wake()

    def handle_reader_gone(self, call):
        """Its reader has gone."""
        self.calls.allow_cleanup(call)
        if self.calls.claim(call):
            log("call %s was ended: its reader has gone" % call.id)
            call.is_answered = True

    def answer_ended(self, call, why):
        """Answers a call that was taken from its code, or from the queue."""
        code, message = describe_end(call, why, self.slots.limit)
        log("call %s: %s" % (call.id, message))
        error = {"code": code, "message": message}
        if code == "NOT_RUNNING":
            error["neverBegan"] = True
        connection = call.connection
        if call.is_turn and call.state == RUNNING:  # its connection carries nothing
            self.turns.pop(call.id, None)
            self.slots.leave(call)
        elif call.reply is not None and call.state == RUNNING:
            call.reply.abort(error)
        else:
            connection.is_last = True
            content = answer_error(error)
            connection.answer(content) if call.reply is None else connection.deliver(call.reply.encode(content, True))
        if call.state == RUNNING and not call.has_ended and not call.is_turn:
            call.ended_at = OriginalFunctions.monotonic()
            self.calls.abandoned.append(call)
            self.stuck_detector.schedule_check()
        call.is_answered = True
        if call.has_ended:
            self.sockets.close(connection)

    def skip(self, call):
        """It was ended before its turn came."""
        call.has_ended = True
        self.slots.leave(call)

    def is_idle(self):
        """Whether all calls have been answered and the answers sent."""
        is_done = all(call.is_answered for call in list(self.slots.holders))
        return is_done and not (self.calls.unanswered or self.sockets.sending or self.watcher.is_ending)

    def drop_waiting(self, connection):
        """Nobody is there any more for the answer of a call that has not been started."""
        call = connection.work
        if isinstance(call, Call) and self.calls.claim_unstarted(call):
            log("call %s was dropped: its caller has gone" % call.id)
            self.sockets.close(connection)

    def drop_turn(self, connection):
        turn = connection.turn
        if turn is not None and self.calls.claim(turn):
            self.turns.pop(turn.id, None)
            self.slots.leave(turn)

    def describe(self):
        running, waiting = self.calls.count()
        abandoned = len(self.calls.find_abandoned())
        stuck = round(self.stuck_detector.count_stuck_seconds(), 3)
        counts = dict(calls=running + waiting, running=running, waiting=waiting, abandoned=abandoned, stuck=stuck)
        return dict(self.identity, isStopping=self.shutdown.has_begun, **counts)


def describe_end(call, why, limit):
    """`(code, message)` of the answer to a call that was ended from outside."""
    if call.state != RUNNING:
        at_a_time = "" if limit is None else ": the software runs %d call%s at a time" % (limit, "s" * (limit > 1))
        waited = "the call waited %g s for its turn and was not started%s" % (call.timeout, at_a_time)
        return {
            "CALL_TIMEOUT": ("CALL_TIMEOUT", waited),
            "CALL_CANCELLED": ("CALL_CANCELLED", "the call was cancelled while it waited for its turn"),
            "CALL_LOST": ("NOT_RUNNING", "the software was stopped before the call's turn came"),
        }[why]
    what = {
        "CALL_TIMEOUT": "the call took longer than its %g s" % call.timeout,
        "CALL_CANCELLED": "the call was cancelled",
        "CALL_LOST": "the software was stopped before the call was over",
    }[why]
    return why, what if call.has_ended else what + "; its code cannot be stopped from outside and goes on"

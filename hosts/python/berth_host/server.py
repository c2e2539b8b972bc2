"""Serves calls: takes requests from connections, gives each call its turn, and answers it.

Synchronous code runs one call at a time on the main thread, where the solution was imported and set up. With `concurrency`, it
runs on that many threads. Coroutines run concurrently on the main thread's loop.
"""

from .answers import answer_error, refuse, refuse_unbegun
from .calls import RUNNING, Call, Calls, describe_end
from .coroutines import Coroutines
from .errors import log
from .held_turns import HeldTurns
from .main_thread import MainThread
from .original_functions import OriginalFunctions
from .shutdown import Shutdown
from .slots import Slots
from .sockets import Sockets
from .stuck_detector import StuckDetector
from .waiting_calls import WaitingCalls
from .watcher import Watcher
from .worker_threads import WorkerThreads


class Server:
    """Must be created on the main thread, after the setup."""

    def __init__(self, software, identity, document, waiting_file=None):
        self.software = software
        self.identity = identity
        self.timeout = document["timeout"]
        self.waiting = WaitingCalls(waiting_file)
        self.calls = Calls(software.stop_exception, self.waiting)
        concurrency = document["concurrency"] or software.concurrency
        #: Whether the concurrency was set or declared. Then a call keeps its slot while it awaits something.
        self.has_concurrency = concurrency is not None
        default = None if software.is_async else 1
        self.slots = Slots(concurrency or default, self.calls.unanswered, self.note_waiting, self.begin)
        self.turns = HeldTurns(self)
        self.main = MainThread(self)
        self.main.uses_loop = self.main.uses_loop or software.is_async
        uses_threads = not software.is_async and (concurrency or 1) > 1
        self.executor = WorkerThreads(self) if uses_threads else self.main
        self.coroutines = Coroutines(self)
        self.shutdown = Shutdown(self, document["grace"])
        self.stuck_detector = StuckDetector(self)
        self.watcher = Watcher(self)

    def open(self, listener, connect):
        """Starts to accept calls. `connect` creates the connection of an accepted socket."""
        self.sockets = Sockets(self, connect, listener)
        self.shutdown.listen(self.sockets.wake_pipe[1])
        self.watcher.start()

    def serve(self):
        """Serves until the shutdown is complete. Returns the number of unfinished calls."""
        self.main.serve()
        self.sockets.close_listener()
        return self.shutdown.unfinished

    def handle(self, connection, request):
        """Answers a request immediately, or accepts its call. The polling thread calls this."""
        kind = request.kind
        if kind == "call":
            self.accept_call(connection, request)
        elif kind == "turn":
            self.turns.queue(connection, request)
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
        turn = self.turns.claim(request.turn) if request.turn is not None else None
        if turn is not None:
            self.register(call)
            self.slots.pass_on(turn, call)
        else:
            self.enqueue(call)

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
        """Begins a call, or grants a turn, that has a slot."""
        if call.is_turn:
            return self.turns.grant(call)
        executor = self.coroutines if self.software.is_async else self.executor
        if executor is not self.main or not self.main.is_free():
            self.note_waiting(call)  # other code may still delay it
        executor.begin(call)

    def note_waiting(self, call):
        if not call.is_turn:  # the caller still has the call of a turn
            self.waiting.add(call)

    def finish(self, call, content):
        """Answers a call whose code has ended, unless it is already answered or its caller is gone."""
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
        self.calls.allow_cleanup(call)
        if self.calls.claim(call):
            log("call %s was ended: its reader is gone" % call.id)
            call.is_answered = True

    def answer_ended(self, call, reason):
        """Answers a claimed call that was interrupted or removed from the queue."""
        code, message = describe_end(call, reason, self.slots.limit)
        log("call %s: %s" % (call.id, message))
        error = {"code": code, "message": message}
        if code == "NOT_RUNNING":
            error["neverBegan"] = True
        connection = call.connection
        if call.is_turn and call.state == RUNNING:  # its connection waits for no answer
            self.turns.release(call)
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
        """Frees the slot of a call that was ended before it began."""
        call.has_ended = True
        self.slots.leave(call)

    def is_idle(self):
        """Whether all calls are answered and the answers are sent."""
        is_done = all(call.is_answered for call in list(self.slots.holders))
        return is_done and not (self.calls.unanswered or self.sockets.sending or self.watcher.is_ending)

    def drop_waiting(self, connection):
        """Drops a call that has not begun and whose caller is gone."""
        call = connection.work
        if isinstance(call, Call) and self.calls.claim_unstarted(call):
            log("call %s was dropped: its caller is gone" % call.id)
            self.sockets.close(connection)

    def drop_turn(self, connection):
        turn = connection.turn
        if turn is not None and self.calls.claim(turn):
            self.turns.release(turn)

    def describe(self):
        running, waiting = self.calls.count()
        abandoned = len(self.calls.find_abandoned())
        stuck = round(self.stuck_detector.count_stuck_seconds(), 3)
        counts = dict(calls=running + waiting, running=running, waiting=waiting, abandoned=abandoned, stuck=stuck)
        return dict(self.identity, isStopping=self.shutdown.has_begun, **counts)

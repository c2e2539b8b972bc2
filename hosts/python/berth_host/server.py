"""Serves calls on a unix socket, a thread per connection: a connection carries one call at a time.

A request is a frame of JSON with a `type`; a `call` is followed by a second frame, the inputs, so that a JSON text that is
there already is passed on unparsed. Each request is answered by one frame, but a call with `"stream": true` by one for each
chunk, `{"status": "chunk", "output": …}`, and a last one (see streams.py). A connection whose call was ended by the watchdog
takes no further request.
"""

import os
import signal
import socket
import threading
import time

from . import calls, event_loop
from .answers import answer_error, answer_with, refuse
from .errors import CallInterrupted, HostError, describe_exception, log
from .frames import FrameReader, send_frame
from .json_text import load
from .streams import ReaderGone, ReplyStream, collect, pour, settle

BACKLOG = 512
POLL = 0.01
PLAIN = (type(None), str, dict, list, int, float, bool)


class StopRequested(BaseException):
    """SIGTERM, raised in the main thread."""


class Server:
    def __init__(self, software, identity, timeout, concurrency):
        self.software = software
        self.identity = identity
        self.timeout = timeout
        self.turns = threading.BoundedSemaphore(concurrency) if concurrency else None
        self.watchdog = calls.Watchdog(software.stop_exception)
        self.is_stopping = False

    def serve(self, listener):
        """Accepts until SIGTERM arrives in the main thread."""
        signal.signal(signal.SIGTERM, request_stop)
        try:
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self.serve_connection, args=(connection,), daemon=True).start()
        except StopRequested:
            self.is_stopping = True

    def finish_calls(self, seconds):
        """Waits until no call is running, at most so long; how many are left."""
        deadline = time.monotonic() + seconds
        while calls.running and time.monotonic() < deadline:
            time.sleep(POLL)
        return len(calls.running)

    def serve_connection(self, connection):
        try:
            reader = self.read_from(connection)
            while self.serve_request(connection, reader):
                pass
        except (ConnectionError, CallInterrupted):
            pass
        except OSError as error:
            log("connection lost: %s" % error)
        finally:
            connection.close()

    def read_from(self, connection):
        return FrameReader(connection)

    def send(self, connection, content, is_last=False):
        """An answer's bytes; after the last one the connection is closed."""
        send_frame(connection, content)

    def serve_request(self, connection, reader):
        """False when the connection is at its end."""
        frame = reader.next()
        if frame is None:
            return False
        request = load(frame)
        kind = request["type"]
        if kind == "call":
            inputs = reader.next()
            return inputs is not None and self.serve_call(connection, request, inputs)
        self.send(connection, answer_with(self.control(kind, request)))
        return True

    def control(self, kind, request):
        if kind == "ping":
            abandoned = self.watchdog.count_abandoned()
            return dict(self.identity, calls=len(calls.running), abandoned=abandoned, isStopping=self.is_stopping)
        if kind == "cancel":
            return self.watchdog.cancel(request["id"])
        if kind == "stop":
            os.kill(os.getpid(), signal.SIGTERM)
            return True
        return {"status": "error", "error": {"code": "INTERNAL", "message": "unknown request %r" % kind}}

    def serve_call(self, connection, request, inputs):
        if self.is_stopping:
            self.send(connection, refuse("NOT_RUNNING", "the software is being stopped"))
            return True
        if request.get("stream"):
            return self.serve_stream(request, inputs, self.open_stream(connection))
        call = calls.Call(
            request["id"],
            request.get("timeout") or self.timeout,
            lambda error: self.send(connection, answer_error(error), is_last=True),
        )
        self.watchdog.add(call)
        try:
            answer = self.perform(call, inputs, self.answer)
        finally:
            is_mine = call.finish()
        if is_mine:
            self.send(connection, answer)
        return is_mine

    def serve_stream(self, request, inputs, reply):
        call = calls.Call(request["id"], request.get("timeout") or self.timeout, reply.cut_off)
        self.watchdog.add(call)
        try:
            last = self.perform(call, inputs, lambda call, value: pour(call, self.software, value, reply))
        except ReaderGone:
            last = None
        finally:
            is_mine = call.finish()
        if not is_mine:
            return False
        if last is None:
            log("call %s was ended: its reader has gone" % call.id)
            return False
        reply.finish(last)
        return True

    def open_stream(self, connection):
        return ReplyStream(connection)

    def perform(self, call, inputs, answer):
        """The answer's bytes, whatever the user's code does."""
        try:
            value = load_inputs(inputs)
            if self.turns is None:
                return answer(call, value)
            with self.turns:
                return answer(call, value)
        except HostError as error:
            return refuse(error.code, error.message)
        except ReaderGone:
            raise
        except BaseException as error:
            return answer_error(describe_exception(error, "CALL_FAILED"))

    def answer(self, call, value):
        result = self.software.call(value)
        if type(result) not in PLAIN:
            result = collect(call, settle(call, result))
        return answer_with(result)


def load_inputs(content):
    try:
        return load(content)
    except ValueError as error:
        raise HostError("CALL_INPUT", "the inputs are not JSON: %s" % error) from None
    except RecursionError:
        raise HostError("CALL_INPUT", "the inputs are nested too deeply") from None


def request_stop(number, frame):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise StopRequested


def listen(path):
    """A listening socket that only this user may connect to; in place of what a dead host left there."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        listener.bind(path)
    finally:
        os.umask(mask)
    listener.listen(BACKLOG)
    return listener

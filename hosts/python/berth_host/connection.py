"""A caller's connection, which carries one request at a time.

It belongs to the call that it carries, and between calls to whichever thread polls. So neither needs a lock: only the
poller reads, and only while there is no call; only whoever concludes the call answers and releases it.
"""

import select

from .frames import NO_WAIT, FrameReader, encode_frame
from .inputs_json import InputText
from .json_text import dump
from .original_functions import OriginalFunctions
from .streams import ReplyStream

SEND_TIMEOUT = 0.05
"""Seconds that an answer may hold up the thread that sends it; what is left of it then goes on a thread of its own."""


class Request:
    """`kind` is call, turn, cancel, stop or ping; the rest is for calls, and `id` for a cancel too."""

    __slots__ = ("kind", "id", "timeout", "inputs", "is_stream", "may_wait", "turn")

    def __init__(self, kind, id=None, timeout=None, inputs=None, is_stream=False, may_wait=True, turn=None):
        self.kind = kind
        self.id = id
        self.timeout = timeout
        self.inputs = inputs
        self.is_stream = is_stream
        #: Of a turn: whether it may come later.
        self.may_wait = may_wait
        #: Of a call: the id of the turn that was held for it.
        self.turn = turn


class Connection:
    def __init__(self, sockets, raw):
        self.sockets = sockets
        self.socket = raw
        self.descriptor = raw.fileno()
        #: What it carries: a call, or another request whose answer takes a while.
        self.work = None
        #: The turn that was held for whoever is at its other end.
        self.turn = None
        self.has_unread = False
        self.is_last = False

    def next(self):
        """The next request, whole; None when more has to come. Hangup at its end, ValueError for what is none."""
        raise NotImplementedError

    def encode(self, content):
        """An answer as the bytes that go over the connection."""
        raise NotImplementedError

    def open_stream(self):
        raise NotImplementedError

    def answer_control(self, kind, record):
        """Answers a request that is no call."""
        self.deliver(self.encode(dump({"status": "success", "output": record})))

    def answer(self, content):
        self.deliver(self.encode(content))

    def deliver(self, encoded):
        """Sends what ends the present request, then is there for the next. Waits but a moment for a slow reader."""
        try:
            rest = send_for(self.socket, encoded, SEND_TIMEOUT)
        except OSError:  # the caller has gone
            return self.sockets.close(self)
        if rest:
            self.sockets.sending.add(self)
            OriginalFunctions.start_thread(self.send_rest, (rest,))
        else:
            self.release()

    def send_rest(self, rest):
        try:
            self.socket.sendall(rest)
        except OSError:
            self.sockets.close(self)
        else:
            self.release()
        self.sockets.sending.discard(self)
        self.sockets.wake()

    def release(self):
        """Its request has been answered: the next one may come, or is there already."""
        if self.is_last:
            return self.sockets.close(self)
        self.work = None
        # In this order: the poller notes what has come before it looks whether there is work.
        if self.has_unread or self.has_buffered():
            self.sockets.revisit(self)

    def has_buffered(self):
        return False


class FrameConnection(Connection):
    """Frames of JSON. A `call` is followed by a second frame, the inputs, so that text is passed on unparsed."""

    def __init__(self, sockets, raw):
        super().__init__(sockets, raw)
        self.reader = FrameReader(raw)

    def next(self):
        found = self.reader.next()
        if found is None:
            return None
        head, inputs = found
        get = head.get
        if inputs is not None and "checked" not in head:
            inputs = InputText(inputs)
        return Request(
            head["type"], get("id"), get("timeout"), inputs, get("stream", False), get("mayWait", True), get("turn")
        )

    def has_buffered(self):
        return self.reader.has_more or len(self.reader.rest) > 0

    def encode(self, content):
        return encode_frame(content)

    def open_stream(self):
        return ReplyStream(self.socket, lambda content, is_last: encode_frame(content))


def send_for(connection, content, timeout):
    """Sends as much as the other side takes within so many seconds; returns the rest."""
    try:
        sent = connection.send(content, NO_WAIT)
    except BlockingIOError:
        sent = 0
    if sent == len(content):
        return b""
    rest = memoryview(content)[sent:]
    deadline = OriginalFunctions.monotonic() + timeout
    ready = OriginalFunctions.poll()
    ready.register(connection.fileno(), select.POLLOUT)
    while rest and OriginalFunctions.monotonic() < deadline:
        if not ready.poll(max(0, (deadline - OriginalFunctions.monotonic()) * 1000)):
            break
        try:
            rest = rest[connection.send(rest, NO_WAIT) :]
        except BlockingIOError:
            pass
    return rest

"""A caller's connection, which carries one request at a time.

The connection belongs to its current call; between calls it belongs to the thread that polls. So it needs no lock: only the
polling thread reads, and only while there is no call; only the thread that finishes the call answers and releases it.
"""

import select

from .frames import NO_WAIT, FrameReader, encode_frame
from .inputs_json import InputText
from .json_text import dump
from .original_functions import OriginalFunctions
from .streams import ReplyStream

SEND_TIMEOUT = 0.05
"""Seconds that sending an answer may block its thread. Another thread sends the rest."""


class Request:
    """`kind` is call, turn, cancel, stop or ping. The other attributes belong to calls; a cancel has an `id`, too."""

    __slots__ = ("kind", "id", "timeout", "inputs", "is_stream", "may_wait", "turn")

    def __init__(self, kind, id=None, timeout=None, inputs=None, is_stream=False, may_wait=True, turn=None):
        self.kind = kind
        self.id = id
        self.timeout = timeout
        self.inputs = inputs
        self.is_stream = is_stream
        #: For a turn: whether the caller waits for a free slot.
        self.may_wait = may_wait
        #: For a call: the id of the turn that is held for it.
        self.turn = turn


class Connection:
    def __init__(self, sockets, raw):
        self.sockets = sockets
        self.socket = raw
        self.descriptor = raw.fileno()
        #: The current call, or another request that is answered later.
        self.work = None
        #: The turn that is held for the caller.
        self.turn = None
        self.has_unread = False
        self.is_last = False

    def next(self):
        """Returns the next complete request; None if more data must arrive.

        Raises Hangup at the end of the connection, ValueError for an invalid request.
        """
        raise NotImplementedError

    def encode(self, content):
        """Returns the bytes of an answer on the connection."""
        raise NotImplementedError

    def open_stream(self):
        raise NotImplementedError

    def answer_control(self, kind, record):
        """Answers a request other than a call."""
        self.deliver(self.encode(dump({"status": "success", "output": record})))

    def answer(self, content):
        self.deliver(self.encode(content))

    def deliver(self, encoded):
        """Sends the end of the current request and becomes free for the next. Blocks at most SEND_TIMEOUT."""
        try:
            rest = send_for(self.socket, encoded, SEND_TIMEOUT)
        except OSError:  # the caller is gone
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
        """Frees the connection after an answer. The next request may already be buffered."""
        if self.is_last:
            return self.sockets.close(self)
        self.work = None
        # This order matters: the polling thread sets `has_unread` before it checks `work`.
        if self.has_unread or self.has_buffered():
            self.sockets.revisit(self)

    def has_buffered(self):
        return False


class FrameConnection(Connection):
    """A connection with frames of JSON. A second frame with the inputs follows a `call`, so text is passed on unparsed."""

    def __init__(self, sockets, raw):
        super().__init__(sockets, raw)
        self.reader = FrameReader(raw)

    def next(self):
        frames = self.reader.next()
        if frames is None:
            return None
        head, inputs = frames
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
    """Sends as much as the other side accepts within `timeout` seconds. Returns the rest."""
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

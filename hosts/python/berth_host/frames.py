"""Frames on a socket: a length of four bytes, big-endian, then the content."""

import socket
import struct

from .json_text import load

LENGTH = struct.Struct(">I")
CHUNK = 65_536
NO_WAIT = socket.MSG_DONTWAIT


class Hangup(Exception):
    """The other side has closed the connection."""


class FrameReader:
    """Reads requests from a socket without blocking. Reads a small request with one system call."""

    def __init__(self, connection):
        self.receive = connection.recv
        self.receive_into = connection.recv_into
        self.rest = b""
        self.head = None
        self.large = None
        self.missing = None
        self.has_more = False

    def next(self):
        """Returns `(head, inputs)` of the next complete request; None if more data must arrive. Only a call has inputs."""
        while True:
            frame = self.next_frame()
            if frame is None:
                return None
            if self.head is not None:
                head, self.head = self.head, None
                return head, frame
            head = load(frame)
            if head["type"] != "call":
                return head, None
            self.head = head

    def next_frame(self):
        while self.large is None:
            rest = self.rest
            if len(rest) >= 4:
                end = 4 + LENGTH.unpack_from(rest)[0]
                if len(rest) >= end:
                    self.rest = rest[end:]
                    return rest[4:end]
                if end > CHUNK:
                    self.begin_large(rest, end - 4)
                    break
            more = self.read_some()
            if more is None:
                return None
            self.rest = rest + more if rest else more
        return self.fill_large()

    def read_some(self):
        try:
            more = self.receive(CHUNK, NO_WAIT)
        except BlockingIOError:
            self.has_more = False
            return None
        if not more:
            raise Hangup
        self.has_more = len(more) == CHUNK
        return more

    def begin_large(self, rest, size):
        """Receives a large frame directly into its buffer, because a second copy of 50 MB takes noticeable time."""
        self.large = bytearray(size)
        received = len(rest) - 4
        self.large[:received] = rest[4:]
        self.rest = b""
        self.missing = memoryview(self.large)[received:]

    def fill_large(self):
        self.has_more = True
        while self.missing:
            try:
                count = self.receive_into(self.missing, 0, NO_WAIT)
            except BlockingIOError:
                self.has_more = False
                return None
            if count == 0:
                raise Hangup
            self.missing = self.missing[count:]
        frame, self.large, self.missing = self.large, None, None
        return frame


def read_frame(file):
    """Reads the only frame of a file; None if the file ends early."""
    head = file.read(4)
    if len(head) < 4:
        return None
    payload = file.read(LENGTH.unpack(head)[0])
    return payload if len(payload) == LENGTH.unpack(head)[0] else None


def encode_frame(payload):
    return LENGTH.pack(len(payload)) + payload

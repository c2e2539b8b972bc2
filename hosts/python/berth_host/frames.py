"""Frames: four bytes of length, big-endian, then that many bytes."""

import struct

LENGTH = struct.Struct(">I")
CHUNK = 65_536


class FrameReader:
    """Frames from a socket. A small request arrives in one piece and is read by one system call."""

    def __init__(self, connection):
        self.receive = connection.recv
        self.receive_into = connection.recv_into
        self.rest = b""

    def next(self):
        """The next frame; None when the other side closed between or within frames."""
        rest = self.rest
        while len(rest) < 4:
            more = self.receive(CHUNK)
            if not more:
                return None
            rest = rest + more if rest else more
        end = 4 + LENGTH.unpack_from(rest)[0]
        if len(rest) >= end:
            self.rest = rest[end:]
            return rest[4:end]
        self.rest = b""
        return self.next_large(rest[4:], end - 4)

    def next_large(self, start, size):
        """A frame that did not come in one piece, received where it is to lie: a second copy of 50 MB would be felt."""
        frame = bytearray(size)
        frame[: len(start)] = start
        received = len(start)
        view = memoryview(frame)
        while received < size:
            count = self.receive_into(view[received:])
            if count == 0:
                return None
            received += count
        return frame


def read_frame(file):
    """The one frame of a file; None when it ends before."""
    head = file.read(4)
    if len(head) < 4:
        return None
    payload = file.read(LENGTH.unpack(head)[0])
    return payload if len(payload) == LENGTH.unpack(head)[0] else None


def send_frame(connection, payload):
    size = len(payload)
    if size <= CHUNK:
        connection.sendall(LENGTH.pack(size) + payload)
    else:  # not joined: a large answer would be copied once more
        connection.sendall(LENGTH.pack(size))
        connection.sendall(payload)

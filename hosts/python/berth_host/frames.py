"""Frames: four bytes of length, big-endian, then that many bytes."""

import struct

LENGTH = struct.Struct(">I")
LONGEST = 0xFFFF_FFFF
COPY_LIMIT = 65_536


def read_frame(reader):
    """The next frame from a buffered reader; None when the other side closed between or within frames."""
    head = reader.read(4)
    if len(head) < 4:
        return None
    length = LENGTH.unpack(head)[0]
    payload = reader.read(length)
    return payload if len(payload) == length else None


def send_frame(connection, payload):
    size = len(payload)
    if size <= COPY_LIMIT:
        connection.sendall(LENGTH.pack(size) + payload)
    else:  # not joined: a large answer would be copied once more
        connection.sendall(LENGTH.pack(size))
        connection.sendall(payload)

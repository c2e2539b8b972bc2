"""Results that come bit by bit: what an iterator yields, given on as it comes or collected.

Each chunk is sent before the next one is asked for, so a reader that waits makes the code wait, and nothing is stored
here. The last part of a stream is an answer, or `{"status": "end"}`, which says whether the chunks are one text or a list.
"""

import collections.abc
import inspect
import io
import socket
import threading

from . import event_loop
from .answers import answer_error, answer_with
from .calls import ENDING_PATIENCE
from .frames import LENGTH
from .json_text import dump

END_OF_TEXT = b'{"status":"end","joins":true}'
END_OF_LIST = b'{"status":"end","joins":false}'


class ReaderGone(Exception):
    """Whoever asked for a stream takes no more of it."""


class Whole:
    """A stream's one item that is no chunk but the whole output."""

    def __init__(self, value):
        self.value = value


def settle(call, result):
    """What comes of it once it is no awaitable any more."""
    while inspect.isawaitable(result):
        call.future = event_loop.submit(result)
        result = call.future.result()
    return result


def is_stream(result):
    is_iterator = isinstance(result, (collections.abc.Iterator, collections.abc.AsyncIterator))
    return is_iterator and not isinstance(result, io.IOBase)


def collect(call, result):
    """What a stream yields, as one text where all of it is text, else as a list; any other result as it is."""
    if not is_stream(result):
        return result
    if isinstance(result, collections.abc.Iterator):
        chunks = list(result)
    else:
        call.future = event_loop.submit(event_loop.collect(result))
        chunks = call.future.result()
    return "".join(chunks) if chunks and all(isinstance(chunk, str) for chunk in chunks) else chunks


class ReplyStream:
    """A stream's way to its reader: frames on a socket."""

    def __init__(self, connection):
        self.connection = connection
        self.turn = threading.Lock()
        self.is_over = False

    def encode(self, content, is_last):
        return LENGTH.pack(len(content)) + content

    def send(self, content):
        """Returns when there is room for more. ReaderGone when nobody is there, or the call was ended meanwhile."""
        with self.turn:
            if self.is_over:
                raise ReaderGone
            try:
                self.connection.sendall(self.encode(content, False))
            except OSError:
                raise ReaderGone from None

    def finish(self, content):
        self.connection.sendall(self.encode(content, True))

    def cut_off(self, error):
        """Ends the stream from another thread, which must not wait: a reader that takes nothing is hung up on."""
        self.is_over = True
        if not self.send_at_once(answer_error(error)):
            self.connection.shutdown(socket.SHUT_RDWR)

    def send_at_once(self, content):
        if not self.turn.acquire(timeout=ENDING_PATIENCE):
            return False
        try:
            encoded = self.encode(content, True)
            return self.connection.send(encoded, socket.MSG_DONTWAIT) == len(encoded)
        except OSError:  # no room, or nobody there
            return False
        finally:
            self.turn.release()


def pour(call, software, value, reply):
    """Sends the chunks of a call; the bytes of what is last."""
    result = settle(call, software.stream(value))
    if not is_stream(result):
        return answer_with(result)
    items = result if isinstance(result, collections.abc.Iterator) else event_loop.take_each(call, result)
    count, are_texts = 0, True
    try:
        for item in items:
            if type(item) is Whole:
                return answer_with(item.value)
            are_texts = are_texts and isinstance(item, str)
            reply.send(b'{"status":"chunk","output":' + dump(item, "output[%d]" % count) + b"}")
            count += 1
    finally:
        if hasattr(items, "close"):
            items.close()
    joins = count > 0 and are_texts if software.joins is None else software.joins
    return END_OF_TEXT if joins else END_OF_LIST

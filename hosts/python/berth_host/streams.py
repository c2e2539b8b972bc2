"""Results that come bit by bit: what an iterator yields, given on as it comes or collected.

Each chunk is sent before the next one is asked for, so a reader that waits makes the code wait, and nothing is stored
here. The last part of a stream is an answer, or `{"status": "end"}`, which says whether the chunks are one text or a list.
"""

import asyncio
import collections.abc
import inspect
import socket

from .answers import answer_error, answer_with
from .frames import NO_WAIT
from .json_text import dump
from .original_functions import OriginalFunctions

END_OF_TEXT = b'{"status":"end","joins":true}'
END_OF_LIST = b'{"status":"end","joins":false}'

ABORT_TIMEOUT = 0.1
"""Seconds that a chunk which is being sent may still take when its stream is cut off."""


class ReaderGone(Exception):
    """Whoever asked for a stream takes no more of it."""


class WholeValue:
    """A stream's one item that is no chunk but the whole output."""

    def __init__(self, value):
        self.value = value


def is_async(result):
    """Whether something comes of it on an event loop alone."""
    return inspect.isawaitable(result) or isinstance(result, collections.abc.AsyncIterator)


def is_stream(result):
    """Whether texts that it yields are pieces of one: those of a generator, or of a class that somebody wrote for it. What
    Python itself iterates by (`map`, `zip`, `iter`) has items."""
    return isinstance(result, collections.abc.Generator) or inspect.isfunction(getattr(type(result), "__next__", None))


def join(items):
    """What a stream yields, as one text where all of it is text, else as a list."""
    return "".join(items) if items and all(isinstance(item, str) for item in items) else items


def collect(result):
    """All that an iterator yields."""
    items = list(result)
    return join(items) if is_stream(result) else items


class ReplyStream:
    """A stream's way to its reader: `encode` makes of each part the bytes that go over the socket."""

    def __init__(self, connection, encode):
        self.connection = connection
        self.encode = encode
        #: Held while a part is being sent.
        self.sending = OriginalFunctions.allocate_lock()
        self.is_over = False
        #: Told when nobody reads any more: from then on the code that cleans up after itself is not disturbed by a cancel.
        self.on_reader_gone = lambda: None

    def send(self, content):
        """Returns when there is room for more. ReaderGone when nobody is there, or the call was ended meanwhile."""
        with self.sending:
            if self.is_over:
                raise ReaderGone
            try:
                self.connection.sendall(self.encode(content, False))
            except OSError:
                raise ReaderGone from None

    async def send_async(self, content):
        """The same on an event loop, which goes on meanwhile."""
        with self.sending:
            if self.is_over:
                raise ReaderGone
            rest = memoryview(self.encode(content, False))
            try:
                while rest:
                    try:
                        rest = rest[self.connection.send(rest, NO_WAIT) :]
                    except BlockingIOError:
                        await wait_until_writable(self.connection)
            except OSError:
                raise ReaderGone from None
        await asyncio.sleep(0)

    def abort(self, error):
        """Ends the stream from another thread, which must not wait: a reader that takes nothing is hung up on."""
        self.is_over = True
        if not self.send_now(answer_error(error)):
            try:
                self.connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # closed already
                pass

    def send_now(self, content):
        if not self.sending.acquire(timeout=ABORT_TIMEOUT):
            return False
        try:
            encoded = self.encode(content, True)
            return self.connection.send(encoded, NO_WAIT) == len(encoded)
        except OSError:  # no room, or nobody there
            return False
        finally:
            self.sending.release()


async def wait_until_writable(connection):
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    descriptor = connection.fileno()
    loop.add_writer(descriptor, lambda: ready.done() or ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_writer(descriptor)


class ChunkStream:
    """The chunks of one call on their way to its reader."""

    def __init__(self, reply, joins):
        self.reply = reply
        self.joins = joins
        self.count = 0
        self.are_texts = True

    def encode(self, item):
        self.are_texts = self.are_texts and isinstance(item, str)
        content = b'{"status":"chunk","output":' + dump(item, "output[%d]" % self.count) + b"}"
        self.count += 1
        return content

    def end(self):
        joins = self.count > 0 and self.are_texts if self.joins is None else self.joins
        return END_OF_TEXT if joins else END_OF_LIST


def send_chunks(items, reply, joins):
    """Sends what an iterator yields; returns the bytes of what is last."""
    chunks = ChunkStream(reply, joins if is_stream(items) else False)
    try:
        for item in items:
            if type(item) is WholeValue:
                return answer_with(item.value)
            reply.send(chunks.encode(item))
    except ReaderGone:
        reply.on_reader_gone()
        raise
    finally:
        if hasattr(items, "close"):
            items.close()
    return chunks.end()


async def send_chunks_async(items, reply, joins):
    """The same for an async iterator. One task runs it, which timeouts and contexts that span its items rely on."""
    chunks = ChunkStream(reply, joins)
    try:
        async for item in items:
            if type(item) is WholeValue:
                return answer_with(item.value)
            await reply.send_async(chunks.encode(item))
    except ReaderGone:
        reply.on_reader_gone()
        raise
    finally:
        if hasattr(items, "aclose"):
            await items.aclose()
    return chunks.end()

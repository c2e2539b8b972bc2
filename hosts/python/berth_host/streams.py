"""Streams or collects the items of an iterator.

Each chunk is sent before the next one is requested, so a slow reader slows the code and nothing is buffered here. The last
part of a stream is an answer, or `{"status": "end"}`, which says whether the chunks form one text or a list.
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
"""Seconds to wait for a chunk that is being sent when its stream is aborted."""


class ReaderGone(Exception):
    """The reader of a stream has stopped reading."""


class WholeValue:
    """The only item of a stream if it is the complete output instead of a chunk."""

    def __init__(self, value):
        self.value = value


def is_async(result):
    """Whether the result needs an event loop."""
    return inspect.isawaitable(result) or isinstance(result, collections.abc.AsyncIterator)


def is_stream(result):
    """Whether texts that an iterator yields are pieces of one text.

    True for generators and for iterator classes written in Python. Built-in iterators (`map`, `zip`, `iter`) have items.
    """
    return isinstance(result, collections.abc.Generator) or inspect.isfunction(getattr(type(result), "__next__", None))


def join(items):
    """Returns the items as one text if all are texts, else as a list."""
    return "".join(items) if items and all(isinstance(item, str) for item in items) else items


def collect(result):
    """Returns everything that an iterator yields."""
    items = list(result)
    return join(items) if is_stream(result) else items


class ReplyStream:
    """Sends a stream to its reader. `encode(content, is_last)` returns the bytes of a part on the socket."""

    def __init__(self, connection, encode):
        self.connection = connection
        self.encode = encode
        #: Held while a part is being sent.
        self.sending = OriginalFunctions.allocate_lock()
        self.is_over = False
        #: Called when the reader is gone. From then on a cancel must not interrupt the code while it cleans up.
        self.on_reader_gone = lambda: None

    def send(self, content):
        """Returns when the socket has room. Raises ReaderGone if the reader left or the call was ended meanwhile."""
        with self.sending:
            if self.is_over:
                raise ReaderGone
            try:
                self.connection.sendall(self.encode(content, False))
            except OSError:
                raise ReaderGone from None

    async def send_async(self, content):
        """Sends like `send`, without blocking the event loop."""
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
        """Ends the stream from another thread, which must not block: closes the connection of a reader that does not read."""
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
        except OSError:  # no room, or the reader is gone
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
    """Encodes the chunks of one call."""

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
    """Sends what an iterator yields. Returns the bytes of the last part."""
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
    """Sends what an async iterator yields. One task runs it: timeouts and contexts that span several items rely on that."""
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

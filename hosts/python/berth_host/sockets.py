"""The sockets of a host: the listener, its connections, and a pipe that wakes the polling thread.

Only the thread that holds `polling` reads them: the main thread between calls, otherwise the watcher.
"""

import errno
import socket

from .descriptors import close_all, lift, release_callbacks
from .errors import log
from .frames import Hangup
from .original_functions import OriginalFunctions
from .poller import HANG_UP, make_poller

BACKLOG = 512
ACCEPT_RETRY_SECONDS = 0.05
"""Seconds until the next attempt to accept connections when the process cannot open more files."""


class Sockets:
    def __init__(self, server, connect, listener):
        self.server = server
        self.connect = connect
        self.listener = OriginalFunctions.Socket(fileno=lift(listener.detach()))
        self.listener.setblocking(False)
        self.connections = {}
        self.revisits = []
        #: Connections whose answers are still being sent by separate threads.
        self.sending = set()
        self.polling = OriginalFunctions.allocate_lock()
        self.poller = make_poller()
        self.poller.add(self.listener.fileno())
        self.wake_pipe = [lift(end) for end in OriginalFunctions.pipe()]
        for end in self.wake_pipe:
            OriginalFunctions.set_blocking(end, False)
        self.poller.add(self.wake_pipe[0])
        self.handlers = {self.listener.fileno(): self.accept, self.wake_pipe[0]: self.drain_wake_pipe}
        release_callbacks.append(self.release)

    def release(self):
        """Closes the sockets in a forked child."""
        close_all([self.poller, self.listener, *(connection.socket for connection in list(self.connections.values()))])
        for end in self.wake_pipe:
            OriginalFunctions.close(end)

    def wake(self):
        """Wakes the polling thread."""
        try:
            OriginalFunctions.write(self.wake_pipe[1], b"\0")
        except OSError:  # the pipe is full: a wake-up is pending
            pass

    def drain_wake_pipe(self):
        try:
            self.server.shutdown.note_signals(OriginalFunctions.read(self.wake_pipe[0], 4096))
        except BlockingIOError:
            pass

    def read(self, seconds):
        """Handles what arrives within `seconds`; None waits without limit. The caller must hold `polling`."""
        try:
            events = self.poller.wait(0 if self.revisits else seconds)
        except OSError as error:
            if error.errno not in (errno.EBADF, errno.EINVAL):  # raised by a signal handler
                raise
            log("the solution has closed the host's files: %s" % error)
            OriginalFunctions.exit(1)
        for descriptor, mask in events:
            connection = self.connections.get(descriptor)
            if connection is not None:
                self.handle_event(connection, mask)
            elif descriptor in self.handlers:
                self.handlers[descriptor]()
        while self.revisits:
            connection = self.revisits.pop()
            if connection.work is None:
                self.read_requests(connection)

    def handle_event(self, connection, mask):
        connection.has_unread = True  # before the check of `work`: see Connection.release
        if connection.work is None:
            self.read_requests(connection)
        elif mask & HANG_UP:
            self.server.drop_waiting(connection)

    def read_requests(self, connection):
        """Handles requests until a call must be answered or no more data is there."""
        connection.has_unread = False
        try:
            while connection.work is None:
                request = connection.next()
                if request is None:
                    return
                self.server.handle(connection, request)
        except (Hangup, ConnectionError):
            self.close(connection)
        except Exception as error:
            log("connection lost: %s: %s" % (type(error).__name__, error))
            self.close(connection)

    def accept(self):
        while True:
            try:
                descriptor, _ = self.listener._accept()
            except BlockingIOError:
                return
            except OSError as error:
                if self.listener.fileno() >= 0:
                    log("no connection can be accepted: %s" % error)
                    OriginalFunctions.sleep(ACCEPT_RETRY_SECONDS)
                    self.register_listener_again()
                return
            raw = OriginalFunctions.Socket(fileno=lift(descriptor))
            raw.setblocking(True)
            connection = self.connect(self, raw)
            self.connections[connection.descriptor] = connection
            self.poller.add(connection.descriptor)

    def register_listener_again(self):
        """Makes the poller report the listener again: it reports each arrival once, so waiting connections would be missed."""
        self.poller.remove(self.listener.fileno())
        self.poller.add(self.listener.fileno())

    def revisit(self, connection):
        """Schedules another read after an answer, because more data arrived meanwhile."""
        self.revisits.append(connection)
        main = self.server.main
        if main.is_in_loop or OriginalFunctions.thread_id() != main.thread:  # else the main thread reads next
            self.wake()

    def close(self, connection):
        """Closes a connection. Safe to call twice, on any thread that owns the connection."""
        if self.connections.get(connection.descriptor) is not connection:
            return
        self.poller.remove(connection.descriptor)
        del self.connections[connection.descriptor]
        self.server.drop_turn(connection)
        connection.socket.close()

    def close_listener(self):
        self.handlers.pop(self.listener.fileno(), None)
        self.listener.close()


def bind(family, address):
    """Returns a listening socket of the interpreter's own class, even if the solution replaced that."""
    listener = OriginalFunctions.Socket(family, socket.SOCK_STREAM)
    if family != socket.AF_UNIX:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen(BACKLOG)
    return listener

"""The sockets of a host: the listener, its connections, and a wake_pipe that ends the wait for them.

One thread at a time reads them, whoever holds `polling`: the main thread between calls, else the watcher.
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
"""Seconds until connections are accepted again where the process may open no more files."""


class Sockets:
    def __init__(self, server, connect, listener):
        self.server = server
        self.connect = connect
        self.listener = OriginalFunctions.Socket(fileno=lift(listener.detach()))
        self.listener.setblocking(False)
        self.connections = {}
        self.revisits = []
        #: Connections whose answers are still being sent, on threads of their own.
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
        """In a forked child."""
        close_all([self.poller, self.listener, *(each.socket for each in list(self.connections.values()))])
        for end in self.wake_pipe:
            OriginalFunctions.close(end)

    def wake(self):
        """Ends the wait of whoever is reading."""
        try:
            OriginalFunctions.write(self.wake_pipe[1], b"\0")
        except OSError:  # full: it has been rung
            pass

    def drain_wake_pipe(self):
        try:
            self.server.shutdown.note_signals(OriginalFunctions.read(self.wake_pipe[0], 4096))
        except BlockingIOError:
            pass

    def read(self, seconds):
        """Takes what comes within so many seconds; None waits for something. For whoever holds `polling`."""
        try:
            events = self.poller.wait(0 if self.revisits else seconds)
        except OSError as error:
            if error.errno not in (errno.EBADF, errno.EINVAL):  # a signal's handler has raised it
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
        connection.has_unread = True  # before the look at its work: see Connection.release
        if connection.work is None:
            self.read_requests(connection)
        elif mask & HANG_UP:
            self.server.drop_waiting(connection)

    def read_requests(self, connection):
        """Reads until there is a call to be answered, or nothing more has come."""
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
        """The listener is told of once per arrival: those that wait would not be seen."""
        self.poller.remove(self.listener.fileno())
        self.poller.add(self.listener.fileno())

    def revisit(self, connection):
        """By whoever has answered its request: more has come meanwhile."""
        self.revisits.append(connection)
        main = self.server.main
        if main.is_in_loop or OriginalFunctions.thread_id() != main.thread:  # else it is about to read
            self.wake()

    def close(self, connection):
        """Safe to call twice, and on any thread that the connection belongs to."""
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
    """A listening socket, made of the interpreter's own class whatever the solution has put in its place."""
    listener = OriginalFunctions.Socket(family, socket.SOCK_STREAM)
    if family != socket.AF_UNIX:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen(BACKLOG)
    return listener

"""Waits for readable sockets. Reports each arrival once, as edge-triggered epoll and kqueue do."""

import select

from .descriptors import lift
from .original_functions import OriginalFunctions

MAX_EVENTS = 64
"""Events per wait."""


class EpollPoller:
    def __init__(self):
        original = OriginalFunctions.epoll()
        self.epoll = OriginalFunctions.epoll.fromfd(lift(OriginalFunctions.dup(original.fileno())))
        original.close()
        self.poll = self.epoll.poll

    def fileno(self):
        return self.epoll.fileno()

    def add(self, descriptor):
        self.epoll.register(descriptor, select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET)

    def remove(self, descriptor):
        try:
            self.epoll.unregister(descriptor)
        except (OSError, ValueError):  # closed by the solution
            pass

    def wait(self, seconds):
        """Returns pairs of descriptor and event mask. None waits without limit."""
        return self.poll(-1 if seconds is None else seconds, MAX_EVENTS)

    def close(self):
        self.epoll.close()


class KqueuePoller:
    """The poller of macOS and the BSDs."""

    def __init__(self):
        self.kqueue = OriginalFunctions.kqueue()

    def fileno(self):
        return self.kqueue.fileno()

    def add(self, descriptor):
        self.change(descriptor, select.KQ_EV_ADD | select.KQ_EV_CLEAR)

    def remove(self, descriptor):
        try:
            self.change(descriptor, select.KQ_EV_DELETE)
        except OSError:
            pass

    def change(self, descriptor, flags):
        self.kqueue.control([select.kevent(descriptor, select.KQ_FILTER_READ, flags)], 0)

    def wait(self, seconds):
        events = self.kqueue.control(None, MAX_EVENTS, seconds)
        return [(event.ident, GONE if event.flags & select.KQ_EV_EOF else 0) for event in events]

    def close(self):
        self.kqueue.close()


HANG_UP = getattr(select, "EPOLLHUP", 0x10) | getattr(select, "EPOLLERR", 0x8)
"""Events that mean the connection is closed in both directions."""
GONE = HANG_UP | getattr(select, "EPOLLRDHUP", 0x2000)
"""Events that mean the other end sends no more data. Over TCP it may still read."""


def make_poller():
    return EpollPoller() if OriginalFunctions.epoll is not None else KqueuePoller()

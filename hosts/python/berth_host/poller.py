"""Waits for sockets that have something to read. Each arrival is told once, as edge-triggered epoll and kqueue do."""

import select

from .descriptors import lift
from .original_functions import OriginalFunctions

MAX_EVENTS = 64
"""Events in one look."""


class EpollPoller:
    def __init__(self):
        made = OriginalFunctions.epoll()
        self.epoll = OriginalFunctions.epoll.fromfd(lift(OriginalFunctions.dup(made.fileno())))
        made.close()
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
        """Pairs of descriptor and event mask; None waits until something comes."""
        return self.poll(-1 if seconds is None else seconds, MAX_EVENTS)

    def close(self):
        self.epoll.close()


class KqueuePoller:
    """The same for macOS and the BSDs."""

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
"""Nobody is at the other end any more."""
GONE = HANG_UP | getattr(select, "EPOLLRDHUP", 0x2000)
"""The other end sends nothing more; over TCP it may still read."""


def make_poller():
    return EpollPoller() if OriginalFunctions.epoll is not None else KqueuePoller()

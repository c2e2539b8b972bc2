"""The main thread, on which the solution was imported and set up: it runs the calls and, between them, reads their inputs.

So a call to idle software takes no switch of threads. While the thread runs the solution's code, the watcher reads.
"""

from collections import deque

from .errors import log
from .event_loop import Loops, main_loop
from .original_functions import OriginalFunctions
from .perform_call import explain, perform_call


class MainThread:
    def __init__(self, server):
        self.server = server
        self.thread = OriginalFunctions.thread_id()
        #: Calls whose turn has come.
        self.ready = deque()
        #: The call whose synchronous code it runs.
        self.call = None
        #: Whether coroutines have been seen: then it runs their loop while it waits.
        self.uses_loop = Loops.was_used
        self.is_in_loop = False

    def begin(self, call):
        self.ready.append(call)
        if OriginalFunctions.thread_id() != self.thread:
            if self.call is None:
                self.server.sockets.wake()
        elif self.is_in_loop:
            main_loop().stop()

    def is_free(self):
        """Whether a call that is begun here and now is the next thing that the thread does."""
        return OriginalFunctions.thread_id() == self.thread and not self.is_in_loop

    def use_loop(self):
        """A coroutine is to run: from here on the thread runs their loop while it waits."""
        if not self.uses_loop:
            self.uses_loop = True
            self.server.watcher.wake()
            if OriginalFunctions.thread_id() != self.thread:
                self.server.sockets.wake()

    def serve(self):
        """Returns when the server has been stopped."""
        while not self.server.shutdown.is_over():
            try:
                self.run_once()
            except BaseException as error:
                self.recover(error)

    def run_once(self):
        if self.ready:
            self.call = self.ready.popleft()
            perform_call(self.server, self.call)
            self.call = None
            return
        sockets = self.server.sockets
        if sockets.polling.locked():
            sockets.wake()  # the watcher lets go of it
        if self.uses_loop:
            return self.run_loop()
        with sockets.polling:
            if not self.ready:
                sockets.read(None)

    def run_loop(self):
        """Runs coroutines until there is something else to do; sockets that are read are one more event for the loop."""
        loop = main_loop()
        descriptor = self.server.sockets.poller.fileno()
        loop.add_reader(descriptor, self.read_in_loop)
        self.is_in_loop = True
        try:
            if not self.ready:
                loop.run_forever()
        finally:
            self.is_in_loop = False
            loop.remove_reader(descriptor)

    def read_in_loop(self):
        sockets = self.server.sockets
        with sockets.polling:
            sockets.read(0)
        if self.ready or self.server.shutdown.is_over():
            main_loop().stop()

    def recover(self, error):
        """An exception of a signal's handler, or of a callback on the loop, that came while no call was running."""
        call, self.call = self.call, None
        if call is not None:
            self.server.calls.leave_thread(call)
            self.server.finish(call, explain(error))
        log("the host goes on after %s: %s" % (type(error).__name__, error))

"""The main thread, which imported the solution and set it up. It runs the calls and reads the sockets between them.

So a call to idle software needs no thread switch. While this thread runs the solution's code, the watcher reads the sockets.
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
        #: Calls that can run now.
        self.ready = deque()
        #: The call whose synchronous code is running.
        self.call = None
        #: Whether coroutines have been used. Then this thread runs their loop while it waits.
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
        """Whether this thread runs a call next if it begins now."""
        return OriginalFunctions.thread_id() == self.thread and not self.is_in_loop

    def use_loop(self):
        """Makes the thread run the loop of coroutines while it waits."""
        if not self.uses_loop:
            self.uses_loop = True
            self.server.watcher.wake()
            if OriginalFunctions.thread_id() != self.thread:
                self.server.sockets.wake()

    def serve(self):
        """Runs calls until the server is stopped."""
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
            sockets.wake()  # makes the watcher release it
        if self.uses_loop:
            return self.run_loop()
        with sockets.polling:
            if not self.ready:
                sockets.read(None)

    def run_loop(self):
        """Runs coroutines until there is a call to run. Readable sockets are one more event of the loop."""
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
        """Handles an exception from a signal handler or a loop callback that was raised outside of a call's code."""
        call, self.call = self.call, None
        if call is not None:
            self.server.calls.leave_thread(call)
            self.server.finish(call, explain(error))
        log("the host recovered from %s: %s" % (type(error).__name__, error))

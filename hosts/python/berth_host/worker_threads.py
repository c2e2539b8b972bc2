"""Threads for software that runs several calls concurrently, each in a copy of the context that the setup left."""

import contextvars

from .errors import log
from .original_functions import OriginalFunctions
from .perform_call import explain, perform_call


class WorkerThreads:
    def __init__(self, server):
        self.server = server
        self.context = contextvars.copy_context()
        self.jobs = OriginalFunctions.Queue()
        self.started = 0

    def begin(self, call):
        self.jobs.put(call)
        if self.started < len(self.server.slots.holders):
            self.started += 1
            OriginalFunctions.start_thread(self.work, ())

    def work(self):
        while True:
            try:
                call = self.jobs.get()
                self.context.copy().run(perform_call, self.server, call)
            except BaseException as error:
                self.server.calls.leave_thread(call)
                self.server.finish(call, explain(error))
                log("a worker thread recovered from %s: %s" % (type(error).__name__, error))

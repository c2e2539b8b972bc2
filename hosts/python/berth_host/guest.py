"""A Cog predictor in the process of a framework, whose main thread is its own: one thread imports it, sets it up and runs
its calls, one after the other; with `threads` as many run at once, each in a copy of the context that the setup left."""

import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor

from .event_loop import wait
from .loading import load_cog


class Guest:
    def __init__(self, interface, threads=None):
        """`threads`: what the user says, above what the predictor declares; a number or its text."""
        self.threads = ThreadPoolExecutor(int(threads or 1), initializer=begin_thread)
        self.software, self.context = self.threads.submit(self.load, interface).result()
        declared = self.software.concurrency
        if threads is None and declared is not None and declared > 1:
            self.threads.shutdown(wait=False)
            self.threads = ThreadPoolExecutor(declared, initializer=begin_thread)

    def load(self, interface):
        software = load_cog(interface)
        return software, contextvars.copy_context()

    def submit(self, inputs):
        """A concurrent future of what the predictor returns."""
        return self.threads.submit(self.context.copy().run, self.run, inputs)

    def run(self, inputs):
        return wait(self.software.call(inputs))

    async def call(self, inputs):
        return await asyncio.wrap_future(self.submit(inputs))


def begin_thread():
    """The code finds a current event loop, as on a main thread."""
    asyncio.set_event_loop(asyncio.new_event_loop())

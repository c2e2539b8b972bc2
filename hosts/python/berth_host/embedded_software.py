"""Software in the process of a framework, whose main thread is its own: one thread imports it, sets it up and runs its
calls, one after the other; with `threads` as many run at once, each in a copy of the context that the setup left.

For code that recipes generate around a Cog predictor, and around an entry which no `import` leads to, or which only the
import describes.
"""

import asyncio
import collections.abc
import contextvars
import os
from concurrent.futures import ThreadPoolExecutor

from .event_loop import resolve, submit
from .json_text import is_iterator
from .load_software import load_cog, load_software
from .revision_imports import prepare_imports
from .streams import collect, join


class EmbeddedSoftware:
    def __init__(self, interface, threads=None, file=None):
        """`threads`: what the user says, above what the software declares; a number or its text. `file`: the generated
        code's own, which lies at the top of the repository."""
        self.threads = ThreadPoolExecutor(int(threads or 1), initializer=begin_thread)
        self.software, self.context = self.threads.submit(self.load, interface, file).result()
        declared = self.software.concurrency
        if threads is None and declared is not None and declared > 1:
            self.threads.shutdown(resolve=False)
            self.threads = ThreadPoolExecutor(declared, initializer=begin_thread)

    def load(self, interface, file):
        if file is not None:
            prepare_imports(os.path.realpath(os.path.dirname(os.path.abspath(file))), interface)
        # Code that was generated for Cog before others were loaded so does not say how it is called.
        is_cog = interface.get("call", "cog") == "cog"
        software = load_cog(interface) if is_cog else load_software(interface)
        return software, contextvars.copy_context()

    def submit(self, inputs):
        """A concurrent future of what comes of a call in the end."""
        if self.software.is_async and self.software.concurrency is None:
            return submit(gather(self.software.call(inputs)))
        return self.threads.submit(self.context.copy().run, self.run, inputs)

    def run(self, inputs):
        result = resolve(self.software.call(inputs))
        if isinstance(result, collections.abc.AsyncIterator):
            return resolve(gather(result))
        return collect(result) if is_iterator(result) else result

    async def call(self, inputs):
        return await asyncio.wrap_future(self.submit(inputs))


async def gather(result):
    """Of a coroutine its result, of an async iterator all that it yields."""
    if isinstance(result, collections.abc.AsyncIterator):
        return join([item async for item in result])
    return await result


def begin_thread():
    """The code finds a current event loop, as on a main thread."""
    asyncio.set_event_loop(asyncio.new_event_loop())

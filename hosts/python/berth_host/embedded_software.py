"""Runs software inside the process of a framework, which owns the main thread.

One thread imports the software, sets it up, and runs its calls one after the other. With `threads`, that many calls run
concurrently, each in a copy of the context that the setup left. Recipes generate code that uses this module for Cog
predictors, and for entries that no `import` statement reaches or that only an import describes.
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
        """Loads the software.

        `threads`: the user's concurrency, a number or its text; overrides what the software declares. `file`: the path of
        the generated code, at the top of the repository.
        """
        self.threads = ThreadPoolExecutor(int(threads or 1), initializer=begin_thread)
        self.software, self.context = self.threads.submit(self.load, interface, file).result()
        declared = self.software.concurrency
        if threads is None and declared is not None and declared > 1:
            self.threads.shutdown(resolve=False)
            self.threads = ThreadPoolExecutor(declared, initializer=begin_thread)

    def load(self, interface, file):
        if file is not None:
            prepare_imports(os.path.realpath(os.path.dirname(os.path.abspath(file))), interface)
        # Code that older versions generated, for Cog only, has no `call`.
        is_cog = interface.get("call", "cog") == "cog"
        software = load_cog(interface) if is_cog else load_software(interface)
        return software, contextvars.copy_context()

    def submit(self, inputs):
        """Returns a concurrent future of the final result of a call."""
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
    """Returns the result of a coroutine, or everything that an async iterator yields."""
    if isinstance(result, collections.abc.AsyncIterator):
        return join([item async for item in result])
    return await result


def begin_thread():
    """Sets a current event loop, which the code expects as on a main thread."""
    asyncio.set_event_loop(asyncio.new_event_loop())

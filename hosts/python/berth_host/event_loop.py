"""One event loop in one thread, where all async functions of the solution run: what they share belongs to one loop."""

import asyncio
import inspect
import threading

loop = None
starting = threading.Lock()


def running_loop():
    global loop
    with starting:
        if loop is None:
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="berth-event-loop", daemon=True).start()
    return loop


def submit(awaitable):
    """A concurrent Future of the awaitable's result."""
    return asyncio.run_coroutine_threadsafe(as_coroutine(awaitable), running_loop())


def as_coroutine(awaitable):
    if inspect.isasyncgen(awaitable):
        return collect(awaitable)
    return awaitable if inspect.iscoroutine(awaitable) else wait_for(awaitable)


async def collect(generator):
    return [item async for item in generator]


async def wait_for(awaitable):
    return await awaitable

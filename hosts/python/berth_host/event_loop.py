"""One event loop in one thread, where all async functions of the solution run: what they share belongs to one loop."""

import asyncio
import inspect
import queue
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
    return awaitable if inspect.iscoroutine(awaitable) else wait_for(awaitable)


async def collect(iterator):
    return [item async for item in iterator]


async def wait_for(awaitable):
    return await awaitable


END = object()


def take_each(call, iterator):
    """The items of an async iterator, taken by a thread: it stands still until the next one is asked for.

    It runs in one task from its beginning to its end, which timeouts and contexts that span its items rely on.
    """
    items = queue.SimpleQueue()

    async def hand_over():
        try:
            async for item in iterator:
                taken = loop.create_future()
                items.put((item, taken))
                await taken
        finally:
            if hasattr(iterator, "aclose"):
                await iterator.aclose()

    call.future = submit(hand_over())
    call.future.add_done_callback(lambda future: items.put(END))
    try:
        while True:
            entry = items.get()
            if entry is END:
                return call.future.result()
            item, taken = entry
            yield item
            loop.call_soon_threadsafe(go_on, taken)
    finally:
        call.future.cancel()


def go_on(taken):
    if not taken.done():
        taken.set_result(None)

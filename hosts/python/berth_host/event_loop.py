"""The event loop on which all of the solution's coroutines run, from its setup on: what they share belongs to one loop.

In a host it is the main thread's loop, which `asyncio.get_event_loop()` returns during import and setup. It does not run while
synchronous code runs. In the process of a framework, which owns the main thread, it runs in a background thread.
"""

import asyncio
import contextvars
import inspect
import threading
import warnings

from .original_functions import OriginalFunctions

starting = OriginalFunctions.allocate_lock()


class Loops:
    #: Whether the main thread runs the loop.
    is_main = False
    main = None
    #: Whether coroutines have run on the main loop and may have left tasks there.
    was_used = False
    background = None


def use_main_thread():
    """Sets a current loop on the main thread, because newer Python versions create none."""
    Loops.is_main = True
    asyncio.set_event_loop(asyncio.new_event_loop())


def main_loop():
    """Returns the main thread's loop; a new one if the solution closed it. Only for the main thread."""
    if Loops.main is None or Loops.main.is_closed():
        Loops.main = current_loop()
    return Loops.main


def current_loop():
    """Returns the current loop, which may be of another class that the solution chose (`uvloop.install()`)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            loop = asyncio.get_event_loop()
        except RuntimeError:  # there is no current loop
            loop = None
    if loop is None or loop.is_closed():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
    return loop


def resolve(result):
    """Returns the result of an awaitable, or any other value unchanged."""
    if not inspect.isawaitable(result):
        return result
    if not Loops.is_main:
        return submit(result).result()
    Loops.was_used = True
    result, context = main_loop().run_until_complete(await_with_context(result))
    for variable, value in context.items():  # makes what an async setup set visible to the calls
        if variable.get(context) is not value:
            variable.set(value)
    return result


async def await_with_context(awaitable):
    result = await awaitable
    return result, contextvars.copy_context()


def submit(awaitable):
    """Returns a concurrent Future of an awaitable that runs on the background loop."""
    return asyncio.run_coroutine_threadsafe(as_coroutine(awaitable), background_loop())


def background_loop():
    with starting:
        if Loops.background is None:
            Loops.background = asyncio.new_event_loop()
            threading.Thread(target=Loops.background.run_forever, name="berth-event-loop", daemon=True).start()
    return Loops.background


def as_coroutine(awaitable):
    return awaitable if inspect.iscoroutine(awaitable) else await_result(awaitable)


async def await_result(awaitable):
    return await awaitable

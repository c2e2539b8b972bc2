"""The one event loop on which the solution's coroutines run, from its setup on: what they share belongs to one loop.

In a host it is the loop of the main thread, as `asyncio.get_event_loop()` says it to the code that is imported and set up
there; it stands still while synchronous code runs. In a process of a framework, whose main thread is its background, it has a
thread of its background.
"""

import asyncio
import contextvars
import inspect
import threading
import warnings

from .original_functions import OriginalFunctions

starting = OriginalFunctions.allocate_lock()


class Loops:
    #: Whether the main thread runs it.
    is_main = False
    main = None
    #: Whether coroutines have run on it: they may have left tasks there.
    was_used = False
    background = None


def use_main_thread():
    """The main thread has a current loop from here on, also where Python would make none by itself."""
    Loops.is_main = True
    asyncio.set_event_loop(asyncio.new_event_loop())


def main_loop():
    """For the main thread: its loop, and another one where the solution has closed that."""
    if Loops.main is None or Loops.main.is_closed():
        Loops.main = current_loop()
    return Loops.main


def current_loop():
    """Of another kind than ours where the solution has chosen so, as `uvloop.install()` does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            loop = asyncio.get_event_loop()
        except RuntimeError:  # there is none
            loop = None
    if loop is None or loop.is_closed():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
    return loop


def resolve(result):
    """What comes of an awaitable; anything else as it is."""
    if not inspect.isawaitable(result):
        return result
    if not Loops.is_main:
        return submit(result).result()
    Loops.was_used = True
    result, context = main_loop().run_until_complete(await_with_context(result))
    for variable, value in context.items():  # what an async setup has set is set for the calls
        if variable.get(context) is not value:
            variable.set(value)
    return result


async def await_with_context(awaitable):
    result = await awaitable
    return result, contextvars.copy_context()


def submit(awaitable):
    """A concurrent Future of the awaitable's result, from the loop that has a thread of its background."""
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

"""The time that importing the solution may take: code that serves, waits or loops at module level never comes back.

Only the execution of modules is bound. What builds and sets up the software afterwards loads its weights, and may take long.
"""

import contextlib
import faulthandler
import threading
import time

from . import stack_location

#: Seconds beyond the bound after which C code that lets no other thread run is ended too.
GRACE_SECONDS = 2
#: Seconds that a process has to begin the imports with which it starts.
STARTING = 300
ADVICE = (
    '. What starts a server, waits or loops belongs below `if __name__ == "__main__":`;'
    " an import that only loads something large gets more time with --import-timeout SECONDS"
)


class Bound:
    """None `seconds`: there is no bound."""

    seconds = None
    give_up = None
    tell = None
    started_at = 0.0
    #: Threads that import, the outermost import's first; a module may have others imported by a thread that it waits for.
    importers = []


def start(seconds, give_up, tell=lambda state: None):
    """From here on; `give_up(error)` ends the process, `tell` receives "importing" and "imported"."""
    Bound.seconds, Bound.give_up, Bound.tell, Bound.started_at = seconds, give_up, tell, time.monotonic()


def stop():
    """Where it is known that the start is over: what calls import from here on is their own."""
    Bound.seconds = None


@contextlib.contextmanager
def bounded():
    """Bounds the outermost of the imports with which a process starts. One that code makes later, in a call, is its own."""
    is_outermost = not Bound.importers
    Bound.importers.append(threading.get_ident())
    try:
        if is_outermost and Bound.seconds is not None and time.monotonic() - Bound.started_at <= STARTING:
            with watched():
                yield
        else:
            yield
    finally:
        Bound.importers.pop()


@contextlib.contextmanager
def watched():
    over = threading.Event()
    Bound.tell("importing")
    threading.Thread(target=watch, args=(over,), name="berth-import-bound", daemon=True).start()
    faulthandler.dump_traceback_later(Bound.seconds + GRACE_SECONDS, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        over.set()
        Bound.tell("imported")


def watch(over):
    if not over.wait(Bound.seconds):
        Bound.give_up(describe(stack_location.stack_of(next(reversed(Bound.importers), None))))


def describe(stack):
    """The `error` of an import that is still going on."""
    place = stack_location.describe_place(stack)
    return {
        "code": "IMPORT_FAILED",
        "message": "it took longer than its %g s%s%s" % (Bound.seconds, place, ADVICE),
        "type": "ImportTimeout",
        "traceback": stack_location.as_traceback(stack),
    }

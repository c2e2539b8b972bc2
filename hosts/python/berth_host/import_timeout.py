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
MAX_START_SECONDS = 300
ADVICE = (
    '. What starts a server, waits or loops belongs below `if __name__ == "__main__":`;'
    " an import that only loads something large gets more time with --import-timeout SECONDS"
)


class ImportTimer:
    """None `seconds`: there is no bound."""

    seconds = None
    abort = None
    report = None
    started_at = 0.0
    #: Threads that import, the outermost import's first; a module may have others imported by a thread that it waits for.
    importers = []


def start(seconds, abort, report=lambda state: None):
    """From here on; `abort(error)` ends the process, `report` receives "importing" and "imported"."""
    ImportTimer.seconds, ImportTimer.abort, ImportTimer.report, ImportTimer.started_at = (
        seconds,
        abort,
        report,
        time.monotonic(),
    )


def stop():
    """Where it is known that the start is is_over: what calls import from here on is their own."""
    ImportTimer.seconds = None


@contextlib.contextmanager
def limit_import():
    """Bounds the outermost of the imports with which a process starts. One that code makes later, in a call, is its own."""
    is_outermost = not ImportTimer.importers
    ImportTimer.importers.append(threading.get_ident())
    try:
        if (
            is_outermost
            and ImportTimer.seconds is not None
            and time.monotonic() - ImportTimer.started_at <= MAX_START_SECONDS
        ):
            with watch_import():
                yield
        else:
            yield
    finally:
        ImportTimer.importers.pop()


@contextlib.contextmanager
def watch_import():
    is_over = threading.Event()
    ImportTimer.report("importing")
    threading.Thread(target=watch, args=(is_over,), name="berth-import-bound", daemon=True).start()
    faulthandler.dump_traceback_later(ImportTimer.seconds + GRACE_SECONDS, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        is_over.set()
        ImportTimer.report("imported")


def watch(is_over):
    if not is_over.wait(ImportTimer.seconds):
        ImportTimer.abort(describe(stack_location.read_stack(next(reversed(ImportTimer.importers), None))))


def describe(stack):
    """The `error` of an import that is still going on."""
    place = stack_location.describe_position(stack)
    return {
        "code": "IMPORT_FAILED",
        "message": "it took longer than its %g s%s%s" % (ImportTimer.seconds, place, ADVICE),
        "type": "ImportTimeout",
        "traceback": stack_location.format_stack(stack),
    }

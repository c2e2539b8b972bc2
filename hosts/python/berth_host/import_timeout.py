"""Limits the time of importing the solution: code that serves, waits, or loops at module level never returns.

The limit covers the execution of modules only. The setup afterwards may load weights; see setup_timeout.py.
"""

import contextlib
import faulthandler
import threading
import time

from . import stack_location

#: Seconds after the limit until the process is killed even if C code lets no other thread run.
GRACE_SECONDS = 2
#: Seconds after the start of the process in which an import still belongs to the start.
MAX_START_SECONDS = 300
ADVICE = (
    '. Move code that starts a server, waits or loops below `if __name__ == "__main__":`;'
    " if the import only loads something large, give it more time with --import-timeout SECONDS"
)


class ImportTimer:
    """The state of the limit. If `seconds` is None, there is no limit."""

    seconds = None
    abort = None
    report = None
    started_at = 0.0
    #: Threads with an import in progress, the outermost import first. A module may wait for a thread that imports others.
    importers = []


def start(seconds, abort, report=lambda state: None):
    """Starts the limit. `abort(error)` must end the process; `report` receives "importing" and "imported"."""
    ImportTimer.seconds, ImportTimer.abort, ImportTimer.report, ImportTimer.started_at = (
        seconds,
        abort,
        report,
        time.monotonic(),
    )


def stop():
    """Ends the limit when the start is complete: later imports belong to calls."""
    ImportTimer.seconds = None


@contextlib.contextmanager
def limit_import():
    """Limits the outermost import during the start of the process. An import inside a later call is not limited."""
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
    finished = threading.Event()
    ImportTimer.report("importing")
    threading.Thread(target=watch, args=(finished,), name="berth-import-timeout", daemon=True).start()
    faulthandler.dump_traceback_later(ImportTimer.seconds + GRACE_SECONDS, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        finished.set()
        ImportTimer.report("imported")


def watch(finished):
    if not finished.wait(ImportTimer.seconds):
        ImportTimer.abort(describe(stack_location.read_stack(next(reversed(ImportTimer.importers), None))))


def describe(stack):
    """Returns the `error` of an import that has not finished."""
    position = stack_location.describe_position(stack)
    return {
        "code": "IMPORT_FAILED",
        "message": "it took longer than its %g s%s%s" % (ImportTimer.seconds, position, ADVICE),
        "type": "ImportTimeout",
        "traceback": stack_location.format_stack(stack),
    }

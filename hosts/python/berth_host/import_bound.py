"""The time that importing the solution may take: code that serves, waits or loops at module level never comes back.

Only the execution of modules is bound. What builds and sets up the software afterwards loads its weights, and may take long.
"""

import contextlib
import faulthandler
import sys
import threading
import traceback

from . import errors

#: Seconds beyond the bound after which C code that lets no other thread run is ended too.
LENIENCE = 5

#: Set by whoever starts the process: None is no bound.
seconds = None
give_up = None


@contextlib.contextmanager
def bounded(name):
    """Calls `give_up` with the error when the block takes too long; it ends the process."""
    if seconds is None:
        yield
        return
    importer = threading.get_ident()
    over = threading.Event()

    def watch():
        if not over.wait(seconds):
            give_up(describe(name, sys._current_frames().get(importer)))

    threading.Thread(target=watch, name="berth-import-bound", daemon=True).start()
    faulthandler.dump_traceback_later(seconds + LENIENCE, exit=True)
    try:
        yield
    finally:
        over.set()
        faulthandler.cancel_dump_traceback_later()


def describe(name, frame):
    """The `error` of an import that is still going on at the frame."""
    stack = traceback.extract_stack(frame) if frame is not None else []
    first = next((index for index, entry in enumerate(stack) if is_own(entry)), len(stack))
    own = [entry for entry in stack if is_own(entry)]
    text = "".join(traceback.format_list(stack[first:]))
    return {
        "code": "IMPORT_FAILED",
        "message": "it took longer than its %g s%s" % (seconds, at(own[-1]) if own else "") + ADVICE,
        "type": "ImportTimeout",
        "traceback": errors.shorten(errors.without_directory(text), errors.LONGEST_TRACEBACK),
    }


ADVICE = (
    '. What starts a server, waits or loops belongs below `if __name__ == "__main__":`;'
    " an import that only loads something large gets more time with --import-timeout SECONDS"
)


def is_own(entry):
    return entry.filename.startswith(errors.code_directory)


def at(entry):
    place = "%s:%d" % (errors.relative(entry.filename), entry.lineno)
    return " and is at %s%s" % (place, ": %s" % entry.line if entry.line else "")

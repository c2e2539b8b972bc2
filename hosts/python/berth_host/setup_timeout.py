"""The time that building and setting up the software may take. It loads weights, or fetches them, so it has long; where it
is then is told from time to time, and what never comes back ends with its line.

The solution is imported already, so nothing that it may have replaced is used here: see native.py.
"""

import contextlib
import faulthandler

from . import stack_location
from .errors import log
from .original_functions import OriginalFunctions

#: Seconds beyond the bound after which C code that lets no other thread run is ended too.
GRACE_SECONDS = 2
#: How often its place is reported before the bound.
NOTICES = 30
ADVICE = ". No call is taken before it has returned"


class Bound:
    """None `seconds`: there is no bound."""

    seconds = None
    what = ""
    give_up = None
    tell = None
    #: Since when it has been building; a predictor is built, and then set up.
    begun = None


def start(seconds, interface, give_up, tell):
    """From here on; `give_up(error)` ends the process, `tell(record)` receives "building", and its place while that lasts."""
    Bound.seconds, Bound.give_up, Bound.tell, Bound.begun = seconds, give_up, tell, None
    Bound.what = "%s:%s" % (interface["module"], interface["callable"])


@contextlib.contextmanager
def bounded():
    if Bound.seconds is None:
        yield
        return
    if Bound.begun is None:
        Bound.begun = OriginalFunctions.monotonic()
    left = max(Bound.seconds - seconds_taken(), 0.1)
    over = OriginalFunctions.allocate_lock()
    over.acquire()
    Bound.tell({"state": "building"})
    OriginalFunctions.start_thread(watch, (over, OriginalFunctions.thread_id()))
    faulthandler.dump_traceback_later(left + GRACE_SECONDS, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        over.release()


def seconds_taken():
    return OriginalFunctions.monotonic() - Bound.begun


def watch(over, thread):
    while not over.acquire(True, next_look()):
        stack = stack_location.stack_of(thread)
        if seconds_taken() >= Bound.seconds:
            Bound.give_up(describe(stack))
        text = describe_progress(stack)
        log(text)
        Bound.tell({"state": "progress", "text": text})


def next_look():
    """Seconds until the next notice, or until the bound."""
    notice = Bound.seconds / NOTICES
    return max(min(notice - seconds_taken() % notice, Bound.seconds - seconds_taken()), 0.001)


def describe(stack):
    """The `error` of a setup that is still going on."""
    place = stack_location.describe_place(stack)
    return {
        "code": "START_FAILED",
        "message": "setup of %s took longer than %s%s%s" % (Bound.what, describe_time(Bound.seconds), place, ADVICE),
        "type": "SetupTimeout",
        "traceback": stack_location.as_traceback(stack),
    }


def describe_progress(stack):
    own = stack_location.find_own(stack)
    place = ", at %s in %s" % (stack_location.name_place(own), own.name) if own is not None else ""
    return "setup of %s has taken %s%s" % (Bound.what, describe_time(seconds_taken()), place)


def describe_time(seconds):
    return "%d min" % (seconds // 60) if seconds >= 60 else "%.1f s" % seconds

"""The time that building and setting up the software may take. It loads weights, or fetches them, so it has long; where it
is then is told from time to time, and name never comes back ends with its line.

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


class SetupTimer:
    """None `seconds`: there is no bound."""

    seconds = None
    name = ""
    abort = None
    report = None
    #: Since when it has been building; a predictor is built, and then set up.
    started_at = None


def start(seconds, interface, abort, report):
    """From here on; `abort(error)` ends the process, `report(record)` receives "building", and its place while that lasts."""
    SetupTimer.seconds, SetupTimer.abort, SetupTimer.report, SetupTimer.started_at = seconds, abort, report, None
    SetupTimer.name = "%s:%s" % (interface["module"], interface["callable"])


@contextlib.contextmanager
def limit_setup():
    if SetupTimer.seconds is None:
        yield
        return
    if SetupTimer.started_at is None:
        SetupTimer.started_at = OriginalFunctions.monotonic()
    left = max(SetupTimer.seconds - elapsed(), 0.1)
    finished = OriginalFunctions.allocate_lock()
    finished.acquire()
    SetupTimer.report({"state": "building"})
    OriginalFunctions.start_thread(watch, (finished, OriginalFunctions.thread_id()))
    faulthandler.dump_traceback_later(left + GRACE_SECONDS, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        finished.release()


def elapsed():
    return OriginalFunctions.monotonic() - SetupTimer.started_at


def watch(finished, thread):
    while not finished.acquire(True, seconds_until_check()):
        stack = stack_location.read_stack(thread)
        if elapsed() >= SetupTimer.seconds:
            SetupTimer.abort(describe(stack))
        text = describe_progress(stack)
        log(text)
        SetupTimer.report({"state": "progress", "text": text})


def seconds_until_check():
    """Seconds until the next notice, or until the bound."""
    notice = SetupTimer.seconds / NOTICES
    return max(min(notice - elapsed() % notice, SetupTimer.seconds - elapsed()), 0.001)


def describe(stack):
    """The `error` of a setup that is still going on."""
    place = stack_location.describe_position(stack)
    return {
        "code": "START_FAILED",
        "message": "setup of %s took longer than %s%s%s"
        % (SetupTimer.name, describe_time(SetupTimer.seconds), place, ADVICE),
        "type": "SetupTimeout",
        "traceback": stack_location.format_stack(stack),
    }


def describe_progress(stack):
    own = stack_location.find_own_entry(stack)
    place = ", at %s in %s" % (stack_location.describe_line(own), own.name) if own is not None else ""
    return "setup of %s has taken %s%s" % (SetupTimer.name, describe_time(elapsed()), place)


def describe_time(seconds):
    return "%d min" % (seconds // 60) if seconds >= 60 else "%.1f s" % seconds

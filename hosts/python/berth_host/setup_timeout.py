"""Limits the time of building and setting up the software.

The limit is generous, because a setup may load or download weights. Meanwhile the current line is reported at intervals, and
a setup that never returns fails with its line. The solution is already imported and may have replaced functions, so this
module uses OriginalFunctions.
"""

import contextlib
import faulthandler

from . import stack_location
from .errors import log
from .original_functions import OriginalFunctions

#: Seconds after the limit until the process is killed even if C code lets no other thread run.
GRACE_SECONDS = 2
#: Number of progress reports before the limit.
NOTICES = 30
ADVICE = ". Calls start only after it has returned"


class SetupTimer:
    """The state of the limit. If `seconds` is None, there is no limit."""

    seconds = None
    name = ""
    abort = None
    report = None
    #: When the build began. A predictor is built first and then set up, within the same limit.
    started_at = None


def start(seconds, interface, abort, report):
    """Starts the limit. `abort(error)` must end the process; `report` receives the state "building" and progress records."""
    SetupTimer.seconds, SetupTimer.abort, SetupTimer.report, SetupTimer.started_at = seconds, abort, report, None
    SetupTimer.name = "%s:%s" % (interface["module"], interface["callable"])


@contextlib.contextmanager
def limit_setup():
    if SetupTimer.seconds is None:
        yield
        return
    if SetupTimer.started_at is None:
        SetupTimer.started_at = OriginalFunctions.monotonic()
    remaining = max(SetupTimer.seconds - elapsed(), 0.1)
    finished = OriginalFunctions.allocate_lock()
    finished.acquire()
    SetupTimer.report({"state": "building"})
    OriginalFunctions.start_thread(watch, (finished, OriginalFunctions.thread_id()))
    faulthandler.dump_traceback_later(remaining + GRACE_SECONDS, exit=True)
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
    """Returns the seconds until the next progress report, or until the limit if that is earlier."""
    interval = SetupTimer.seconds / NOTICES
    return max(min(interval - elapsed() % interval, SetupTimer.seconds - elapsed()), 0.001)


def describe(stack):
    """Returns the `error` of a setup that has not finished."""
    position = stack_location.describe_position(stack)
    return {
        "code": "START_FAILED",
        "message": "setup of %s took longer than %s%s%s"
        % (SetupTimer.name, describe_time(SetupTimer.seconds), position, ADVICE),
        "type": "SetupTimeout",
        "traceback": stack_location.format_stack(stack),
    }


def describe_progress(stack):
    own = stack_location.find_own_entry(stack)
    position = ", at %s in %s" % (stack_location.describe_line(own), own.name) if own is not None else ""
    return "setup of %s has taken %s%s" % (SetupTimer.name, describe_time(elapsed()), position)


def describe_time(seconds):
    return "%d min" % (seconds // 60) if seconds >= 60 else "%.1f s" % seconds

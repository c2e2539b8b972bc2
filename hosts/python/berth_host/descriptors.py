"""The host's file descriptors, kept apart from the solution's.

They lie above those that code opens or closes by number: a closed standard output never becomes a connection that
prints are written to, and `os.closerange(3, 256)` closes nothing of ours. A forked child closes them, so that a caller
whose host has ended is not kept waiting by a child that still holds the connection.
"""

import fcntl
import os
import resource

from .original_functions import OriginalFunctions

MIN_DESCRIPTOR = 256

release_callbacks = []
"""Functions that let go of something of the host's in a forked child."""


class ThisProcess:
    is_forked = False


def lift(descriptor):
    """Moves a descriptor out of the solution's way, where there is room; returns its new number."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    lowest = MIN_DESCRIPTOR if limit < 0 or limit >= 2 * MIN_DESCRIPTOR else limit // 2
    if descriptor >= lowest:
        return descriptor
    try:
        lifted = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, lowest)
    except OSError:
        return descriptor
    if descriptor <= 2:
        refill(descriptor)
    else:
        OriginalFunctions.close(descriptor)
    return lifted


def refill(descriptor):
    """Gives a standard descriptor that the solution had closed a harmless meaning again: the log, or nothing to read."""
    if descriptor == 0 or log_descriptor is None:
        nothing = OriginalFunctions.open(os.devnull, os.O_RDWR)
        OriginalFunctions.dup2(nothing, descriptor)
        if nothing != descriptor:
            OriginalFunctions.close(nothing)
    else:
        OriginalFunctions.dup2(log_descriptor, descriptor)


log_descriptor = None


def keep_log():
    """Keeps a way to the log that survives whatever becomes of standard error."""
    global log_descriptor
    if log_descriptor is None:
        log_descriptor = fcntl.fcntl(2, fcntl.F_DUPFD_CLOEXEC, 3)
        log_descriptor = lift(log_descriptor)


def write_log(text):
    """Writes to the log; a log that cannot be written is no reason to fail."""
    try:
        OriginalFunctions.write(
            2 if log_descriptor is None else log_descriptor, text.encode("utf-8", "backslashreplace")
        )
    except OSError:
        pass


def release_in_child():
    ThisProcess.is_forked = True
    for release in release_callbacks:
        release()


def close_all(owners):
    for owner in owners:
        try:
            owner.close()
        except (OSError, ValueError):
            pass


os.register_at_fork(after_in_child=release_in_child)

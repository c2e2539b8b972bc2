"""Keeps the host's file descriptors apart from the solution's.

They are above the numbers that code opens or closes directly: a closed standard output never becomes a connection that
receives prints, and `os.closerange(3, 256)` closes none of the host's. A forked child closes them, so that it does not hold
the connection of a caller whose host has ended.
"""

import fcntl
import os
import resource

from .original_functions import OriginalFunctions

MIN_DESCRIPTOR = 256

release_callbacks = []
"""Functions that release the host's resources in a forked child."""


class ThisProcess:
    is_forked = False


def lift(descriptor):
    """Moves a descriptor out of the solution's range if there is room. Returns its new number."""
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
    """Opens a standard descriptor again that the solution closed: as the log, or as an empty input."""
    if descriptor == 0 or log_descriptor is None:
        empty = OriginalFunctions.open(os.devnull, os.O_RDWR)
        OriginalFunctions.dup2(empty, descriptor)
        if empty != descriptor:
            OriginalFunctions.close(empty)
    else:
        OriginalFunctions.dup2(log_descriptor, descriptor)


log_descriptor = None


def keep_log():
    """Keeps a descriptor of the log that stays open even if the solution closes standard error."""
    global log_descriptor
    if log_descriptor is None:
        log_descriptor = fcntl.fcntl(2, fcntl.F_DUPFD_CLOEXEC, 3)
        log_descriptor = lift(log_descriptor)


def write_log(text):
    """Writes to the log. Ignores errors, because a broken log must not fail a call."""
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

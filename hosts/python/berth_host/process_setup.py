"""Sets up the process for the revision before its code is imported: temporary directory, environment, memory limit."""

import fcntl
import os
import shutil
import time


def make_temporary_directory(state_directory, path):
    """Creates an empty TMPDIR for this revision, so that files left there are removed with the revision."""
    directory = os.path.join(state_directory, "tmp")
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory, mode=0o700, exist_ok=True)
    if path != directory:  # a short link, because libraries put sockets there
        if os.path.lexists(path):
            os.unlink(path)
        os.symlink(directory, path)
        # Held until exit: systemd-tmpfiles skips a locked directory, regardless of the age of its links.
        fcntl.flock(os.open(os.path.dirname(path), os.O_RDONLY), fcntl.LOCK_SH)
    os.environ["TMPDIR"] = path


def set_environment(defaults, variables):
    """Sets the variables that the code declares (`NAME=VALUE`), then those that the user gave, which take precedence."""
    os.environ.update(line.split("=", 1) for line in defaults)
    os.environ.update(variables)
    time.tzset()


def limit_memory(limit):
    """Limits the writable memory, in bytes, of this process and of each child. Beyond it, Python raises MemoryError.

    Only Linux enforces the limit.
    """
    if limit is not None:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (limit if hard < 0 else min(limit, hard), hard))

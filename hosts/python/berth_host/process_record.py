"""The lock and the record of the process that serves a revision. The kernel releases the lock when the host ends."""

import fcntl
import json
import os
import subprocess
import sys


def take_lock(state_directory):
    """Returns True for the only host of this revision. Holds the lock until exit; forked children do not inherit it (flock)."""
    lock = os.open(os.path.join(state_directory, "host.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return False
    return True


def write_record(state_directory, record):
    """Writes `host.json` atomically and forces it to the disk."""
    partial = os.path.join(state_directory, "host.json.%d.partial" % os.getpid())
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(record, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, os.path.join(state_directory, "host.json"))


def read_start_time():
    """Returns when this process started, in the form of src/processes/process-identity.ts."""
    if sys.platform == "linux":
        with open("/proc/self/stat") as stat, open("/proc/sys/kernel/random/boot_id") as boot:
            return "%s:%s" % (boot.read().strip(), stat.read().rpartition(")")[2].split()[19])
    command = ["ps", "-o", "lstart=", "-p", str(os.getpid())]
    text = subprocess.run(command, stdout=subprocess.PIPE, env=dict(os.environ, LC_ALL="C"), check=True).stdout
    return " ".join(text.decode().split())

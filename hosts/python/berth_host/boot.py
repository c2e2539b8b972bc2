"""From an empty process to a served callable.

The boot document is one frame on standard input, because what it holds (the software's variables in clear) may stand in
no argument, no initial environment and no file; of the variables only those that Python reads at its start are in both.
Where the start is, and how it ended, are lines of JSON on descriptor 3. The caller may die at any moment: an incomplete
document ends this process, a complete one does not need the caller any more.
"""

import atexit
import faulthandler
import fcntl
import os
import shutil
import socket
import sys
import time

from . import import_timeout, json_text, setup_timeout
from .command_line_usage import mark_log
from .connection import FrameConnection
from .descriptors import keep_log, lift
from .entry_callable import EntryNotFound
from .entry_module import ImportFailed
from .errors import StartError, describe_exception, log
from .event_loop import use_main_thread
from .frames import read_frame
from .import_failure import describe_import_failure
from .load_software import load_software
from .original_functions import OriginalFunctions
from .original_json import dumps, loads
from .process_record import read_start_time, take_lock, write_record
from .revision_imports import prepare_imports
from .server import Server
from .sockets import bind

REPORT = 3


class Report:
    descriptor = REPORT
    #: Of this start, by which the starter knows that a line is the host's.
    token = None


def main(state_directory):
    document = read_document()
    Report.descriptor, Report.token = lift(REPORT), document["token"]
    if not take_lock(state_directory):
        finish_report({"state": "busy"})
        return
    identity = {key: document[key] for key in ("deployment", "revision", "token")}
    identity.update(pid=os.getpid(), startedAt=read_start_time(), socket=document["socket"])
    write_record(state_directory, identity)
    faulthandler.enable()
    make_temporary_directory(state_directory, document["temporary"])
    set_environment(document["interface"].get("environment") or [], document["env"])
    limit_memory(document["memory"])
    import_timeout.start(document.get("importTimeout"), abort_start, lambda state: write_report({"state": state}))
    setup_timeout.start(document.get("setupTimeout"), document["interface"], abort_start, write_report)
    try:
        software = load(document, os.path.join(state_directory, "pycache"))
    except StartError as failure:
        fail(failure.error)
    import_timeout.stop()
    server = Server(software, identity, document, os.path.join(state_directory, "waiting"))
    server.open(listen(document["socket"]), FrameConnection)
    finish_report({"state": "ready", "identity": identity})
    log("%s %s serves %s" % (identity["deployment"], identity["revision"], document["interface"]["callable"]))
    left = server.serve()
    if os.path.exists(document["socket"]):
        os.unlink(document["socket"])
    log_end(left)
    exit_process(0)


def read_document():
    frame = read_frame(sys.stdin.buffer)
    if frame is None:
        os._exit(1)  # the starter died before it had said what to serve
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return loads(frame.decode("utf-8"))


def make_temporary_directory(state_directory, path):
    """An empty TMPDIR of this revision's own: what the code leaves there goes with the revision, not with the machine."""
    directory = os.path.join(state_directory, "tmp")
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory, mode=0o700, exist_ok=True)
    if path != directory:  # a short link, because libraries put sockets there
        if os.path.lexists(path):
            os.unlink(path)
        os.symlink(directory, path)
        # For life: systemd-tmpfiles leaves a directory alone that someone has locked, however old its links are.
        fcntl.flock(os.open(os.path.dirname(path), os.O_RDONLY), fcntl.LOCK_SH)
    os.environ["TMPDIR"] = path


def set_environment(asked, env):
    """What the code itself asks for, below what the user says."""
    os.environ.update(line.split("=", 1) for line in asked)
    os.environ.update(env)
    time.tzset()


def limit_memory(limit):
    """Bytes of writable memory of this process and each child; more is a MemoryError. Linux counts it, others do not."""
    if limit is not None:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (limit if hard < 0 else min(limit, hard), hard))


def load(document, cache):
    """The software, ready to be called. StartError with what the user's code did."""
    code_directory = os.path.realpath(document["directory"])
    os.chdir(code_directory)
    interface = document["interface"]
    prepare_imports(code_directory, interface, document["packageDirectory"], cache)
    json_text.use_orjson()
    keep_log()
    mark_log()
    use_main_thread()
    try:
        return load_software(interface)
    except ImportFailed as failure:
        raise StartError(describe_import_failure(failure.error)) from failure.error
    except EntryNotFound as error:
        place = interface.get("file") or interface["module"]
        candidates = ["%s:%s" % (place, name) for name in error.candidates]
        raise StartError({"code": error.code, "message": error.message, "candidates": candidates}) from error
    except BaseException as error:
        raise StartError(describe_exception(error, "START_FAILED")) from error


def fail(error):
    log_failure(error)
    finish_report({"state": "failed", "error": error})
    exit_process(1)


def abort_start(error):
    """As `fail`, while the main thread is still at it: nothing that it registered with `atexit` is run."""
    log_failure(error)
    finish_report({"state": "failed", "error": error})
    os._exit(1)


def log_failure(error):
    """The traceback, and the message as the last line: strategies/docker/container/explain-exit.ts reads it there."""
    message = " ".join(error["message"].split())
    lines = error.get("traceback", "").rstrip().splitlines()
    if lines[-1:] != [message]:
        lines.append(message)
    log("start failed: " + "\n".join(lines))


def write_report(record):
    """To the starter, which may have died. On a line of its own, whatever the solution has written there."""
    try:
        line = dumps(dict(record, token=Report.token)).encode("ascii")
        OriginalFunctions.write(Report.descriptor, b"\n" + line + b"\n")
    except OSError:
        pass


def finish_report(record):
    """The last word."""
    write_report(record)
    descriptor, Report.descriptor = Report.descriptor, -1
    try:
        OriginalFunctions.close(descriptor)
    except OSError:
        pass


def listen(path):
    """A listening socket that only this user may connect to; in place of what a dead host left there."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    mask = os.umask(0o177)
    try:
        return bind(socket.AF_UNIX, path)
    finally:
        os.umask(mask)


def log_end(left):
    log("stopped" if left == 0 else "stopped with %d calls unfinished" % left)


def exit_process(code):
    """Runs what the solution registered with `atexit`, but waits for no thread of its own, which may never end."""
    try:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        OriginalFunctions.exit(code)

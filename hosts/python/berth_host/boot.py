"""Starts a process that serves a callable on a unix socket.

The boot document is one frame on standard input, because it contains the software's variables in plain text. These must not
appear in an argument, in the initial environment, or in a file. The initial environment has only the variables that Python
reads at its start. Progress and the outcome are lines of JSON on descriptor 3 (start_report.py). The starter may end at any
time: an incomplete document ends this process, and a complete one no longer needs the starter.
"""

import atexit
import faulthandler
import os
import socket
import sys

from . import import_timeout, json_text, setup_timeout
from .command_line_usage import mark_log
from .connection import FrameConnection
from .descriptors import keep_log
from .entry_callable import EntryNotFound
from .entry_module import ImportFailed
from .errors import StartError, describe_exception, log
from .event_loop import use_main_thread
from .frames import read_frame
from .import_failure import describe_import_failure
from .load_software import load_software
from .original_functions import OriginalFunctions
from .original_json import loads
from .process_record import read_start_time, take_lock, write_record
from .process_setup import limit_memory, make_temporary_directory, set_environment
from .revision_imports import prepare_imports
from .server import Server
from .sockets import bind
from .start_report import finish_report, open_report, write_report


def main(state_directory):
    document = read_document()
    open_report(document["token"])
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
        fail_start(failure.error)
    import_timeout.stop()
    server = Server(software, identity, document, os.path.join(state_directory, "waiting"))
    server.open(listen(document["socket"]), FrameConnection)
    finish_report({"state": "ready", "identity": identity})
    log("%s %s serves %s" % (identity["deployment"], identity["revision"], document["interface"]["callable"]))
    unfinished = server.serve()
    if os.path.exists(document["socket"]):
        os.unlink(document["socket"])
    log_stop(unfinished)
    exit_process(0)


def read_document():
    """Reads the boot document, then closes standard input to the solution. Exits if the starter ended before it wrote all."""
    frame = read_frame(sys.stdin.buffer)
    if frame is None:
        os._exit(1)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    return loads(frame.decode("utf-8"))


def load(document, cache):
    """Returns the software, ready to be called. Raises StartError with the failure of the user's code."""
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
        source = interface.get("file") or interface["module"]
        candidates = ["%s:%s" % (source, name) for name in error.candidates]
        raise StartError({"code": error.code, "message": error.message, "candidates": candidates}) from error
    except BaseException as error:
        raise StartError(describe_exception(error, "START_FAILED")) from error


def fail_start(error):
    log_failure(error)
    finish_report({"state": "failed", "error": error})
    exit_process(1)


def abort_start(error):
    """Fails the start while the main thread is still busy with it, so no `atexit` function runs."""
    log_failure(error)
    finish_report({"state": "failed", "error": error})
    os._exit(1)


def log_failure(error):
    """Logs the traceback and, as the last line, the message. strategies/docker/container/explain-exit.ts reads that line."""
    message = " ".join(error["message"].split())
    lines = error.get("traceback", "").rstrip().splitlines()
    if lines[-1:] != [message]:
        lines.append(message)
    log("start failed: " + "\n".join(lines))


def listen(path):
    """Returns a listening socket that only this user may connect to. Replaces the socket of an ended host."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    mask = os.umask(0o177)
    try:
        return bind(socket.AF_UNIX, path)
    finally:
        os.umask(mask)


def log_stop(unfinished):
    log("stopped" if unfinished == 0 else "stopped with %d calls unfinished" % unfinished)


def exit_process(code):
    """Exits after the solution's `atexit` functions, but waits for none of its threads, which may never end."""
    try:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        OriginalFunctions.exit(code)

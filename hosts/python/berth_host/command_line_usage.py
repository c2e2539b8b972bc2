"""Finds the usage message of a program that exited because of its command line."""

import os
import stat
import sys

MAX_LENGTH = 600


def find_usage(error):
    """Returns the message of the parser that ended the process, in one line; else the last output, if it can be read.

    argparse, optparse, and click keep the message in their frames and exceptions.
    """
    usage = None
    for values in [{"": error.__context__}, *frames_of(error.__traceback__)]:
        usage = read_parser_usage(values) or read_click_usage(values) or usage
    if usage is None and isinstance(error.code, int):
        usage = read_log_tail()
    return usage


def frames_of(traceback):
    while traceback is not None:
        yield traceback.tb_frame.f_locals
        traceback = traceback.tb_next


def read_parser_usage(values):
    parser, message = values.get("self"), values.get("message", values.get("msg"))
    usage = getattr(parser, "format_usage", getattr(parser, "get_usage", None))
    return join_usage(usage, lambda: message) if isinstance(message, str) and callable(usage) else None


def read_click_usage(values):
    """Reads the message of a `ClickException` in a frame's variables, directly or as the owner of a method."""
    for value in values.values():
        problem = getattr(value, "__self__", value)
        if isinstance(problem, Exception) and hasattr(problem, "format_message"):
            return join_usage(getattr(getattr(problem, "ctx", None), "get_usage", str), problem.format_message)
    return None


def join_usage(usage, message):
    try:
        return " ".join((usage() + " " + message()).split())
    except Exception:  # raised by a parser of the user's own
        return None


class Log:
    """The position in the log at which the software's output begins, if the log is a file."""

    start = None


def mark_log():
    Log.start = log_size()


def log_size():
    try:
        status = os.fstat(2)
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def read_log_tail():
    size = log_size()
    if Log.start is None or size is None or size <= Log.start:
        return None
    try:
        sys.stdout.flush()
        with open("/proc/self/fd/2", "rb") as log:
            log.seek(max(Log.start, size - MAX_LENGTH))
            text = log.read().decode("utf-8", "replace")
    except (OSError, ValueError):
        return None
    begin = max(text.lower().rfind("usage:"), 0)
    return "it wrote: " + " ".join(text[begin:].split()) if text.strip() else None

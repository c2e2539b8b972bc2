"""What a program says of its command line before it exits because of it."""

import os
import stat
import sys

LONGEST = 600


def find_usage(error):
    """What the parser that ended the process said, in one line; else the last that the process wrote, where that can be read.

    argparse, optparse and click keep it in their frames and exceptions.
    """
    said = None
    for values in [{"": error.__context__}, *frames_of(error.__traceback__)]:
        said = of_parser(values) or of_click(values) or said
    if said is None and isinstance(error.code, int):
        said = read_last_words()
    return said


def frames_of(traceback):
    while traceback is not None:
        yield traceback.tb_frame.f_locals
        traceback = traceback.tb_next


def of_parser(values):
    parser, message = values.get("self"), values.get("message", values.get("msg"))
    usage = getattr(parser, "format_usage", getattr(parser, "get_usage", None))
    return put_together(usage, lambda: message) if isinstance(message, str) and callable(usage) else None


def of_click(values):
    """Of a `ClickException`, or a method of one that a frame holds."""
    for value in values.values():
        problem = getattr(value, "__self__", value)
        if isinstance(problem, Exception) and hasattr(problem, "format_message"):
            return put_together(getattr(getattr(problem, "ctx", None), "get_usage", str), problem.format_message)
    return None


def put_together(usage, message):
    try:
        return " ".join((usage() + " " + message()).split())
    except Exception:  # a parser of the user's own
        return None


class Log:
    """Where the software's own lines begin, in a log that is a file."""

    start = None


def mark_log():
    Log.start = log_size()


def log_size():
    try:
        status = os.fstat(2)
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def read_last_words():
    size = log_size()
    if Log.start is None or size is None or size <= Log.start:
        return None
    try:
        sys.stdout.flush()
        with open("/proc/self/fd/2", "rb") as log:
            log.seek(max(Log.start, size - LONGEST))
            text = log.read().decode("utf-8", "replace")
    except (OSError, ValueError):
        return None
    begin = max(text.lower().rfind("usage:"), 0)
    return "it wrote: " + " ".join(text[begin:].split()) if text.strip() else None

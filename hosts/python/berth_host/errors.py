"""Errors with the codes of Berth's table, and tracebacks reduced to the user's code."""

import os
import re
import traceback

from .descriptors import write_log

HERE = os.path.dirname(os.path.abspath(__file__))
MACHINERY = (
    HERE + os.sep,
    "<frozen importlib",
    os.path.join(os.path.dirname(os.__file__), "importlib") + os.sep,
    os.path.join(os.path.dirname(os.__file__), "asyncio") + os.sep,
    os.path.join(os.path.dirname(os.__file__), "concurrent") + os.sep,
)
MAX_MESSAGE = 4_000
MAX_TRACEBACK = 20_000


class HostError(Exception):
    """An error that the caller or the author of the solution can fix; `code` is one of Berth's codes."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
        self.message = message


class CallInputError(HostError):
    """The inputs do not fit the callable."""

    def __init__(self, message):
        super().__init__("CALL_INPUT", message)


class CallOutputError(HostError):
    """The output cannot be returned to the caller."""

    def __init__(self, message):
        super().__init__("CALL_OUTPUT", message)


class StartError(Exception):
    """The solution cannot be served; `error` is the `error` of an answer."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.error = error


class CallInterrupted(BaseException):
    """Raised inside a call that timed out or was canceled. Not an Exception, so that user code does not catch it."""


def describe_exception(error, code):
    """Returns the `error` of an answer for an exception from the user's code."""
    if isinstance(error, HostError):
        return {"code": error.code, "message": error.message}
    name = type(error).__name__
    text = "the code asked to exit (%s)" % error if isinstance(error, SystemExit) else safe_text(error)
    if isinstance(error, (ImportError, AttributeError)):
        text += describe_name_collision(text)
    return {
        "code": code,
        "message": shorten(name + ": " + text if text else name, MAX_MESSAGE),
        "type": name,
        "traceback": user_traceback(error),
    }


def describe_name_collision(text):
    """Returns advice if a module of the revision may have been confused with one of Python's own, else an empty text."""
    for name, file in standard_names.items():
        if re.search(r"\b(from|module|named) '(berth_revision\.)?%s[.']" % re.escape(name), text):
            return "; %s has the name of one of Python's own modules: rename it if it is confused with that one" % file
    return ""


def user_traceback(error):
    """Returns the traceback from the user's first frame on, with paths relative to the revision."""
    chained, seen = error, set()
    while chained is not None and id(chained) not in seen:
        seen.add(id(chained))
        chained.__traceback__ = skip_machinery(chained.__traceback__)
        chained = chained.__cause__ or chained.__context__
    try:
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    except Exception as unprintable:  # an exception whose own __str__ fails
        text = "%s (its text cannot be shown: %s)\n" % (type(error).__name__, type(unprintable).__name__)
    return shorten(without_directory(text), MAX_TRACEBACK)


def without_directory(text):
    """Makes the paths of the revision's files in a traceback relative to it."""
    return text.replace('File "' + code_directory + os.sep, 'File "')


def relative(path):
    return path[len(code_directory) + 1 :] if path.startswith(code_directory + os.sep) else path


def skip_machinery(tb):
    """Removes the frames of the host, of Python's import system, and of its event loop above the user's first frame.

    Also removes the host's frames between the user's frames: the host loads the modules that they import.
    """
    while tb is not None and is_in(tb, MACHINERY):
        tb = tb.tb_next
    last = tb
    while last is not None:
        while last.tb_next is not None and is_in(last.tb_next, MACHINERY[:1]):
            last.tb_next = last.tb_next.tb_next
        last = last.tb_next
    return tb


def is_in(tb, directories):
    return tb.tb_frame.f_code.co_filename.startswith(directories)


def safe_text(error):
    try:
        return str(error)
    except Exception:
        return ""


def shorten(text, max_length):
    if len(text) <= max_length:
        return text
    half = max_length // 2
    return "%s\n… %d characters omitted …\n%s" % (text[:half], len(text) - 2 * half, text[-half:])


code_directory = os.getcwd()
#: Modules of the revision with the name of one of Python's own → their files, relative to the revision.
standard_names = {}


def log(line):
    """Writes a line of the host to the log."""
    write_log("berth: %s\n" % line)

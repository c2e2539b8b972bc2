"""What can go wrong, as the codes of Berth's table, and the traceback as the user wants to see it."""

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
    """Something the caller or the solution's author can mend; `code` is one of Berth's codes."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
        self.message = message


class CallInputError(HostError):
    """The inputs are not what the callable takes."""

    def __init__(self, message):
        super().__init__("CALL_INPUT", message)


class CallOutputError(HostError):
    """What came back cannot be handed on."""

    def __init__(self, message):
        super().__init__("CALL_OUTPUT", message)


class StartError(Exception):
    """The solution cannot be served; `error` is the `error` of an answer."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.error = error


class CallInterrupted(BaseException):
    """Raised inside a call that outlived its time or was cancelled; not an Exception, so that user code lets it pass."""


def describe_exception(error, code):
    """The `error` of an answer for an exception of the user's code."""
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
    """What to do where a module of the revision may have been taken for one of Python's own, or the other way round."""
    for name, file in standard_names.items():
        if re.search(r"\b(from|module|named) '(berth_revision\.)?%s[.']" % re.escape(name), text):
            return "; %s has the name of one of Python's own modules: rename it if one is taken for the other" % file
    return ""


def user_traceback(error):
    """The traceback from the user's first frame on, with paths relative to the revision (the working directory at boot)."""
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
    """Files of the revision in a traceback, relative to it."""
    return text.replace('File "' + code_directory + os.sep, 'File "')


def relative(path):
    return path[len(code_directory) + 1 :] if path.startswith(code_directory + os.sep) else path


def skip_machinery(tb):
    """The traceback without the frames of the host and of the interpreter's import and event loop that led to the user's, and
    without the host's own between the user's: it loads the modules that they import."""
    while tb is not None and is_of(tb, MACHINERY):
        tb = tb.tb_next
    last = tb
    while last is not None:
        while last.tb_next is not None and is_of(last.tb_next, MACHINERY[:1]):
            last.tb_next = last.tb_next.tb_next
        last = last.tb_next
    return tb


def is_of(tb, places):
    return tb.tb_frame.f_code.co_filename.startswith(places)


def safe_text(error):
    try:
        return str(error)
    except Exception:
        return ""


def shorten(text, longest):
    if len(text) <= longest:
        return text
    half = longest // 2
    return "%s\n… %d characters left out …\n%s" % (text[:half], len(text) - 2 * half, text[-half:])


code_directory = os.getcwd()
#: Modules of the revision that have the name of one of Python's own → their files, relative to it.
standard_names = {}


def log(line):
    """One line of the host's own in the log."""
    write_log("berth: %s\n" % line)

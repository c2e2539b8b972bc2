"""Explains why the solution could not be imported and what its author can do."""

import re
import traceback

from .command_line_usage import find_usage
from .errors import describe_exception
from .missing_modules import find_others

MAIN_GUARD = 'below `if __name__ == "__main__":`'


def describe_import_failure(error):
    """Returns the `error` of an answer."""
    described = describe_exception(error, "IMPORT_FAILED")
    summary = first_line(described["message"])
    advice = advise(error)
    return dict(described, message=summary + "; " + advice if advice else summary)


def first_line(text):
    """Returns the first line of an exception's message. The traceback has all of it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0] + (" …" if len(lines) > 1 else "") if lines else text


def advise(error):
    if isinstance(error, SystemExit):
        advice = "move code that reads the command line %s, or into a function" % MAIN_GUARD
        usage = find_usage(error)
        return "%s; %s" % (usage, advice) if usage else advice
    if type(error).__name__ == "BdbQuit":
        return "a debugger cannot be used here: remove breakpoint()"
    if isinstance(error, EOFError):
        return "input() cannot be answered here: move code that asks " + MAIN_GUARD
    if isinstance(error, IndexError) and reads_command_line(error):
        return "the module reads the command line (sys.argv): move that %s, or into a function" % MAIN_GUARD
    if isinstance(error, ModuleNotFoundError) and error.name:
        others = find_others(error)
        return "also missing: " + ", ".join(map(repr, others)) if others else None
    return None


def reads_command_line(error):
    """Whether the line that raised uses `argv`."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and re.search(r"\bargv\b", frames[-1].line or "") is not None

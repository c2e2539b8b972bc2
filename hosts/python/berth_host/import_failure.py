"""Why the solution could not be imported, and what its author can do about it."""

import re
import traceback

from .command_line_usage import find_usage
from .errors import describe_exception
from .missing_modules import find_others

MAIN_GUARD = 'below `if __name__ == "__main__":`'


def describe_import_failure(error):
    """The `error` of an answer."""
    described = describe_exception(error, "IMPORT_FAILED")
    summary = first_line(described["message"])
    advice = advise(error)
    return dict(described, message=summary + "; " + advice if advice else summary)


def first_line(text):
    """What an exception says in one line; the traceback has it all."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0] + (" …" if len(lines) > 1 else "") if lines else text


def advise(error):
    if isinstance(error, SystemExit):
        advice = "what reads the command line belongs %s, or into a function" % MAIN_GUARD
        usage = find_usage(error)
        return "%s; %s" % (usage, advice) if usage else advice
    if type(error).__name__ == "BdbQuit":
        return "nobody is there to answer a debugger: remove breakpoint()"
    if isinstance(error, EOFError):
        return "nobody is there to answer input(): what asks belongs " + MAIN_GUARD
    if isinstance(error, IndexError) and reads_command_line(error):
        return "the module reads the command line (sys.argv): that belongs %s, or into a function" % MAIN_GUARD
    if isinstance(error, ModuleNotFoundError) and error.name:
        others = find_others(error)
        return "also missing: " + ", ".join(map(repr, others)) if others else None
    return None


def reads_command_line(error):
    """Whether the line that raised takes something from `sys.argv`."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and re.search(r"\bargv\b", frames[-1].line or "") is not None

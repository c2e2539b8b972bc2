"""Why the solution could not be imported, and what its author can do about it."""

from .errors import describe_exception
from .missing_modules import find_others
from .usage import find_usage

MAIN_GUARD = 'below `if __name__ == "__main__":`'


def describe_import_failure(error):
    """The `error` of an answer."""
    described = describe_exception(error, "IMPORT_FAILED")
    advice = advise(error)
    return dict(described, message=described["message"] + "; " + advice) if advice else described


def advise(error):
    if isinstance(error, SystemExit):
        where = "what reads the command line belongs %s, or into a function" % MAIN_GUARD
        usage = find_usage(error)
        return "%s; %s" % (usage, where) if usage else where
    if type(error).__name__ == "BdbQuit":
        return "nobody is there to answer a debugger: remove breakpoint()"
    if isinstance(error, EOFError):
        return "nobody is there to answer input(): what asks belongs " + MAIN_GUARD
    if isinstance(error, ModuleNotFoundError) and error.name:
        others = find_others(error)
        return "also missing: " + ", ".join(map(repr, others)) if others else None
    return None

"""Why the solution could not be imported, and what its author can do about it."""

from .errors import describe_exception

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
    if isinstance(error, EOFError):
        return "nobody is there to answer input(): what asks belongs " + MAIN_GUARD
    return None


def find_usage(error):
    """What the parser that ended the process said: argparse and click keep it in their frames and exceptions."""
    found = None
    for values in frames_of(error.__traceback__):
        parser, message = values.get("self"), values.get("message")
        if isinstance(message, str) and callable(getattr(parser, "format_usage", None)):
            found = (parser.format_usage, message)
    problem = error.__context__
    context = getattr(problem, "ctx", None)
    if found is None and hasattr(context, "get_usage") and hasattr(problem, "format_message"):
        found = (context.get_usage, problem.format_message())
    if found is None:
        return None
    usage, message = found
    try:
        return " ".join((usage() + " " + message).split())
    except Exception:  # a parser of the user's own
        return None


def frames_of(traceback):
    while traceback is not None:
        yield traceback.tb_frame.f_locals
        traceback = traceback.tb_next

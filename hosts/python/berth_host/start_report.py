"""Reports the progress and the outcome of a start to the starter, as lines of JSON on descriptor 3."""

from .descriptors import lift
from .original_functions import OriginalFunctions
from .original_json import dumps

DESCRIPTOR = 3


class Report:
    descriptor = DESCRIPTOR
    #: Identifies this start: the starter trusts only lines that carry it.
    token = None


def open_report(token):
    Report.descriptor, Report.token = lift(DESCRIPTOR), token


def write_report(record):
    """Writes a record on a separate line, even after output of the solution. Ignores an error if the starter has ended."""
    try:
        line = dumps(dict(record, token=Report.token)).encode("ascii")
        OriginalFunctions.write(Report.descriptor, b"\n" + line + b"\n")
    except OSError:
        pass


def finish_report(record):
    """Writes the last record and closes the descriptor."""
    write_report(record)
    descriptor, Report.descriptor = Report.descriptor, -1
    try:
        OriginalFunctions.close(descriptor)
    except OSError:
        pass

"""pandas tables as JSON: a DataFrame becomes a list of objects; a Series a list, or an object if its labels mean something.

Missing values (NaN, NaT, NA) become null, as in pandas' own JSON. An index is left out if it only counts rows (see
`counts_rows`); any other index is kept, as columns of a DataFrame (`reset_index`) or as keys of a Series. Repeated
labels and columns would lose values, so they are refused. Commas join the parts of a multi-level label.
"""

import sys


class JoinedLabel(tuple):
    """A multi-level label used as a key: commas join its parts. JSON cannot hold any other tuple as a key."""


def pandas_converter(value):
    pandas = sys.modules.get("pandas")
    if pandas is None or not hasattr(pandas, "DataFrame"):
        return None
    if isinstance(value, pandas.DataFrame):
        return frame_records
    if isinstance(value, pandas.Series):
        return series_value
    if isinstance(value, (pandas.Index, pandas.api.extensions.ExtensionArray)):
        return lambda values: without_missing(values.tolist())
    if value is getattr(pandas, "NA", None):
        return lambda missing: None
    if isinstance(value, (pandas.Period, pandas.Interval)):
        return str
    return None


def frame_records(frame):
    frame = with_index(frame)
    refuse_repeated(frame.columns, "column")
    return [without_missing(row) for row in frame.to_dict("records")]


def with_index(frame):
    if is_row_count(frame.index):
        return frame
    shared = [name for name in frame.index.names if name is not None and name in frame.columns]
    if not shared:
        return frame.reset_index()
    if len(frame.index.names) == 1 and list(frame.index) == list(frame[shared[0]]):
        return frame  # `set_index(column, drop=False)`
    raise ValueError("its index and one of its columns are both called %r" % shared[0])


def series_value(series):
    if is_row_count(series.index):
        return without_missing(series.tolist())
    refuse_repeated(series.index, "label")
    return without_missing(series.to_dict())


def is_row_count(index):
    """Whether the index only counts rows. A name, or anything but integers, means that it contains data."""
    pandas = sys.modules["pandas"]
    if index.nlevels != 1 or index.name is not None:
        return False
    if len(index) == 0 or is_slice(index):
        return True
    return pandas.api.types.is_integer_dtype(index.dtype) and not index.hasnans and counts_rows(index.tolist())


def is_slice(index):
    """Whether pandas made the index for a table or a slice of one. pandas 3 makes a RangeIndex of other integers, too."""
    return isinstance(index, sys.modules["pandas"].RangeIndex) and index.step == 1 and index.start >= 0


def counts_rows(numbers):
    """Whether integers look like row numbers rather than ids, which must not be lost.

    Row numbers are 0 to n-1, an increasing selection of at least half of the rows up to the last (filtered tables), or
    several such runs that each start at 0 (concatenated tables).
    """
    runs = []
    for number in numbers:
        if not runs or number <= runs[-1][-1]:
            runs.append([number])
        else:
            runs[-1].append(number)
    if len(runs) > 1 and any(run[0] != 0 for run in runs):
        return False
    return all(run[0] >= 0 and run[-1] < 2 * len(run) for run in runs)


def refuse_repeated(labels, kind):
    if not labels.is_unique:
        raise ValueError("it has the %s %r twice" % (kind, labels[labels.duplicated()].tolist()[0]))


def without_missing(values):
    if isinstance(values, dict):
        return {as_key(label): None if is_missing(value) else value for label, value in values.items()}
    return [None if is_missing(value) else value for value in values]


def as_key(label):
    return JoinedLabel(label) if type(label) is tuple else label


def is_missing(value):
    pandas = sys.modules["pandas"]
    return value is pandas.NA or value is pandas.NaT or (isinstance(value, float) and value != value)

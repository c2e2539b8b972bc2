"""Tables of pandas: a DataFrame is a list of objects, a Series a list, or an object where its labels say something.

What pandas calls missing (NaN, NaT, NA) is null, as pandas itself writes JSON. An index of whole numbers without a name
counts the rows and is left out; any other is kept: as columns of a DataFrame, as the keys of a Series. Labels and columns
that are there twice would be lost, and are refused. The parts of a label of several levels are joined by commas.
"""

import sys


class JoinedLabel(tuple):
    """A label of several levels, as a key: its parts are joined by commas. Any other tuple is no key of JSON."""


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
    refuse_twice(frame.columns, "column")
    return [without_missing(row) for row in frame.to_dict("records")]


def with_index(frame):
    if is_position(frame.index):
        return frame
    named = [name for name in frame.index.names if name is not None and name in frame.columns]
    if not named:
        return frame.reset_index()
    if len(frame.index.names) == 1 and list(frame.index) == list(frame[named[0]]):
        return frame  # an index that was made of a column which stayed
    raise ValueError("its index and one of its columns are both called %r" % named[0])


def series_value(series):
    if is_position(series.index):
        return without_missing(series.tolist())
    refuse_twice(series.index, "label")
    return without_missing(series.to_dict())


def is_position(index):
    pandas = sys.modules["pandas"]
    return index.nlevels == 1 and index.name is None and (len(index) == 0 or pandas.api.types.is_integer_dtype(index.dtype))


def refuse_twice(labels, kind):
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

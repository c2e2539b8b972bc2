"""Arrays and tensors as lists of Python's numbers, a structured array as a list of objects."""

import sys


def numpy_converter(value):
    numpy = sys.modules.get("numpy")
    is_array = numpy is not None and isinstance(value, (getattr(numpy, "ndarray", ()), getattr(numpy, "generic", ())))
    return array_value if is_array else None


def array_value(value):
    kind = value.dtype.kind
    if kind == "M":
        return time_value(value)
    if kind == "m":
        return (value / sys.modules["numpy"].timedelta64(1, "s")).tolist()
    if kind == "V" and value.dtype.names:
        return list(value) if value.ndim > 0 else {name: value[name] for name in value.dtype.names}
    plain = value.tolist()
    return same_float(value) if type(plain) is type(value) else plain


def time_value(value):
    numpy = sys.modules["numpy"]
    if not numpy.isnat(value).any():
        return numpy.datetime_as_string(value).tolist()
    if value.ndim == 0:
        raise ValueError("it is NaT")
    return list(value)  # one by one, so that the place is named


def same_float(value):
    """Of a float with more digits, or of a kind that numpy was taught (bfloat16)."""
    number = float(value)
    if type(value)(number) != value and value == value:
        raise ValueError("a float does not hold %s" % value)
    return number


def tensor_converter(value):
    """What holds numbers: torch, jax, tensorflow, scipy's sparse matrices, pyarrow."""
    kind = type(value)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, getattr(torch, "Tensor", ())):
        return lambda tensor: tensor.detach().cpu().tolist()
    for method in ("tolist", "toarray", "numpy"):
        if callable(getattr(kind, method, None)):
            return getattr(kind, method)
    return None

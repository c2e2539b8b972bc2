"""Converts arrays and tensors to lists of Python numbers, and structured arrays to lists of objects."""

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
    return exact_float(value) if type(plain) is type(value) else plain


def time_value(value):
    numpy = sys.modules["numpy"]
    if not numpy.isnat(value).any():
        return numpy.datetime_as_string(value).tolist()
    if value.ndim == 0:
        raise ValueError("it is NaT")
    return list(value)  # item by item, so that the error names the path


def exact_float(value):
    """Converts a longer float or an added type (bfloat16). Raises ValueError if a Python float cannot hold the value."""
    number = float(value)
    if type(value)(number) != value and value == value:
        raise ValueError("a float does not hold %s" % value)
    return number


def tensor_converter(value):
    """Returns the converter of a tensor or a matrix: torch, jax, tensorflow, scipy.sparse, pyarrow. None for others."""
    kind = type(value)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, getattr(torch, "Tensor", ())):
        return lambda tensor: tensor.detach().cpu().tolist()
    for method in ("tolist", "toarray", "numpy"):
        if callable(getattr(kind, method, None)):
            return getattr(kind, method)
    return None

"""Converts the output of a predictor to plain data: files to data URIs, models to dicts, yielded items to a list or a text.

Other values, such as numpy arrays and bytes, are left to the host's encoder.
"""

import dataclasses
import datetime
import inspect
import io
import os
import typing
from collections import abc
from enum import Enum
from typing import Any, AsyncIterator, Iterator, List

from .cog_files import to_data_uri
from .output_values import convert_step
from .streams import WholeValue

_PLAIN = frozenset((str, int, float, bool, type(None)))


def plain(value: Any) -> Any:
    if type(value) in _PLAIN or inspect.isclass(value):
        return value
    if isinstance(value, os.PathLike) or isinstance(value, io.IOBase):
        return to_data_uri(value)
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, abc.Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset, abc.Iterator)):
        return [plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if hasattr(value, "model_dump") or hasattr(value, "__fields__") and hasattr(value, "dict"):  # pydantic 1
        return plain(convert_step(value))
    return value


def gather(result: Any, returns: Any) -> Any:
    """Returns a result, or everything that an iterator yields. Reads each item before the next one, which may reuse its file."""
    if not isinstance(result, abc.Iterator) or isinstance(result, io.IOBase):
        return plain(result)
    return _join([plain(item) for item in result], returns)


async def gather_async(result: Any, returns: Any) -> Any:
    """Gathers like `gather`, from a coroutine or an async generator."""
    if inspect.isawaitable(result):
        result = await result
    if not isinstance(result, abc.AsyncIterator):
        return gather(result, returns)
    return _join([plain(item) async for item in result], returns)


def each(result: Any) -> Iterator[Any]:
    """Yields the items of an iterator, or any other result as a WholeValue."""
    if not isinstance(result, abc.Iterator) or isinstance(result, io.IOBase):
        yield WholeValue(plain(result))
        return
    for item in result:
        yield plain(item)


async def each_async(result: Any) -> AsyncIterator[Any]:
    """Yields like `each`, from a coroutine or an async generator."""
    if inspect.isawaitable(result):
        result = await result
    if isinstance(result, abc.AsyncIterator):
        async for item in result:
            yield plain(item)
        return
    for item in each(result):
        yield item


def concatenates(returns: Any) -> bool:
    """Whether the items form one text, according to the return annotation."""
    return getattr(typing.get_origin(returns) or returns, "__name__", "").endswith("ConcatenateIterator")


def _join(items: List[Any], returns: Any) -> Any:
    return "".join(map(str, items)) if concatenates(returns) else items

"""Cog's own types."""

import io
import mimetypes
import os
import pathlib
import shutil
import sys
import tempfile
import urllib.parse
import urllib.request
from typing import Any, AsyncIterator, Iterator, Optional, TypeVar, Union

Item = TypeVar("Item")

#: Seconds without a byte after which a download fails, as in Cog.
DOWNLOAD_TIMEOUT = 10


class Path(type(pathlib.Path())):  # type: ignore[misc]  # the platform's own path class
    """A file on disk. An input is given as a data URI or a URL; an output is returned as a data URI."""

    @classmethod
    def validate(cls, value: Any) -> pathlib.Path:
        if isinstance(value, pathlib.Path):
            return value
        parts = urllib.parse.urlparse(value)
        if parts.scheme in ("data", "http", "https"):
            return URLPath(source=value, filename=_file_name(value), fileobj=File.validate(value))
        return cls(value)


def _file_name(url: str) -> str:
    parts = urllib.parse.urlparse(url)
    if parts.scheme != "data":
        return os.path.basename(parts.path)
    return "file" + (mimetypes.guess_extension(parts.path.split(";")[0].split(",")[0]) or "")


class URLPath(type(pathlib.Path())):  # type: ignore[misc]
    """A path whose file `convert()` downloads."""

    def __new__(cls, *, source: str, filename: str, fileobj: Any) -> "URLPath":
        return super().__new__(cls, filename)

    def __init__(self, *, source: str, filename: str, fileobj: Any) -> None:
        if sys.version_info >= (3, 12):
            super().__init__(filename)
        self.source, self.filename, self.fileobj = source, filename, fileobj
        self._file: Optional[Path] = None

    def convert(self) -> Path:
        if self._file is None:
            with tempfile.NamedTemporaryFile(suffix=self.filename, delete=False) as target:
                shutil.copyfileobj(self.fileobj, target)
            self._file = Path(target.name)
        return self._file

    def unlink(self, missing_ok: bool = False) -> None:
        if self._file is not None and (self._file.exists() or not missing_ok):
            self._file.unlink()

    def __str__(self) -> str:
        return self.source


class File(io.IOBase):
    """An open file. Later versions of Cog use `Path` instead."""

    @classmethod
    def validate(cls, value: Any) -> io.IOBase:
        if isinstance(value, io.IOBase):
            return value
        scheme = urllib.parse.urlparse(value).scheme
        if scheme == "data":
            with urllib.request.urlopen(value) as response:
                return io.BytesIO(response.read())
        if scheme in ("http", "https"):
            return URLFile(value)
        raise ValueError(f"{scheme!r} is not a valid URL scheme: data, http and https are")


class URLFile(io.RawIOBase):
    """The content of a URL. The first read opens it."""

    def __init__(self, url: str, filename: Optional[str] = None) -> None:
        parts = urllib.parse.urlparse(url)
        if parts.scheme not in ("http", "https"):
            raise ValueError("URLFile needs an HTTP or HTTPS URL")
        self.name = filename or os.path.basename(parts.path)
        self._url = url
        self._response: Any = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._response is None:
            agent = os.environ.get("COG_USER_AGENT")
            request = urllib.request.Request(self._url, headers={"User-Agent": agent} if agent else {})
            self._response = urllib.request.urlopen(request, timeout=DOWNLOAD_TIMEOUT)
        return self._response.readinto(buffer)

    def close(self) -> None:
        if getattr(self, "_response", None) is not None:
            self._response.close()
        super().close()


#: The annotation of `setup(weights)` in older versions.
Weights = Union[File, Path, str]


class Secret:
    """A string that is masked when it is printed."""

    def __init__(self, secret_value: Optional[str] = None) -> None:
        self.secret_value = secret_value

    def get_secret_value(self) -> Optional[str]:
        return self.secret_value

    def __str__(self) -> str:
        return "" if self.secret_value is None else "**********"

    def __repr__(self) -> str:
        return f"Secret({self})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.secret_value == self.secret_value

    def __hash__(self) -> int:
        return hash(self.secret_value)


class ConcatenateIterator(Iterator[Item]):
    """Return type of a generator whose strings form one text."""


class AsyncConcatenateIterator(AsyncIterator[Item]):
    """Return type of an async generator whose strings form one text."""


class _Opaque:
    def __repr__(self) -> str:
        return "cog.Opaque"


#: `Annotated[T, Opaque]`: a value that is passed on without conversion.
Opaque = _Opaque()

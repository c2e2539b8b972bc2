"""Converts the files of a call: data URIs and URLs to files on disk, returned files to data URIs."""

import base64
import importlib
import inspect
import io
import mimetypes
import os
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from shutil import copyfileobj
from typing import Any, List

from .errors import CallOutputError

#: Seconds without a byte after which a download fails, as in Cog.
DOWNLOAD_TIMEOUT = 10
#: Bytes of a file's own name in the temporary name. File systems allow 255 for all of it.
NAME_LIMIT = 200
SCHEMES = ("data", "http", "https")

mimetypes.add_type("image/webp", ".webp")  # unknown to Python before 3.13


class InputFiles:
    """Creates the files of one call and removes them after it."""

    def __init__(self) -> None:
        self._cog = importlib.import_module("cog")
        self._paths: List[str] = []

    def __enter__(self) -> "InputFiles":
        return self

    def __exit__(self, *error: Any) -> None:
        self.remove()

    def transfer(self) -> "InputFiles":
        """Transfers the files to a new owner, which removes them instead."""
        owner = InputFiles()
        owner._paths, self._paths = self._paths, []
        return owner

    def remove(self) -> None:
        for path in self._paths:
            try:
                os.unlink(path)
            except OSError:  # the predictor moved or removed it
                pass

    def path(self, value: str) -> Any:
        """Returns the path of a file with the content. Returns a plain path unchanged, as Cog does."""
        scheme = _scheme(value)
        if scheme in SCHEMES:
            return self._cog.Path(self._download(value))
        if "://" in value:
            raise ValueError(f"cannot be read from {scheme}:// addresses: give a data URI or an http(s) URL")
        return self._cog.Path(value)

    def open(self, value: str) -> Any:
        """Returns the content as an open file."""
        scheme = _scheme(value)
        if scheme not in SCHEMES:
            raise ValueError("must be a data URI or an http(s) URL")
        if scheme == "data":
            with _request(value) as response:
                return io.BytesIO(response.read())
        return self._cog.File.validate(value)

    def _download(self, source: str) -> str:
        with _request(source) as response:
            with tempfile.NamedTemporaryFile(suffix=_file_name(source, response), delete=False) as target:
                self._paths.append(target.name)
                try:
                    copyfileobj(response, target)
                except OSError as error:
                    raise ValueError(f"could not be read from {_shorten(source)}: {error}") from error
        return target.name


def is_path(annotation: Any) -> bool:
    return inspect.isclass(annotation) and (annotation is os.PathLike or issubclass(annotation, os.PathLike))


def is_file(annotation: Any) -> bool:
    return inspect.isclass(annotation) and issubclass(annotation, io.IOBase)


def is_secret(annotation: Any) -> bool:
    return inspect.isclass(annotation) and hasattr(annotation, "get_secret_value")


def to_data_uri(file: Any) -> str:
    """Returns a path or an open file as a data URI, with the type guessed from the name."""
    if isinstance(file, os.PathLike):
        try:
            with open(file, "rb") as content:
                return to_data_uri(content)
        except OSError as error:
            raise CallOutputError(f"The file {os.fspath(file)} was returned, but cannot be read: {error}") from error
    if file.seekable():
        file.seek(0)
    content = file.read()
    data = content.encode() if isinstance(content, str) else content
    name = getattr(file, "name", None)
    kind = mimetypes.guess_type(name)[0] if isinstance(name, str) else None
    return f"data:{kind or 'application/octet-stream'};base64,{base64.b64encode(data).decode('ascii')}"


def _request(source: str) -> Any:
    agent = os.environ.get("COG_USER_AGENT")
    try:
        request = urllib.request.Request(source, headers={"User-Agent": agent} if agent else {})
        return urllib.request.urlopen(request, timeout=DOWNLOAD_TIMEOUT)
    except (OSError, ValueError) as error:  # URLError and HTTPError are OSErrors, invalid base64 is a ValueError
        raise ValueError(f"could not be read from {_shorten(source)}: {error}") from error


def _scheme(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string: a data URI or an http(s) URL")
    return value.split(":", 1)[0].lower() if ":" in value else ""


def _file_name(source: str, response: Any) -> str:
    """Returns the end of the temporary name, by which libraries choose a reader."""
    if _scheme(source) == "data":
        return "file" + (mimetypes.guess_extension(response.headers.get_content_type()) or "")
    name = urllib.parse.unquote_plus(os.path.basename(urllib.parse.urlparse(source).path))
    stem, extension = os.path.splitext(name.replace("/", "_").replace("\0", "_"))
    return stem.encode()[:NAME_LIMIT].decode(errors="ignore") + extension[:20]


def _shorten(source: str) -> str:
    return source if len(source) <= 80 else source[:77] + "…"

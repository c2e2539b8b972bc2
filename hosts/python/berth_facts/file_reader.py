"""Reads a file of the repository. Never blocks: it reads only regular files of limited size."""

import os
import stat

MAX_SIZE = 1_000_000  # bytes; a syntax tree takes a few hundred times as much


class Unreadable(Exception):
    """A file was not read. The message ends a sentence: `it is larger than 1 MB`."""


def read_file(root, path, limit=MAX_SIZE, is_cut=False):
    """Returns the content. With `is_cut`, returns the beginning of a larger file. Raises Unreadable."""
    try:
        handle = os.open(os.path.join(root, path), os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("it is not a regular file")
        if status.st_size > limit and not is_cut:
            raise Unreadable("it is larger than %d MB" % (limit // 1_000_000))
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read(limit)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from None
    finally:
        os.close(handle)

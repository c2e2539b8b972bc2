"""One file of the repository, from its path to its bytes: a regular file of bounded size, never waited for."""

import os
import stat

SIZE_LIMIT = 1_000_000  # bytes; a syntax tree takes a few hundred times as much


class Unreadable(Exception):
    """Why a file was not read, as the end of a sentence: `it is larger than 1 MB`."""


def read_file(root, path, limit=SIZE_LIMIT, is_cut=False):
    """The content; of a larger file its beginning where `is_cut`. Raises Unreadable."""
    try:
        handle = os.open(os.path.join(root, path), os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable("it is not a regular file")
        if found.st_size > limit and not is_cut:
            raise Unreadable("it is larger than %d MB" % (limit // 1_000_000))
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read(limit)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from None
    finally:
        os.close(handle)

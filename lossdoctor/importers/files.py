"""Opens files of strangers safely: regular files only, never blocking, never trusting a size, errors as Problems."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from lossdoctor.importers.base import FileHead
from lossdoctor.importers.gzip_stream import MAGIC, inflated_head
from lossdoctor.runs import Problem, ProblemLevel

HEAD_BYTES = 64 * 1024
_PIECE = 8 * 1024 * 1024
# O_NONBLOCK: a FIFO that replaced a log between stat and open must not hang us. The others exist on POSIX only.
_FLAGS = os.O_RDONLY
for _name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
    _FLAGS |= getattr(os, _name, 0)


class NotAFileError(OSError):
    """The path is a directory, FIFO, socket or device."""


@contextmanager
def opened(path: str) -> Iterator[tuple[int, int]]:
    """A descriptor of a regular file and its size in bytes.

    Raises:
        NotAFileError: the path names no regular file; it was not opened, or closed again at once.
        OSError: it cannot be opened or read.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise NotAFileError(f"{path} is not a regular file")
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotAFileError(f"{path} is not a regular file")
        yield descriptor, status.st_size
    finally:
        os.close(descriptor)


def read_head(path: str, limit: int = HEAD_BYTES) -> FileHead:
    """The first `limit` bytes of a regular file; of a `.gz` file those that it unpacks to.

    Raises:
        OSError: as `opened`.
    """
    with opened(path) as (descriptor, size):
        data = _read_up_to(descriptor, limit)
    if not (data.startswith(MAGIC) and path.lower().endswith(".gz")):
        return FileHead(path, size, data)
    head, more = inflated_head(data, limit)
    if not head:
        return FileHead(path, size, data)
    # The unpacked size is not known without unpacking; what matters is whether the head is all of it.
    return FileHead(path, max(size, len(head) + 1) if more else len(head), head)


def read_bytes(path: str, limit: int) -> tuple[bytes, bool]:
    """A file's bytes up to `limit`, and whether that was all of it.

    Reads in pieces until the end really comes: a file may grow or shrink while it is read, and the size in its
    directory entry is never used to allocate.

    Raises:
        OSError: as `opened`.
    """
    with opened(path) as (descriptor, _):
        data = _read_up_to(descriptor, limit)
        return data, len(os.read(descriptor, 1)) == 0


def read_tail(path: str, limit: int) -> bytes:
    """The last bytes of a regular file, at most `limit`.

    Raises:
        OSError: as `opened`.
    """
    with opened(path) as (descriptor, size):
        os.lseek(descriptor, max(0, size - limit), os.SEEK_SET)
        return _read_up_to(descriptor, limit)


def _read_up_to(descriptor: int, limit: int) -> bytes:
    data = os.read(descriptor, min(limit, _PIECE))
    if len(data) < min(limit, _PIECE):  # short, so most likely the end: the common case costs one more empty read
        more = os.read(descriptor, min(limit - len(data), _PIECE))
        if not more:
            return data
        data += more
    pieces = [data]
    total = len(data)
    while pieces[-1] and total < limit:
        pieces.append(os.read(descriptor, min(limit - total, _PIECE)))
        total += len(pieces[-1])
    return b"".join(pieces)


def shown(path: str) -> str:
    """A path as text that can be encoded: bytes that are no UTF-8 appear as hex escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def relative_id(path: str, root: str) -> str:
    """Path below `root`, POSIX separators; the root's own name for the root itself."""
    relative = os.path.relpath(path, root).replace(os.sep, "/")
    if relative == ".":
        relative = os.path.basename(os.path.abspath(root)) or "root"
    return shown(relative)


def unreadable(path: str, error: OSError) -> Problem:
    """The problem for a path that could not be read, with the system's own words."""
    if isinstance(error, NotAFileError):
        return Problem(
            "not_a_file",
            ProblemLevel.WARNING,
            shown(path),
            "is no regular file (a pipe, socket or device), so it was not opened.",
            "Name the log file itself or its folder.",
        )
    words = error.strerror or type(error).__name__
    hints = {
        "PermissionError": "Give your user read permission, or copy it to a place you can read.",
        "FileNotFoundError": "Check the spelling; it may have been moved or deleted meanwhile.",
    }
    hint = hints.get(type(error).__name__, "Check the disk or network share and try again.")
    return Problem("unreadable", ProblemLevel.ERROR, shown(path), f"cannot be read ({words}).", hint)

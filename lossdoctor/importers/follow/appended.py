"""One file that grows: reads what was appended since the last time, and notices when it is another file by now."""

from __future__ import annotations

import os
from collections.abc import Callable

from lossdoctor.importers.base import FileHead
from lossdoctor.importers.files import HEAD_BYTES, opened, shown, unreadable
from lossdoctor.runs import Problem, ProblemLevel

PIECE = 4 << 20
# So many bytes of the beginning, and before the place where reading goes on, are compared with what was read before.
GUARD = 256

_AFRESH = {
    "replaced": "was replaced by another file while it was followed",
    "shortened": "got shorter while it was followed",
    "rewritten": "was written anew while it was followed",
}


class AppendedFile:
    """A file and how far it was read.

    Attributes:
        path: the file.
        size: bytes read so far.
        head: what was read, up to the bytes that recognising a format looks at.
        problems: why it was read from its beginning again, or why it cannot be read.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: tuple[Problem, ...] = ()
        self._seen: tuple[int, int, int, int] | None = None
        self._gone = False
        self._forget()

    def _forget(self) -> None:
        self.size = 0
        self.head = b""
        self._seam = b""

    def poll(self, feed: Callable[[bytes], None], restart: Callable[[], None]) -> bool:
        """Hands over what was appended, in pieces; nothing but a stat when the file is as it was.

        Args:
            feed: takes the next bytes.
            restart: called before `feed` when what was fed so far is void.

        Returns:
            Whether anything changed, a file that vanished or came back included.
        """
        try:
            if self._identity(os.stat(self.path)) == self._seen:
                return False
            with opened(self.path) as (descriptor, _):
                return self._read(descriptor, feed, restart)
        except OSError as error:
            return self._missing(error)

    def as_head(self) -> FileHead:
        """The file's beginning, as recognising its format looks at it."""
        return FileHead(self.path, self.size, self.head)

    @staticmethod
    def _identity(status: os.stat_result) -> tuple[int, int, int, int]:
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

    def _missing(self, error: OSError) -> bool:
        news = not self._gone
        self._gone, self._seen = True, None
        if isinstance(error, FileNotFoundError) and self.size:
            text = "is gone; what was read from it before is kept."
            problem = Problem("vanished", ProblemLevel.WARNING, shown(self.path), text, "It may have been moved.")
        else:
            problem = unreadable(self.path, error)
        self.problems = (problem,)
        return news

    def _read(self, descriptor: int, feed: Callable[[bytes], None], restart: Callable[[], None]) -> bool:
        status = os.fstat(descriptor)
        reason = self._why_afresh(descriptor, status)
        news = bool(reason) or self._gone
        if self._gone and not reason:
            self.problems = ()
        if reason:
            text = f"{_AFRESH[reason]}; it was read again from its beginning."
            self.problems = (Problem("read_afresh", ProblemLevel.INFO, shown(self.path), text),)
            self._forget()
            restart()
        self._gone = False
        os.lseek(descriptor, self.size, os.SEEK_SET)
        while self.size < status.st_size:
            piece = os.read(descriptor, min(PIECE, status.st_size - self.size))
            if not piece:
                break
            self._remember(piece)
            feed(piece)
            news = True
        self._seen = self._identity(status)
        return news

    def _remember(self, piece: bytes) -> None:
        self.size += len(piece)
        self.head += piece[: HEAD_BYTES - len(self.head)]
        self._seam = (self._seam + piece[-GUARD:])[-GUARD:]

    def _why_afresh(self, descriptor: int, status: os.stat_result) -> str:
        if not self.size:
            return ""
        known = self._seen
        if self._gone or (known is not None and known[:2] != (status.st_dev, status.st_ino)):
            return "replaced"
        if status.st_size < self.size:
            return "shortened"
        guards = ((0, self.head[:GUARD]), (self.size - len(self._seam), self._seam))
        same = all(_at(descriptor, offset, len(expected)) == expected for offset, expected in guards)
        return "" if same else "rewritten"


def _at(descriptor: int, offset: int, size: int) -> bytes:
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, size)

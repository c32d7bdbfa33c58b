"""Cuts a text that comes in pieces into whole lines, and holds the unfinished one back."""

from __future__ import annotations

import codecs
import os

from lossdoctor.importers.files import opened, read_bytes

_PIECE = 4 << 20
# No log has longer lines; readers leave out what is longer, so that more of it need not be held.
MAX_LINE = 16 << 20


class WholeLines:
    """The unfinished last line of a text that grows.

    Args:
        lone_returns: a carriage return alone ends a line too, as it does in tables.

    Of a line longer than MAX_LINE only so much is held that readers see it is too long; none of its content is.
    """

    def __init__(self, *, lone_returns: bool = False) -> None:
        self._lone = lone_returns
        self._parts: list[bytes] = []  # joined only once their line ends: a line may be longer than many pieces
        self._held = 0

    @property
    def rest(self) -> bytes:
        """The bytes of the unfinished line."""
        self._parts = [b"".join(self._parts)]
        return self._parts[0]

    def feed(self, data: bytes) -> bytes:
        """The lines that are whole by now, with their ends; b"" when none is."""
        if b"\n" not in data and not (self._lone and b"\r" in self._last() + data):
            self._hold([*self._parts, data], self._held + len(data))
            return b""
        data = self.rest + data
        cut = data.rfind(b"\n") + 1
        if self._lone:
            # The very last byte may be the first half of CR LF.
            cut = max(cut, data.rfind(b"\r", 0, len(data) - 1) + 1)
        self._hold([data[cut:]], len(data) - cut)
        return data[:cut]

    def _hold(self, parts: list[bytes], size: int) -> None:
        too_long = size > MAX_LINE
        self._parts = [b"x" * (MAX_LINE + 1)] if too_long else parts
        self._held = MAX_LINE + 1 if too_long else size

    def _last(self) -> bytes:
        """The last byte that is held back: a carriage return ends its line with the next byte."""
        return next((part[-1:] for part in reversed(self._parts) if part), b"")


def read_lines(path: str, limit: int) -> tuple[bytes, bool]:
    """A text file's bytes up to `limit`, and whether that was all of it; lines longer than MAX_LINE shortened.

    Such a line keeps no content and is still too long, so that readers leave it out and say so.

    Raises:
        OSError: as `lossdoctor.importers.files.opened`.
    """
    with opened(path) as (descriptor, size):
        wide = os.read(descriptor, 2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        if size <= MAX_LINE or wide:
            return read_bytes(path, limit)
        os.lseek(descriptor, 0, os.SEEK_SET)
        lines, kept, taken = WholeLines(lone_returns=True), [], 0
        while taken < limit and (piece := os.read(descriptor, min(_PIECE, limit - taken))):
            kept.append(lines.feed(piece))
            taken += len(piece)
        return b"".join((*kept, lines.rest)), not os.read(descriptor, 1)

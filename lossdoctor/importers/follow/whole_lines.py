"""Cuts what is appended to a text file into whole lines, and holds the unfinished one back."""

from __future__ import annotations


class WholeLines:
    """The unfinished last line of a text that grows.

    Args:
        lone_returns: a carriage return alone ends a line too, as it does in tables.

    Attributes:
        rest: the bytes of the unfinished line.
    """

    def __init__(self, *, lone_returns: bool = False) -> None:
        self._lone = lone_returns
        self.rest = b""

    def feed(self, data: bytes) -> bytes:
        """The lines that are whole by now, with their ends; b"" when none is."""
        data = self.rest + data
        cut = data.rfind(b"\n") + 1
        if self._lone:
            # The very last byte may be the first half of CR LF.
            cut = max(cut, data.rfind(b"\r", 0, len(data) - 1) + 1)
        self.rest = data[cut:]
        return data[:cut]

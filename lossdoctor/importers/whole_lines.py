"""Cuts a text that comes in pieces into whole lines, and holds the unfinished one back."""

from __future__ import annotations


class WholeLines:
    """The unfinished last line of a text that grows.

    Args:
        lone_returns: a carriage return alone ends a line too, as it does in tables.
    """

    def __init__(self, *, lone_returns: bool = False) -> None:
        self._lone = lone_returns
        self._parts: list[bytes] = []  # joined only once their line ends: a line may be longer than many pieces

    @property
    def rest(self) -> bytes:
        """The bytes of the unfinished line."""
        self._parts = [b"".join(self._parts)]
        return self._parts[0]

    def feed(self, data: bytes) -> bytes:
        """The lines that are whole by now, with their ends; b"" when none is."""
        if b"\n" not in data and not (self._lone and b"\r" in self._last() + data):
            self._parts.append(data)
            return b""
        data = self.rest + data
        cut = data.rfind(b"\n") + 1
        if self._lone:
            # The very last byte may be the first half of CR LF.
            cut = max(cut, data.rfind(b"\r", 0, len(data) - 1) + 1)
        self._parts = [data[cut:]]
        return data[:cut]

    def _last(self) -> bytes:
        """The last byte that is held back: a carriage return ends its line with the next byte."""
        return next((part[-1:] for part in reversed(self._parts) if part), b"")

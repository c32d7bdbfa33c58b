"""A table that is read piece by piece: whole rows as they come, an unfinished one waits."""

from __future__ import annotations

import re

from lossdoctor.importers.dialect import decode, split_lines
from lossdoctor.importers.table import Table, ends_whole
from lossdoctor.importers.table_rows import SNIFFED, TableRows
from lossdoctor.importers.whole_lines import WholeLines

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)")


class GrowingTable:
    """The rows of one table as far as it was written.

    How a table is written is found out from its first fifty lines; until these are there, they are kept as they are.

    Args:
        path: names the table in problems.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lines = WholeLines(lone_returns=True)
        self._begin: bytes = b""
        self._rows: TableRows | None = None
        self._foreign = False

    def feed(self, data: bytes) -> None:
        """Takes the next bytes."""
        whole = self._lines.feed(data)
        if self._rows is not None:
            self._rows.take_bytes(whole)
        elif whole and not self._foreign:
            self._begin += whole
            self._find_out(_first_lines(self._begin))

    def _find_out(self, head: int) -> None:
        """Begins the table once its first lines are there, `head` bytes."""
        if not head:
            return
        self._rows = TableRows.begin(self._path, split_lines(decode(self._begin[:head]))[:-1])
        if self._rows is not None:
            self._rows.take_bytes(self._begin[head:])
        self._foreign, self._begin = self._rows is None, b""

    def table(self, *, ended: bool) -> Table | None:
        """All whole rows, with `ended` also one that has no line end; None when there is no table so far."""
        if self._foreign:
            return None
        rest = self._lines.rest if ended else b""
        rows = self._rows
        if rows is None:
            lines = split_lines(decode(self._begin + rest))
            rows = TableRows.begin(self._path, lines)
        else:
            lines = split_lines(rest.decode("utf-8", "replace"))
            if rest:
                rows = rows.copy()
                rows.take(lines)
        return None if rows is None else rows.table(ended=ends_whole(lines[-1]))


def _first_lines(data: bytes) -> int:
    """Bytes of the lines from which a table's dialect is known, with the empty ones above; 0 when there are too few."""
    filled = 0
    for line in _LINE.finditer(data):
        filled += bool(filled or decode(line[0]).strip())
        if filled == SNIFFED:
            return line.end()
    return 0

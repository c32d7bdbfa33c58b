"""The plain reader of tables: line by line, every irregularity noted, as far as the file has been written.

Lines are split one by one, so that an unclosed quote or a ragged row costs that row and not the file.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lossdoctor.formatting import count
from lossdoctor.importers.dialect import Dialect, clean_header, sniff, split_cells, split_lines
from lossdoctor.importers.files import shown
from lossdoctor.importers.table import (
    MAX_COLUMNS,
    Table,
    unterminated_problem,
)
from lossdoctor.importers.table_cells import ColumnCells
from lossdoctor.importers.whole_lines import MAX_LINE
from lossdoctor.runs import Problem, ProblemLevel

# Lines from the header on that show how a table is written.
SNIFFED = 50
# Pieces of this many bytes are worth importing pandas for.
_MANY = 1 << 20


class TableRows:
    """The rows of a table as far as they were read.

    Attributes:
        lines: number of lines taken, the header's included.
    """

    def __init__(self, path: str, header: str, line: int, dialect: Dialect) -> None:
        self._path = shown(path)
        self._line = header
        self._first = header.strip()
        self._header = split_cells(header, dialect.delimiter)
        self._names = clean_header(self._header[:MAX_COLUMNS])
        self._dialect = dialect
        self._columns = [ColumnCells() for _ in self._names]
        self._places: list[npt.NDArray[np.int64]] = []
        self._ragged: list[int] = []
        self._long: list[int] = []
        self._headers: list[int] = []
        self.lines = line

    @classmethod
    def begin(cls, path: str, lines: Sequence[str]) -> TableRows | None:
        """The table that begins with these lines, all of them taken; None when they hold no table."""
        start = next((i for i, line in enumerate(lines) if line.strip()), None)
        dialect = sniff(list(lines[start : start + SNIFFED])) if start is not None else None
        if start is None or dialect is None:
            return None
        rows = cls(path, lines[start], start + 1, dialect)
        rows.take(lines[start + 1 :])
        return rows

    def copy(self) -> TableRows:
        """The same rows, to go on with independently."""
        other = copy.copy(self)
        other._columns = [cells.copy() for cells in self._columns]
        other._places = self._places.copy()
        other._ragged, other._long, other._headers = self._ragged.copy(), self._long.copy(), self._headers.copy()
        return other

    def take_bytes(self, data: bytes) -> None:
        """Reads the next lines, every one with its line end; many of them by pandas' engine if they are sound."""
        if len(data) >= _MANY and self._take_many(data):
            return
        if data:
            self.take(split_lines(data.decode("utf-8", "replace"))[:-1])

    def _take_many(self, data: bytes) -> bool:
        from lossdoctor.importers.large_table import large_rows

        large = large_rows(self._line.encode("utf-8", "replace") + b"\n" + data)
        if large is None or large.dialect != self._dialect or large.names != self._names:
            return False
        for column, cells in zip(self._columns, large.cells, strict=True):
            column.join(cells, self.lines - 1)
        self._places.append(np.arange(self.lines + 1, self.lines + 1 + large.rows, dtype=np.int64))
        self.lines += large.rows
        return True

    def take(self, lines: Sequence[str]) -> None:
        """Reads the next lines."""
        rows: list[list[str]] = []
        places: list[int] = []
        for place, line in enumerate(lines, self.lines + 1):
            cells = self._cells(place, line)
            if cells is not None:
                rows.append(cells)
                places.append(place)
        self.lines += len(lines)
        at = np.array(places, dtype=np.int64)
        self._places.append(at)
        for index, column in enumerate(self._columns):
            column.take([row[index] for row in rows], at, self._dialect)

    def _cells(self, place: int, line: str) -> list[str] | None:
        """The cells of a row; None for a line that is none."""
        if not line or not line.strip():
            return None
        if len(line) > MAX_LINE:
            self._long.append(place)
            return None
        if line.strip() == self._first:
            self._headers.append(place)
            return None
        cells = split_cells(line, self._dialect.delimiter)
        if len(cells) == len(self._header) + 1 and not cells[-1].strip():
            # Some writers end every row, but not the header, with a delimiter.
            cells.pop()
        if len(cells) != len(self._header):
            self._ragged.append(place)
            return None
        return cells

    def table(self, *, ended: bool) -> Table:
        """All rows; `ended` says whether the last one has its line end."""
        self._places = [np.concatenate(self._places)] if self._places else [np.zeros(0, np.int64)]
        problems = self._problems(ended)
        columns = []
        for name, cells in zip(self._names, self._columns, strict=True):
            column, trouble = cells.column(name, self._path)
            columns.append(column)
            problems += trouble
        return Table(columns, self._places[0], self._dialect, problems)

    def _problems(self, ended: bool) -> list[Problem]:
        problems = []
        width = len(self._header)
        if self._ragged:
            rows = count(len(self._ragged), "row")
            text = f"{rows} left out for having more or fewer cells than the header's {width}: {_some(self._ragged)}."
            problems.append(self._problem("ragged", text, _CUT, f"line {self._ragged[0]}"))
        if self._long:
            text = f"{count(len(self._long), 'line')} longer than 16 MB left out."
            problems.append(self._problem("long_line", text, _CUT, f"line {self._long[0]}"))
        if width > MAX_COLUMNS:
            text = f"has {width:,} columns; the first {MAX_COLUMNS:,} are read."
            problems.append(self._problem("too_many_columns", text))
        if self._headers:
            text = (
                f"repeats its header {count(len(self._headers), 'time')}: the logger was restarted. All rows are kept."
            )
            line = f"line {self._headers[0]}"
            problems.append(Problem("repeated_header", ProblemLevel.INFO, self._path, text, "", line))
        if not ended and self._places[0].size:
            problems.append(unterminated_problem(self._path, int(self._places[0][-1])))
        return problems

    def _problem(self, code: str, text: str, hint: str = "", place: str = "") -> Problem:
        return Problem(code, ProblemLevel.WARNING, self._path, text, hint, place)


_CUT = "Look at these lines if points are missing."


def _some(lines: list[int]) -> str:
    listed = ", ".join(map(str, lines[:5])) + (", ..." if len(lines) > 5 else "")
    return f"line{'' if len(lines) == 1 else 's'} {listed}"

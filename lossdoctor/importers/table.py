"""Reads delimited text into columns of numbers: what is empty is absent, what says nan is data, what is broken is told.

Lines are split one by one, so that an unclosed quote or a ragged row costs that row and not the file. Large sound
files go through pandas' C engine, with the same result.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lossdoctor.formatting import count
from lossdoctor.importers.dialect import Dialect, clean_header, decode, number, sniff, split_cells, split_lines
from lossdoctor.importers.files import read_bytes, shown
from lossdoctor.runs import Problem, ProblemLevel

MAX_BYTES = 4 << 30
MAX_COLUMNS = 10_000
MAX_LINE = 16 << 20
# Below this the plain reader is faster than importing pandas.
_PANDAS_FROM = 4 << 20

ABSENT = frozenset({"", "none", "null", "na", "n/a", "-", "--", "<na>"})

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column: (n,) values, NaN where absent, and (n,) which rows hold a value. A literal nan is present."""

    name: str
    values: Floats
    present: Mask
    numeric: bool


@dataclass(slots=True)
class Table:
    """A table as read. `lines` holds the line number of each row, from 1."""

    columns: list[TableColumn]
    lines: npt.NDArray[np.int64]
    dialect: Dialect
    problems: list[Problem] = field(default_factory=list)

    def column(self, name: str) -> TableColumn | None:
        """The first column with this name."""
        return next((column for column in self.columns if column.name == name), None)


def read_table(path: str) -> Table | None:
    """A table file whole; None when it holds no table.

    Raises:
        OSError: the file cannot be read.
    """
    if _PANDAS_FROM <= os.path.getsize(path) <= MAX_BYTES:
        from lossdoctor.importers.large_table import read_large

        table = read_large(path)
        if table is not None:
            return table
    data, whole = read_bytes(path, MAX_BYTES)
    table = parse_table(data, path)
    if table is not None and not whole:
        table.problems.append(_problem(path, "too_large", "is larger than 4 GB; the rest was not read."))
    return table


def parse_table(data: bytes, path: str) -> Table | None:
    """A table out of bytes, by the plain reader; `path` only names it in problems. None when it holds no table."""
    return _Parser(path).parse(decode(data))


def column_of_cells(
    name: str, cells: Sequence[object], lines: npt.NDArray[np.int64], dialect: Dialect, path: str
) -> tuple[TableColumn, list[Problem]]:
    """One column out of its cells (text, or numbers that were parsed already), and what is wrong with them.

    A column is numeric when at least half of its filled cells are numbers; others hold names or times, and their
    cells are no problem.
    """
    values = np.full(len(cells), np.nan)
    present = np.zeros(len(cells), dtype=bool)
    broken: list[int] = []
    overflow: list[int] = []
    for row, cell in enumerate(cells):
        if isinstance(cell, float):
            values[row] = cell
            present[row] = values[row] == values[row]
            continue
        text = str(cell)
        value = number(text, dialect.decimal_comma)
        if value is not None:
            values[row] = value
            present[row] = True
            if math.isinf(value) and "inf" not in text.lower():
                overflow.append(row)
        elif text.strip().lower() not in ABSENT:
            broken.append(row)
    found = int(present.sum())
    column = TableColumn(name, values, present, found > 0 and found >= len(broken))
    problems = []
    if column.numeric and broken:
        sample = str(cells[broken[0]]).strip()[:40]
        text = f"no number in {count(len(broken), 'cell')} of {shown_name(name)}, the first {sample!r}."
        problems.append(_problem(path, "bad_cell", text, _GAP, f"line {int(lines[broken[0]])}"))
    if overflow:
        problems.append(overflow_problem(path, name, len(overflow), int(lines[overflow[0]])))
    return column, problems


class _Parser:
    """The plain reader: line by line, every irregularity noted."""

    def __init__(self, path: str) -> None:
        self._path = shown(path)
        self._names: list[str] = []
        self._ragged: list[int] = []
        self._long: list[int] = []
        self._headers: list[int] = []
        self._rows: list[list[str]] = []
        self._lines: list[int] = []

    def parse(self, text: str) -> Table | None:
        lines = split_lines(text)
        # A quote that closes the last cell says that nothing is missing: W&B ends its exports without a line end.
        unterminated = bool(lines and lines[-1].strip()) and not lines[-1].rstrip().endswith('"')
        start = next((i for i, line in enumerate(lines) if line.strip()), None)
        dialect = sniff(lines[start : start + 50]) if start is not None else None
        if start is None or dialect is None:
            return None
        header = split_cells(lines[start], dialect.delimiter)
        self._names = clean_header(header[:MAX_COLUMNS])
        self._read_rows(lines, start, header, dialect)
        problems = self._problems(len(header), unterminated)
        places = np.array(self._lines, dtype=np.int64)
        columns = []
        for index, name in enumerate(self._names):
            cells = [row[index] for row in self._rows]
            column, trouble = column_of_cells(name, cells, places, dialect, self._path)
            columns.append(column)
            problems += trouble
        return Table(columns, places, dialect, problems)

    def _read_rows(self, lines: list[str], start: int, header: list[str], dialect: Dialect) -> None:
        first = lines[start].strip()
        for number_, line in enumerate(lines[start + 1 :], start + 2):
            if not line or not line.strip():
                continue
            if len(line) > MAX_LINE:
                self._long.append(number_)
                continue
            if line.strip() == first:
                self._headers.append(number_)
                continue
            cells = split_cells(line, dialect.delimiter)
            if len(cells) != len(header):
                # Some writers end every row, but not the header, with a delimiter.
                if len(cells) == len(header) + 1 and not cells[-1].strip():
                    cells.pop()
                else:
                    self._ragged.append(number_)
                    continue
            self._rows.append(cells)
            self._lines.append(number_)

    def _problems(self, width: int, unterminated: bool) -> list[Problem]:
        problems = []
        if self._ragged:
            rows = count(len(self._ragged), "row")
            text = f"{rows} left out for having more or fewer cells than the header's {width}: {_some(self._ragged)}."
            problems.append(_problem(self._path, "ragged", text, _CUT, f"line {self._ragged[0]}"))
        if self._long:
            text = f"{count(len(self._long), 'line')} longer than 16 MB left out."
            problems.append(_problem(self._path, "long_line", text, _CUT, f"line {self._long[0]}"))
        if width > MAX_COLUMNS:
            text = f"has {width:,} columns; the first {MAX_COLUMNS:,} are read."
            problems.append(_problem(self._path, "too_many_columns", text))
        if self._headers:
            text = (
                f"repeats its header {count(len(self._headers), 'time')}: the logger was restarted. All rows are kept."
            )
            problems.append(_info(self._path, "repeated_header", text, f"line {self._headers[0]}"))
        if unterminated and self._lines:
            problems.append(unterminated_problem(self._path, self._lines[-1]))
        return problems


def overflow_problem(path: str, name: str, values: int, line: int) -> Problem:
    """The note that a column holds finite numbers beyond what a double can."""
    text = f"{count(values, 'value')} of {shown_name(name)} too large for a double, kept as infinite."
    return _problem(path, "overflow", text, "", f"line {line}")


def unterminated_problem(path: str, line: int) -> Problem:
    """The note that a file does not end with a line end."""
    text = "has no line end after its last row, so the last number may be cut short. It is kept."
    return _info(path, "unterminated", text, f"line {line}")


_GAP = "Such cells are shown as gaps."
_CUT = "Look at these lines if points are missing."


def shown_name(name: str) -> str:
    """A column name short enough for a message."""
    return repr(name if len(name) <= 60 else name[:57] + "...")


def _some(lines: list[int]) -> str:
    listed = ", ".join(map(str, lines[:5])) + (", ..." if len(lines) > 5 else "")
    return f"line{'' if len(lines) == 1 else 's'} {listed}"


def _problem(path: str, code: str, text: str, hint: str = "", place: str = "") -> Problem:
    return Problem(code, ProblemLevel.WARNING, path, text, hint, place)


def _info(path: str, code: str, text: str, place: str) -> Problem:
    return Problem(code, ProblemLevel.INFO, path, text, "", place)

"""Reads delimited text into columns of numbers: what is empty is absent, what says nan is data, what is broken is told.

Large sound files go through pandas' C engine (`large_table`), all others through the plain reader (`table_rows`), with
the same result.
"""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lossdoctor.importers.dialect import Dialect, decode, split_lines
from lossdoctor.importers.files import opened, read_bytes, shown
from lossdoctor.importers.table_cells import TableColumn
from lossdoctor.runs import Problem, ProblemLevel

MAX_BYTES = 4 << 30
MAX_COLUMNS = 10_000
# Below this the plain reader is faster than importing pandas.
_PANDAS_FROM = 4 << 20
_PIECE = 4 << 20


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

        table = read_large(path) or _read_in_pieces(path)
        if table is not None:
            return table
    data, whole = read_bytes(path, MAX_BYTES)
    table = parse_table(data, path)
    if table is not None and not whole:
        text = "is larger than 4 GB; the rest was not read."
        table.problems.append(Problem("too_large", ProblemLevel.WARNING, shown(path), text))
    return table


def _read_in_pieces(path: str) -> Table | None:
    """A large table that is not sound throughout: only its unsound pieces are read line by line."""
    from lossdoctor.importers.growing_table import GrowingTable

    growing = GrowingTable(path)
    with opened(path) as (descriptor, size):
        while size > 0 and (piece := os.read(descriptor, min(_PIECE, size))):
            if piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return None  # the codes of a line end may be anywhere in these
            growing.feed(piece)
            size -= len(piece)
    return growing.table(ended=True)


def parse_table(data: bytes, path: str) -> Table | None:
    """A table out of bytes, by the plain reader; `path` only names it in problems. None when it holds no table."""
    from lossdoctor.importers.table_rows import TableRows

    lines = split_lines(decode(data))
    rows = TableRows.begin(path, lines)
    return None if rows is None else rows.table(ended=ends_whole(lines[-1]))


def ends_whole(rest: str) -> bool:
    """Whether nothing is missing from a file that ends with `rest` behind its last line end.

    A quote that closes the last cell says so as well: W&B ends its exports without a line end.
    """
    return not rest.strip() or rest.rstrip().endswith('"')


def unterminated_problem(path: str, line: int) -> Problem:
    """The note that a file does not end with a line end."""
    text = "has no line end after its last row, so the last number may be cut short. It is kept."
    return Problem("unterminated", ProblemLevel.INFO, path, text, "", f"line {line}")

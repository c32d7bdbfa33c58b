"""Turns the cells of a table's columns into numbers, piece by piece, and tells what is no number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from lossdoctor.formatting import count
from lossdoctor.importers.dialect import Dialect, number
from lossdoctor.runs import Problem, ProblemLevel

ABSENT = frozenset({"", "none", "null", "na", "n/a", "-", "--", "<na>"})

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Lines = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column: (n,) values, NaN where absent, and (n,) which rows hold a value. A literal nan is present."""

    name: str
    values: Floats
    present: Mask
    numeric: bool


@dataclass(slots=True)
class Noted:
    """Cells of one kind: how many, and the first one's line and text."""

    cells: int = 0
    line: int = 0
    text: str = ""

    def add(self, line: int, text: str) -> None:
        """One more."""
        if not self.cells:
            self.line, self.text = line, text
        self.cells += 1

    def join(self, other: Noted, below: int) -> None:
        """Those of a piece that begins `below` lines further down."""
        if other.cells and not self.cells:
            self.line, self.text = other.line + below, other.text
        self.cells += other.cells


@dataclass(slots=True)
class ColumnCells:
    """The cells of one column as far as they were read.

    A column is numeric when at least half of its filled cells are numbers; others hold names or times, and their
    cells are no problem.
    """

    values: list[Floats] = field(default_factory=list)
    present: list[Mask] = field(default_factory=list)
    found: int = 0
    broken: Noted = field(default_factory=Noted)
    overflow: Noted = field(default_factory=Noted)

    def copy(self) -> ColumnCells:
        """The same cells, to go on with independently."""
        return ColumnCells(
            self.values.copy(), self.present.copy(), self.found, replace(self.broken), replace(self.overflow)
        )

    def join(self, other: ColumnCells, below: int) -> None:
        """The next cells, of a piece that begins `below` lines further down than its own line numbers say."""
        self.values += other.values
        self.present += other.present
        self.found += other.found
        self.broken.join(other.broken, below)
        self.overflow.join(other.overflow, below)

    def take_numbers(self, values: Floats, present: Mask) -> None:
        """The next cells, numbers or absent ones."""
        self.values.append(values)
        self.present.append(present)
        self.found += int(present.sum())

    def take(self, cells: Sequence[str], lines: Lines, dialect: Dialect) -> None:
        """The next cells as text, with their line numbers."""
        values = np.full(len(cells), np.nan)
        present = np.zeros(len(cells), dtype=bool)
        for row, text in enumerate(cells):
            value = number(text, dialect.decimal_comma)
            if value is not None:
                values[row] = value
                present[row] = True
                if math.isinf(value) and "inf" not in text.lower():
                    self.overflow.add(int(lines[row]), text)
            elif text.strip().lower() not in ABSENT:
                self.broken.add(int(lines[row]), text)
        self.take_numbers(values, present)

    def column(self, name: str, path: str) -> tuple[TableColumn, list[Problem]]:
        """The column, and what is wrong with its cells."""
        self.values = [np.concatenate(self.values)] if len(self.values) > 1 else self.values or [np.zeros(0)]
        self.present = [np.concatenate(self.present)] if len(self.present) > 1 else self.present or [np.zeros(0, bool)]
        numeric = self.found > 0 and self.found >= self.broken.cells
        column = TableColumn(name, self.values[0], self.present[0], numeric)
        problems = []
        if numeric and self.broken.cells:
            sample = self.broken.text.strip()[:40]
            text = f"no number in {count(self.broken.cells, 'cell')} of {shown_name(name)}, the first {sample!r}."
            problems.append(_problem(path, "bad_cell", text, _GAP, self.broken.line))
        if self.overflow.cells:
            text = (
                f"{count(self.overflow.cells, 'value')} of {shown_name(name)} too large for a double, kept as infinite."
            )
            problems.append(_problem(path, "overflow", text, "", self.overflow.line))
        return column, problems


_GAP = "Such cells are shown as gaps."


def shown_name(name: str) -> str:
    """A column name short enough for a message."""
    return repr(name if len(name) <= 60 else name[:57] + "...")


def _problem(path: str, code: str, text: str, hint: str, line: int) -> Problem:
    return Problem(code, ProblemLevel.WARNING, path, text, hint, f"line {line}")

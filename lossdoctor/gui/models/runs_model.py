"""RunsModel: the table of diagnosed runs; grows while a scan goes on, sorts and filters itself.

A QSortFilterProxyModel over Python rows takes 8 s to sort 100,000 of them; an argsort in the model takes 10 ms.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from lossdoctor import formatting, safe_text
from lossdoctor.findings import Verdict
from lossdoctor.runs import Role
from lossdoctor.workspace.results import DiagnosedRun

RUN_ROLE = int(Qt.ItemDataRole.UserRole) + 1
VERDICT_ROLE = RUN_ROLE + 1

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns, in the order in which they are shown."""

    VERDICT = 0
    NAME = 1
    CONFIDENCE = 2
    BEST_LOSS = 3
    STEPS = 4
    FORMAT = 5

    @property
    def title(self) -> str:
        """The header's text."""
        return _TITLES[self]


_TITLES = {
    Column.VERDICT: "Verdict",
    Column.NAME: "Run",
    Column.CONFIDENCE: "Conf.",
    Column.BEST_LOSS: "Best loss",
    Column.STEPS: "Steps",
    Column.FORMAT: "Format",
}
_HELP = {
    Column.VERDICT: "What the rules say about the run; sorts by urgency",
    Column.NAME: "The run, as its path below the open folder",
    Column.CONFIDENCE: "How sure the verdict is: of verdicts given with 80 % about 8 in 10 are right",
    Column.BEST_LOSS: "Lowest finite validation loss; training loss where no validation loss was logged",
    Column.STEPS: "Last logged step",
    Column.FORMAT: "Log format",
}
_NUMERIC = {Column.CONFIDENCE, Column.BEST_LOSS, Column.STEPS}

# What needs attention first comes first.
URGENCY = (
    Verdict.DIVERGENCE, Verdict.OVERFITTING, Verdict.UNDERFITTING, Verdict.PLATEAU, Verdict.OSCILLATING,
    Verdict.SPIKE_RECOVERED, Verdict.TOO_SHORT, Verdict.NOT_CLASSIFIABLE, Verdict.HEALTHY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunRow:
    """One row with its values worked out once: painting asks for them thousands of times."""

    item: DiagnosedRun
    name: str  # the id: two runs may both be called "training", but never have the same path
    best_loss: float
    last_step: float
    searched: str
    natural: tuple[tuple[int, int, str], ...]  # sorts run2 before run10

    @classmethod
    def of(cls, item: DiagnosedRun) -> RunRow:
        """The row of one run."""
        run = item.run
        words = (run.name, run.id, run.format, item.diagnosis.verdict.label, item.diagnosis.verdict.value)
        last = max((float(series.steps.max()) for series in run.series if len(series)), default=math.nan)
        return cls(item, safe_text.plain(run.id), _best_loss(item), last, "\n".join(words).casefold(), _natural(run.id))


def _best_loss(item: DiagnosedRun) -> float:
    series = item.run.primary(Role.VAL_LOSS) or item.run.primary(Role.TRAIN_LOSS)
    finite = series.values[series.finite] if series is not None else np.empty(0)
    return float(finite.min()) if finite.size else math.nan


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    parts = re.split(r"([0-9]+)", text.casefold())
    return tuple((1, int(part[:300]), "") if part.isascii() and part.isdigit() else (0, 0, part) for part in parts)


_SORT_VALUES: dict[Column, Callable[[RunRow], float]] = {
    Column.VERDICT: lambda row: float(URGENCY.index(row.item.diagnosis.verdict)),
    Column.CONFIDENCE: lambda row: row.item.diagnosis.confidence,
    Column.BEST_LOSS: lambda row: row.best_loss,
    Column.STEPS: lambda row: row.last_step,
}


class RunsModel(QAbstractTableModel):
    """The runs of the open folder."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._rows: list[RunRow] = []
        self._order: npt.NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._filter: tuple[str, ...] = ()
        self._sort_keys: dict[Column, npt.NDArray[np.float64]] = {}
        self._sorted_by = (Column.VERDICT, Qt.SortOrder.AscendingOrder)

    # --- content ---

    def clear(self) -> None:
        """Forgets all runs."""
        self.beginResetModel()
        self._rows = []
        self._sort_keys = {}
        self._order = np.empty(0, dtype=np.intp)
        self.endResetModel()

    def add(self, items: Sequence[DiagnosedRun]) -> None:
        """Adds runs where the sorting puts them; selections in views stay on their runs."""
        if not items:
            return
        first = len(self._rows)
        self._sort_keys = {}
        new = [RunRow.of(item) for item in items]
        passing = np.array([first + i for i, row in enumerate(new) if self._passes(row)], dtype=np.intp)
        if passing.size:
            shown = self._order.size
            self.beginInsertRows(QModelIndex(), shown, shown + passing.size - 1)
            self._rows += new
            self._order = np.concatenate((self._order, passing))
            self.endInsertRows()
            self.sort(self._sorted_by[0], self._sorted_by[1])
        else:
            self._rows += new

    def replace(self, item: DiagnosedRun) -> None:
        """Puts a run in place of the one with its id; does nothing when there is none."""
        at = next((i for i, row in enumerate(self._rows) if row.item.run.id == item.run.id), None)
        if at is None:
            return
        self._rows[at] = RunRow.of(item)
        self._sort_keys = {}
        for row in np.flatnonzero(self._order == at):
            self.dataChanged.emit(self.index(int(row), 0), self.index(int(row), len(Column) - 1))
        self.sort(self._sorted_by[0], self._sorted_by[1])

    @property
    def total(self) -> int:
        """Number of runs, shown or filtered out."""
        return len(self._rows)

    def all_runs(self) -> list[DiagnosedRun]:
        """Every run, in the order of arrival."""
        return [row.item for row in self._rows]

    def shown_runs(self) -> list[DiagnosedRun]:
        """The runs that pass the filter, in the order shown."""
        return [self._rows[i].item for i in self._order]

    def run_at(self, row: int) -> DiagnosedRun:
        """The run of a shown row."""
        return self._rows[self._order[row]].item

    def row_of(self, run_id: str) -> int | None:
        """The shown row of a run; None when it is filtered out or unknown."""
        for row, i in enumerate(self._order):
            if self._rows[i].item.run.id == run_id:
                return row
        return None

    # --- filter and order ---

    def set_filter(self, text: str) -> None:
        """Shows the runs that contain every word of `text` in name, id, verdict or format."""
        words = tuple(text.casefold().split())
        if words == self._filter:
            return
        self.beginResetModel()
        self._filter = words
        self._order = np.array([i for i, row in enumerate(self._rows) if self._passes(row)], dtype=np.intp)
        self._order = self._order[self._ranks()]
        self.endResetModel()

    def _passes(self, row: RunRow) -> bool:
        return all(word in row.searched for word in self._filter)

    def _ranks(self) -> npt.NDArray[np.intp]:
        """Positions of the shown rows in the asked order; NaN last either way, ties by name."""
        column, direction = self._sorted_by
        sign = 1.0 if direction is Qt.SortOrder.AscendingOrder else -1.0
        names = self._keys(Column.NAME)[self._order]
        if column is Column.NAME:
            return np.argsort(sign * names, kind="stable")
        return np.lexsort((names, sign * self._keys(column)[self._order]))

    def _keys(self, column: Column) -> npt.NDArray[np.float64]:
        """One number a row to sort a column by, worked out once until rows are added."""
        if column not in self._sort_keys:
            if column in {Column.NAME, Column.FORMAT}:
                texts = [row.natural if column is Column.NAME else row.item.run.format for row in self._rows]
                places = {text: place for place, text in enumerate(sorted(set(texts)))}
                keys = [float(places[text]) for text in texts]
            else:
                keys = [_SORT_VALUES[column](row) for row in self._rows]
            self._sort_keys[column] = np.array(keys, dtype=np.float64)
        return self._sort_keys[column]

    # --- Qt ---

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if not 0 <= column < len(Column):
            return
        self.layoutAboutToBeChanged.emit()
        self._sorted_by = (Column(column), order)
        before = self._order
        self._order = before[self._ranks()] if before.size else before
        if old := self.persistentIndexList():
            places = {int(row): place for place, row in enumerate(self._order)}
            new = [self.index(places[int(before[index.row()])], index.column()) for index in old]
            self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else int(self._order.size)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        column = Column(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return _HELP[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        return None

    @staticmethod
    def _alignment(column: Column) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in _NUMERIC else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < self._order.size:
            return None
        row = self._rows[self._order[index.row()]]
        column = Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        if role == RUN_ROLE:
            return row.item
        if role == VERDICT_ROLE:
            return row.item.diagnosis.verdict
        if role == Qt.ItemDataRole.ToolTipRole:
            return safe_text.html(row.item.run.path)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title}: {self._text(row, column)}"
        return None

    @staticmethod
    def _text(row: RunRow, column: Column) -> str:
        diagnosis = row.item.diagnosis
        match column:
            case Column.VERDICT:
                return diagnosis.verdict.label
            case Column.NAME:
                return row.name
            case Column.CONFIDENCE:
                return formatting.percent(round(diagnosis.confidence, 2))
            case Column.BEST_LOSS:
                return "–" if math.isnan(row.best_loss) else formatting.number(row.best_loss)
            case Column.STEPS:
                return "–" if math.isnan(row.last_step) else formatting.step(row.last_step)
        return safe_text.plain(row.item.run.format)

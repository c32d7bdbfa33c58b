"""RunsModel: the table of diagnosed runs; grows while a scan goes on, sorts and filters itself.

A QSortFilterProxyModel over Python rows takes 8 s to sort 100,000 of them; an argsort in the model takes 10 ms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from lossdoctor import formatting, safe_text
from lossdoctor.findings import Verdict
from lossdoctor.gui.models.run_columns import NUMERIC, URGENCY, Column, RunRow, natural
from lossdoctor.gui.models.run_query import RunQuery
from lossdoctor.runs.run import ConfigValue
from lossdoctor.workspace.results import DiagnosedRun

__all__ = ["RUN_ROLE", "URGENCY", "VERDICT_ROLE", "Column", "RunsModel"]

RUN_ROLE = int(Qt.ItemDataRole.UserRole) + 1
VERDICT_ROLE = RUN_ROLE + 1
# Groups by the run's folder; any other group is a configuration key.
BY_FOLDER = "/"

Index = QModelIndex | QPersistentModelIndex


class RunsModel(QAbstractTableModel):
    """The runs of the open folder."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._rows: list[RunRow] = []
        self._order: npt.NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._query = RunQuery()
        self._ignored: frozenset[str] = frozenset()
        self._show_ignored = False
        self._pinned: str | None = None
        self._colours: Mapping[str, QColor] = {}
        self._config_keys: tuple[str, ...] = ()
        self._group_by = ""
        self._sort_keys: dict[int | str, npt.NDArray[np.float64]] = {}
        self._sorted_by: tuple[int, Qt.SortOrder] = (Column.VERDICT, Qt.SortOrder.AscendingOrder)

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

    def put(self, items: Sequence[DiagnosedRun]) -> None:
        """Puts runs in place of those with their ids, and adds the others."""
        places = {row.item.run.id: place for place, row in enumerate(self._rows)}
        known = [item for item in items if item.run.id in places]
        for item in known:
            self._rows[places[item.run.id]] = RunRow.of(item)
        if known:
            self._sort_keys = {}
            if self._order.size:
                self.dataChanged.emit(self.index(0, 0), self.index(self._order.size - 1, self.columnCount() - 1))
        fresh = {item.run.id: item for item in items if item.run.id not in places}
        if fresh:
            self.add(list(fresh.values()))
        elif known:
            self.sort(self._sorted_by[0], self._sorted_by[1])

    def keep_only(self, run_ids: Collection[str]) -> None:
        """Forgets all other runs."""
        if any(row.item.run.id not in run_ids for row in self._rows):
            self._rows = [row for row in self._rows if row.item.run.id in run_ids]
            self._sort_keys = {}
            self._refilter()

    def replace(self, item: DiagnosedRun) -> None:
        """Puts a run in place of the one with its id; does nothing when there is none."""
        at = next((i for i, row in enumerate(self._rows) if row.item.run.id == item.run.id), None)
        if at is None:
            return
        self._rows[at] = RunRow.of(item)
        self._sort_keys = {}
        for row in np.flatnonzero(self._order == at):
            self.dataChanged.emit(self.index(int(row), 0), self.index(int(row), self.columnCount() - 1))
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

    @property
    def query(self) -> RunQuery:
        """What is asked of the runs shown."""
        return self._query

    def set_filter(self, text: str) -> None:
        """Shows the runs that fit the words and comparisons of `text`."""
        self.set_query(RunQuery.parse(text))

    def set_query(self, query: RunQuery) -> None:
        """Shows the runs that pass."""
        if query != self._query:
            self._query = query
            self._refilter()

    def set_ignored(self, run_ids: frozenset[str], *, shown: bool = False) -> None:
        """Leaves these runs out, or with `shown` keeps them, drawn faint."""
        if (run_ids, shown) != (self._ignored, self._show_ignored):
            self._ignored, self._show_ignored = run_ids, shown
            self._refilter()

    def _refilter(self) -> None:
        self.beginResetModel()
        self._order = np.array([i for i, row in enumerate(self._rows) if self._passes(row)], dtype=np.intp)
        self._order = self._order[self._ranks()]
        self.endResetModel()

    def _passes(self, row: RunRow) -> bool:
        return (self._show_ignored or row.item.run.id not in self._ignored) and self._query.passes(row)

    def verdict_counts(self) -> dict[Verdict, int]:
        """How many runs have which verdict, the urgent first; filtered out or not, but without the ignored."""
        found = Counter(
            row.item.diagnosis.verdict
            for row in self._rows
            if self._show_ignored or row.item.run.id not in self._ignored
        )
        return {verdict: found[verdict] for verdict in URGENCY if found[verdict]}

    def _ranks(self) -> npt.NDArray[np.intp]:
        """Positions of the shown rows in the asked order; NaN last either way, ties by name."""
        column, direction = self._sorted_by
        sign = 1.0 if direction is Qt.SortOrder.AscendingOrder else -1.0
        keys = [self._keys(Column.NAME)[self._order], sign * self._keys(column)[self._order]]
        if self._group_by:
            keys.append(self._keys(self._group_by)[self._order])
        return np.lexsort(keys)

    def _keys(self, column: int | str) -> npt.NDArray[np.float64]:
        """One number a row to sort a column or a group by, worked out once until rows are added."""
        if column not in self._sort_keys:
            self._sort_keys[column] = np.array(self._worked_out(column), dtype=np.float64)
        return self._sort_keys[column]

    def _worked_out(self, column: int | str) -> list[float]:
        if isinstance(column, str):
            return _places([self._group_value(row) for row in self._rows])
        if column >= len(Column):
            key = self._config_keys[column - len(Column)]
            return _places([row.item.run.config.get(key) for row in self._rows])
        if column == Column.NAME:
            places = {key: place for place, key in enumerate(sorted({row.natural for row in self._rows}))}
            return [float(places[row.natural]) for row in self._rows]
        if column == Column.FORMAT:
            return _places([row.item.run.format for row in self._rows])
        return [row.value(Column(column)) for row in self._rows]

    # --- columns of the configuration, groups, colours ---

    @property
    def config_keys(self) -> tuple[str, ...]:
        """The configuration columns shown, from left to right."""
        return self._config_keys

    def set_config_keys(self, keys: Sequence[str]) -> None:
        """Shows these settings of the runs as columns."""
        if tuple(keys) == self._config_keys:
            return
        self.beginResetModel()
        self._config_keys = tuple(keys)
        self._sort_keys = {}
        if self._sorted_by[0] >= self.columnCount():
            self._sorted_by = (Column.VERDICT, Qt.SortOrder.AscendingOrder)
        self.endResetModel()

    def known_config_keys(self) -> list[str]:
        """Every setting any run has; those that differ between runs come first."""
        seen: dict[str, set[ConfigValue]] = {}
        holders: Counter[str] = Counter()
        for row in self._rows:
            holders.update(row.item.run.config.keys())
            for key, value in row.item.run.config.items():
                seen.setdefault(key, set()).add(value)
        total = len(self._rows)
        return sorted(seen, key=lambda key: (len(seen[key]) + (holders[key] < total) < 2, natural(key)))

    @property
    def group_by(self) -> str:
        """What rows are grouped by: "" nothing, `BY_FOLDER`, or a configuration key."""
        return self._group_by

    def set_group_by(self, group: str) -> None:
        """Keeps runs of one folder, or with one value of a setting, together."""
        if group != self._group_by:
            self._group_by = group
            self.sort(self._sorted_by[0], self._sorted_by[1])

    def _group_value(self, row: RunRow) -> ConfigValue:
        run = row.item.run
        return run.id.rpartition("/")[0] if self._group_by == BY_FOLDER else run.config.get(self._group_by)

    def group_titles(self) -> dict[int, str]:
        """The heading of each group, by the shown row that it begins with; empty without groups."""
        if not self._group_by or not self._order.size:
            return {}
        keys = self._keys(self._group_by)[self._order]
        codes = np.where(np.isnan(keys), -1.0, keys)
        starts = np.concatenate(([0], np.flatnonzero(np.diff(codes)) + 1))
        sizes = np.diff(np.append(starts, codes.size))
        return {
            int(start): f"{self._group_name(int(start))} · {formatting.count(int(size), 'run')}"
            for start, size in zip(starts, sizes, strict=True)
        }

    def group_of(self, item: DiagnosedRun) -> str:
        """The heading of a run's group, without the number of its runs; "" without groups."""
        row = next((row for row in self._rows if row.item.run.id == item.run.id), None)
        return self._name_of(self._group_value(row)) if self._group_by and row is not None else ""

    def _group_name(self, row: int) -> str:
        return self._name_of(self._group_value(self._rows[self._order[row]]))

    def _name_of(self, value: ConfigValue) -> str:
        if self._group_by == BY_FOLDER:
            return safe_text.plain(value) or "the opened folder"
        return f"{safe_text.plain(self._group_by)} = {config_text(value)}"

    def set_colours(self, colours: Mapping[str, QColor]) -> None:
        """Shows a swatch before the names of these runs: they are on the plot."""
        if colours != self._colours:
            self._colours = dict(colours)
            self._names_changed()

    def set_pinned(self, run_id: str | None) -> None:
        """Marks the baseline."""
        if run_id != self._pinned:
            self._pinned = run_id
            self._names_changed()

    @property
    def pinned(self) -> str | None:
        """The id of the baseline."""
        return self._pinned

    def _names_changed(self) -> None:
        if self._order.size:
            self.dataChanged.emit(self.index(0, Column.NAME), self.index(int(self._order.size) - 1, Column.NAME))

    # --- Qt ---

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if not 0 <= column < self.columnCount():
            return
        self.layoutAboutToBeChanged.emit()
        self._sorted_by = (column, order)
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
        return 0 if parent.isValid() else len(Column) + len(self._config_keys)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < self.columnCount():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.column_title(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            is_config = section >= len(Column)
            return safe_text.html("A setting of the run" if is_config else Column(section).help)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def column_title(self, section: int) -> str:
        """The header's text, plain."""
        if section < len(Column):
            return Column(section).title
        return safe_text.plain(self._config_keys[section - len(Column)].rpartition(".")[2], 24)

    @staticmethod
    def _alignment(section: int) -> Qt.AlignmentFlag:
        right = section >= len(Column) or section in NUMERIC
        return (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < self._order.size:
            return None
        row = self._rows[self._order[index.row()]]
        section = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        if role == RUN_ROLE:
            return row.item
        if role == VERDICT_ROLE:
            return row.item.diagnosis.verdict
        if role == Qt.ItemDataRole.ToolTipRole:
            return safe_text.html(row.item.run.path)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.column_title(section)}: {self._text(row, section)}"
        if role == Qt.ItemDataRole.DecorationRole and section == Column.NAME:
            return self._colours.get(row.item.run.id)
        return None

    def _text(self, row: RunRow, section: int) -> str:
        if section >= len(Column):
            return config_text(row.item.run.config.get(self._config_keys[section - len(Column)]))
        if section == Column.NAME:
            marks = ("★ " if row.item.run.id == self._pinned else "") + (
                "(ignored) " if row.item.run.id in self._ignored else ""
            )
            return marks + row.name
        return row.text(Column(section))


def config_text(value: ConfigValue) -> str:
    """A setting's value as the table shows it."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return formatting.number(value)
    return safe_text.plain(value)


def _places(values: Sequence[ConfigValue]) -> list[float]:
    """Sort keys of mixed values: numbers by size, then texts naturally, None (NaN) last."""
    ordered = sorted({_sortable(value) for value in values if value is not None})
    places = {key: float(place) for place, key in enumerate(ordered)}
    return [float("nan") if value is None else places[_sortable(value)] for value in values]


def _sortable(value: ConfigValue) -> tuple[int, float, tuple[tuple[int, int, str], ...]]:
    if isinstance(value, int | float):
        return (0, float("inf") if value != value else float(value), ())
    return (1, 0.0, natural(str(value)))

"""ProblemsModel: what was wrong with the input, one row a problem."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from lossdoctor import safe_text
from lossdoctor.knowledge.problems import load_problems
from lossdoctor.runs import Problem, ProblemLevel

PROBLEM_ROLE = int(Qt.ItemDataRole.UserRole) + 1

Index = QModelIndex | QPersistentModelIndex


class ProblemColumn(IntEnum):
    """The columns."""

    LEVEL = 0
    FILE = 1
    PLACE = 2
    MESSAGE = 3


_TITLES = ("Level", "File", "Place", "What is wrong, and what to do")
_LEVELS = {ProblemLevel.INFO: "Note", ProblemLevel.WARNING: "Warning", ProblemLevel.ERROR: "Error"}
_ORDER = (ProblemLevel.ERROR, ProblemLevel.WARNING, ProblemLevel.INFO)


def _explained(problem: Problem) -> str:
    """The problem, and below it what such a problem means."""
    entry = load_problems().get(problem.code)
    if entry is None:
        return problem.sentence()
    return f"{problem.sentence()}\n\n{entry.meaning} {entry.done} {entry.remedy}"


class ProblemsModel(QAbstractTableModel):
    """The problems of the open folder, the worst first."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._problems: tuple[Problem, ...] = ()

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Shows these problems."""
        self.beginResetModel()
        self._problems = tuple(sorted(problems, key=lambda p: (_ORDER.index(p.level), p.path, p.place)))
        self.endResetModel()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems as shown."""
        return self._problems

    def as_text(self, rows: Sequence[int] = ()) -> str:
        """Some rows (all when none are given) as plain lines, for the clipboard."""
        chosen = [self._problems[row] for row in rows] or self._problems
        return "\n".join(f"{p.level.value}: {safe_text.plain(p.sentence(), 2000)}" for p in chosen)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._problems)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(ProblemColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(ProblemColumn):
            if role == Qt.ItemDataRole.DisplayRole:
                return _TITLES[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._problems):
            return None
        problem = self._problems[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(problem, ProblemColumn(index.column()))
        if role == PROBLEM_ROLE:
            return problem
        if role == Qt.ItemDataRole.ToolTipRole:
            return safe_text.html(_explained(problem))
        return None

    @staticmethod
    def _text(problem: Problem, column: ProblemColumn) -> str:
        match column:
            case ProblemColumn.LEVEL:
                return _LEVELS[problem.level]
            case ProblemColumn.FILE:
                return safe_text.plain(problem.path)
            case ProblemColumn.PLACE:
                return safe_text.plain(problem.place)
        return safe_text.plain(f"{problem.message} {problem.hint}".strip())

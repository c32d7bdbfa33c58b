"""Tells apart the runs in a table of W&B history rows: by a column of run names, or where the counters start again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lossdoctor.importers.step_axis import table_series
from lossdoctor.importers.table import Table
from lossdoctor.importers.table_cells import TableColumn
from lossdoctor.runs import Problem, Series

STEP, RUNTIME, TIMESTAMP = "_step", "_runtime", "_timestamp"
# Columns by which people tell runs apart when they put several histories into one table, best first.
NAME_COLUMNS = ("run_name", "run", "name", "run_id", "id")

Rows = npt.NDArray[np.int64]


def is_history(names: Sequence[str]) -> bool:
    """Whether columns are those of W&B's history: `_step` with `_runtime` or `_timestamp`."""
    return STEP in names and (RUNTIME in names or TIMESTAMP in names)


def rows_by_name(names: Sequence[str]) -> dict[str, Rows]:
    """Row numbers by run name, in the order of first appearance; rows keep theirs."""
    found: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        found.setdefault(name, []).append(row)
    return {name: np.array(rows, np.int64) for name, rows in found.items()}


def few_rows_each(names: Sequence[str]) -> bool:
    """Whether most names stand in one row only: a table of runs rather than of their rows."""
    return len(set(names)) > max(2, len(names) / 2)


def rows_by_restart(table: Table) -> list[Rows]:
    """Row numbers of each run where none is named: one ends where `_step` and `_runtime` both start again.

    A resumed run steps back but its running time goes on. Without running times, a run ends where the step goes back to
    that of the first row or before.
    """
    step, runtime = table.column(STEP), table.column(RUNTIME)
    rows = np.arange(len(table.lines), dtype=np.int64)
    if step is None or not step.numeric or rows.size < 2:
        return [rows]
    counted = np.flatnonzero(step.present)
    steps = step.values[counted]
    back = np.flatnonzero(np.diff(steps) < 0) + 1
    if runtime is not None and runtime.numeric:
        times = runtime.values[counted]
        back = back[times[back] < times[back - 1]]
    elif steps.size:
        back = back[steps[back] <= steps[0]]
    return np.split(rows, counted[back])


def run_series(table: Table, rows: Rows, path: str) -> tuple[list[Series], list[Problem]]:
    """The series of some rows over `_step`, with `_timestamp` as their time and without W&B's running time."""
    columns = [_part(column, rows) for column in table.columns if column.name != RUNTIME]
    part = Table(columns, table.lines[rows], table.dialect)
    series, _, problems = table_series(part, path)
    return [item for item in series if len(item)], problems


def _part(column: TableColumn, rows: Rows) -> TableColumn:
    present = column.present[rows]
    return TableColumn(column.name, column.values[rows], present, column.numeric and bool(present.any()))

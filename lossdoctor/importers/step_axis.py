"""Finds the column of a table that counts steps, and turns the other columns into series over it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lossdoctor.importers.files import shown
from lossdoctor.importers.table import Table
from lossdoctor.importers.table_cells import TableColumn
from lossdoctor.runs import Problem, ProblemLevel, Series

# Names of an x column, best first, spelled by `step_key`. The unit tells what a step counts.
STEP_COLUMNS: dict[str, str] = {
    **dict.fromkeys(("globalstep", "trainerglobalstep", "step", "steps", "trainstep", "totalsteps", "nsteps",
                     "numsteps", "optimizerstep", "updates", "nupdates", "numupdates", "update"), "step"),
    **dict.fromkeys(("timetotaltimesteps", "totaltimesteps", "timesteps", "timestep", "totalenvsteps",
                     "numenvsteps"), "step"),
    **dict.fromkeys(("iteration", "iter", "iterations", "iters", "niter", "numiter", "trainingiteration",
                     "timeiterations", "it"), "iteration"),
    **dict.fromkeys(("batch", "batchidx", "minibatch"), "step"),
    **dict.fromkeys(("epoch", "epochs", "currentepoch", "epochid", "nepoch"), "epoch"),
    **dict.fromkeys(("round", "episode", "tokens"), "step"),
}  # fmt: skip
_RANK = {name: rank for rank, name in enumerate(STEP_COLUMNS)}
# Count within an epoch: on their own they go back to 0 at each epoch.
_WITHIN_EPOCH = frozenset({"batch", "batchidx", "minibatch", "iter", "iteration", "it", "step"})


def step_key(name: str) -> str:
    """A column name as `STEP_COLUMNS` spells it: letters only, lower case."""
    return re.sub(r"[^a-z]", "", name.lower())


def step_column(names: Sequence[str]) -> str | None:
    """The column that counts steps, by name; the finest counter when there are several."""
    known = [name for name in names if step_key(name) in _RANK]
    return min(known, key=lambda name: _RANK[step_key(name)], default=None)


def table_series(table: Table, path: str) -> tuple[list[Series], str, list[Problem]]:
    """A table's numeric columns as series over its step column, the unit of a step, and problems."""
    steps, unit, used, problems = _steps(table, path)
    source = shown(os.path.basename(path))
    wall_column = next(
        (c for c in table.columns if c.name in ("_timestamp", "wall_time", "Wall time") and c.numeric), None
    )
    walls = wall_column.values if wall_column is not None else None
    series = []
    for column in table.columns:
        if not column.numeric or column is used or column is wall_column or _is_index(column):
            continue
        rows = column.present
        if rows.all():  # nothing to leave out: arrays are shared, not copied
            series.append(Series(column.name, steps, column.values, walls, source))
            continue
        times = walls[rows] if walls is not None else None
        series.append(Series(column.name, steps[rows], column.values[rows], times, source))
    return series, unit, problems


def _is_index(column: TableColumn) -> bool:
    return column.name in ("", "Unnamed: 0") or step_key(column.name) in ("index",)


def _steps(table: Table, path: str) -> tuple[npt.NDArray[np.int64], str, TableColumn | None, list[Problem]]:
    """(n,) step of each row, its unit, the column it came from, and what had to be assumed."""
    rows = np.arange(len(table.lines), dtype=np.int64)
    ranked = sorted(
        (c for c in table.columns if c.numeric and step_key(c.name) in _RANK), key=lambda c: _RANK[step_key(c.name)]
    )
    fractional = ""
    for column in ranked:
        if column.present.mean() < 0.5 or (len(ranked) > 1 and _constant(column)):
            continue
        whole = whole_steps(column)
        if whole is None:
            fractional = fractional or column.name
            continue
        unit = STEP_COLUMNS[step_key(column.name)]
        joined = _joined_with_epoch(column, whole, ranked)
        return (whole if joined is None else joined), unit, column, _gaps(column, path, table)
    index = next((c for c in table.columns if _is_index(c) and c.numeric), None)
    if index is not None and (whole := whole_steps(index)) is not None:
        return whole, "step", index, []
    if fractional:
        text = f"{fractional} holds fractions, so rows are counted as steps instead."
    else:
        text = "has no column that counts steps, so rows are counted as steps."
    return rows, "step", None, [Problem("rows_as_steps", ProblemLevel.INFO, shown(path), text)]


def _constant(column: TableColumn) -> bool:
    """A batch column that holds the batch size, a round that never ends."""
    values = column.values[column.present]
    return values.size > 2 and bool(np.all(values == values[0]))


def whole_steps(column: TableColumn) -> npt.NDArray[np.int64] | None:
    """A column as int64 when all of its values are whole; a row without one takes that of the row before."""
    values = column.values
    whole = column.present.all()
    filled = values if whole else values[column.present]
    if not filled.size or not np.isfinite(filled).all() or np.any(filled != np.rint(filled)):
        return None
    if max(abs(filled.min()), abs(filled.max())) >= 2.0**63:
        return None
    if not whole:
        last = np.maximum.accumulate(np.where(column.present, np.arange(values.size), -1))
        values = np.where(last >= 0, values[np.maximum(last, 0)], 0.0)
    return values.astype(np.int64)


def _gaps(column: TableColumn, path: str, table: Table) -> list[Problem]:
    missing = np.flatnonzero(~column.present)
    if not missing.size:
        return []
    text = f"{missing.size} rows have no {column.name}; they count as part of the row before."
    place = f"line {int(table.lines[missing[0]])}"
    return [Problem("missing_step", ProblemLevel.WARNING, shown(path), text, "", place)]


def _joined_with_epoch(
    column: TableColumn, whole: npt.NDArray[np.int64], ranked: list[TableColumn]
) -> npt.NDArray[np.int64] | None:
    """Steps that count through where a batch column starts again in every epoch: (epoch - first) * per_epoch + batch."""
    if step_key(column.name) not in _WITHIN_EPOCH or whole.size < 3:
        return None
    epoch = next((c for c in ranked if STEP_COLUMNS[step_key(c.name)] == "epoch" and c is not column), None)
    epochs = whole_steps(epoch) if epoch is not None else None
    falls = np.flatnonzero(np.diff(whole) < 0) + 1
    if epochs is None or not falls.size or np.any(epochs[falls] <= epochs[falls - 1]):
        return None
    if falls.size < max(1, np.unique(epochs).size - 1):
        return None  # not every epoch starts again
    per_epoch = int(whole.max()) + (1 if whole.min() == 0 else 0)
    joined: npt.NDArray[np.int64] = (epochs - epochs[0]) * per_epoch + whole
    return joined

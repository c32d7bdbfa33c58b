"""The columns of W&B charts, put together by run: points, bands, and one axis for all charts of a run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lossdoctor.formatting import count
from lossdoctor.importers.files import shown
from lossdoctor.importers.step_axis import STEP_COLUMNS, step_key
from lossdoctor.importers.table import Table
from lossdoctor.importers.table_cells import Mask, TableColumn
from lossdoctor.runs import Band, Problem, ProblemLevel, Series

LOWER, UPPER = "__MIN", "__MAX"
SEPARATOR = " - "

Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class ChartColumn:
    """The points of one metric of one run in one chart: (n,) x as written, values and band; the name of the x axis."""

    metric: str
    axis: str
    x: Floats
    values: Floats
    band: Band | None
    source: str

    def same_points(self, other: ChartColumn) -> bool:
        """Whether this is the same column of a chart that was saved twice."""
        return (
            self.axis == other.axis
            and np.array_equal(self.x, other.x)
            and np.array_equal(self.values, other.values, equal_nan=True)
        )


@dataclass(slots=True)
class ChartRun:
    """What the charts of a folder say about one run."""

    columns: dict[str, ChartColumn] = field(default_factory=dict)

    def add(self, column: ChartColumn) -> None:
        """Adds a column; another one of the same metric with other points gets a number."""
        tag, number = column.metric, 2
        while tag in self.columns:
            if column.same_points(self.columns[tag]):
                return
            tag = f"{column.metric} ({number})"
            number += 1
        self.columns[tag] = column

    def series(self, path: str) -> tuple[list[Series], str, list[Problem]]:
        """The run's series, what a step counts, and what had to be assumed; `path` only names it in problems."""
        axes = list(dict.fromkeys(column.axis for column in self.columns.values()))
        made, counted = [], []
        for axis in axes:
            whole, places = _places([column.x for column in self.columns.values() if column.axis == axis])
            counted += [] if whole else [axis]
            for tag, column in self.columns.items():
                if column.axis == axis:
                    steps = column.x.astype(np.int64) if whole else np.searchsorted(places, column.x)
                    made.append(Series(tag, steps, column.values, _walls(column), column.source, column.band))
        order = list(self.columns)
        made.sort(key=lambda series: order.index(series.tag))
        units = {"step" if axis in counted else STEP_COLUMNS.get(step_key(axis), "step") for axis in axes}
        unit = units.pop() if len(units) == 1 else "step"
        return made, unit, _axis_problems(axes, counted, path)


def split_title(title: str) -> tuple[str, str]:
    """Run name and metric of a column title; the run's name may itself hold " - "."""
    run, _, metric = title.rpartition(SEPARATOR)
    return (run, metric) if run else ("", title)


def chart_columns(table: Table, path: str, problems: list[Problem]) -> Iterator[tuple[str, ChartColumn]]:
    """(run name, its points) for each column of a chart; rows without an x are left out and told."""
    x, *rest = table.columns
    titles = {column.name: column for column in rest}
    bands = {column.name for column in rest if _is_band(column.name) and column.name[: -len(LOWER)] in titles}
    placed = np.isfinite(x.values) if x.numeric else np.ones(x.values.shape, dtype=bool)
    at = x.values if x.numeric else np.arange(x.values.size, dtype=float)
    if not placed.all():
        text = f"{count(int((~placed).sum()), 'row')} without a number in {x.name[:60]!r} left out."
        place = f"line {int(table.lines[np.flatnonzero(~placed)[0]])}"
        problems.append(Problem("missing_step", ProblemLevel.WARNING, shown(path), text, "", place))
    for column in rest:
        if column.name in bands or not column.numeric:
            continue
        rows = column.present & placed
        run, metric = split_title(column.name)
        band = _band(column, titles.get(column.name + LOWER), titles.get(column.name + UPPER), rows)
        source = shown(os.path.basename(path))
        yield run, ChartColumn(metric, x.name if x.numeric else "", at[rows], column.values[rows], band, source)


def _is_band(name: str) -> bool:
    return name.endswith((LOWER, UPPER))


def _band(column: TableColumn, lower: TableColumn | None, upper: TableColumn | None, rows: Mask) -> Band | None:
    """The band of a column; None where the chart was not thinned out, so that both edges equal the value."""
    edges = [np.full(column.values.shape, np.nan) if edge is None else edge.values for edge in (lower, upper)]
    band = Band(edges[0][rows], edges[1][rows])
    values = column.values[rows]
    same = all(bool(np.all(np.isnan(edge) | (edge == values))) for edge in (band.lower, band.upper))
    return None if same else band


def _places(xs: Iterable[Floats]) -> tuple[bool, Floats]:
    """Whether all x are whole numbers that serve as steps, and the sorted distinct x."""
    distinct = np.unique(np.concatenate([np.empty(0), *xs]))
    whole = np.array_equal(distinct, np.rint(distinct)) and bool(np.all(np.abs(distinct) < 2.0**53))
    return whole, distinct


def _walls(column: ChartColumn) -> Floats | None:
    """Times since 1970 in seconds where the x axis holds them; relative times are none."""
    if not column.x.size or not {"time", "timestamp"} & set(step_words(column.axis)):
        return None
    middle = float(np.median(column.x))
    if middle > 1e11:  # milliseconds
        return column.x / 1000
    return column.x if middle > 1e8 else None


def step_words(name: str) -> list[str]:
    """The words of an axis name, lower case: "Relative Time (Wall)" -> relative, time, wall."""
    return "".join(char if char.isalnum() else " " for char in name.lower()).split()


def _axis_problems(axes: list[str], counted: list[str], path: str) -> list[Problem]:
    problems = []
    if counted:
        what = repr(counted[0][:60]) if counted[0] else "the first column"
        text = f"{what} holds no whole numbers, so its distinct values are counted as steps."
        problems.append(Problem("rows_as_steps", ProblemLevel.INFO, shown(path), text))
    if len(axes) > 1:
        names = " and ".join(repr(axis[:60]) for axis in axes[:3])
        text = f"holds charts of one run over different x axes ({names}); their curves do not lie below each other."
        hint = "Choose the same x axis for all charts and export them again."
        problems.append(Problem("mixed_axes", ProblemLevel.WARNING, shown(path), text, hint))
    return problems

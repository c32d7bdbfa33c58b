"""The importer of chart exports from the W&B web page: one column for each run, several charts of the same runs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.dialect import clean_header, decode, split_cells, split_lines
from lossdoctor.importers.files import relative_id, shown, unreadable
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.step_axis import STEP_COLUMNS, step_key
from lossdoctor.importers.table import Table, TableColumn, read_table
from lossdoctor.runs import Problem, ProblemLevel, Run, Series

_BANDS = ("__MIN", "__MAX")
_SEPARATOR = " - "


class WandbChartImporter:
    """CSV files that the "Export CSV" menu of a W&B chart writes."""

    name = "wandb_chart"
    title = "W&B chart exports"
    patterns = ("wandb_export*.csv", "*.csv")
    help = (
        "What the menu of a chart on the W&B page saves: an x column and, for each run, `run - metric` with its "
        "`__MIN` and `__MAX`. Charts of the same runs that lie in one folder are joined by run name, so that a chart "
        "of the training loss and one of the validation loss make one run each. Empty cells mean that a run logged "
        "nothing there. The page samples long runs down to a few hundred points, so single spikes may be missing."
    )

    def probe(self, head: FileHead) -> Match | None:
        """A header whose columns come in threes: `run - metric`, the same with __MIN and with __MAX."""
        if b"__M" not in head.head and b" - " not in head.head[:65536]:
            return None
        lines = split_lines(decode(head.head))
        header = clean_header(split_cells(lines[0], ","))
        named = [name for name in header[1:] if _SEPARATOR in name]
        banded = [name for name in named if name.endswith(_BANDS)]
        if banded:
            return Match(0.95, "has `run - metric` columns with __MIN and __MAX")
        if named and len(named) == len(header) - 1 and _is_x(header[0]):
            return Match(0.8, "has an x column and `run - metric` columns")
        return None

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source for each folder of charts."""
        folders: dict[str, list[FileHead]] = {}
        for head in heads:
            folders.setdefault(os.path.dirname(head.path), []).append(head)
        return Grouping(tuple(_source(folder, charts, root) for folder, charts in sorted(folders.items())))

    def read(self, source: Source) -> ImportResult:
        """Every run that appears in any chart of the folder."""
        found: dict[str, _RunParts] = {}
        problems: list[Problem] = []
        for path in source.files:
            try:
                table = read_table(path)
            except OSError as error:
                problems.append(unreadable(path, error))
                continue
            if table is None or len(table.columns) < 2:
                problems.append(Problem("no_numbers", ProblemLevel.ERROR, shown(path), "holds no columns of numbers."))
                continue
            problems += table.problems
            _collect(table, path, found)
        runs = tuple(_run(source, name, parts) for name, parts in found.items() if parts.series)
        if not runs and not problems:
            problems.append(Problem("no_rows", ProblemLevel.INFO, source.path, "holds charts without any points."))
        return ImportResult(runs, tuple(problems))


def _is_x(name: str) -> bool:
    key = step_key(name)
    return key in STEP_COLUMNS or key in ("relativetimewall", "relativetimeprocess", "walltime", "time", "timestamp")


def _source(folder: str, charts: list[FileHead], root: str) -> Source:
    files = tuple(sorted(chart.path for chart in charts))
    size = sum(chart.size_bytes for chart in charts)
    return Source("wandb_chart", relative_id(folder, root), folder, files, size)


@dataclass(slots=True)
class _RunParts:
    """What the charts of a folder say about one run."""

    series: dict[str, Series] = field(default_factory=dict)
    unit: str = "step"
    problems: list[Problem] = field(default_factory=list)


def split_title(title: str) -> tuple[str, str]:
    """Run name and metric of a column title; the run's name may itself hold " - "."""
    run, _, metric = title.rpartition(_SEPARATOR)
    return (run, metric) if run else ("", title)


def _collect(table: Table, path: str, found: dict[str, _RunParts]) -> None:
    x, *rest = table.columns
    titles = {column.name: column for column in rest}
    for column in rest:
        if column.name.endswith(_BANDS) and column.name[:-5] in titles:
            base = titles[column.name[:-5]]
            if _same(base, column):
                continue
        if not column.numeric:
            continue
        run, metric = split_title(column.name)
        parts = found.setdefault(run, _RunParts())
        series, unit = _series(x, column, metric, path)
        _add(parts, series, unit)


def _same(base: TableColumn, band: TableColumn) -> bool:
    return np.array_equal(base.present, band.present) and np.array_equal(base.values, band.values, equal_nan=True)


def _series(x: TableColumn, column: TableColumn, metric: str, path: str) -> tuple[Series, str]:
    rows = column.present
    unit = STEP_COLUMNS.get(step_key(x.name), "step")
    values = x.values[rows]
    usable = np.isfinite(values) & (np.abs(values) < 2.0**63)
    if usable.all() and np.array_equal(values, np.rint(values)):
        steps = values.astype(np.int64)
    else:
        steps = np.arange(values.size, dtype=np.int64)  # x is a time or a fraction: points are counted instead
    walls = values if "time" in x.name.lower() else None
    return Series(metric, steps, column.values[rows], walls, shown(os.path.basename(path))), unit


def _add(parts: _RunParts, series: Series, unit: str) -> None:
    known = parts.series.get(series.tag)
    if known is None:
        parts.unit = unit
        parts.series[series.tag] = series
    elif not _equal_points(known, series):
        number = 2
        while f"{series.tag} ({number})" in parts.series:
            number += 1
        tag = f"{series.tag} ({number})"
        parts.series[tag] = Series(tag, series.steps, series.values, series.wall_times, series.source)


def _equal_points(a: Series, b: Series) -> bool:
    return np.array_equal(a.steps, b.steps) and np.array_equal(a.values, b.values, equal_nan=True)


def _run(source: Source, name: str, parts: _RunParts) -> Run:
    run_id = f"{source.id}/{name}" if name else source.id
    return build_run(
        source, parts.series.values(), run_id=run_id, name=name or None, step_unit=parts.unit, problems=parts.problems
    )

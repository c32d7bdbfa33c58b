"""The importer of chart exports from the W&B web page: one column for each run, several charts of the same runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.dialect import clean_header, first_lines, number, split_cells
from lossdoctor.importers.files import read_head, relative_id, shown, unreadable
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.step_axis import STEP_COLUMNS, step_key
from lossdoctor.importers.table import read_table
from lossdoctor.importers.wandb_columns import LOWER, SEPARATOR, UPPER, ChartRun, chart_columns
from lossdoctor.importers.wandb_runs_table import Configs, is_runs_table, no_curves, read_runs_table, without_charts
from lossdoctor.runs import ConfigValue, Problem, ProblemLevel, Run

_TIMES = frozenset({"relativetimewall", "relativetimeprocess", "walltime", "time", "timestamp"})


class WandbChartImporter:
    """CSV files that the "Export CSV" menu of a W&B chart writes."""

    name = "wandb_chart"
    title = "W&B chart exports"
    patterns = ("wandb_export*.csv", "*.csv")
    help = (
        "What the menu of a chart on the W&B page saves: an x column and, for each run, `run - metric` with its "
        "`__MIN` and `__MAX`, which are kept as the band of the curve. Charts of the same runs that lie in one folder are "
        "joined by run name, so that a chart of the training loss and one of the validation loss make one run each; a runs "
        "table beside them gives the configuration. The page samples long runs down to a few hundred points, so single "
        "spikes may be missing."
    )

    def probe(self, head: FileHead) -> Match | None:
        """Columns `run - metric`, with __MIN and __MAX, or over an x axis; or W&B's table of runs."""
        if is_runs_table(head):
            return Match(0.9, "is a W&B table with one row for each run")
        if b" - " not in head.head:
            return None
        lines = first_lines(head.head, 2)
        header = clean_header(split_cells(lines[0], ",")) if lines else [""]
        named = [name for name in header[1:] if SEPARATOR in name]
        if any(name.endswith((LOWER, UPPER)) for name in named):
            return Match(0.95, "has `run - metric` columns with __MIN and __MAX")
        if not named or len(named) != len(header) - 1:
            return None
        if _is_x(header[0]):
            return Match(0.8, "has an x column and `run - metric` columns")
        return Match(0.75, "has only quoted cells, and `run - metric` columns") if _quoted_numbers(lines) else None

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source for each folder of charts, runs tables last; tables alone hold no curves."""
        folders: dict[str, list[FileHead]] = {}
        for head in heads:
            folders.setdefault(os.path.dirname(head.path), []).append(head)
        sources, problems = [], []
        for folder, files in sorted(folders.items()):
            tables = [head for head in files if is_runs_table(head)]
            charts = [head for head in files if head not in tables]
            if charts:
                sources.append(_source(folder, [*charts, *tables], root))
            else:
                problems += [no_curves(head) for head in tables]
        return Grouping(tuple(sources), tuple(problems))

    def read(self, source: Source) -> ImportResult:
        """Every run that appears in any chart of the folder, with the configuration that runs tables hold."""
        found: dict[str, ChartRun] = {}
        problems: list[Problem] = []
        tables: dict[str, Configs] = {}
        for path in source.files:
            try:
                holds_runs = is_runs_table(read_head(path))
            except OSError as error:  # without its beginning nothing says what it is
                problems.append(unreadable(path, error))
                continue
            if holds_runs:
                tables[path] = read_runs_table(path, problems)
            else:
                _read_chart(path, found, problems)
        runs = tuple(_run(source, name, found[name], tables.values()) for name in found if found[name].columns)
        for path, configs in tables.items():
            if missing := len(configs.keys() - found.keys()):
                problems.append(without_charts(path, missing, len(configs)))
        if not runs and not problems:
            problems.append(Problem("no_rows", ProblemLevel.INFO, source.path, "holds charts without any points."))
        return ImportResult(runs, tuple(problems))


def _is_x(name: str) -> bool:
    key = step_key(name)
    return key in STEP_COLUMNS or key in _TIMES


def _quoted_numbers(lines: Sequence[str]) -> bool:
    """Whether header and first row are quoted throughout, as W&B writes them, and the row begins with a number."""
    if len(lines) < 2:
        return False
    cells = [split_cells(line, ",") for line in lines]
    whole = all(line.count('"') == 2 * len(row) for line, row in zip(lines, cells, strict=True))
    return whole and number(cells[1][0]) is not None


def _read_chart(path: str, found: dict[str, ChartRun], problems: list[Problem]) -> None:
    try:
        table = read_table(path)
    except OSError as error:
        problems.append(unreadable(path, error))
        return
    if table is None or len(table.columns) < 2:
        problems.append(Problem("no_numbers", ProblemLevel.ERROR, shown(path), "holds no columns of numbers."))
        return
    problems += table.problems
    for run, column in chart_columns(table, path, problems):
        if column.values.size:
            found.setdefault(run, ChartRun()).add(column)


def _source(folder: str, charts: list[FileHead], root: str) -> Source:
    files = tuple(sorted(chart.path for chart in charts))
    size = sum(chart.size_bytes for chart in charts)
    return Source("wandb_chart", relative_id(folder, root), folder, files, size)


def _run(source: Source, name: str, parts: ChartRun, tables: Iterable[Configs]) -> Run:
    run_id = f"{source.id}/{name}" if name else source.id
    series, unit, problems = parts.series(source.path)
    config: dict[str, ConfigValue] = {}
    for configs in tables:
        config.update(configs.get(name, {}))
    return build_run(source, series, run_id=run_id, name=name or None, config=config, step_unit=unit, problems=problems)

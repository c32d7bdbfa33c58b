"""The importer of tables that W&B's `run.history()` was saved to, of one run or of several one after another."""

from __future__ import annotations

import os
from collections.abc import Sequence

from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.csv_log import no_rows
from lossdoctor.importers.dialect import DELIMITERS, clean_header, decode, first_lines, split_cells, split_lines
from lossdoctor.importers.files import read_bytes, relative_id, shown, unreadable
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.table import MAX_BYTES, Table, read_table
from lossdoctor.importers.wandb_rows import (
    NAME_COLUMNS,
    Rows,
    few_rows_each,
    is_history,
    rows_by_name,
    rows_by_restart,
    run_series,
)
from lossdoctor.runs import Problem, ProblemLevel, Run


class WandbHistoryImporter:
    """CSV files of W&B history rows."""

    name = "wandb_history"
    title = "W&B history tables"
    patterns = ("*.csv",)
    help = (
        "What `run.history().to_csv()` of W&B's API writes: a row for each step with `_step`, `_runtime` and `_timestamp`. "
        "Several histories in one table become a run each, told apart by a column of run names or where `_step` and "
        "`_runtime` start again. An empty cell means that nothing was logged; a literal nan is data."
    )

    def probe(self, head: FileHead) -> Match | None:
        """A header with `_step` and `_runtime` or `_timestamp`."""
        if b"_step" not in head.head:
            return None
        first = next(iter(first_lines(head.head, 1)), "")
        if any(is_history(clean_header(split_cells(first, delimiter))) for delimiter in DELIMITERS):
            return Match(0.8, "has W&B's columns _step and _runtime or _timestamp")
        return None

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source a file."""
        return Grouping(
            tuple(Source(self.name, relative_id(h.path, root), h.path, (h.path,), h.size_bytes) for h in heads)
        )

    def read(self, source: Source) -> ImportResult:
        """Every run in the table."""
        path = source.files[0]
        try:
            table = read_table(path)
            names = _names(table, path) if table is not None else None
        except OSError as error:
            return ImportResult((), (unreadable(path, error),))
        if table is None or not len(table.lines):
            return ImportResult((), (no_rows(path),))
        if names is not None and few_rows_each(names):
            return ImportResult((), (one_row_each(path, names),))
        return table_runs(source, table, names, path)


def table_runs(source: Source, table: Table, names: Sequence[str] | None, path: str) -> ImportResult:
    """The runs of a table of history rows.

    Args:
        source: where it came from.
        table: rows of one or several runs.
        names: the run of each row; None where the table does not say.
        path: the file, for problems.
    """
    if names is None:
        parts: list[tuple[str, Rows]] = [("", rows) for rows in rows_by_restart(table)]
    else:
        parts = list(rows_by_name(names).items())
    runs: list[Run] = []
    base = os.path.splitext(source.id.rsplit("/", 1)[-1])[0]
    for number, (name, rows) in enumerate(parts, 1):
        series, problems = run_series(table, rows, path)
        if not series:
            continue
        name = name or (base if len(parts) == 1 else f"{base} {number}")
        run_id = source.id if len(parts) == 1 else f"{source.id}/{name}"
        told = (*(table.problems if not runs else ()), *problems)
        runs.append(build_run(source, series, run_id=run_id, name=name, problems=told))
    if not runs:
        text = "holds history rows without a single number."
        return ImportResult((), (Problem("no_numbers", ProblemLevel.ERROR, shown(path), text),))
    if names is None and len(runs) > 1:
        text = f"holds the rows of {len(runs)} runs one after another; they were told apart where _step starts again."
        return ImportResult(tuple(runs), (Problem("several_runs", ProblemLevel.INFO, shown(path), text),))
    return ImportResult(tuple(runs))


def _names(table: Table, path: str) -> list[str] | None:
    """The run's name in each row; None when no column names runs in all of them."""
    titles = {column.name.lower(): index for index, column in enumerate(table.columns) if not column.numeric}
    index = next((titles[name] for name in NAME_COLUMNS if name in titles), None)
    if index is None:
        return None
    lines = split_lines(decode(read_bytes(path, MAX_BYTES)[0]))
    names = []
    for number in table.lines.tolist():
        cells = split_cells(lines[number - 1], table.dialect.delimiter) if number <= len(lines) else []
        name = cells[index].strip() if index < len(cells) else ""
        if not name:
            return None
        names.append(shown(name))
    return names


def one_row_each(path: str, names: Sequence[str]) -> Problem:
    """The problem of a table that holds the last row of many runs."""
    text = (
        f"holds hardly more than one row for each of {len(set(names))} runs: configuration and last values, no curves."
    )
    return Problem("runs_table", ProblemLevel.ERROR, shown(path), text, "Save the whole history of the runs instead.")

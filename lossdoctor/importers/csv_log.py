"""The importer of CSV and TSV logs: Keras, Lightning, Ultralytics, fastai, timm, and any table with a step column."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.dialect import clean_header, decode, is_binary, number, sniff, split_cells, split_lines
from lossdoctor.importers.files import relative_id, shown, unreadable
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.step_axis import step_column, table_series
from lossdoctor.importers.table import Table, read_table
from lossdoctor.importers.tag_meaning import Quantity, describe
from lossdoctor.runs import Problem, ProblemLevel

_VERSION_FOLDER = re.compile(r"version_\d+")
_SAMPLE_LINES = 60


class CsvImporter:
    """Tables with one row for each logged step."""

    name = "csv"
    title = "CSV and TSV logs"
    patterns = ("*.csv", "*.tsv")
    help = (
        "Keras CSVLogger, Lightning metrics.csv, Ultralytics results.csv, fastai, timm, Stable-Baselines progress.csv "
        "and any table with a column such as step, iteration or epoch. The delimiter and a decimal comma are found "
        "out. An empty cell means that nothing was logged; a literal nan or inf is data. Rows keep their order in the "
        "file, so that restarts appended to it stay visible."
    )

    def probe(self, head: FileHead) -> Match | None:
        """A header with a step-like or loss-like column and at least one row of numbers below it."""
        look = _look(head)
        if look is None or look.first.startswith("#{"):  # a Stable-Baselines monitor file
            return None
        if not _log_like(look):
            return None
        step = step_column(look.names)
        if not look.numbers:
            # A header alone is a log that has only begun, when its columns say so.
            return Match(0.5, "has the columns of a log, no rows yet") if look.rows == 0 and step else None
        return Match(0.7, f"is a table with the column {step}" if step else "is a table with a loss column")

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source a file; Lightning's metrics.csv stands for its version folder."""
        return Grouping(tuple(_source(head, root) for head in heads))

    def read(self, source: Source) -> ImportResult:
        """The run in one table."""
        path = source.files[0]
        try:
            table = read_table(path)
        except OSError as error:
            return ImportResult((), (unreadable(path, error),))
        return self.result(source, table)

    def result(self, source: Source, table: Table | None) -> ImportResult:
        """The run in a table that was read; None stands for a file that holds none."""
        path = source.files[0]
        if table is None:
            return ImportResult((), (no_numbers(path),))
        series, unit, problems = table_series(table, path)
        if not series:
            lost = any(problem.level is not ProblemLevel.INFO for problem in table.problems)
            # Rows that were left out are why there are none: "no rows yet" would be untrue.
            nothing = (
                () if lost and not len(table.lines) else (no_numbers(path) if len(table.lines) else no_rows(path),)
            )
            return ImportResult((), (*nothing, *table.problems))
        run = build_run(source, series, step_unit=unit, problems=(*table.problems, *problems), name=_name(source))
        return ImportResult((run,))


def _name(source: Source) -> str:
    """What a user calls the run: Lightning's version folders are named by the folder above too."""
    parts = source.id.split("/")
    if _VERSION_FOLDER.fullmatch(parts[-1]) and len(parts) > 1:
        return "/".join(parts[-2:])
    return os.path.splitext(parts[-1])[0] or parts[-1]


def _source(head: FileHead, root: str) -> Source:
    folder = os.path.dirname(head.path)
    if head.name == "metrics.csv" and _VERSION_FOLDER.fullmatch(os.path.basename(folder)):
        return Source("csv", relative_id(folder, root), folder, (head.path,), head.size_bytes)
    return Source("csv", relative_id(head.path, root), head.path, (head.path,), head.size_bytes)


class _Look:
    """The beginning of a table: its column names, how many rows were seen, and whether any cell is a number."""

    __slots__ = ("first", "names", "numbers", "rows")

    def __init__(self, first: str, names: list[str], rows: int, numbers: int) -> None:
        self.first, self.names, self.rows, self.numbers = first, names, rows, numbers


def _look(head: FileHead) -> _Look | None:
    data = head.head
    if not data or is_binary(data[:1024]):
        return None
    text = decode(data)
    stripped = text.lstrip()
    if not stripped or stripped[0] in "{[<":
        return None
    lines = [line for line in split_lines(text)[: _SAMPLE_LINES + 1] if line.strip()]
    if not head.complete and len(lines) > 1 and len(lines) <= _SAMPLE_LINES:
        lines.pop()  # cut by the end of the sample, not of the file
    dialect = sniff(lines)
    if dialect is None:
        return None
    cells = split_cells(lines[0], dialect.delimiter)
    if len(cells) > 10_000:
        cells = cells[:10_000]
    rows = [split_cells(line, dialect.delimiter) for line in lines[1:]]
    same = [row for row in rows if len(row) in (len(cells), len(cells) + 1)]
    if rows and len(same) * 2 < len(rows):
        return None  # prose with commas
    numbers = sum(number(cell, dialect.decimal_comma) is not None for row in same for cell in row)
    return _Look(lines[0], clean_header(cells), len(rows), numbers)


def _log_like(look: _Look) -> bool:
    """Whether the header speaks of steps or of a loss."""
    return step_column(look.names) is not None or any(describe(n).quantity is Quantity.LOSS for n in look.names)


def table_trouble(head: FileHead) -> tuple[str, str, str] | None:
    """Why a table is no log: (code, message, hint); None when the file is no table at all."""
    data = head.head.lstrip()
    if data.startswith(b"#{") and b"t_start" in data[:200]:
        return (
            "sb3_monitor",
            "is a Stable-Baselines monitor file: rewards and lengths of episodes, no loss.",
            "Give the folder with progress.csv or the event files instead.",
        )
    look = _look(head)
    if look is None:
        return _one_column(head)
    named_like_table = head.name.lower().endswith((".csv", ".tsv"))
    if not look.numbers and look.rows and named_like_table:
        code = "no_numbers" if _log_like(look) else "text_table"
        return (code, "is a table without a single number.", "Choose the file that holds the metrics.")
    if named_like_table:
        return (
            "no_step_column",
            "is a table, but no column counts steps or epochs and none is a loss.",
            "Name the x column step, iteration or epoch.",
        )
    return None


def _one_column(head: FileHead) -> tuple[str, str, str] | None:
    lines = [line for line in split_lines(decode(head.head))[1:] if line.strip()]
    if not lines or not all(number(line) is not None for line in lines[: _SAMPLE_LINES // 2]):
        return None
    return (
        "one_column",
        "is a single column of numbers; nothing says what they are and at which steps they were logged.",
        "Add a column and a header line such as step,loss.",
    )


def no_numbers(path: str) -> Problem:
    """The problem of a table without numbers."""
    return Problem("no_numbers", ProblemLevel.ERROR, shown(path), "holds no column of numbers.",
                   "Choose the file that holds the metrics.")  # fmt: skip


def no_rows(path: str) -> Problem:
    """The problem of a table that has only a header so far."""
    return Problem("no_rows", ProblemLevel.INFO, shown(path), "holds a header but no rows yet.")

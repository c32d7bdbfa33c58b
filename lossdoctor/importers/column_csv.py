"""The importer of CSVs that hold a single unnamed column: what it is stands in the file's name only."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossdoctor.formatting import count
from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.dialect import decode, number, split_lines, without_holes
from lossdoctor.importers.files import read_bytes, relative_id, shown, unreadable
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.table import ends_whole, unterminated_problem
from lossdoctor.importers.tag_meaning import Quantity, describe
from lossdoctor.runs import Problem, ProblemLevel, Series

MAX_BYTES = 1 << 30
_LOOKED_AT = 200
_WHOLE = re.compile(r"\d{1,18}")
_MEASURED = (Quantity.LOSS, Quantity.LOSS_FUNCTION, Quantity.METRIC, Quantity.ERROR, Quantity.LEARNING_RATE)


class ColumnCsvImporter:
    """A column of numbers without a name, in a file that is named for what it holds."""

    name = "column_csv"
    title = "single columns (train_loss.csv)"
    patterns = ("*loss*.csv", "*acc*.csv")
    help = (
        "One number a line without a header, as numpy.savetxt writes it, or with the row number before it, as pandas "
        "does (a header of `0` or `,0` is pandas' too). Taken only when the file's name speaks of a loss, accuracy or "
        "learning rate; that name becomes the tag. Rows are counted as steps from 0. Such files of one folder are one run."
    )

    def probe(self, head: FileHead) -> Match | None:
        """A name that says what is measured, and numbers only."""
        if not head.name.lower().endswith((".csv", ".txt", ".tsv", ".dat")):
            return None
        if describe(_tag(head.path)).quantity not in _MEASURED:
            return None
        lines = split_lines(decode(without_holes(head.head)))
        if not head.complete and len(lines) > 1:
            lines.pop()  # cut by the end of the sample, not of the file
        column = _column(lines[:_LOOKED_AT])
        if column is None or len(column.values) < 2 or column.broken:
            return None
        return Match(0.72, "is one column of numbers, named by the file")

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source a folder; a file alone stands for itself."""
        folders: dict[str, list[FileHead]] = {}
        for head in heads:
            folders.setdefault(os.path.dirname(head.path), []).append(head)
        sources = []
        for folder, files in sorted(folders.items()):
            path = files[0].path if len(files) == 1 else folder
            paths = tuple(sorted(head.path for head in files))
            size = sum(head.size_bytes for head in files)
            sources.append(Source(self.name, relative_id(path, root), path, paths, size))
        return Grouping(tuple(sources))

    def read(self, source: Source) -> ImportResult:
        """The run: one series a file, on a common count of rows."""
        series: list[Series] = []
        problems: list[Problem] = []
        for path in source.files:
            try:
                data, whole = read_bytes(path, MAX_BYTES)
            except OSError as error:
                problems.append(unreadable(path, error))
                continue
            lines = split_lines(decode(data))
            column = _column(lines)
            if column is None:
                text = "holds no column of numbers."
                problems.append(Problem("no_numbers", ProblemLevel.WARNING, shown(path), text))
                continue
            problems += _told(column, path, whole)
            if whole and not ends_whole(lines[-1]):
                problems.append(unterminated_problem(shown(path), len(lines)))
            name = shown(os.path.basename(path))
            tag = _tag(path)
            series.append(Series(tag, np.array(column.steps, np.int64), np.array(column.values, float), None, name))
        if not series:
            return ImportResult((), tuple(problems))
        return ImportResult((build_run(source, series, problems=problems),))


@dataclass(slots=True)
class _Column:
    """The numbers, their steps, whether the file counts the steps itself, and the lines that hold no number."""

    steps: list[int]
    values: list[float]
    indexed: bool
    broken: list[int]


def _tag(path: str) -> str:
    name = os.path.basename(path)
    if name.lower().endswith(".gz"):
        name = name[:-3]
    return shown(os.path.splitext(name)[0])


def _column(lines: Sequence[str]) -> _Column | None:
    """The column in these lines; None when they hold anything but one column, with or without row numbers."""
    filled = [(row, line.strip()) for row, line in enumerate(lines, 1) if line.strip()]
    if not filled:
        return None
    indexed = _is_indexed([line for _, line in filled[:_LOOKED_AT]])
    if _is_header([line for _, line in filled[:3]], indexed):
        filled = filled[1:]
    column = _Column([], [], indexed, [])
    for position, (row, line) in enumerate(filled):
        index, _, cell = line.rpartition(",") if indexed else ("", "", line)
        value = number(cell)
        if value is None or (indexed and not _WHOLE.fullmatch(index)):
            column.broken.append(row)
            continue
        column.steps.append(int(index) if indexed else position)
        column.values.append(value)
    # Half of the lines broken: another kind of file.
    return column if column.values and len(column.broken) <= len(column.values) else None


def _is_indexed(lines: Sequence[str]) -> bool:
    body = lines[1:] or lines
    return all(line.count(",") == 1 and _WHOLE.fullmatch(line.partition(",")[0]) for line in body)


def _is_header(first: Sequence[str], indexed: bool) -> bool:
    """Whether the first line names the column: no number, or the 0 that pandas gives to a column without a name."""
    if indexed:
        return first[0].startswith(",") or number(first[0].rpartition(",")[2]) is None
    if number(first[0]) is None:
        return True
    return first[0] == "0" and all("." in line or "e" in line.lower() for line in first[1:])


def _told(column: _Column, path: str, whole: bool) -> list[Problem]:
    name = shown(path)
    told = []
    if not column.indexed:
        text = "has no column that counts steps, so rows are counted as steps; its name is taken for what it holds."
        told.append(Problem("rows_as_steps", ProblemLevel.INFO, name, text))
    if column.broken:
        text = f"{count(len(column.broken), 'line')} without a number left out."
        told.append(Problem("bad_cell", ProblemLevel.WARNING, name, text, "", f"line {column.broken[0]}"))
    if not whole:
        told.append(Problem("too_large", ProblemLevel.WARNING, name, "is larger than 1 GB; the rest was not read."))
    return told

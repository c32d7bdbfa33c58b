"""The importer of training histories saved as JSON: Keras' History.history, lists by metric, or a list of rows."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.files import relative_id, shown, unreadable
from lossdoctor.importers.history_columns import Column, Columns, history_columns
from lossdoctor.importers.json_document import Document, glimpse, read_document, step
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.step_axis import STEP_COLUMNS, step_column, step_key
from lossdoctor.runs import Problem, ProblemLevel, Series


class HistoryJsonImporter:
    """A JSON object with a list of numbers for each metric."""

    name = "history_json"
    title = "history JSON (Keras and the like)"
    patterns = ("history.json", "*history*.json", "*.json")
    help = (
        "What people save of Keras' History.history and of home-made loops: an object with a list of numbers for each "
        "metric, all of one length, also as pandas' to_json writes it or one level down (train, val); or a list of rows "
        "with a step or epoch. Lists are counted as epochs from 0 unless one of them is called epoch or step. Lists of "
        "another length are left out and named, for nothing says where their values belong. A file is taken only when "
        "a list is called a loss or an accuracy."
    )

    def probe(self, head: FileHead) -> Match | None:
        """Lists of numbers of one length, one of them named like a loss or an accuracy."""
        low = head.head.lower()
        if not low.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[", b"<<<")) or not _speaks_of_training(low):
            return None
        columns = history_columns(glimpse(head), cut=not head.complete)
        return None if columns is None else Match(0.7, f"holds lists of {columns.length} numbers by metric")

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source a file."""
        return Grouping(
            tuple(Source(self.name, relative_id(h.path, root), h.path, (h.path,), h.size_bytes) for h in heads)
        )

    def read(self, source: Source) -> ImportResult:
        """The run of one history."""
        path = source.files[0]
        try:
            document = read_document(path)
        except OSError as error:
            return ImportResult((), (unreadable(path, error),))
        columns = history_columns(document.value, cut=document.cut)
        if columns is None:
            return ImportResult((), (*document.problems, *_nothing(document, path)))
        steps, unit, used, problems = _steps(columns, path)
        origin = shown(os.path.basename(path))
        series = [_series(name, steps, column, origin) for name, column in columns.named.items() if name != used]
        problems += [_left_out(name, length, columns.length, path) for name, length in columns.left_out]
        name = os.path.splitext(source.id.rsplit("/", 1)[-1])[0]
        run = build_run(source, series, step_unit=unit, problems=(*document.problems, *problems), name=name)
        return ImportResult((run,))


def _speaks_of_training(low: bytes) -> bool:
    return any(
        word in low for word in (b"loss", b"acc", b"nll", b"mse", b"mae", b"perplexity", b"ppl", b"cost", b"bce")
    )


def _series(name: str, steps: Sequence[int], column: Column, origin: str) -> Series:
    kept = [(at, value) for at, value in zip(steps, column, strict=True) if value is not None]
    return Series(
        shown(name), np.array([at for at, _ in kept], np.int64), np.array([v for _, v in kept], float), None, origin
    )


def _steps(columns: Columns, path: str) -> tuple[list[int], str, str | None, list[Problem]]:
    """The step of each row, its unit, the column it came from, and what had to be assumed."""
    name = step_column(list(columns.named))
    if name is not None:
        whole = [step(value) for value in columns.named[name]]
        steps = [at for at in whole if at is not None]
        if len(steps) == len(whole):
            return steps, STEP_COLUMNS[step_key(name)], name, []
    text = "has no list that counts epochs, so its rows are counted as epochs, from 0."
    told = Problem("rows_as_steps", ProblemLevel.INFO, shown(path), text)
    return list(range(columns.length)), "epoch", None, [told]


def _left_out(name: str, length: int, main: int, path: str) -> Problem:
    text = f"holds {length} values where the others hold {main}; nothing says where they belong, so they are left out."
    return Problem(
        "other_length", ProblemLevel.WARNING, shown(path), text, "Save its steps as well.", f"tag {name[:60]}"
    )


def _nothing(document: Document, path: str) -> tuple[Problem, ...]:
    if any(problem.level is ProblemLevel.ERROR for problem in document.problems):
        return ()
    text = "holds no lists of numbers that look like a training history."
    return (Problem("no_numbers", ProblemLevel.ERROR, shown(path), text, "Choose the file that holds the metrics."),)

"""The importer of plain text logs: what people print, by a documented set of patterns or a pattern of their own."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Sequence

import numpy as np

from lossdoctor.errors import LossdoctorError
from lossdoctor.formatting import count
from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.dialect import decode
from lossdoctor.importers.files import read_bytes, relative_id, shown, unreadable
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.text_axis import place_rows
from lossdoctor.importers.text_line import PATTERNS, tells_training
from lossdoctor.importers.text_rows import Row, TextRows, pattern_rows, text_rows
from lossdoctor.importers.wandb_folder import RUN_FOLDER
from lossdoctor.runs import Problem, ProblemLevel, Run, Series

MAX_BYTES = 1 << 30
MIN_ROWS = 3
# Most logs show what they are within so many lines; only the others are looked at further.
_FIRST_LOOK = 60
# Of the steps from one row to the next at least this share must not go back.
_FORWARD = 0.6
# Code, documents and configuration quote log lines, and have readers of their own or none.
_NEVER = frozenset(
    {".md", ".rst", ".py", ".ipynb", ".json", ".jsonl", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".xml", ".html", ".tex",
     ".sh", ".csv", ".tsv", ".js", ".c", ".cpp", ".h"}
)  # fmt: skip
_DOCUMENTS = re.compile(
    r"(readme|licen[cs]e|changelog|changes|notice|authors|contributing|requirements)\b", re.IGNORECASE
)
_MEASURED = (b"loss", b"acc", b"nll", b"perplexity", b"ppl", b"error", b"cost", b"mse", b"hella", b" train ", b" val ")
_COUNTED = (b"epoch", b"step", b"iter", b"update", b"batch", b" train ", b"] ")


class TextLogImporter:
    """Text logs with one line, table or progress bar for each moment.

    Args:
        pattern: a user's own regular expression with named groups, see `compile_pattern`; without it the documented
            patterns are used, and files are taken only when several lines match with an increasing step.
    """

    name = "text_log"
    title = "plain text logs"
    patterns = ("*.log", "*.txt", "*.out")
    help = (
        "Lines that name a step, iteration or epoch together with numbers: "
        + "; ".join(f"`{example.expandtabs(1)}`" for _, example, _ in PATTERNS)
        + "; also `<step> train <loss>` of build-nanogpt, the dictionaries that Hugging Face's Trainer prints (counted, "
        "for they name no step), Keras and tqdm progress bars (the last state of each epoch), box tables of "
        "guided-diffusion and Stable-Baselines, and lines such as `val loss: 0.5` below their epoch. Date, level and "
        "logger's name before the message are passed over. A file is taken only when at least three lines with a loss "
        "or an accuracy "
        "match and the step grows."
    )

    def __init__(self, pattern: re.Pattern[str] | None = None) -> None:
        self._pattern = pattern

    def probe(self, head: FileHead) -> Match | None:
        """At least three rows with a loss or an accuracy, and a step that grows."""
        if self._pattern is None and not _may_be_log(head):
            return None
        lines = _lines(head.head)
        if not head.complete and len(lines) > 1:
            lines.pop()  # cut by the end of the sample, not of the file
        rows = self._rows(lines[:_FIRST_LOOK]).rows
        if len(lines) > _FIRST_LOOK and not _grows(rows):
            rows = self._rows(lines).rows
        if self._pattern is None and not _grows(rows):
            return None
        return Match(0.55, "has lines with a growing step and numbers") if rows else None

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source a file; what a W&B run printed stands for its run folder."""
        return Grouping(tuple(_source(head, root) for head in heads))

    def read(self, source: Source) -> ImportResult:
        """The run in one text log."""
        path = source.files[0]
        try:
            data, whole = read_bytes(path, MAX_BYTES)
        except OSError as error:
            return ImportResult((), (unreadable(path, error),))
        found = self._rows(_lines(data))
        problems = _problems(found, data, path, whole)
        if self._pattern is None and not _grows(found.rows):
            text = "holds no lines with a growing step and a loss or metric."
            problems.append(Problem("no_rows", ProblemLevel.WARNING, shown(path), text, "See `lossdoctor formats`."))
            return ImportResult((), tuple(problems))
        return ImportResult((_run(source, found.rows, problems),))

    def _rows(self, lines: Sequence[str]) -> TextRows:
        return text_rows(lines) if self._pattern is None else pattern_rows(lines, self._pattern)


def compile_pattern(text: str) -> re.Pattern[str]:
    """A user's pattern: named groups `step` or `epoch`, and `name` with `value` or one group for each number.

    Example: `step=(?P<step>[0-9]+) L=(?P<loss>[0-9.]+)`.

    Raises:
        LossdoctorError: it is no regular expression, or lacks these groups.
    """
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise LossdoctorError(
            f"The line pattern is no regular expression: {error}.", "Try it on one line first."
        ) from None
    groups = set(pattern.groupindex)
    if not groups & {"step", "epoch"} or not groups - {"step", "epoch"} or len(groups & {"name", "value"}) == 1:
        raise LossdoctorError(
            "The line pattern needs named groups: step or epoch, and the numbers.",
            "For example: step=(?P<step>[0-9]+) loss=(?P<loss>[0-9.e+-]+)",
        )
    return pattern


def _source(head: FileHead, root: str) -> Source:
    files, run = os.path.dirname(head.path), os.path.dirname(os.path.dirname(head.path))
    printed = head.name == "output.log" and os.path.basename(files) == "files"
    if printed and RUN_FOLDER.fullmatch(os.path.basename(run)) and os.path.commonpath([run, root]) == root:
        return Source("text_log", relative_id(run, root), files, (head.path,), head.size_bytes)
    return Source("text_log", relative_id(head.path, root), head.path, (head.path,), head.size_bytes)


def _may_be_log(head: FileHead) -> bool:
    if os.path.splitext(head.name)[1].lower() in _NEVER or _DOCUMENTS.match(head.name):
        return False
    data = head.head
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    if data[:4096].count(0) > 2:
        return False
    low = data.lower()
    tables = low.count(b"\n|") > 4
    return any(word in low for word in _MEASURED) and (tables or any(word in low for word in _COUNTED))


def _lines(data: bytes) -> list[str]:
    # A lone carriage return does not end a line here: it goes back to the beginning of a progress bar.
    return decode(data).replace("\r\n", "\n").split("\n")


def _grows(rows: Sequence[Row]) -> bool:
    """Whether these are the rows of a training: several, with a loss or accuracy, on a step that grows."""
    measured = [row for row in rows if tells_training(row.numbers)]
    steps = [step for step in place_rows(measured)[0] if step is not None]
    if len(steps) < MIN_ROWS:
        return False
    moves = [after - before for before, after in itertools.pairwise(steps)]
    return sum(move > 0 for move in moves) >= 2 and sum(move >= 0 for move in moves) >= _FORWARD * len(moves)


def _run(source: Source, rows: Sequence[Row], problems: list[Problem]) -> Run:
    steps, unit = place_rows(rows)
    points: dict[str, tuple[list[int], list[float]]] = {}
    for row, at in zip(rows, steps, strict=True):
        if at is None:
            continue
        for tag, value in row.numbers.items():
            places, values = points.setdefault(shown(tag), ([], []))
            places.append(at)
            values.append(value)
    origin = shown(os.path.basename(source.files[0]))
    series = [Series(tag, np.array(at, np.int64), np.array(v, float), None, origin) for tag, (at, v) in points.items()]
    name = os.path.splitext(source.id.rsplit("/", 1)[-1])[0]
    return build_run(source, series, step_unit=unit, problems=problems, name=name)


def _problems(found: TextRows, data: bytes, path: str, whole: bool) -> list[Problem]:
    name, told = shown(path), []
    if found.long_lines:
        text = f"{count(len(found.long_lines), 'line')} too long to be a log line left out."
        told.append(Problem("long_line", ProblemLevel.INFO, name, text, "", f"line {found.long_lines[0]}"))
    if found.counted:
        text = "prints dictionaries without a step, so those of the training are counted as steps."
        told.append(Problem("rows_as_steps", ProblemLevel.INFO, name, text))
    if found.out_of_time:
        text = "takes the pattern more than two minutes; the rest was not read."
        told.append(
            Problem("out_of_time", ProblemLevel.WARNING, name, text, "Simplify it.", f"line {found.out_of_time}")
        )
    if not whole:
        told.append(Problem("too_large", ProblemLevel.WARNING, name, "is larger than 1 GB; the rest was not read."))
    elif data and not data.endswith((b"\n", b"\r", b"\n\x00")):
        text = "has no line end after its last line, so the last number may be cut short. It is kept."
        told.append(Problem("unterminated", ProblemLevel.INFO, name, text, "", f"line {data.count(10) + 1}"))
    return told

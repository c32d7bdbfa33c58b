"""The importer of plain text logs: what people print, by a documented set of patterns or a pattern of their own."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from lossdoctor.errors import LossdoctorError
from lossdoctor.formatting import count
from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.dialect import decode, without_holes
from lossdoctor.importers.files import read_head, relative_id, shown, unreadable
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.text_axis import place_rows
from lossdoctor.importers.text_line import tells_training
from lossdoctor.importers.text_rows import Row, TextRows, pattern_rows, text_rows
from lossdoctor.importers.wandb_folder import RUN_FOLDER
from lossdoctor.importers.whole_lines import read_lines
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
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# Set-up, warnings and listings may fill more than the head of a log; files that are called logs are looked at further.
_LOG_NAME = re.compile(r"\.(log|out|err)(\.\d+)?$|log|train|output|stdout|nohup|slurm|console", re.IGNORECASE)
_DEEP = 8 << 20
_MOST_PARTS = 8
_PART = 16 << 10
_MEASURED_WORDS = (b"loss", b"accuracy", b" acc ", b" acc:", b" acc=", b"perplexity")
_MEASURED_WORD = re.compile(b"|".join(_MEASURED_WORDS))
_COUNTED_WORD = re.compile(rb"epoch|step|iter|update")
_COUNTED = (b"epoch", b"step", b"iter", b"update", b"batch", b" train ", b"] ")


class TextLogImporter:
    """Text logs with one line, table or progress bar for each moment.

    Args:
        pattern: a user's own regular expression with named groups, see `compile_pattern`; without it the documented
            patterns are used, and files are taken only when several lines match with an increasing step. The sources
            it finds carry the pattern, so that any instance, in any process, reads them by it.
    """

    name = "text_log"
    title = "plain text logs"
    patterns = ("*.log", "*.txt", "*.out")
    help = (
        "Lines that name a step, iteration or epoch together with numbers, such as `epoch 3 loss 0.41 val_loss 0.5`: PyTorch "
        "scripts, nanoGPT, fairseq, mmcv and mmengine, Caffe, the Hugging Face Trainer; progress bars (the last state of "
        "each epoch) and box tables. A regular expression with named groups reads what no known pattern does. A file is "
        "taken only when at least three lines with a loss or an accuracy match and the step grows."
    )

    def __init__(self, pattern: re.Pattern[str] | None = None) -> None:
        self._pattern = pattern

    @property
    def text(self) -> str:
        """The user's pattern as written; "" for the documented ones."""
        return "" if self._pattern is None else self._pattern.pattern

    def probe(self, head: FileHead) -> Match | None:
        """At least three rows with a loss or an accuracy, and a step that grows; with a pattern, one row."""
        if self._pattern is not None:
            return self._probe_pattern(head, self._pattern)
        if not _may_be_text(head):
            return None
        if _speaks(head.head) and self._grows_in(head.head, head.complete):
            return Match(0.55, "has lines with a growing step and numbers")
        if head.complete or not _LOG_NAME.search(head.name):
            return None
        if any(self._grows_in(part, False) for part in _promising_parts(head)):
            return Match(0.55, "has lines with a growing step and numbers further down")
        return None

    def _grows_in(self, data: bytes, complete: bool) -> bool:
        lines = text_lines(data)
        if not complete and len(lines) > 1:
            lines.pop()  # cut by the end of the sample, not of the file
        if _grows(text_rows(lines[:_FIRST_LOOK]).rows):
            return True
        return len(lines) > _FIRST_LOOK and _grows(text_rows(lines).rows)

    def _probe_pattern(self, head: FileHead, pattern: re.Pattern[str]) -> Match | None:
        match = Match(0.6, "has lines that the given pattern fits")
        if not _may_be_text(head):
            return None
        if pattern_rows(text_lines(head.head), pattern).rows:
            return match
        if head.complete or not _LOG_NAME.search(head.name):
            return None
        try:
            deep = read_head(head.path, _DEEP).head
        except OSError:
            return None
        return match if pattern_rows(text_lines(deep[len(head.head) :]), pattern).rows else None

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source a file; what a W&B run printed stands for its run folder."""
        return Grouping(tuple(replace(_source(head, root), pattern=self.text) for head in heads))

    def read(self, source: Source) -> ImportResult:
        """The run in one text log, by this importer's own pattern or else by that of the source.

        Raises:
            LossdoctorError: `source.pattern` is none that `compile_pattern` accepts.
        """
        pattern = self._pattern
        if pattern is None and source.pattern:
            pattern = compile_pattern(source.pattern)
        path = source.files[0]
        try:
            data, whole = read_lines(path, MAX_BYTES)
        except OSError as error:
            return ImportResult((), (unreadable(path, error),))
        lines = text_lines(data)
        found = text_rows(lines) if pattern is None else pattern_rows(lines, pattern)
        ended = not data or data.endswith((b"\n", b"\r", b"\n\x00"))
        cut = 0 if ended or not whole else data.count(10) + 1
        return self.result(source, found, by_pattern=pattern is not None, cut=cut, whole=whole)

    def result(
        self, source: Source, found: TextRows, *, by_pattern: bool = False, cut: int = 0, whole: bool = True
    ) -> ImportResult:
        """The run of a log's rows.

        Args:
            source: the log.
            found: its rows.
            by_pattern: they were found by a user's pattern.
            cut: number of the last line when it has no line end.
            whole: the rows are those of all lines.
        """
        path = source.files[0]
        problems = _problems(found, path, cut, whole)
        if not (found.rows if by_pattern else _grows(found.rows)):
            text = "holds no lines with a growing step and a loss or metric."
            if by_pattern:
                text = "holds no line that the given pattern fits and that has a step or epoch and a number."
            problems.append(Problem("no_rows", ProblemLevel.WARNING, shown(path), text, "See `lossdoctor formats`."))
            return ImportResult((), tuple(problems))
        return ImportResult((_run(source, found.rows, problems),))


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


def _may_be_text(head: FileHead) -> bool:
    """Whether a file may be a text log by its name and is text."""
    if os.path.splitext(head.name)[1].lower() in _NEVER or _DOCUMENTS.match(head.name):
        return False
    return head.head[:2] in _UTF16 or without_holes(head.head[:4096]).count(0) <= 2


def _promising_parts(head: FileHead) -> Iterator[bytes]:
    """Pieces of a long file that begin with a line that names both a counter and a measured number."""
    try:
        data = read_head(head.path, _DEEP).head
    except OSError:
        return
    low = data.lower()
    if not any(word in low for word in _MEASURED_WORDS):  # far faster than the pattern
        return
    position, parts = len(head.head), 0
    while parts < _MOST_PARTS and (found := _MEASURED_WORD.search(low, position)) is not None:
        start, end = low.rfind(b"\n", 0, found.start()) + 1, low.find(b"\n", found.end())
        position = end if end >= 0 else len(low)
        if _COUNTED_WORD.search(low, start, position):
            parts += 1
            position = start + _PART
            yield data[start:position]


def _speaks(data: bytes) -> bool:
    """Whether a text holds words of measured things and of counters."""
    if data[:2] in _UTF16:
        return True
    low = data.lower()
    tables = low.count(b"\n|") > 4
    return any(word in low for word in _MEASURED) and (tables or any(word in low for word in _COUNTED))


def text_lines(data: bytes, *, begins: bool = True) -> list[str]:
    """The lines of a log's bytes, without their ends; the last one is what follows the last line end.

    Args:
        data: the bytes.
        begins: they are the beginning of the file, where a byte order mark may stand.
    """
    # A lone carriage return does not end a line here: it goes back to the beginning of a progress bar.
    text = decode(data) if begins else data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").split("\n")


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


def _problems(found: TextRows, path: str, cut: int, whole: bool) -> list[Problem]:
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
    elif cut:
        text = "has no line end after its last line, so the last number may be cut short. It is kept."
        told.append(Problem("unterminated", ProblemLevel.INFO, name, text, "", f"line {cut}"))
    return told

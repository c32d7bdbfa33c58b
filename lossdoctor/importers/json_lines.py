"""The importer of JSON-lines logs, one object a row: mmengine, mmcv, detectron2, W&B history files, rllib and their like."""

from __future__ import annotations

import itertools
import math
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from lossdoctor.formatting import count
from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.files import relative_id, shown, unreadable
from lossdoctor.importers.json_numbers import json_number, json_value
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.wandb_folder import folder_config
from lossdoctor.importers.whole_lines import MAX_LINE, read_lines
from lossdoctor.runs import Problem, ProblemLevel, Series

MAX_BYTES = 1 << 30
# A row of a log is short; a longer line is another kind of file, or damage.
MAX_DEPTH = 6
# The x of a row, the most telling name first. `epoch` is the last resort: it stands beside a finer step in most logs.
STEP_KEYS = ("_step", "iteration", "global_step", "training_iteration", "step", "iter", "timesteps_total", "epoch")
_WALL_KEYS = ("_timestamp", "timestamp", "wall_time")
# Columns of the row's own bookkeeping, which are no measurements.
_BOOKKEEPING = frozenset({*STEP_KEYS, *_WALL_KEYS, "mode"}) - {"epoch"}
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>")
# mmengine writes the same rows as scalars.json once more under the time of the start.
_MMENGINE_COPY = re.compile(r"\d{8}_\d{6}\.json")
_ENV_INFO = "env_info"
_WANDB_HISTORY = "wandb-history.jsonl"


class JsonLinesImporter:
    """JSON lines with a step-like key in each row."""

    name = "json_lines"
    title = "JSON-lines logs"
    patterns = ("scalars.json", "metrics.json", "*.log.json", "wandb-history.jsonl", "result.json", "*.jsonl")
    help = (
        "One JSON object a row with a step, iteration or epoch: mmengine (vis_data/scalars.json), mmcv (*.log.json), "
        "detectron2 (metrics.json), W&B history files of 2019, rllib (result.json) and home-made loggers. Evaluation rows "
        "that count epochs are placed at the end of their epoch. Bare NaN and Infinity are values; media are passed over; a "
        "broken line costs that line only and is reported with its number."
    )

    def probe(self, head: FileHead) -> Match | None:
        """At least two whole lines that are objects with a step-like key and another number: one is a summary."""
        data = head.head.lstrip(b"\xef\xbb\xbf \t\r\n")
        if not data.startswith((b"{", b"<<<<<<<")):
            return None
        lines = data.split(b"\n")
        # The last line of a head is cut unless the head is the file.
        whole = lines if head.complete else lines[:-1]
        rows = [row for line in whole[:8] if isinstance(row := _decoded(line), dict)]
        if not rows:
            return None
        if _ENV_INFO in rows[0]:
            return Match(0.9, "starts with mmcv's env_info")
        measured = [row for row in rows if _step_key(row) is not None and _holds_a_measurement(row)]
        if len(measured) < 2:
            return None
        key = _step_key(measured[0])
        return Match(0.75, f"has a JSON object with {key!r} in each line")

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source a file; a W&B history file stands for its run folder, mmengine's copy is left out."""
        main = {os.path.dirname(head.path) for head in heads if head.name == "scalars.json"}
        sources, problems = [], []
        for head in heads:
            folder = os.path.dirname(head.path)
            if folder in main and _MMENGINE_COPY.fullmatch(head.name):
                text = "holds the same rows as scalars.json beside it; that one is read."
                problems.append(Problem("copy", ProblemLevel.INFO, shown(head.path), text))
                continue
            path = folder if head.name == _WANDB_HISTORY and folder != root else head.path
            sources.append(Source(self.name, relative_id(path, root), path, (head.path,), head.size_bytes))
        return Grouping(tuple(sources), tuple(problems))

    def read(self, source: Source) -> ImportResult:
        """The run of one file."""
        path = source.files[0]
        try:
            data, whole = read_lines(path, MAX_BYTES)
        except OSError as error:
            return ImportResult((), (unreadable(path, error),))
        rows = JsonRows()
        rows.take(data, ended=True)
        return self.result(source, rows, whole=whole)

    def result(self, source: Source, rows: JsonRows, *, whole: bool = True) -> ImportResult:
        """The run of a file's rows; `whole` says whether they are all of them."""
        path = source.files[0]
        problems = rows.problems(shown(path), whole)
        if not rows.found:
            text = "holds no row with a step and a number."
            problems.append(Problem("no_rows", ProblemLevel.INFO, shown(path), text))
        series, unit = _series(rows.found, shown(os.path.basename(path)))
        # W&B keeps the program's arguments in a file of its own.
        wandb = os.path.basename(path) == _WANDB_HISTORY
        config = folder_config(os.path.dirname(path), problems) if wandb else {}
        run = build_run(source, series, config=config, step_unit=unit, problems=problems)
        return ImportResult((run,))


@dataclass(slots=True)
class JsonRows:
    """The rows of a file as far as it was read, and what was wrong with the others."""

    lines: int = 0
    found: list[dict[str, Any]] = field(default_factory=list)
    bad_lines: list[int] = field(default_factory=list)
    conflicts: list[int] = field(default_factory=list)
    cut_line: int | None = None

    def take(self, data: bytes, *, ended: bool) -> None:
        """Reads the next lines: whole ones, or with `ended` the rest of the file, whose last line may be cut short."""
        lines = data.split(b"\n")
        if not ended:
            lines.pop()  # what follows the last line end
        before, self.lines = self.lines, self.lines + len(lines)
        for number, line in enumerate(lines, before + 1):
            stripped = line.strip(b"\xef\xbb\xbf \t\r\x00")
            if not stripped:
                continue
            if stripped.startswith(tuple(mark.encode() for mark in _CONFLICT)):
                self.conflicts.append(number)
                continue
            row = _decoded(stripped)
            if not isinstance(row, dict):
                if ended and number == self.lines:
                    self.cut_line = number
                else:
                    self.bad_lines.append(number)
            elif _ENV_INFO not in row:
                self.found.append(row)

    def copy(self) -> JsonRows:
        """As many rows, to go on with independently."""
        return JsonRows(self.lines, self.found.copy(), self.bad_lines.copy(), self.conflicts.copy(), self.cut_line)

    def problems(self, path: str, whole: bool) -> list[Problem]:
        """What to tell of the lines that are no rows."""
        out = []
        if self.bad_lines:
            more = ", ..." if len(self.bad_lines) > 5 else ""
            place = "line " + ", ".join(map(str, self.bad_lines[:5])) + more
            text = f"{count(len(self.bad_lines), 'line')} cannot be read as JSON; all others are kept."
            out.append(Problem("bad_line", ProblemLevel.WARNING, path, text, "Look at the lines named.", place))
        if self.conflicts:
            place = "line " + ", ".join(map(str, self.conflicts[:5]))
            text = "holds git conflict markers; the rows of both sides are kept, in file order."
            out.append(Problem("conflict", ProblemLevel.WARNING, path, text, "Resolve the merge conflict.", place))
        if self.cut_line is not None:
            text = "the last line is not whole: still being written, or cut off; it is left out."
            out.append(Problem("truncated", ProblemLevel.INFO, path, text, "", f"line {self.cut_line}"))
        if not whole:
            text = "is larger than 1 GB; only the beginning is read."
            out.append(Problem("too_large", ProblemLevel.WARNING, path, text, "Split the file."))
        return out


def _decoded(line: bytes) -> object:
    """The JSON value of a line; None when it is none, is too long or too deep."""
    if len(line) > MAX_LINE:
        return None
    try:
        value: object = json_value(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return value


def _whole_step(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is int:
        return value if -(2**63) < value < 2**63 else None
    number = json_number(value)
    return int(number) if number is not None and math.isfinite(number) and abs(number) < 2**63 else None


def _step_key(row: Mapping[str, Any]) -> str | None:
    for key in STEP_KEYS:
        if key in row and _whole_step(row[key]) is not None:
            return key
    return None


def _holds_a_measurement(row: Mapping[str, Any]) -> bool:
    return any(
        json_number(value) is not None for key, value in row.items() if key not in _BOOKKEEPING and key != "epoch"
    )


def _flat(row: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, float]]:
    """(tag, number) of a row; nested objects are joined with "/", media (`_type`) and lists passed over."""
    for key, value in row.items():
        number = json_number(value)
        if number is not None:
            if prefix or key not in _BOOKKEEPING:
                yield prefix + str(key), number
        elif isinstance(value, dict) and "_type" not in value and depth < MAX_DEPTH:
            yield from _flat(value, f"{prefix}{key}/", depth + 1)


def _series(rows: Sequence[Mapping[str, Any]], source: str) -> tuple[list[Series], str]:
    """The rows' numbers by tag, in file order, and what their step counts."""
    axis = _Axis(rows)
    points: dict[str, tuple[list[int], list[float], list[float]]] = {}
    step = 0
    for row in rows:
        step = axis.step_of(row, step)
        wall = _wall(row)
        # mmcv says with each row whether it is training or validation; the same keys occur in both.
        prefix = "val/" if row.get("mode") == "val" else ""
        for tag, value in _flat(row):
            known = points.get(prefix + tag)
            if known is None:
                known = points[prefix + tag] = ([], [], [])
            known[0].append(step)
            known[1].append(value)
            known[2].append(wall)
    made = [
        Series(tag, np.array(s, np.int64), np.array(v), np.array(w), source)
        for tag, (s, v, w) in points.items()
        if tag != "epoch" or axis.key != "epoch"
    ]
    return made, axis.unit


def _wall(row: Mapping[str, Any]) -> float:
    for key in _WALL_KEYS:
        wall = json_number(row.get(key))
        if wall is not None:
            return wall
    return math.nan


class _Axis:
    """The step of each row, made one scale where a log counts iterations within epochs or epochs in evaluation rows.

    mmcv counts `iter` from 1 in every epoch: x = (epoch - 1) * iterations per epoch + iter. mmengine's and mmcv's
    evaluation rows carry the epoch's number as their step: they are placed at the last training step of that epoch.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        keys = [key for row in rows if (key := _step_key(row)) is not None]
        self.key = max(dict.fromkeys(STEP_KEYS), key=keys.count) if keys else "step"
        self.unit = {"epoch": "epoch", "iteration": "iteration", "iter": "iteration"}.get(self.key, "step")
        training: list[Mapping[str, Any]] = []
        others: list[Mapping[str, Any]] = []
        for row in rows:
            (training if _is_training(row) else others).append(row)
        self.per_epoch = _iterations_per_epoch(training, others)
        self.end_of_epoch: dict[int, int] = {}
        for row in training:
            epoch, step = _whole_step(row.get("epoch")), self._own_step(row)
            if epoch is not None and step is not None:
                self.end_of_epoch[epoch] = max(step, self.end_of_epoch.get(epoch, step))

    def step_of(self, row: Mapping[str, Any], before: int) -> int:
        """The row's step; the one before it where it has none."""
        if self.end_of_epoch and not _is_training(row):
            epoch = _whole_step(row.get("epoch", row.get("step")))
            if epoch in self.end_of_epoch:
                return self.end_of_epoch[epoch]
        own = self._own_step(row)
        return before if own is None else own

    def _own_step(self, row: Mapping[str, Any]) -> int | None:
        if self.per_epoch is not None:
            epoch, within = _whole_step(row.get("epoch")), _whole_step(row.get("iter"))
            if epoch is not None and within is not None:
                return (epoch - 1) * self.per_epoch + within
        key = self.key if _whole_step(row.get(self.key)) is not None else _step_key(row)
        return None if key is None else _whole_step(row.get(key))


def _is_training(row: Mapping[str, Any]) -> bool:
    """False for rows that say they are validation, and for those without any loss or learning rate beside others' metrics."""
    if "mode" in row:
        return bool(row["mode"] == "train")
    return any(map(_is_of_training, row))


@lru_cache(4096)
def _is_of_training(key: str) -> bool:
    return "loss" in key.lower() or key in ("lr", "learning_rate")


def _iterations_per_epoch(training: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> int | None:
    """Length of an epoch where `iter` starts again in each of them; None where it counts through."""
    last: dict[int, int] = {}
    first: dict[int, int] = {}
    within_epochs: list[int] = []
    for row in training:
        epoch, within = _whole_step(row.get("epoch")), _whole_step(row.get("iter"))
        if epoch is None or within is None:
            return None
        first.setdefault(epoch, within)
        last[epoch] = max(within, last.get(epoch, within))
        within_epochs.append(within)
    if len(last) < 2:
        return None
    epochs = sorted(last)
    if not all(first[b] <= last[a] for a, b in itertools.pairwise(epochs)):
        return None
    return _told_length(others, max(last.values()), _interval(within_epochs)) or max(last.values())


def _interval(counts: Sequence[int]) -> int:
    """The usual distance from one logged iteration to the next within an epoch; 0 when there is none."""
    counted = Counter(after - before for before, after in itertools.pairwise(counts) if after > before)
    return max(counted, key=counted.__getitem__, default=0)


def _told_length(others: Sequence[Mapping[str, Any]], logged: int, interval: int) -> int | None:
    """The length of an epoch that evaluation rows tell as their `iter`; None where they do not.

    Training rows come every so many iterations, so the last one logged falls short of the end by less than that. mmcv
    wrote the training's iterations into evaluation rows until 1.0 and the evaluation's own afterwards: only a number in
    that range can be the length.
    """
    told = [within for row in others if (within := _whole_step(row.get("iter"))) is not None]
    fitting = [within for within in told if logged <= within < logged + max(interval, 1)]
    return max(set(fitting), key=fitting.count) if fitting and 2 * len(fitting) >= len(told) else None

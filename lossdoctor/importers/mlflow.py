"""The importer of MLflow's file store: mlruns/<experiment>/<run>/metrics, one file a metric."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence

import numpy as np

from lossdoctor.formatting import count
from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.files import read_bytes, relative_id, shown, unreadable
from lossdoctor.importers.mlflow_run import METRICS, details, split_metric
from lossdoctor.importers.reading import build_run
from lossdoctor.runs import Problem, ProblemLevel, Series

MAX_BYTES = 1 << 30
# Milliseconds since 1970: 10 to 16 digits span 1970-04 to far beyond, and leave out row numbers.
_LINE = re.compile(rb"\d{10,16} \S{1,40}(?: -?\d{1,19})?\r?")
_UNDERSCORE = ord("_")


class MlflowImporter:
    """Runs of MLflow's local file store."""

    name = "mlflow"
    title = "MLflow runs"
    patterns = ("mlruns/*/*/metrics/*",)
    help = (
        "The file store that MLflow keeps in `mlruns`: each run folder with its metrics (lines of time, value and step, in "
        "the order in which they were logged), its params as configuration, and its name. Stores in a database "
        "(mlflow.db) and on a server are not read."
    )

    def probe(self, head: FileHead) -> Match | None:
        """A file below `metrics` whose first line is a time in milliseconds, a value and a step."""
        if not METRICS.search(head.path):
            return None
        first, end, _ = head.head.partition(b"\n")
        if not (end or head.complete) or not _LINE.fullmatch(first) or _point(first) is None:
            return None
        return Match(0.95, "is a file below metrics with lines of time, value and step")

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source a run folder."""
        runs: dict[str, list[FileHead]] = {}
        for head in heads:
            folder, _ = split_metric(head.path)
            # The folder that was scanned may lie below the run's.
            inside = os.path.commonpath([folder, root]) == os.path.normpath(root)
            runs.setdefault(folder if inside else root, []).append(head)
        sources = []
        for folder, files in sorted(runs.items()):
            paths = tuple(sorted(head.path for head in files))
            size = sum(head.size_bytes for head in files)
            sources.append(Source(self.name, relative_id(folder, root), folder, paths, size))
        return Grouping(tuple(sources))

    def read(self, source: Source) -> ImportResult:
        """The run: one series a file, named by its path below metrics."""
        series: list[Series] = []
        problems: list[Problem] = []
        for path in source.files:
            try:
                data, whole = read_bytes(path, MAX_BYTES)
            except OSError as error:
                problems.append(unreadable(path, error))
                continue
            rows = _Rows(shown(path))
            rows.read(data)
            found = rows.series(split_metric(path)[1])
            series += [found] if len(found) else []
            problems += rows.problems(whole)
        if not series:
            return ImportResult((), tuple(problems))
        about = details(split_metric(source.files[0])[0])
        run = build_run(
            source, series, name=about.name or None, config=about.config, problems=(*problems, *about.problems)
        )
        return ImportResult((run,))


def _point(line: bytes) -> tuple[float, float, int | None] | None:
    """Wall time in seconds, value, and step of a line (None where it has none, as in stores of 2018); None if broken."""
    parts = line.split()
    if len(parts) not in (2, 3) or _UNDERSCORE in line:
        return None
    try:
        wall, value = int(parts[0]), float(parts[1])
        step = int(parts[2]) if len(parts) == 3 else None
    except ValueError:
        return None
    if step is not None and abs(step) >= 2**63:
        return None
    return (wall / 1000 if 0 < wall < 10**17 else math.nan), value, step


class _Rows:
    """The lines of one metric file, in their order."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._walls: list[float] = []
        self._values: list[float] = []
        self._steps: list[int] = []
        self._bad: list[int] = []
        self._stepless = 0
        self._cut: int | None = None

    def read(self, data: bytes) -> None:
        lines = data.split(b"\n")
        for number, line in enumerate(lines, 1):
            if not line.strip(b" \r\x00"):
                continue
            point = _point(line)
            if point is not None and point[2] is None and len(self._steps) > self._stepless:
                point = None  # the others have a step: this line lost its own
            if point is not None:
                self._add(*point)
            elif number == len(lines):
                self._cut = number  # MLflow ends every line that it finishes
            else:
                self._bad.append(number)

    def _add(self, wall: float, value: float, step: int | None) -> None:
        if step is None:
            step = len(self._steps)
            self._stepless += 1
        self._walls.append(wall)
        self._values.append(value)
        self._steps.append(step)

    def series(self, tag: str) -> Series:
        """The points as a series; empty when no line could be read."""
        steps = np.array(self._steps, np.int64)
        return Series(tag, steps, np.array(self._values, float), np.array(self._walls, float), f"metrics/{tag}")

    def problems(self, whole: bool) -> list[Problem]:
        """What was wrong with the file."""
        out = []
        if self._bad:
            more = ", ..." if len(self._bad) > 5 else ""
            place = "line " + ", ".join(map(str, self._bad[:5])) + more
            text = f"{count(len(self._bad), 'line')} not of the form time, value, step left out; all others are kept."
            out.append(Problem("bad_line", ProblemLevel.WARNING, self._path, text, "Look at the lines named.", place))
        if self._stepless:
            text = "has lines without a step, as MLflow wrote in 2018, so they are counted."
            out.append(Problem("rows_as_steps", ProblemLevel.INFO, self._path, text))
        if self._cut is not None:
            text = "the last line is not whole: still being written, or cut off; it is left out."
            out.append(Problem("truncated", ProblemLevel.INFO, self._path, text, "", f"line {self._cut}"))
        if not whole:
            text = "is larger than 1 GB; only the beginning is read."
            out.append(Problem("too_large", ProblemLevel.WARNING, self._path, text))
        return out

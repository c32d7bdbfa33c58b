"""Inspection: what one log file holds, without a verdict: records, tags, steps, seams, damage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lossdoctor.importers.base import Source
from lossdoctor.importers.discover import find_sources
from lossdoctor.importers.options import AS_THEY_SAY, ReadOptions
from lossdoctor.importers.reading import read_source
from lossdoctor.importers.tensorboard.listing import Record, list_records
from lossdoctor.runs import Problem, Run, Series, find_seams


@dataclass(frozen=True, slots=True)
class TagInfo:
    """One series.

    Attributes:
        tag: its tag.
        role: what it is taken for; `primary` tells whether the run is judged by it.
        primary: see `role`.
        points: number of points.
        not_finite: how many of them are NaN or infinite.
        first_step: of the first point in file order; None without points.
        last_step: of the last one.
        lowest: least finite value; NaN without one.
        highest: largest finite value.
        first_time: wall time of the first point; NaN without times.
        last_time: of the last one.
        seams: (kind, step before, step behind) of every place where a writing session ends and another begins.
    """

    tag: str
    role: str
    primary: bool
    points: int
    not_finite: int
    first_step: int | None
    last_step: int | None
    lowest: float
    highest: float
    first_time: float
    last_time: float
    seams: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class RecordCount:
    """The records of one event file: how many, of which kinds and states, and where the first that is not sound stands."""

    path: str
    records: int
    bytes: int
    kinds: tuple[tuple[str, int], ...]
    states: tuple[tuple[str, int], ...]
    first_bad: int | None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file or folder holds.

    Attributes:
        runs: (run, its tags).
        files: the records of every event file; empty for other formats.
        problems: everything wrong with the input.
    """

    runs: tuple[tuple[Run, tuple[TagInfo, ...]], ...]
    files: tuple[RecordCount, ...]
    problems: tuple[Problem, ...]


def inspect_path(path: Path, options: ReadOptions = AS_THEY_SAY) -> Inspection:
    """Reads everything at a path and tells what is there. What cannot be read becomes a problem."""
    found = find_sources(path, options)
    runs: list[Run] = []
    problems = list(found.problems)
    for source in found.sources:
        result = read_source(source, options)
        runs += result.runs
        problems += [*result.problems, *(problem for run in result.runs for problem in run.problems)]
    files = [count_records(file) for source in found.sources for file in event_files(source)]
    described = tuple((run, tuple(_tag(run, series) for series in run.series)) for run in runs)
    return Inspection(described, tuple(files), tuple(dict.fromkeys(problems)))


def event_files(source: Source) -> Sequence[str]:
    """The event files of a source that are not compressed."""
    parts = (source, *source.also)
    return [f for part in parts if part.format == "tensorboard" for f in part.files if not f.lower().endswith(".gz")]


def count_records(path: str) -> RecordCount:
    """Counts the records of an event file; what cannot be read counts as none."""
    kinds: Counter[str] = Counter()
    states: Counter[str] = Counter()
    records, size = 0, 0
    first_bad: int | None = None
    try:
        for record in list_records(path):
            size = record.offset + record.size
            states[record.state] += 1
            records += record.state != "damaged"
            kinds[record.kind] += record.state == "ok"
            if record.state != "ok" and first_bad is None:
                first_bad = record.offset
    except OSError:
        pass  # reading it has made a problem of that
    return RecordCount(path, records, size, tuple((+kinds).most_common()), tuple(states.most_common()), first_bad)


def _tag(run: Run, series: Series) -> TagInfo:
    finite = series.values[series.finite]
    filled = len(series) > 0
    primary = any(role.tag == series.tag and role.primary for role in run.roles)
    return TagInfo(
        tag=series.tag,
        role=str(run.role_of(series.tag)),
        primary=primary,
        points=len(series),
        not_finite=len(series) - int(finite.size),
        first_step=int(series.steps[0]) if filled else None,
        last_step=int(series.steps[-1]) if filled else None,
        lowest=float(np.min(finite)) if finite.size else float("nan"),
        highest=float(np.max(finite)) if finite.size else float("nan"),
        first_time=float(series.wall_times[0]) if filled else float("nan"),
        last_time=float(series.wall_times[-1]) if filled else float("nan"),
        seams=tuple((str(seam.kind), seam.before, seam.step) for seam in find_seams(series)),
    )


def to_plain(found: Inspection) -> dict[str, Any]:
    """The inspection as values for JSON; NaN and infinities are texts, as in `json_results`."""
    from lossdoctor.workspace.json_results import plain_number, problem_to_dict

    def plain(value: object) -> object:
        return plain_number(value) if isinstance(value, float) else value

    return {
        "schema": 1,
        "runs": [
            {
                "id": run.id,
                "path": run.path,
                "format": run.format,
                "step_unit": run.step_unit,
                "config": {key: plain(value) for key, value in run.config.items()},
                "tags": [{key: plain(value) for key, value in asdict(tag).items()} for tag in tags],
            }
            for run, tags in found.runs
        ],
        "files": [asdict(file) for file in found.files],
        "problems": [problem_to_dict(problem) for problem in found.problems],
    }


__all__ = [
    "Inspection",
    "Record",
    "RecordCount",
    "TagInfo",
    "count_records",
    "inspect_path",
    "list_records",
    "to_plain",
]

"""What a reader delivers of some files, and whether every number of it can be accounted for.

A number is accounted for when it was delivered of the undamaged files as well (same tag, same step), or when the reader
attached a problem that it did not attach then. A text file carries no checksum: a digit that was turned into another one
cannot be told by anybody. There a number also counts when it stands literally in the damaged file; these are counted
apart. A number that stands in neither file was made up by the reader, and is wrong in every format.
"""

from __future__ import annotations

import gzip
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lossdoctor.importers import find_sources, read_source
from lossdoctor.runs import Problem, Run, Series

CHECKSUMMED = frozenset({"tensorboard", "wandb_binary"})
# Its checksums are optional and W&B writes none, and its bytes cannot be searched for a number.
WITHOUT_CHECKSUMS = frozenset({"parquet"})
_NUMBERS = (
    re.compile(rb"[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"),
    re.compile(rb"[-+]?(?:\d+(?:,\d*)?|,\d+)(?:[eE][-+]?\d+)?"),  # decimal commas
)
_SCALES = (1.0, 100.0, 1000.0, 60.0)  # "95 %" is 0.95, "31 ms" is 0.031 s


@dataclass(frozen=True)
class Delivery:
    """The runs and the problems that came of some files."""

    runs: tuple[Run, ...]
    problems: frozenset[tuple[str, str, str]]

    @property
    def formats(self) -> frozenset[str]:
        """The formats of its runs."""
        return frozenset(run.format for run in self.runs)

    @property
    def points(self) -> int:
        """The points of all runs."""
        return sum(run.points for run in self.runs)


def delivered(path: Path) -> Delivery:
    """Everything below a folder, read; raises what the importers raise."""
    found = find_sources(path)
    problems: list[Problem] = list(found.problems)
    runs: list[Run] = []
    for source in found.sources:
        result = read_source(source)
        problems += result.problems
        runs += result.runs
        problems += (problem for run in result.runs for problem in run.problems)
    return Delivery(tuple(runs), frozenset((p.code, p.place, p.message) for p in problems))


class Yardstick:
    """The points of undamaged files, to measure deliveries of damaged ones by."""

    def __init__(self, sound: Delivery) -> None:
        self._problems = sound.problems
        self._series: dict[str, list[Series]] = {}
        for run in sound.runs:
            for series in run.series:
                self._series.setdefault(series.tag, []).append(series)
        self._points: dict[str, set[tuple[int, str]]] = {}

    def strange(self, delivery: Delivery) -> list[tuple[str, str, int, float]]:
        """(format, tag, step, value) of every point that was not there before; none where a problem was added."""
        if delivery.problems - self._problems:
            return []
        return [
            (run.format, series.tag, step, value)
            for run in delivery.runs
            for series in run.series
            if not self._known(series)
            for step, value in zip(series.steps.tolist(), series.values.tolist(), strict=True)
            if (step, repr(value)) not in self._points_of(series.tag)
        ]

    def _known(self, series: Series) -> bool:
        """Whether it is the beginning of an undamaged one: the common case, quickly."""
        return any(
            len(series) <= len(sound)
            and np.array_equal(series.steps, sound.steps[: len(series)])
            and np.array_equal(series.values, sound.values[: len(series)], equal_nan=True)
            for sound in self._series.get(series.tag, ())
        )

    def _points_of(self, tag: str) -> set[tuple[int, str]]:
        if tag not in self._points:
            self._points[tag] = {
                point
                for series in self._series.get(tag, ())
                for point in zip(series.steps.tolist(), map(repr, series.values.tolist()), strict=True)
            }
        return self._points[tag]


def stands_in(data: bytes, values: set[float]) -> set[float]:
    """Those of some values that a text file says literally."""
    if data.startswith(b"\x1f\x8b"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            return set()
    said = {value for form in _NUMBERS for token in form.findall(data) for value in _readings(token)}
    return {v for v in values if not np.isfinite(v) or any(_near(v, said, scale) for scale in _SCALES)}


def _near(value: float, said: set[float], scale: float) -> bool:
    return value * scale in said or float(f"{value * scale:.12g}") in said or float(np.float32(value)) in said


def _readings(token: bytes) -> tuple[float, ...]:
    try:
        value = float(token.replace(b",", b"."))
    except ValueError:
        return ()
    return value, -value, float(f"{value:.12g}"), float(np.float32(value))

"""Seams: the places of a series where one writing session ends and another begins, and what the second one is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lossdoctor.runs.series import Series

# A second writer's points arrive between those of the first, so that steps go back at every few points; a session that
# was resumed goes back once. With a fifth of all points going back nobody resumed that often.
_INTERLEAVED_SHARE = 0.2
# A job that waits for a new slot stands still for minutes at least, and far longer than between two points.
_PAUSE_SECONDS = 600.0
_PAUSE_FACTOR = 20.0


class SeamKind(StrEnum):
    """What begins at a seam."""

    RESUME = "resume"  # training goes on from an earlier checkpoint: some steps were run twice
    RESTART = "restart"  # training begins again at its first step
    COPY = "copy"  # the same points once more: a file was appended to itself or committed with conflict markers
    OTHER_WRITER = "other_writer"  # points of a second process between those of the first
    PAUSE = "pause"  # steps go on, but only after the wall clock has stood still for long


@dataclass(frozen=True, slots=True)
class Seam:
    """One seam.

    Attributes:
        kind: what begins here.
        index: of the first point behind it, in file order.
        before: the step of the point before it.
        step: the step of the first point behind it.
        pause: wall seconds between the two; NaN where the log has no times.
    """

    kind: SeamKind
    index: int
    before: int
    step: int
    pause: float


def find_seams(series: Series) -> tuple[Seam, ...]:
    """Every seam of a series, in file order; none for fewer than two points.

    Steps that repeat are no seam. A pause is a gap in wall time of more than ten minutes and twenty times the usual
    interval at which steps do not go back.
    """
    if len(series) < 2:
        return ()
    backward = series.restarts()
    pauses = np.diff(series.wall_times)
    seams = [_seam(series, int(index), backward, pauses) for index in backward]
    seams += [
        Seam(SeamKind.PAUSE, int(at) + 1, int(series.steps[at]), int(series.steps[at + 1]), float(pauses[at]))
        for at in _standstills(series, pauses)
    ]
    return tuple(sorted(seams, key=lambda seam: seam.index))


def _seam(series: Series, index: int, backward: np.ndarray, pauses: np.ndarray) -> Seam:
    before, step = int(series.steps[index - 1]), int(series.steps[index])
    return Seam(_kind(series, index, backward), index, before, step, float(pauses[index - 1]))


def _kind(series: Series, index: int, backward: np.ndarray) -> SeamKind:
    if backward.size > max(2, _INTERLEAVED_SHARE * len(series)):
        return SeamKind.OTHER_WRITER
    start, end = _session(len(series), index, backward)
    if _repeats(series, start, end, int(backward[backward < index].max(initial=0)), index):
        return SeamKind.COPY
    first = int(series.steps[:index].min())
    spacing = max(int(np.median(np.abs(np.diff(series.steps)))), 1)
    return SeamKind.RESTART if int(series.steps[index]) <= first + spacing else SeamKind.RESUME


def _session(n: int, index: int, backward: np.ndarray) -> tuple[int, int]:
    """The points from one seam to the next."""
    later = backward[backward > index]
    return index, int(later[0]) if later.size else n


def _repeats(series: Series, start: int, end: int, earlier: int, earlier_end: int) -> bool:
    """Whether the points behind a seam are those before it, step for step and bit for bit; three points at least."""
    size = min(end - start, earlier_end - earlier)
    if size < 3:
        return False
    one, other = slice(start, start + size), slice(earlier, earlier + size)
    return bool(
        np.array_equal(series.steps[one], series.steps[other])
        and np.array_equal(series.values[one], series.values[other], equal_nan=True)
        and np.unique(series.values[one]).size > 2  # a constant repeats itself in every run
    )


def _standstills(series: Series, pauses: np.ndarray) -> np.ndarray:
    """Indices of points behind which the clock stands still while steps go on."""
    # A median of 20,000 intervals is exact to 1 %.
    known = pauses[:: max(pauses.size // 20_000, 1)]
    known = known[np.isfinite(known) & (known > 0)]
    if known.size < 10:
        return np.zeros(0, dtype=np.int64)
    longest = max(_PAUSE_SECONDS, _PAUSE_FACTOR * float(np.median(known)))
    at = np.flatnonzero(pauses > longest)
    return at[series.steps[at + 1] >= series.steps[at]]

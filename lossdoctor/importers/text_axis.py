"""Puts the rows of a text log on one axis: steps that count through, steps within epochs, or epochs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from lossdoctor.importers.text_rows import Row

# A log in which fewer rows than this carry a step is read by epochs.
_SHARE = 0.2


def place_rows(rows: Sequence[Row]) -> tuple[list[int | None], str]:
    """The step of each row (None: it names none on this axis), and what a step counts.

    Where lines name an epoch and a counter that starts again in every epoch, the step is
    (epoch - first epoch) * length of an epoch + counter. Rows that name only an epoch, as evaluations do, stand at
    the last step before them in the file.
    """
    counters = [row.step if row.step is not None else row.inner for row in rows]
    told = [(row, counter) for row, counter in zip(rows, counters, strict=True) if counter is not None]
    if len(told) < max(2, _SHARE * len(rows)):
        return [row.epoch for row in rows], "epoch"
    per_epoch = _per_epoch(told)
    first = next((row.epoch for row, _ in told if row.epoch is not None), 0)
    steps: list[int | None] = []
    before: int | None = None
    for row, counter in zip(rows, counters, strict=True):
        if counter is not None:
            before = counter if per_epoch is None else ((row.epoch or first) - first) * per_epoch + counter
        steps.append(before)
    if per_epoch is None and any(row.step is not None for row, _ in told):
        return steps, "step"
    return steps, "iteration"


def _per_epoch(told: Sequence[tuple[Row, int]]) -> int | None:
    """The length of an epoch where the counter starts again in each; None where it counts through."""
    falls = again = 0
    for (before, last), (row, counter) in itertools.pairwise(told):
        if row.epoch is None or before.epoch is None:
            continue
        if counter <= last and row.epoch > before.epoch:
            again += 1
        elif counter < last:
            falls += 1
    if not again or falls > again:
        return None
    total = max((row.total for row, _ in told if row.total is not None), default=0)
    largest = max(counter for _, counter in told)
    smallest = min(counter for _, counter in told)
    return max(total, largest + (1 if smallest == 0 else 0))

"""IM04: the steps start again at the beginning."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from lossdoctor.findings import Measurement, Message, Outcome, Point, Severity
from lossdoctor.rules.base import Rule
from lossdoctor.rules.view import RunView
from lossdoctor.runs import Seam, SeamKind

MANY_RESTARTS = 3


class StepReset(Rule):
    """One log holds a training, and then another one from its first step on.

    What it shows:
        Where the steps start again, and which part of the log is judged.
    Why it matters:
        Two trainings in one folder are drawn as one zigzag and compared as one run. The later one overtakes the
        earlier one, and what is left of the earlier may look like the later one's end.
    How it is decided:
        The steps of the loss go back to the first step (or the second), and the points behind are not the same numbers
        once more (see duplicate_steps). No threshold. The later training decides the verdict, except in a pile of
        attempts: three restarts or more, a quarter of the trainings broken off early, and the last not the longest.
        Such a log is not classifiable as one run.
    Example that fires:
        Steps 0 to 500, then 0 to 800 with other values.
    Example that does not:
        Steps 0 to 600, then 500 to 900: resumed.
    Easily confused with:
        resumed, overlapping_writers; a step counter that counts within an epoch.
    References:
        TensorBoard's rule for restarts: points that a later writer overtakes are dropped.
    """

    code = "IM04"
    name = "step_reset"
    title = "Steps start again"
    summary = "The steps start again at the beginning: two trainings in one log."
    verdict = "not_classifiable"

    def check(self, view: RunView) -> Outcome:
        """Found when a session starts at the first step again."""
        series = view.logged
        if series is None:
            return self.not_applicable("the run has no loss")
        seams = [seam for seam in view.seams if seam.kind is SeamKind.RESTART]
        measurements = (Measurement("restarts at the first step", len(seams), "points"),)
        if not seams:
            return self.clear(measurements)
        last, pile = seams[-1], _pile_of_attempts(seams, len(series))
        message = Message.of(
            "The steps start again at {step:step} after step {before:step}"
            + (" ({count:step} times)" if len(seams) > 1 else "")
            + ": {kept:pct} of the points belong to the last training, "
            + (
                "which is not the longest, and several broke off early: the log is not judged as one run."
                if pile
                else "which is the one judged."
            ),
            step=last.step, before=last.before, count=len(seams), kept=1.0 - last.index / len(series),
        )  # fmt: skip
        evidence = (Point(float(last.step), float(series.values[last.index]), "starts again", series.tag),)
        outcome = self.found(0.95, Severity.LOW, message, evidence, measurements, (series.tag,))
        # Two trainings in one log are worth a word, but only a pile of attempts keeps the last one from being judged.
        return dataclasses.replace(outcome, probability=0.8 if pile else 0.0)


def _pile_of_attempts(restarts: Sequence[Seam], points: int) -> bool:
    """Whether a log is a pile of trainings of which many broke off early and the last is not the longest."""
    lengths = np.diff([0, *(seam.index for seam in restarts), points])
    broken_off = np.count_nonzero(lengths < 0.25 * lengths.max())
    unfinished = bool(lengths[-1] < lengths.max())
    return len(restarts) >= MANY_RESTARTS and bool(broken_off >= 0.25 * lengths.size) and unfinished

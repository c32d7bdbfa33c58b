"""IM06: steps are logged more than once."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Measurement, Message, Outcome, Point, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.runs import SeamKind
from lossdoctor.settings import Setting


class DuplicateSteps(Rule):
    """Several points stand at one step, one right after the other, or the whole log stands there twice.

    What it shows:
        How many steps hold more than one point, whether the repeated values differ, and what was kept.
    Why it matters:
        A step counter that is not advanced (gradient accumulation, several logging calls) hides points: the last one
        of each step is kept, the others are never seen.
    How it is decided:
        At least `share` of the points repeat the step of the point before; or a part of the log is the same points once
        more, number for number (a file appended to itself). A single repetition at the end is the usual final
        evaluation and stays below the limit.
    Example that fires:
        Steps 1, 1, 1, 1, 2, 2, 2, 2 with four different values each.
    Example that does not:
        One step logged twice at the end.
    Easily confused with:
        overlapping_writers (steps go back), averages logged under the same tag as single batches.
    References:
        TensorBoard draws all points of a step, one above the other.
    """

    code = "IM06"
    name = "duplicate_steps"
    title = "Duplicate steps"
    summary = "Steps are logged more than once."
    thresholds = (
        Setting(
            "duplicate_steps.share", 0.02, 0.001, 1, "%", "Least share of the points that repeat a step.",
            "a final evaluation or an epoch's end repeats a point in a hundred",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when many points repeat a step, or points stand there twice."""
        series = view.logged
        if series is None:
            return self.not_applicable("the run has no loss")
        if len(series) < 5:
            return self.not_applicable(f"only {len(series)} points")
        again = np.flatnonzero(np.diff(series.steps) == 0) + 1
        copies = [seam for seam in view.seams if seam.kind is SeamKind.COPY]
        share = again.size / len(series)
        measurements: tuple[Measurement, ...] = (
            self.at_least("points that repeat the step before", share, "share", "%"),
            Measurement("copies of earlier points", len(copies), "points"),
        )
        if copies:
            message = Message.of(
                "From point {index:step} on the log repeats its own points, number for number: a file was appended twice.",
                index=copies[0].index,
            )  # fmt: skip
            first = copies[0].index
            evidence = (Point(float(series.steps[first]), float(series.values[first]), "copy", series.tag),)
            return self.found(0.95, Severity.INFO, message, evidence, measurements, (series.tag,))
        p = above(share, self.limit("share")) if again.size >= 2 else 0.0
        if p < REPORT_AT:
            return self.clear(measurements, p)
        same = np.mean(series.values[again] == series.values[again - 1])
        message = Message.of(
            "In {tag} {share:pct} of the points repeat the step before them"
            + (" with the same value: harmless." if same > 0.9 else " with another value; each step's last one is kept."),
            share=share, tag=series.tag,
        )  # fmt: skip
        at = int(again[0])
        evidence = (Point(float(series.steps[at]), float(series.values[at]), "step repeats", series.tag),)
        return self.found(p, Severity.INFO, message, evidence, measurements, (series.tag,))

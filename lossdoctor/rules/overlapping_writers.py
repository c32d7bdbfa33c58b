"""IM05: two processes wrote into one log at the same time."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Measurement, Message, Outcome, Severity, Span
from lossdoctor.rules.base import Rule
from lossdoctor.rules.view import RunView
from lossdoctor.runs import SeamKind


class OverlappingWriters(Rule):
    """The points of one tag come from several writers, mixed.

    What it shows:
        That steps go back again and again, how often, and over which range.
    Why it matters:
        Two jobs in one folder, or all ranks of a distributed run logging under one name: the curve is a mixture that
        no training produced, and no statement about it holds for either of them.
    How it is decided:
        The steps of the loss go back at more than a fifth of the points. Nobody resumes that often. No further
        threshold.
    Example that fires:
        Steps 1, 1, 2, 2, 3, 2, 4, 3, 5, 4 ...
    Example that does not:
        A run resumed three times.
    Easily confused with:
        resumed, step_reset; a step counter that restarts within every epoch.
    References:
        TensorBoard warns that more than one event file with graph or metadata stands in a folder.
    """

    code = "IM05"
    name = "overlapping_writers"
    title = "Overlapping writers"
    summary = "Two processes wrote into one log at the same time."

    def check(self, view: RunView) -> Outcome:
        """Found when steps go back at every few points."""
        series = view.logged
        if series is None:
            return self.not_applicable("the run has no loss")
        seams = [seam for seam in view.seams if seam.kind is SeamKind.OTHER_WRITER]
        share = len(seams) / max(len(series) - 1, 1)
        measurements = (Measurement("points at which steps go back", share, "%"),)
        if not seams:
            return self.clear(measurements)
        steps = np.array([seam.step for seam in seams], dtype=np.float64)
        message = Message.of(
            "The steps of {tag} go back at {share:pct} of its points: several processes wrote into this log at once, and "
            "what is judged is a mixture.",
            tag=series.tag, share=share,
        )  # fmt: skip
        evidence = (Span(float(steps.min()), float(steps.max()), "several writers", series.tag),)
        return self.found(0.95, Severity.MEDIUM, message, evidence, measurements, (series.tag,))

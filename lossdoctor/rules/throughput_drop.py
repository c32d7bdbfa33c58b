"""TP01: steps take clearly longer at the end than at the beginning."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Message, Outcome, Severity, Span
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.runs import Role, Series
from lossdoctor.settings import Setting
from lossdoctor.signals.pace import Pace, pace


class ThroughputDrop(Rule):
    """The same step costs more time than it did.

    What it shows:
        Seconds a step (or examples a second) in the first and the last fifth of the run, and where the pace changed.
    Why it matters:
        Nothing is wrong with the learning, but the run costs more than it need: a data loader that falls behind,
        memory that fills up, a disk that is full, a neighbour on the same machine.
    How it is decided:
        The median time a step over the last fifth of the intervals is at least `slowdown` times that over the first
        fifth, measured within one session and without the very first interval (compilation). Medians do not see pauses
        for evaluation and checkpoints. A logged throughput is used where the log has no wall times. Longer sequences
        or larger batches later on slow steps by design; when the configuration names such a ramp the sentence says so.
    Example that fires:
        0.21 seconds a step until step 4,000 and 0.38 from there on.
    Example that does not:
        An evaluation of ten minutes every thousand steps.
    Easily confused with:
        stalled (the clock stands still once), a resume on another machine, curricula of growing length.
    References:
        Log analysers use a factor of 1.4 between the first and the last part of a run.
    """

    code = "TP01"
    name = "throughput_drop"
    title = "Throughput drops"
    summary = "Steps take clearly longer at the end than at the beginning."
    thresholds = (
        Setting(
            "throughput_drop.slowdown", 1.4, 1.05, 100, "", "Least ratio of late to early time a step.",
            "the practice of log analysers; machines shared by several jobs vary by a fifth",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when the late pace is clearly slower."""
        series = view.main
        if series is None:
            return self.not_applicable("the run has no loss")
        found, tag = _measured(view, series)
        if found is None:
            return self.not_applicable("fewer than 20 intervals with wall times, and no throughput")
        if any(seam.kind != "pause" for seam in view.seams):
            return self.not_applicable("the run has several sessions, which may have run on different machines")
        measurements = (self.at_least("time a step, late over early", found.slowdown, "slowdown"),)
        p = above(found.slowdown, self.limit("slowdown"), 1.1)
        if p < REPORT_AT:
            return self.clear(measurements, p)
        ramp = next((key for key in view.run.config if any(w in key.lower() for w in ("curriculum", "ramp"))), "")
        message = Message.of(
            "Steps take {slowdown:num} times as long at the end as at the beginning ({late:num} instead of {early:num} "
            "seconds), from about step {step:step} on" + ("; {ramp} may intend that." if ramp else "."),
            slowdown=found.slowdown, late=found.late, early=found.early, step=found.change_step, ramp=ramp,
        )  # fmt: skip
        evidence = (Span(found.change_step, float(series.steps[-1]), "slower", ""),)
        return self.found(p, Severity.INFO if ramp else Severity.LOW, message, evidence, measurements, (tag,))


def _measured(view: RunView, series: Series) -> tuple[Pace | None, str]:
    """Pace by wall times of the loss, else by the logged throughput."""
    if np.isfinite(series.wall_times).sum() > 20:
        return pace(series.steps.astype(np.float64), series.wall_times), series.tag
    logged = view.branch(Role.THROUGHPUT)
    if logged is None:
        return None, ""
    keep = logged.finite & (logged.values > 0)
    # A throughput is examples or steps a second: its inverse is proportional to the time a step.
    times = np.cumsum(np.concatenate(([0.0], 1.0 / logged.values[keep])))
    return pace(np.arange(times.size, dtype=np.float64), times), logged.tag

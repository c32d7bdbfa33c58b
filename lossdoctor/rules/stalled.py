"""TP02: the clock goes on while the run stands still."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Measurement, Message, Outcome, Severity, Span
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.runs import Series
from lossdoctor.settings import Setting
from lossdoctor.signals.pace import Stalls, stalls


class Stalled(Rule):
    """For a long time not a single point was logged.

    What it shows:
        Between which steps the run stood still, how long, and what share of its wall time that was.
    Why it matters:
        A machine was paid for and did nothing: a hanging data loader, a deadlock between workers, a full disk; or the
        job was stopped and waited for a new slot.
    How it is decided:
        The wall time between two points is longer than `seconds` and `factor` times the usual interval, while steps
        go on. Places where steps go back are resumes and have their own finding. Pauses that come again at equal
        numbers of steps are evaluations or checkpoints: clear.
    Example that fires:
        A point every 20 seconds, then nothing for three hours, then a point every 20 seconds.
    Example that does not:
        Twenty minutes of evaluation after every epoch.
    Easily confused with:
        resumed (steps go back), throughput_drop (slower for good), a laptop that slept.
    References:
        SageMaker Debugger's StalledTrainingRule waits 1,800 seconds.
    """

    code = "TP02"
    name = "stalled"
    title = "Stalled"
    summary = "The clock goes on while the run stands still."
    thresholds = (
        Setting(
            "stalled.seconds", 1800, 60, 1e6, "", "Shortest standstill in seconds.",
            "SageMaker Debugger's StalledTrainingRule",
        ),
        Setting(
            "stalled.factor", 20, 3, 1e5, "", "Shortest standstill, in usual intervals.",
            "evaluations take a few intervals as a rule",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when the longest standstill is unexplained."""
        series = view.main
        if series is None:
            return self.not_applicable("the run has no loss")
        found = stalls(series.steps, series.wall_times, self.limit("seconds"), self.limit("factor"))
        if found is None:
            return self.not_applicable("fewer than 10 intervals with wall times")
        measurements: tuple[Measurement, ...] = (
            self.at_least("longest interval in seconds", found.longest, "seconds"),
            self.at_least("longest interval, in usual ones", found.longest / found.usual, "factor"),
        )
        if found.at.size == 0:
            return self.clear(measurements)
        places = series.steps[found.at]
        if places.size >= 3 and float(np.std(np.diff(places))) < 0.1 * float(np.mean(np.diff(places))):
            return self.clear(
                measurements, 0.1, "the pauses come at equal numbers of steps: evaluations or checkpoints"
            )
        return self._finding(series, found, measurements)

    def _finding(self, series: Series, found: Stalls, measurements: tuple[Measurement, ...]) -> Outcome:
        steps, pauses = series.steps, series.wall_times[found.at + 1] - series.wall_times[found.at]
        index = int(np.argmax(pauses))
        worst, seconds = int(found.at[index]), float(pauses[index])
        p = max(above(seconds, self.limit("seconds"), 1.1), REPORT_AT)
        message = Message.of(
            "Between steps {before:step} and {after:step} nothing was logged for {hours:num} hours, {share:pct} of the run's "
            "wall time" + (" ({count:step} such pauses in all)." if found.at.size > 1 else "."),
            before=float(steps[worst]), after=float(steps[worst + 1]), hours=seconds / 3600.0,
            share=seconds / found.total, count=found.at.size,
        )  # fmt: skip
        evidence = tuple(Span(float(steps[i]), float(steps[i + 1]), "no points", "") for i in found.at[:20])
        return self.found(p, Severity.LOW, message, evidence, measurements, (series.tag,))

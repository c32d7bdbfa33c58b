"""ST05: the loss repeats a pattern, typically once an epoch."""

from __future__ import annotations

from lossdoctor.findings import Measurement, Message, Outcome, Severity, Span
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting


class PeriodicLoss(Rule):
    """The loss repeats the same pattern again and again.

    What it shows:
        A strong autocorrelation at one lag and at its double: the loss goes through the same ups and downs each time.
    Why it matters:
        A period of one epoch means that batches come in the same order each time: the data are not shuffled, or one
        shard is different. The model forgets one part while it learns the next.
    How it is decided:
        Autocorrelation of the detrended loss at the best lag of at least `strength`, with swings of at least
        `amplitude` of the level. A learning rate that cycles with the loss explains it, and so does a logger that averages
        over each epoch and starts again (the moves from point to point then die like one over k within each period);
        then it does not count.
    Example that fires:
        Data sorted by class, logged every step: the same saw-tooth every 15 points.
    Example that does not:
        White mini-batch noise: its autocorrelation is near zero at every lag.
    Easily confused with:
        oscillating (swings without a period), cyclic learning rates, running-average metrics that restart each epoch.
    References:
        Box & Jenkins 1970 (autocorrelation); Google's Testing and Debugging in Machine Learning course on unshuffled
        data.
    """

    code = "ST05"
    name = "periodic_loss"
    title = "Periodic loss"
    summary = "The loss repeats a pattern, typically once an epoch."
    verdict = "oscillating"
    thresholds = (
        Setting(
            "periodic_loss.strength",
            0.5,
            0.2,
            0.95,
            "",
            "Least autocorrelation at the period.",
            "white noise over 200 points stays below 0.2; faultlab's unshuffled runs start at 0.64",
        ),
        Setting(
            "periodic_loss.amplitude",
            0.04,
            0.005,
            5,
            "%",
            "Least swing, as a share of the level.",
            "smaller ripples change no decision",
        ),
    )

    def check(self, view: RunView) -> Outcome:
        """Found when a strong, large pattern is not the learning rate's own."""
        series, curve = view.main, view.main_curve
        if series is None:
            return self.not_applicable("the run has no loss")
        if curve is None or curve.n < 24:
            return self.not_applicable("fewer than 24 finite points: no period could repeat four times")
        period = view.period
        if period is None:
            return self.clear((self.at_least("autocorrelation at the best lag", 0.0, "strength"),))
        measurements = (
            self.at_least("autocorrelation at the best lag", period.strength, "strength"),
            self.at_least("swing, of the level", period.amplitude, "amplitude", "%"),
            Measurement("period", view.period_steps, "step"),
        )
        p = min(
            above(max(period.strength, 1e-9), self.limit("strength"), 1.1),
            above(period.amplitude, self.limit("amplitude")),
        )
        if view.cyclic_schedule:
            return self.clear(measurements, 0.2 * p, "the learning rate cycles and explains the pattern")
        if p >= 0.2 and view.running_average:
            return self.clear(
                measurements, 0.2 * p, "the logger's average starts again each period: its saw-tooth is no fault"
            )
        if p < REPORT_AT:
            return self.clear(measurements, p)
        message = Message.of(
            "{tag} repeats the same pattern every {period:step} {unit}s (autocorrelation {strength:num}).",
            tag=series.tag, period=view.period_steps, unit=view.run.step_unit, strength=period.strength,
        )  # fmt: skip
        evidence = (Span(float(curve.steps[-1]) - view.period_steps, float(curve.steps[-1]), "one period", series.tag),)
        return self.found(p, Severity.MEDIUM, message, evidence, measurements, (series.tag,))

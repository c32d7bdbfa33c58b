"""CV07: the loss is next to nothing after the very first steps."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Message, Outcome, Point, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, below
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting


class LossImplausiblyLow(Rule):
    """Too good, too early.

    What it shows:
        The step at which the loss has lost nearly all of its start level, and what share of the run that is.
    Why it matters:
        A network that solves its task in a few steps mostly has the answer in its input: a label among the features,
        shifted targets that are not shifted, padding that counts as correct.
    How it is decided:
        The smoothed loss falls to `level` of its start level within the first `early` of the run, stays there, and the
        validation loss (where there is one) does the same: training that memorises is another matter. A single absurd
        first point does not set the start level. Easy tasks and resumed runs do the same, so it only informs, and is of low
        severity where an accuracy above 0.99 comes with it at once.
    Example that fires:
        2.3, 0.4, 0.02, 0.004 within the first fifty of two thousand steps.
    Example that does not:
        The same values at the end of a run.
    Easily confused with:
        an easy task; a resumed or fine-tuned model; a loss divided by the batch size twice.
    References:
        UMLAUT (CHI'21) warns at 95 % accuracy within three epochs; Kapoor & Narayanan 2023, Leakage and the
        reproducibility crisis.
    """

    code = "CV07"
    name = "loss_implausibly_low"
    title = "Implausibly low loss"
    summary = "The loss is next to nothing after the very first steps."
    thresholds = (
        Setting(
            "loss_implausibly_low.level", 0.05, 0.001, 0.5, "%", "Largest level, as a share of the start level.",
            "log analysers use a twentieth",
        ),
        Setting(
            "loss_implausibly_low.early", 0.1, 0.005, 0.5, "%", "Latest share of the run at which that level is reached.",
            "log analysers use a tenth",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when training and validation are next to nothing early on."""
        curve, series = view.main_curve, view.main
        if series is None:
            return self.not_applicable("the run has no loss")
        if curve is None or curve.n < 20:
            return self.not_applicable("fewer than 20 finite points: no early part to speak of")
        if not view.sign_safe:
            return self.not_applicable("the loss can be zero or negative, so its level has no scale")
        low = np.flatnonzero(curve.trend <= self.limit("level") * curve.start)
        first = int(low[0]) if low.size else curve.trend.size
        reached = first / curve.trend.size
        after = float(np.median(curve.values[first:])) / curve.start if low.size else 1.0
        measurements = (
            self.at_most("share of the run at which the loss is next to nothing", reached, "early", "%"),
            self.at_most("level from there on, of the start level", after, "level", "%"),
        )
        # At full probability only well inside the limits; the trend's own window is a few points wide.
        p = min(below(reached, self.limit("early")), below(after, self.limit("level"), 1.1)) if low.size else 0.0
        if p >= REPORT_AT and view.thrown_up:
            return self.clear(measurements, 0.0, "the loss was thrown up at the start and is still far too high")
        val = view.val_curve
        if p >= REPORT_AT and val is not None and view.main is view.train:
            # Validation begins after the first steps, so its level is compared with where training started.
            p = min(p, below(max(val.median_between(0.0, 0.2), 0.0) / curve.start, 2.0 * self.limit("level")))
            if p < REPORT_AT:
                return self.clear(measurements, p, "validation is not as low: training memorises")
        if p < REPORT_AT:
            return self.clear(measurements, p)
        step = float(curve.steps[first])
        accuracy = view.first_accuracy
        telling = accuracy is not None and accuracy > 0.99
        message = Message.of(
            "{tag} is down to {level:num} ({share:pct} of its start) at step {step:step} already: an easy task, a resumed "
            "model, or the answer is in the input.",
            tag=series.tag, level=float(curve.trend[first]), share=float(curve.trend[first]) / curve.start, step=step,
        )  # fmt: skip
        evidence = (Point(step, float(curve.trend[first]), "next to nothing", series.tag),)
        return self.found(
            p, Severity.LOW if telling else Severity.INFO, message, evidence, measurements, (series.tag,)
        )  # fmt: skip

"""LR01: training starts at the full learning rate and is thrown off in its first steps."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Level, Measurement, Message, Outcome, Point, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.early import early_rise


class LrNoWarmup(Rule):
    """The rate starts at its peak, and the loss is unstable at the very beginning.

    What it shows:
        The first logged rate is (nearly) the largest one, and in the first tenth of the run the loss rises before it
        falls, or becomes NaN.
    Why it matters:
        Adaptive optimisers have no estimate of the gradients' scale in their first steps, and large batches take large
        steps; a short warm-up removes the jump, which otherwise may cost most of the run.
    How it is decided:
        The first rate is at least `first` of the peak, and within the first tenth of the run the loss (medians of
        three points) rises by at least `rise` of the run's whole gain and `noise` times its noise, or turns NaN. A run
        that starts at its full rate and falls from there on needs no warm-up: clear. A warm-up in the configuration is
        taken to lie before the first logged point. Heavy-tailed noise has many such rises: the early one
        must be `tail` times the 99th percentile of those that come later.
    Example that fires:
        A constant rate of 0.01; the loss goes 2.3, 2.9, 6.1, 4.0, 2.2, 1.9 ...
    Example that does not:
        A constant rate and a loss that falls from its first point on.
    Easily confused with:
        loss_spike (later), lr_too_high (does not settle at all), an absurd first point of an unnormalised network.
    References:
        Godbole et al. 2023, Deep Learning Tuning Playbook (early instability and warm-up); Goyal et al. 2017, Accurate,
        Large Minibatch SGD; Liu et al. 2020, On the Variance of the Adaptive Learning Rate.
    """

    code = "LR01"
    name = "lr_no_warmup"
    title = "No warm-up"
    summary = "Starts at the full learning rate and is thrown off at once."
    thresholds = (
        Setting(
            "lr_no_warmup.first", 0.9, 0.3, 1, "%", "Least first rate, as a share of the peak.",
            "log analysers use 0.9: even a warm-up of a few logged points starts far lower",
        ),
        Setting(
            "lr_no_warmup.rise", 0.2, 0.02, 5, "%", "Least early rise of the loss, as a share of the run's gain.",
            "a fifth of the gain: the size at which log analysers speak of an early transient",
        ),
        Setting(
            "lr_no_warmup.noise", 6, 2, 50, "sigma", "Least early rise over the noise.",
            "the largest of a hundred medians of three wanders by 3 sigma",
        ),
        Setting(
            "lr_no_warmup.tail", 2, 1, 20, "", "Least early rise over the later rises above the trend.",
            "faultlab: a healthy run with heavy-tailed small-batch noise reaches 1.3",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when a run without warm-up shows an early rise or an early NaN."""
        series, curve, plan = view.main, view.main_curve, view.schedule
        if series is None:
            return self.not_applicable("the run has no loss")
        if plan is None:
            return self.not_applicable("no learning rate was logged")
        share = plan.first / plan.peak
        measurements: tuple[Measurement, ...] = (self.at_least("first rate, of the peak", share, "first", "%"),)
        if share < self.limit("first"):
            return self.clear(measurements, 0.0, "the rate is warmed up" if plan.warmup_end_step is not None else "")
        if (view.config.warmup_steps or 0) > 0 or (view.config.warmup_ratio or 0) > 0:
            return self.clear(measurements, 0.0, "the configuration has a warm-up, before the first logged point")
        bad = np.flatnonzero(~series.finite)
        if len(series) >= 10 and bad.size and bad[0] <= 0.1 * len(series):
            return self._early_nan(view, int(bad[0]), measurements)
        rise = None if curve is None else early_rise(curve)
        if curve is None or rise is None:
            return self.not_applicable("too few points to see the first steps")
        of_gain = rise.height / curve.unit
        sigmas = rise.height / curve.sigma if curve.sigma > 0 else float("inf") if rise.height > 0 else 0.0
        measurements += (
            self.at_least("early rise of the loss, of the run's gain", of_gain, "rise", "%"),
            self.at_least("early rise over noise", sigmas, "noise", "sigma"),
            self.at_least("early rise over the later ones", rise.over_later, "tail"),
        )
        p = min(
            above(of_gain, self.limit("rise")), above(sigmas, self.limit("noise")),
            above(rise.over_later, self.limit("tail")),
        )  # fmt: skip
        if view.period is not None and view.period.strength > 0.5:
            return self.clear(measurements, 0.2 * p, "the loss repeats periodically from the start")
        if p < REPORT_AT:
            return self.clear(measurements, p, "it starts at the full rate and falls from there: no warm-up needed")
        message = Message.of(
            "The learning rate starts at its full {lr:num}, and {tag} rises from {before:num} to {peak:num} by step "
            "{step:step} before it falls.",
            lr=plan.first, tag=series.tag, before=rise.before, peak=rise.level, step=rise.step,
        )  # fmt: skip
        evidence = (
            Point(rise.step, rise.level, "early rise", series.tag),
            Level(rise.before, "level before", series.tag),
        )
        return self.found(p, Severity.LOW, message, evidence, measurements, (series.tag,))

    def _early_nan(self, view: RunView, index: int, measurements: tuple[Measurement, ...]) -> Outcome:
        assert view.main is not None
        assert view.schedule is not None
        step = float(view.main.steps[index])
        message = Message.of(
            "The learning rate starts at its full {lr:num}, and {tag} is NaN or infinite already at step {step:step}.",
            lr=view.schedule.first, tag=view.main.tag, step=step,
        )  # fmt: skip
        evidence = (Point(step, float(view.main.values[index]), "early NaN/Inf", view.main.tag),)
        # Data, initialisation and numerics end as early; the missing warm-up is one suspect of several.
        return self.found(0.5, Severity.LOW, message, evidence, measurements, (view.main.tag,))

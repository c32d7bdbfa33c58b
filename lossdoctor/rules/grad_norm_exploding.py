"""GR01: the gradient norm grows far above its early level, or becomes infinite."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Message, Outcome, Point, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.growth import Growth, growth

# A peak of the norm belongs to an event of the loss within this share of the run.
NEAR = 0.02


class GradNormExploding(Rule):
    """The gradient norm grows many times over.

    What it shows:
        By what factor the smoothed norm exceeds its early level and where, or the single peak that came with a jump of
        the loss, or the step at which the norm itself is infinite.
    Why it matters:
        A norm that grows precedes divergence, and names its kind: a rate that is too high, a recurrent network without
        clipping, an overflow in half precision.
    How it is decided:
        The trend of the norm after the first quarter reaches `growth` times its median between 5 % and 25 % of the
        run. Or one value reaches `peak` times the trend around it, at a jump of the loss or right before its first NaN;
        peaks that the loss does not answer are the heavy tail of small batches and do not count. Or the norm is NaN or
        infinite while the loss is broken too; single infinities with a loss that stays finite are a loss scaler
        finding its range, and are explained. Severity is high when the loss ends broken, low when it ends at its best.
    Example that fires:
        0.8 for 300 steps, then 2, 9, 70, and the loss turns NaN.
    Example that does not:
        A norm that grows threefold while the loss falls: usual late in training.
    Easily confused with:
        a norm logged before the loss scale is taken out (tens of thousands from the first step on), heavy-tailed noise.
    References:
        Pascanu et al. 2013, On the difficulty of training recurrent neural networks; tenfold the median is the practice of
        log analysers; SageMaker Debugger's ExplodingTensor looks for infinities only.
    """

    code = "GR01"
    name = "grad_norm_exploding"
    title = "Gradient norm explodes"
    summary = "The gradient norm grows far above its early level, or becomes infinite."
    thresholds = (
        Setting(
            "grad_norm_exploding.growth", 10, 2, 1e6, "", "Least ratio of the smoothed norm to its early level.",
            "log analysers use ten times the median",
        ),
        Setting(
            "grad_norm_exploding.peak", 10, 2, 1e6, "", "Least ratio of one value to the trend around it.",
            "the same factor for a single step, which then needs an answer of the loss",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found on growth, on a peak with an answer of the loss, or on infinities with a broken loss."""
        norm, curve = view.grad_norm, view.grad_norm_curve
        if norm is None:
            return self.not_applicable("no gradient norm was logged")
        broken = self._broken(view)
        if not norm.finite.all() and broken:
            return self._infinite(view)
        grown = None if curve is None else growth(curve)
        if curve is None or grown is None:
            return self.not_applicable("fewer than 10 finite gradient norms")
        peak = grown.peak if self._answered(view, grown.peak_step) else 1.0
        measurements = (
            self.at_least("smoothed norm over its early level", grown.factor, "growth"),
            self.at_least("single peak over the trend, where the loss answers", peak, "peak"),
        )
        sustained = above(grown.factor, self.limit("growth"))
        p = max(sustained, above(peak, self.limit("peak")))
        if p < REPORT_AT:
            reason = "" if norm.finite.all() else "single infinities while the loss stays finite: a loss scaler at work"
            return self.clear(measurements, p, reason)
        message = self._message(view, grown, sustained >= REPORT_AT)
        step, value = (grown.highest_step, grown.highest) if sustained >= REPORT_AT else (grown.peak_step, float("nan"))
        if np.isnan(value):
            value = float(curve.high[int(np.argmin(np.abs(curve.peak_steps - step)))])
        severity = Severity.HIGH if broken else Severity.LOW if self._at_best(view) else Severity.MEDIUM
        return self.found(
            p, severity, message, (Point(step, value, "gradient norm", norm.tag),), measurements, (norm.tag,)
        )

    def _message(self, view: RunView, grown: Growth, sustained: bool) -> Message:
        assert view.grad_norm is not None
        if sustained:
            return Message.of(
                "{tag} grows to {highest:num} by step {step:step}, {factor:num} times its early level"
                + ("; the loss does not suffer." if self._at_best(view) else "."),
                tag=view.grad_norm.tag, highest=grown.highest, step=grown.highest_step, factor=grown.factor,
            )  # fmt: skip
        return Message.of(
            "{tag} peaks at {peak:num} times its level at step {step:step}, where the loss jumps as well.",
            tag=view.grad_norm.tag, peak=grown.peak, step=grown.peak_step,
        )  # fmt: skip

    def _infinite(self, view: RunView) -> Outcome:
        norm = view.grad_norm
        assert norm is not None
        index = int(np.argmin(norm.finite))
        step = float(norm.steps[index])
        before = norm.values[:index][norm.finite[:index]]
        message = Message.of(
            "{tag} is NaN or infinite from step {step:step} on"
            + ("; the value before was {last:num}." if before.size else ", its first value."),
            tag=norm.tag, step=step, last=float(before[-1]) if before.size else float("nan"),
        )  # fmt: skip
        evidence = (Point(step, float(norm.values[index]), "first NaN/Inf", norm.tag),)
        return self.found(0.95, Severity.HIGH, message, evidence, (), (norm.tag,))

    def _broken(self, view: RunView) -> bool:
        """True when the loss ends NaN, or far above its best."""
        series, curve = view.main, view.main_curve
        if series is None:
            return False
        if not series.finite[-1]:
            return True
        rise = view.main_rise
        return curve is not None and rise is not None and rise.height > 0.3 * max(rise.gain, 3.0 * curve.sigma)

    def _at_best(self, view: RunView) -> bool:
        curve, rise = view.main_curve, view.main_rise
        return curve is not None and rise is not None and rise.height <= 0.05 * curve.unit

    def _answered(self, view: RunView, step: float) -> bool:
        """True when the loss jumps, or turns NaN, close to a step."""
        series = view.main
        if series is None or len(series) < 2:
            return False
        margin = NEAR * float(series.steps[-1] - series.steps[0])
        events = [e.peak_step for e in view.excursions]
        if not series.finite.all():
            events.append(float(series.steps[int(np.argmin(series.finite))]))
        return any(abs(event - step) <= margin for event in events)

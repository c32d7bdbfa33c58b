"""LR04: the learning rate is zero for part of the run, or all of it."""

from __future__ import annotations

from lossdoctor.findings import Message, Outcome, Severity, Span
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.rates import zero_share


class LrZero(Rule):
    """The logged rate stands at zero while training goes on.

    What it shows:
        The step from which the rate is zero (below a millionth of its peak) to the end, or that it always was.
    Why it matters:
        At rate zero the weights do not move: every step after that point is wasted.
    How it is decided:
        The share of the learning-rate points at the end that are zero reaches `share`. A cosine or linear schedule
        touches zero at its very last points only, and a warm-up starts there; neither counts. When the loss goes on
        falling at "zero", the log shows the wrong parameter group or has rounded the rate: the sentence says so, and the
        severity is low.
    Example that fires:
        A linear schedule planned for 1,000 steps in a run of 5,000: zero from step 1,000 on.
    Example that does not:
        A cosine schedule whose last point is 0.
    Easily confused with:
        lr_decayed_early (low, not zero), a rate that is logged with too few digits.
    References:
        Hugging Face get_linear_schedule_with_warmup and PyTorch LambdaLR stay at zero beyond their planned end.
    """

    code = "LR04"
    name = "lr_zero"
    title = "Learning rate is zero"
    summary = "The learning rate stands at zero while training goes on."
    thresholds = (
        Setting(
            "lr_zero.share", 0.05, 0.005, 1, "%", "Least share of the rate's points at the end that are zero.",
            "a cosine schedule is below a millionth of its peak for its last 0.1 %",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when the end of the rate's curve, or all of it, is zero."""
        rate = view.rate
        if rate is None:
            return self.not_applicable("no learning rate was logged")
        values = rate.values[rate.finite]
        if values.size < 3:
            return self.not_applicable(f"only {values.size} learning-rate points")
        share = zero_share(values)
        measurements = (self.at_least("share of the rate's points at the end that are zero", share, "share", "%"),)
        p = above(share, self.limit("share")) if share * values.size >= 2 else 0.0
        if p < REPORT_AT:
            return self.clear(measurements, p)
        # zero_share counts finite points from the end.
        first = float(rate.steps[rate.finite][values.size - round(share * values.size)])
        last = float(rate.steps[-1])
        moved = self._moved(view, first)
        whole = share >= 1.0
        template = (
            "The learning rate is logged as zero throughout" if whole
            else "The learning rate is zero from step {step:step} to the end ({share:pct} of its points)"
        ) + (
            ", yet the loss goes on falling: another parameter group, or a rate rounded to zero." if moved
            else "; nothing can be learned there."
        )  # fmt: skip
        severity = Severity.LOW if moved else Severity.MEDIUM
        message = Message.of(template, step=first, share=share)
        return self.found(p, severity, message, (Span(first, last, "rate zero", ""),), measurements, (rate.tag,))

    def _moved(self, view: RunView, step: float) -> bool:
        """True when the loss still falls clearly after a step: by a twentieth of its gain and three sigma."""
        curve = view.main_curve
        if curve is None:
            return False
        fall = curve.level_at(max(step, float(curve.steps[0]))) - curve.end
        return fall > max(0.05 * curve.unit, 3.0 * curve.sigma / 2.0)

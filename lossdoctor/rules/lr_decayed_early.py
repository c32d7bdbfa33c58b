"""LR03: the learning rate fell to next to nothing while the loss was still falling, and the loss stopped with it."""

from __future__ import annotations

from lossdoctor.findings import Measurement, Message, Outcome, Severity, Span
from lossdoctor.rules.base import REPORT_AT, Rule, above, below
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.curve import Curve

# The loss before and after the decay is compared over at most this share of the run on each side.
WINDOW = 0.2


class LrDecayedEarly(Rule):
    """The schedule ended long before the run did, and took the progress with it.

    What it shows:
        The step from which the rate stays below a tenth of its peak, how fast the loss fell before and after.
    Why it matters:
        The rest of the run is spent at a rate at which nothing can be learned any more.
    How it is decided:
        The rate stays below a tenth of its peak from a point in the first `until` of the run on. Before it the loss
        lost at least `before` of the run's gain within a fifth of the run (it was still falling), after it, over the
        same length, at most `after` of that. A loss that had reached a small part of its start level, or an accuracy
        near its ceiling, had nothing left to learn: converged, clear. So is a rate that rises again later.
    Example that fires:
        A rate that is divided by 100 at 10 % of the run; the loss falls from 4.5 to 2.3 until there and stays at 2.3.
    Example that does not:
        A step schedule that divides by ten at 50 % and 75 %, with the loss flat before each step.
    Easily confused with:
        plateau (with the rate still up), convergence (the loss was flat before the rate fell).
    References:
        Godbole et al. 2023, Deep Learning Tuning Playbook; Li et al. 2020, Budgeted Training: decay should span the run.
    """

    code = "LR03"
    name = "lr_decayed_early"
    title = "Learning rate decayed early"
    summary = "The rate fell to next to nothing while the loss was still falling."
    thresholds = (
        Setting(
            "lr_decayed_early.until", 0.6, 0.1, 0.95, "%", "Latest share of the run at which the decay counts as early.",
            "usual schedules reach a tenth of the peak after 80 % (cosine), 90 % (linear) or 75 % (steps) of the run",
        ),
        Setting(
            "lr_decayed_early.before", 0.05, 0.005, 0.9, "%", "Least gain in the window before, of the run's whole gain.",
            "an exponential fall gains 2 % per fifth after four time constants: converged",
        ),
        Setting(
            "lr_decayed_early.after", 0.25, 0.01, 0.9, "%", "Largest gain in the window after, of that before.",
            "an exponential fall with a time constant of a fifth of the run slows down to 0.37",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when the loss stopped where the rate did."""
        curve, plan, series = view.main_curve, view.schedule, view.main
        if series is None or curve is None:
            return self.not_applicable("the run has no finite loss")
        if plan is None:
            return self.not_applicable("no learning rate was logged")
        if curve.n < 10:
            return self.not_applicable("fewer than 10 finite points")
        if plan.decayed_step is None:
            return self.clear(reason="the rate never stays below a tenth of its peak")
        span = float(curve.steps[-1] - curve.steps[0]) or 1.0
        place = (plan.decayed_step - float(curve.steps[0])) / span
        before, after = _gains(curve, plan.decayed_step, span)
        ratio = max(after, 0.0) / before if before > 0 else 1.0
        measurements: tuple[Measurement, ...] = (
            self.at_most("share of the run at which the rate has decayed", place, "until", "%"),
            self.at_least("gain in the window before, of the whole gain", before / curve.unit, "before", "%"),
            self.at_most("gain in the window after, of that before", ratio, "after", "%"),
        )
        p = min(
            below(max(place, 0.0), self.limit("until"), 1.1), above(before / curve.unit, self.limit("before")),
            below(ratio, self.limit("after")),
        )  # fmt: skip
        reason = ""
        if view.sign_safe and curve.start > 0 and curve.end < 0.1 * curve.start:
            p, reason = 0.3 * p, "the loss had reached a small part of its start level: little was left to learn"
        elif view.accuracy is not None and view.accuracy > 0.9:
            p, reason = 0.3 * p, "accuracy is near its ceiling: converged"
        if p < REPORT_AT:
            return self.clear(measurements, p, reason)
        message = Message.of(
            "The learning rate is below a tenth of its peak from step {step:step} on ({place:pct} of the run), and {tag}, "
            "still falling until there, stops at {end:num}.",
            step=plan.decayed_step, place=place, tag=series.tag, end=curve.end,
        )  # fmt: skip
        evidence = (Span(plan.decayed_step, float(curve.steps[-1]), "rate below a tenth", ""),)
        return self.found(p, Severity.MEDIUM, message, evidence, measurements, (series.tag,))


def _gains(curve: Curve, step: float, span: float) -> tuple[float, float]:
    """Falls of the trend over equal windows before and after a step."""
    width = min(WINDOW * span, step - float(curve.steps[0]), float(curve.steps[-1]) - step)
    level = curve.level_at(step)
    return curve.level_at(step - width) - level, level - curve.level_at(step + width)

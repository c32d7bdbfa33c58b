"""CV05: the loss is still falling at a good rate when the run ends."""

from __future__ import annotations

import dataclasses

from lossdoctor.findings import Line, Measurement, Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above, below
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.forecast import Forecast, forecast
from lossdoctor.signals.tail import late_gain, tail_slope

# Below this many points the tail alone proves nothing.
FEW_POINTS = 25
# The forecast in the message goes as far beyond the end, in lengths of the run.
MORE = 0.5
# A run that ends at this share of its start level has learned its task, however it ends.
LEARNED = 0.15


class SlowConvergence(Rule):
    """The run ends while its loss is still falling clearly.

    What it shows:
        A large part of the whole gain came in the last third, and the slope there is surely negative.
    Why it matters:
        The run was stopped, or its schedule ended, before the model had learned what it can; or the learning rate is
        too low.
    How it is decided:
        The last 30 % of the points brought at least `late` of the whole gain (a straight line brings 30 %, a converged
        curve next to nothing), and the 95 % interval of the slope there lies below zero. The verdict "too short" rests on it
        only where the end level keeps `level` of the start level, or for a handful of points; or where the learning
        rate is known to be constant and validation, where there is one, still falls too, so that neither a schedule nor
        a closing gap ends the run: then `constant_rate` of the gain is enough, as long as a sixth of the start level is
        left.
    Example that fires:
        A nearly straight descent from 2.3 to 1.6.
    Example that does not:
        An exponential fall over many time constants.
    Easily confused with:
        too_short (too few points to say), the last part of a cosine schedule, which always improves a little.
    References:
        Google's Deep Learning Tuning Playbook: a training curve that still improves at its end is compute-bound.
        Hestness et al. 2017 (arXiv:1712.00409) on power laws, for the forecast in the message.
    """

    code = "CV05"
    name = "slow_convergence"
    title = "Still falling"
    summary = "The loss is still falling at a good rate when the run ends."
    verdict = "too_short"
    thresholds = (
        Setting(
            "slow_convergence.late",
            0.17,
            0.02,
            0.5,
            "%",
            "Least share of the gain in the last 30 % of the points.",
            "half of what a straight line gains there",
        ),
        Setting(
            "slow_convergence.constant_rate",
            0.13,
            0.02,
            0.5,
            "%",
            "The same share where the learning rate is known to be constant and validation, where there is one, falls too.",
            "an exponential fall gains 13 % there when it is seen for two time constants: a seventh is still to come",
        ),
        Setting(
            "slow_convergence.level",
            0.6,
            0.2,
            1,
            "%",
            "Least end level, as a share of the start level, for a verdict.",
            "a run that lost half of its level did learn; it may only have stopped early",
        ),
    )

    def check(self, view: RunView) -> Outcome:
        """Found when much of the gain came late and the slope is surely negative."""
        series, curve = view.main, view.main_curve
        if series is None:
            return self.not_applicable("the run has no loss")
        if curve is None or curve.n < 8:
            return self.not_applicable("fewer than 8 finite points")
        late = late_gain(curve)
        slope = tail_slope(curve)
        # The last 30 % of a short run are too few points for an interval; its whole length then has to show the fall.
        falling = slope.falling or (curve.n < FEW_POINTS and tail_slope(curve, 1.0).falling)
        cut_off = _cut_off(view)
        least = "constant_rate" if cut_off else "late"
        measurements: tuple[Measurement, ...] = (
            self.at_least("gain in the last 30 % of the points, of the whole gain", late, least, "%"),
        )
        p = above(late, self.limit(least)) if falling and curve.drop > 3 * curve.sigma else 0.0
        if p < REPORT_AT:
            return self.clear(measurements, p)
        # Still falling is no verdict by itself: a run that has lost half of its level is in order, only not finished.
        level = curve.end / curve.start if view.sign_safe and curve.start > 0 else 1.0
        unfinished = p * max(above(level, self.limit("level"), 1.15), below(curve.n, 20, 1.15))
        if cut_off:
            unfinished = max(unfinished, p * above(level, LEARNED))
        first = float(curve.steps[int(0.7 * curve.steps.size)])
        last = float(curve.steps[-1])
        ahead = forecast(curve, MORE, positive=view.sign_safe)
        message = _message(series.tag, late, curve.end, ahead)
        if ahead is not None:
            measurements += (Measurement("level after half as many points again, extrapolated", ahead.level),)
        evidence = (
            Line(first, curve.end - slope.slope * (last - first), last, curve.end, "still falling", series.tag),
        )
        outcome = self.found(p, Severity.LOW, message, evidence, measurements, (series.tag,))
        return dataclasses.replace(outcome, probability=round(unfinished, 3))


def _message(tag: str, late: float, end: float, ahead: Forecast | None) -> Message:
    """What came late, and where the curve is heading when that can be said closely enough to be of use."""
    said = "{tag} is still falling at the end: the last third of the run brought {late:pct} of the whole gain"
    if ahead is None or not (ahead.gain > 0 and ahead.high - ahead.low < ahead.gain):
        return Message.of(said + ".", tag=tag, late=late)
    return Message.of(
        said + "; on its course ({course}) it would come from {end:num} to about {level:num} in half as long again.",
        tag=tag, late=late, course=ahead.course, end=end, level=ahead.level,
    )  # fmt: skip


def _cut_off(view: RunView) -> bool:
    """Whether the run was cut off rather than ended: the rate is known to be as high as ever, and validation, if any, falls.

    No schedule's last part explains such a fall, and no closing gap speaks against going on.
    """
    if view.schedule is None or not view.schedule.constant:
        return False
    val = view.val_curve
    return val is None or val is view.main_curve or tail_slope(val).falling

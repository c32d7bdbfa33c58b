"""ST02: the loss rises far above its best level and stays there."""

from __future__ import annotations

import math

from lossdoctor.findings import Level, Measurement, Message, Outcome, Point, Severity, Span
from lossdoctor.rules.base import REPORT_AT, Rule, above, below
from lossdoctor.rules.view import RunView
from lossdoctor.runs import Series
from lossdoctor.settings import Setting
from lossdoctor.signals.curve import Curve
from lossdoctor.signals.rise import Rise, sustained_rise
from lossdoctor.signals.tail import tail_slope


class Divergence(Rule):
    """The training loss falls (or not), then rises and stays up.

    What it shows:
        The end level stands far above the best level, measured by what had been gained and by the level itself.
    Why it matters:
        The weights have left the region where they had learned something; more steps do not bring them back.
    How it is decided:
        The rise of the training loss (validation loss where there is no training loss) from its lowest trend point to
        its end level reaches `rise_of_drop` of what had been gained and `rise_of_level` of the best level (the latter
        only where the loss is positive; the geometric mean of the two decides, and the share of the gain may fall short
        by 1.5), and at least `noise` times the noise of the compared medians. A periodic
        loss (unshuffled data) and a rise that a learning-rate restart explains are not counted; a loss that is
        falling again at the end counts less. A rise of the validation loss alone is never divergence: that is
        overfitting. A loss that was a million times higher in its first tenth than it ends, and still ends above
        10,000, was thrown up at once and never came back: no start of a training is as bad.
    Example that fires:
        2.3 ... 0.4, then 2.3 for the rest of the run after step 700.
    Example that does not:
        A spike to 5 that is back at 0.4 fifty steps later (loss_spike).
    Easily confused with:
        overfitting (validation only), loss_spike (recovers), oscillating (comes back again and again).
    References:
        TheDeepChecker (Ben Braiek & Khomh 2023) calls twice the minimum diverging; half of the gain lost is the
        practice of log analysers; both are calibrated here on the faultlab runs.
    """

    code = "ST02"
    name = "divergence"
    title = "Divergence"
    summary = "The loss rises far above its best level and stays there."
    verdict = "divergence"
    thresholds = (
        Setting(
            "divergence.rise_of_drop",
            0.3,
            0.05,
            5,
            "%",
            "Least rise, as a share of what had been gained.",
            "faultlab: healthy runs end within 0.13 of their gain above their best, diverged ones above 0.3",
        ),
        Setting(
            "divergence.rise_of_level",
            0.25,
            0.02,
            5,
            "%",
            "Least rise, as a share of the best level.",
            "half the doubling that TheDeepChecker asks for",
        ),
        Setting(
            "divergence.noise",
            6,
            2,
            50,
            "sigma",
            "Least rise over the noise of the compared medians.",
            "a median over 5 points wanders by 3 sigma once in a few hundred windows",
        ),
    )

    def check(self, view: RunView) -> Outcome:
        """Found when the end level lies far above the best one in all three measures."""
        curve, series = view.main_curve, view.main
        if series is None:
            return self.not_applicable("the run has no loss")
        if curve is None:
            return self.not_applicable("no loss value is finite (see non_finite)")
        if curve.n < 6:
            return self.not_applicable(f"only {curve.n} finite points")
        rise = sustained_rise(curve)
        # A run that was best at its first points gained nothing; its rise is then measured by the level alone.
        of_drop = rise.height / max(rise.gain, 3.0 * curve.sigma, 0.05 * abs(rise.best), 1e-300)
        measurements = [
            self.at_least("rise above the best level, of the gain", of_drop, "rise_of_drop", "%"),
            self.at_least("rise over noise", rise.sigmas, "noise", "sigma"),
        ]
        effect = of_drop / self.limit("rise_of_drop")
        if view.sign_safe:
            measurements.append(
                self.at_least("rise above the best level, of that level", rise.of_level, "rise_of_level", "%")
            )
            # A loss that ends at nine times its best level has diverged even where that is a third of its gain.
            of_level = rise.of_level / self.limit("rise_of_level")
            effect = min(math.sqrt(effect * of_level), 1.5 * effect, of_level)
        p = min(above(effect, 1.0), above(rise.sigmas, self.limit("noise")))
        reason = ""
        period = view.period
        if period is not None and period.strength > 0.5:
            p, reason = 0.2 * p, "the loss repeats periodically; its end is one phase of the pattern"
        elif view.val_curve is not None and view.train is not None and p >= REPORT_AT:
            # The training loss of a few noisy points may end high by chance; validation that ends at its best objects.
            # Its lowest single value counts: of a dozen evaluations one may be all that saw the good time.
            above_best = (view.val_curve.end - float(view.val_curve.low.min())) / view.val_curve.unit
            p *= 1.0 - 0.5 * below(above_best, 0.05) * below(of_drop, 0.5)
        if view.explained_by_schedule(rise.best_step, float(curve.steps[-1])):
            p, reason = 0.3 * p, "the learning rate was raised again after the best point"
        elif tail_slope(curve).falling and curve.end < curve.median_between(0.7, 0.8):
            p, reason = _coming_back(curve, rise) * p, "the loss is falling again at the end of the run"
        if p < REPORT_AT and view.thrown_up:
            return self._never_back(curve, series, tuple(measurements))
        if p < REPORT_AT:
            return self.clear(tuple(measurements), p, reason)
        onset = rise.onset_step if rise.onset_step is not None else rise.best_step
        evidence = (
            Span(onset, float(curve.steps[-1]), "diverged", series.tag),
            Point(rise.lowest_step, rise.lowest, "best", series.tag),
            Level(rise.end, "end level", series.tag),
        )
        message = Message.of(
            "{tag} is at {best:num} at step {step:step}, then rises and ends at {end:num} ({share:pct} of its gain lost).",
            tag=series.tag, best=rise.lowest, step=rise.lowest_step, end=rise.end, share=of_drop,
        )  # fmt: skip
        return self.found(p, Severity.HIGH, message, evidence, tuple(measurements), (series.tag,))

    def _never_back(self, curve: Curve, series: Series, measurements: tuple[Measurement, ...]) -> Outcome:
        """The loss stood a million times higher than it ends, and even its end is no level that a training starts from."""
        top = float(curve.high.max())
        message = Message.of(
            "{tag} is thrown up to {top:num} at the start and still stands at {end:num}: it never came back to a level that "
            "a training starts from.",
            tag=series.tag, top=top, end=curve.end,
        )  # fmt: skip
        evidence = (Level(curve.end, "end level", series.tag),)
        return self.found(0.85, Severity.HIGH, message, evidence, measurements, (series.tag,))


def _coming_back(curve: Curve, rise: Rise) -> float:
    """What a loss that falls again keeps of its divergence: 0.6 once half of the rise is undone, 1 for next to nothing."""
    peak = float(curve.trend[curve.best_index :].max())
    undone = (peak - curve.end) / max(peak - rise.best, 1e-300)
    return 1.0 - 0.8 * min(max(undone, 0.0), 0.5)

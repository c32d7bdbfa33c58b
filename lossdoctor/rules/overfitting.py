"""GN01: the validation loss turns up while the training loss goes on down."""

from __future__ import annotations

from lossdoctor.findings import Message, Outcome, Pair, Point, Severity, Span
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.curve import Curve
from lossdoctor.signals.rise import Rise, sustained_rise


class Overfitting(Rule):
    """Validation loss turns up while training loss goes on down.

    What it shows:
        The smoothed validation loss passes a minimum and ends materially above it while the training loss still improves.
    Why it matters:
        Every step after the minimum made the model worse on new data; the checkpoint at the minimum is the one to keep.
    How it is decided:
        Rise of the validation loss from its smoothed minimum to its end of at least `rise_of_level` of the minimum and
        `rise_of_drop` of what validation had gained, at least `noise` times its noise, with `points_after` evaluations
        after the minimum, and a training loss that fell meanwhile by `train_fall` of its level or of its gain. For losses
        that touch zero or go negative only the share of the gain is used.
    Example that fires:
        Validation 1.4, 1.1, 1.0, 1.1, 1.3, 1.6 while training goes 1.4 ... 0.1.
    Example that does not:
        Validation that wobbles by 2 % around a flat end.
    Easily confused with:
        divergence (training rises too), a noisy small validation set (rise within its noise), grokking (validation falls again
        later: the end of the run decides).
    References:
        5 % of the level separates the published OverfitGuard histories (FSE 2024) with macro-F1 0.97; noise-relative rise
        alone does not (0.24), nor does the position of the minimum (0.48).
    """

    code = "GN01"
    name = "overfitting"
    title = "Overfitting"
    summary = "The validation loss turns up while the training loss goes on down."
    verdict = "overfitting"
    thresholds = (
        Setting("overfitting.rise_of_level", 0.05, 0.005, 1, "%", "Least rise of validation above its minimum, of that minimum.",
                "OverfitGuard histories (FSE 2024): macro-F1 0.97 at 5 %"),
        Setting("overfitting.rise_of_drop", 0.08, 0.005, 5, "%", "Least rise of validation above its minimum, of its gain.",
                "OverfitGuard histories and faultlab: healthy runs stay under 0.06"),
        Setting("overfitting.noise", 3, 1, 20, "sigma", "Least rise over the noise of validation.",
                "three sigma; effect size decides, noise only vetoes"),
        Setting("overfitting.points_after", 3, 1, 50, "points", "Least number of evaluations after the minimum.",
                "fewer cannot show that the rise is sustained"),
        Setting("overfitting.train_fall", 0.03, 0, 1, "%", "Least fall of training after the minimum, of its level or its gain.",
                "log analysers use 3 % of the level"),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when validation rose and training fell after validation's minimum."""
        val, train = view.val_curve, view.train_curve
        if view.val is None:
            return self.not_applicable("no validation loss")
        if view.train is None:
            return self.not_applicable("no training loss to compare with")
        if val is None or train is None:
            return self.not_applicable("a loss has no finite value")
        if val.n < 4:
            return self.not_applicable(f"only {val.n} evaluations")
        rise = sustained_rise(val)
        fall, fall_share = _train_fall(train, rise.best_step)
        of_drop = rise.height / val.unit
        measurements = [
            self.at_least("rise above the minimum, of validation's gain", of_drop, "rise_of_drop", "%"),
            self.at_least("rise over noise", rise.sigmas, "noise", "sigma"),
            self.at_least("evaluations after the minimum", rise.points_after, "points_after", "points"),
            self.at_least("fall of training meanwhile", fall_share, "train_fall", "%"),
        ]
        parts = [
            above(of_drop, self.limit("rise_of_drop")),
            above(rise.sigmas, self.limit("noise")),
            above(rise.points_after + 0.5, self.limit("points_after")),
            above(fall_share, self.limit("train_fall"), 1.5),
        ]
        if view.sign_safe and float(val.low.min()) > 0:
            measurements.insert(
                0, self.at_least("rise above the minimum, of that minimum", rise.of_level, "rise_of_level", "%")
            )
            parts.append(above(rise.of_level, self.limit("rise_of_level")))
        p = min(parts)
        if p < REPORT_AT:
            return self.clear(tuple(measurements), p)
        return self._found(view, val, train, rise, fall, p, tuple(measurements))

    def _found(self, view, val, train, rise: Rise, fall: float, p: float, measurements):  # type: ignore[no-untyped-def]
        onset = rise.onset_step if rise.onset_step is not None else rise.best_step
        end_step = float(val.steps[-1])
        evidence = (
            Span(rise.best_step, end_step, "overfitting", view.val.tag),
            Point(rise.best_step, rise.best, "best validation", view.val.tag),
            Pair(end_step, min(train.end, rise.end), max(train.end, rise.end), "gap", view.train.tag, view.val.tag),
        )
        template = (
            "{val} turns up after {best:num} at step {step:step} and ends at {end:num} (+{rise:pct}) "
            "while {train} goes on falling; the rise is clear from step {onset:step} on."
        )
        message = Message.of(
            template, val=view.val.tag, train=view.train.tag, best=rise.best, step=rise.best_step, end=rise.end,
            rise=min(rise.of_level, 1e6), onset=onset,
        )  # fmt: skip
        if view.sign_safe and rise.of_level < 0.15:
            severity = Severity.MEDIUM
        else:
            severity = Severity.HIGH
        return self.found(p, severity, message, evidence, measurements, (view.val.tag, view.train.tag))


def _train_fall(train: Curve, since_step: float) -> tuple[float, float]:
    """Fall of training after a step, in its units and as the larger share of its level there and of its whole gain."""
    then = train.level_at(since_step)
    fall = then - train.end
    shares = [fall / train.unit]
    if then > 0 and train.end > 0:
        shares.append(fall / then)
    return fall, max(shares)

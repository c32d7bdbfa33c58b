"""GN01: the validation loss turns up while the training loss goes on down."""

from __future__ import annotations

import math

from lossdoctor.findings import Evidence, Message, Outcome, Pair, Point, Severity, Span
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.curve import Curve
from lossdoctor.signals.excursions import excursions
from lossdoctor.signals.rise import Rise, sustained_rise

# Validation that came back from as many rises as the one at its end is likely to come back from that one too.
OFTEN = 2


class Overfitting(Rule):
    """Validation loss turns up while training loss goes on down.

    What it shows:
        The smoothed validation loss passes a minimum and ends materially above it while the training loss still
        improves.
    Why it matters:
        Every step after the minimum made the model worse on new data; the checkpoint at the minimum is the one to keep.
    How it is decided:
        Rise of the validation loss from its smoothed minimum to its end of at least `rise_of_level` of the minimum
        and `rise_of_drop` of what validation had gained (their geometric mean decides, the one of the gain may fall
        short by 2.5, that of the level by 1.5), at least `noise` times its noise, with `points_after` evaluations and
        `share_after` of the run after the minimum, and a training loss that fell meanwhile by `train_fall` of its
        level or of its gain. For losses that touch zero or go negative only the share of the gain is used. Validation
        that rose as far several times before and came back each time is wandering, and its last rise counts little.
    Example that fires:
        Validation 1.4, 1.1, 1.0, 1.1, 1.3, 1.6 while training goes 1.4 ... 0.1.
    Example that does not:
        Validation that wobbles by 2 % around a flat end.
    Easily confused with:
        divergence (training rises too), a noisy small validation set (rise within its noise), grokking (validation
        falls again later: the end of the run decides).
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
        Setting(
            "overfitting.rise_of_level",
            0.05,
            0.005,
            1,
            "%",
            "Least rise of validation above its minimum, of that minimum.",
            "OverfitGuard histories (FSE 2024): macro-F1 0.97 at 5 %",
        ),
        Setting(
            "overfitting.rise_of_drop",
            0.08,
            0.005,
            5,
            "%",
            "Least rise of validation above its minimum, of its gain.",
            "OverfitGuard histories and faultlab: healthy runs stay under 0.06",
        ),
        Setting(
            "overfitting.noise",
            3,
            1,
            20,
            "sigma",
            "Least rise over the noise of validation.",
            "three sigma; effect size decides, noise only vetoes",
        ),
        Setting(
            "overfitting.points_after",
            3,
            1,
            50,
            "points",
            "Least number of evaluations after the minimum.",
            "fewer cannot show that the rise is sustained",
        ),
        Setting(
            "overfitting.share_after",
            0.08,
            0.01,
            0.8,
            "%",
            "Least share of the run after the minimum.",
            "validation wanders; a rise over the last few percent of a run has not been sustained",
        ),
        Setting(
            "overfitting.train_fall",
            0.03,
            0,
            1,
            "%",
            "Least fall of training after the minimum, of its level or its gain.",
            "log analysers use 3 % of the level",
        ),
    )

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
        fall_share = _train_fall(train, rise.best_step)
        of_drop = rise.height / _gain(val, train)
        measurements = [
            self.at_least("rise above the minimum, of validation's gain", of_drop, "rise_of_drop", "%"),
            self.at_least("rise over noise", rise.sigmas, "noise", "sigma"),
            self.at_least("evaluations after the minimum", rise.points_after, "points_after", "points"),
            self.at_least("share of the run after the minimum", rise.share_after, "share_after", "%"),
            self.at_least("fall of training meanwhile", fall_share, "train_fall", "%"),
        ]
        effect = of_drop / self.limit("rise_of_drop")
        parts = [
            above(rise.sigmas, self.limit("noise")),
            above(rise.points_after + 0.5, self.limit("points_after")),
            above(rise.share_after, self.limit("share_after")),
            above(fall_share, self.limit("train_fall"), 1.5),
        ]
        if view.sign_safe and float(val.low.min()) > 0:
            measurements.insert(
                0, self.at_least("rise above the minimum, of that minimum", rise.of_level, "rise_of_level", "%")
            )
            # Both shares matter and each makes up for the other to some degree: a rise of 40 % of a low minimum is
            # overfitting even when it is only 6 % of all that was gained; one of 7 % that is 0.5 % of the gain is not.
            of_level = rise.of_level / self.limit("rise_of_level")
            effect = min(math.sqrt(effect * of_level), 2.5 * effect, 1.5 * of_level)
        effect *= _lasting(rise)
        p = min(above(effect, 1.0), *parts)
        if p >= REPORT_AT:
            wanders = _came_back(val, rise)
            if wanders >= OFTEN:
                reason = f"validation rose as far {wanders} times before and came back each time: it wanders"
                return self.clear(tuple(measurements), 0.3 * p, reason)
        if p < REPORT_AT:
            return self.clear(tuple(measurements), p, self._innocent(val, train, rise))
        mild = view.sign_safe and rise.of_level < 0.15
        return self.found(
            p,
            Severity.MEDIUM if mild else Severity.HIGH,
            _message(rise, view.train.tag, view.val.tag),
            _evidence(rise, train, float(val.steps[-1]), view.train.tag, view.val.tag),
            tuple(measurements),
            (view.val.tag, view.train.tag),
        )

    def _innocent(self, val: Curve, train: Curve, rise: Rise) -> str:
        """Why validation had risen, or ends above its best, without overfitting; "" when there is nothing to explain."""
        least = self.limit("rise_of_drop") * max(val.unit, 1e-300)
        # Excursions come highest first; only what stays up for a tenth of the run is a turn and not a spike.
        span = float(val.steps[-1] - val.steps[0])
        turns = [
            e for e in excursions(val, least)
            if e.recovered and e.end_step - e.start_step >= 0.1 * span and _goes_down(train, e.start_step, e.end_step)
        ]  # fmt: skip
        # More than one is swinging, and the first tenth of a run is a transient.
        early = float(val.steps[0]) + 0.1 * span
        if (
            len(turns) == 1
            and turns[0].start_step > early
            and turns[0].height >= 0.3 * val.unit
            and turns[0].sigmas > 2.0 * self.limit("noise")
        ):
            return (
                f"validation rose from step {turns[0].start_step:.0f} on and fell again: double descent or grokking, "
                "no overfitting at the end"
            )
        few = rise.points_after < self.limit("points_after") or rise.share_after < self.limit("share_after")
        if rise.height >= least and rise.sigmas >= self.limit("noise") and few:
            return "validation was best shortly before the end, as early stopping leaves it"
        return ""


def _came_back(val: Curve, rise: Rise) -> int:
    """How often validation rose nearly as far for nearly as long before its minimum, and came back."""
    lasted = float(val.steps[-1]) - rise.best_step
    early = float(val.steps[0]) + 0.1 * float(val.steps[-1] - val.steps[0])
    return sum(
        e.recovered
        and early < e.start_step
        and e.end_step <= rise.best_step
        and e.end_step - e.start_step >= 0.4 * lasted
        for e in excursions(val, 0.7 * rise.height)
    )


def _lasting(rise: Rise) -> float:
    """Up to 1.5 for a rise that takes half of the run: the slower validation turns up, the smaller it is by the end."""
    return 1.0 + 0.5 * min(max(rise.share_after / 0.25 - 1.0, 0.0), 1.0) if rise.points_after >= 8 else 1.0


def _message(rise: Rise, train_tag: str, val_tag: str) -> Message:
    template = (
        "{val} turns up after {best:num} at step {step:step} and ends at {end:num} (+{rise:pct}) "
        "while {train} goes on falling; the rise is clear from step {onset:step} on."
    )
    onset = rise.lowest_step if rise.onset_step is None else max(rise.onset_step, rise.lowest_step)
    return Message.of(
        template,
        val=val_tag,
        train=train_tag,
        best=rise.lowest,
        step=rise.lowest_step,
        end=rise.end,
        rise=(rise.end - rise.lowest) / abs(rise.lowest) if rise.lowest else 1e6,
        onset=onset,
    )


def _evidence(rise: Rise, train: Curve, last: float, train_tag: str, val_tag: str) -> tuple[Evidence, ...]:
    return (
        Span(rise.lowest_step, last, "overfitting", val_tag),
        Point(rise.lowest_step, rise.lowest, "best validation", val_tag),
        Pair(last, min(train.end, rise.end), max(train.end, rise.end), "gap", train_tag, val_tag),
    )


def _goes_down(curve: Curve, first: float, last: float) -> bool:
    """True when a curve falls between two steps and stands nowhere above its level at the first of them."""
    between = curve.trend[(curve.steps >= first) & (curve.steps <= last)]
    level, slack = curve.level_at(first), 0.05 * curve.unit
    return bool(between.size and float(between.max()) <= level + slack and curve.level_at(last) < level - slack)


def _gain(val: Curve, train: Curve) -> float:
    """What validation gained, in its units.

    The first evaluation often comes late, when most of the gain is made; training's first level then stands in for the
    missing start, provided that the two losses are on one scale (they differ little at that evaluation).
    """
    first = float(val.steps[0])
    late = first > float(train.steps[0])
    comparable = abs(train.level_at(first) - val.start) <= 0.5 * train.unit
    start = max(val.start, train.start) if late and comparable else val.start
    return max(start - val.best, val.unit)


def _train_fall(train: Curve, since_step: float) -> float:
    """Fall of training after a step, as the larger share of its level there and of its whole gain.

    Where validation was best at its first evaluation, training is measured from a tenth of the run on: the first points
    of a run with too high a rate are thrown up, and their fall back to the start level taught nothing.
    """
    settled = float(train.steps[0] + 0.1 * (train.steps[-1] - train.steps[0]))
    then = train.level_at(since_step)
    if since_step < settled:
        then = min(then, train.median_between(0.1, 0.3))
    fall = then - train.end
    if fall < 3.0 * train.sigma / math.sqrt(max(0.1 * train.n, 1.0)):
        return 0.0  # within the noise of the compared medians
    shares = [fall / train.unit]
    if then > 0 and train.end > 0:
        shares.append(fall / then)
    return max(shares)

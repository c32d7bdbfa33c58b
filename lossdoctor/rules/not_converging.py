"""CV02: the loss hardly falls at all."""

from __future__ import annotations

from lossdoctor.findings import Level, Line, Measurement, Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, below
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.curve import Curve
from lossdoctor.signals.levels import starts_at_chance
from lossdoctor.signals.tail import late_gain

# A steady fall over fewer points than this is the beginning of a run rather than a failed one.
FEW_POINTS = 25
# Share of the gain in the last 30 % of the points from which a fall is steady (a straight line has 0.3).
STEADY = 0.15


class NotConverging(Rule):
    """The training loss hardly drops from where it started.

    What it shows:
        From the first points to the best level the loss lost only a small share of its start level, or no more than
        its noise.
    Why it matters:
        Nothing was learned: the cause is in the data (no signal, shuffled labels, missing normalisation), in the
        optimiser (rate too low or far too high, not stepping) or in the network (dead units, bad initialisation).
    How it is decided:
        The drop from the start level to the end level is below `drop_of_level` of the start level; for losses that
        can be negative, below `drop_of_noise` times the noise. A run whose first loss is already far below any
        trivial level (fine-tuning: high accuracy from the start, or a sure drop from a level that is neither ln C
        nor 1) counts less, and so do fewer than 25 points that fall steadily.
    Example that fires:
        2.303 ... 2.297 over forty epochs.
    Example that does not:
        2.3 to 0.9 in forty epochs, flat since: learned, then stuck (plateau).
    Easily confused with:
        plateau (learned something first), fine-tuning near the optimum, a long warm-up.
    References:
        SEED: "after several epochs the training loss does not decrease significantly"; log analysers use 2 %.
    """

    code = "CV02"
    name = "not_converging"
    title = "Not converging"
    summary = "The loss hardly falls from where it started."
    verdict = "underfitting"
    thresholds = (
        Setting(
            "not_converging.drop_of_level",
            0.2,
            0.01,
            0.6,
            "%",
            "A smaller drop, as a share of the start level, is hardly learning.",
            "faultlab: runs that learned nothing keep under 0.05, the least successful healthy pre-trained ones start at 0.4",
        ),
        Setting(
            "not_converging.drop_of_noise",
            3,
            0.5,
            20,
            "sigma",
            "A smaller drop, in units of the noise, is hardly learning.",
            "three sigma",
        ),
    )

    def check(self, view: RunView) -> Outcome:
        """Found when the loss ends about where it started."""
        series, curve = view.main, view.main_curve
        if series is None:
            return self.not_applicable("the run has no loss")
        if curve is None or curve.n < 4:
            return self.not_applicable("fewer than 4 finite points")
        gain = max(curve.start - curve.end, 0.0)
        measurements: list[Measurement] = []
        if view.sign_safe:
            share = gain / abs(_settled_start(view, curve, self.limit("drop_of_level")))
            gain = share * abs(curve.start)
            measurements.append(self.at_most("drop, of the start level", share, "drop_of_level", "%"))
            p = below(share, self.limit("drop_of_level"), 1.3)
        else:
            in_noise = gain / curve.sigma if curve.sigma > 0 else float("inf") if gain > 0 else 0.0
            measurements.append(self.at_most("drop over noise", in_noise, "drop_of_noise", "sigma"))
            p = below(in_noise, self.limit("drop_of_noise"))
        reason = ""
        first = view.first_accuracy
        if first is not None and first >= 0.6 and p >= REPORT_AT:
            measurements.append(Measurement("first logged accuracy", first, "%"))
            p, reason = (
                0.2 * p,
                "accuracy is high from the first point on: a fine-tuned or resumed model near its optimum",
            )
        elif view.sign_safe and not starts_at_chance(curve.start) and curve.start - curve.end > 4.0 * curve.sigma:
            p, reason = 0.45 * p, "the drop is small but sure, and the start is no trivial level: perhaps fine-tuning"
        elif curve.n < FEW_POINTS and late_gain(curve) > STEADY:
            p, reason = 0.4 * p, "few points, and they fall steadily: it may only have begun"
        if p < REPORT_AT:
            return self.clear(tuple(measurements), p, reason)
        message = Message.of(
            "{tag} starts at {start:num} and ends at {end:num}: it lost only {share:pct} of its level.",
            tag=series.tag, start=curve.start, end=curve.end, share=gain / max(abs(curve.start), 1e-300),
        )  # fmt: skip
        evidence = (
            Line(float(curve.steps[0]), curve.start, float(curve.steps[-1]), curve.end, "hardly falls", series.tag),
            Level(curve.start, "start level", series.tag),
        )
        severity = Severity.HIGH if p > 0.75 else Severity.MEDIUM
        return self.found(p, severity, message, evidence, tuple(measurements), (series.tag,))


def _settled_start(view: RunView, curve: Curve, small: float) -> float:
    """Start level, without a transient of the first tenth when validation shows that it taught nothing.

    A rate that is far too high throws the loss up at once and lets it fall back to chance: on the training curve alone
    that looks like learning.
    """
    val = view.val_curve
    if val is None or view.train is None or val.start <= 0 or curve.steps.size < 10:
        return curve.start
    taught = (val.start - val.best) / val.start
    later = curve.median_between(0.1, 0.3)
    return later if taught < 0.2 * small and later > 0 else curve.start

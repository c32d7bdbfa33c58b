"""CV03: the loss learned something, then stopped improving well short of what seems reachable."""

from __future__ import annotations

from lossdoctor.findings import Level, Message, Outcome, Severity, Span
from lossdoctor.rules.base import REPORT_AT, Rule, above, below
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.tail import flat_since, late_gain, tail_slope


class Plateau(Rule):
    """The loss fell, then stayed flat at a high level.

    What it shows:
        A fall that ends early in the run, a long flat rest, and a level that is still a large share of the start level.
    Why it matters:
        The compute after the flat part began bought nothing, while a better rate, schedule or capacity may well have.
    How it is decided:
        The end level keeps `level` or more of the start level, the curve has been within 5 % of its end level for
        `flat` of the run or longer, and the last third brought less than `late` of the gain. Accuracy near 1 says
        that there is no slack, and the curve then counts as converged. When the learning rate had fallen below a
        tenth of its peak before the flat part began, that is evidence for a stop by schedule. By shape alone
        converged and stuck look the same, so the confidence stays low without such evidence.
    Example that fires:
        4.5 to 2.3 in the first tenth, 2.3 ever after, with a learning rate that fell to nothing at 8 % of the run.
    Example that does not:
        2.3 to 0.05, flat since: converged.
    Easily confused with:
        converged (healthy), not_converging (never fell), slow_convergence (still falling).
    References:
        Keras ReduceLROnPlateau (patience 10, min_delta 1e-4) for the idea; levels calibrated on faultlab, where
        experts who see only the curve cannot tell converged from stuck above half of the start level.
    """

    code = "CV03"
    name = "plateau"
    title = "Plateau"
    summary = "The loss fell, then stayed flat well short of what seems reachable."
    verdict = "plateau"
    thresholds = (
        Setting(
            "plateau.level",
            0.45,
            0.1,
            0.95,
            "%",
            "Least end level, as a share of the start level.",
            "faultlab: below that share, converged and stuck runs cannot be told apart",
        ),
        Setting(
            "plateau.flat", 0.3, 0.05, 0.9, "%", "Least share of the run that is flat.", "a third of the budget wasted"
        ),
        Setting(
            "plateau.late",
            0.12,
            0.01,
            0.3,
            "%",
            "Largest share of the gain that came in the last third.",
            "a straight line gains a third there, an exponential of three time constants 6 %",
        ),
    )

    def check(self, view: RunView) -> Outcome:
        """Found when the curve is flat, early and high."""
        series, curve = view.main, view.main_curve
        if series is None:
            return self.not_applicable("the run has no loss")
        if curve is None or curve.n < 10:
            return self.not_applicable("fewer than 10 finite points")
        if not view.sign_safe:
            return self.not_applicable("the loss can be zero or negative, so its level has no scale to be high on")
        level = curve.end / curve.start if curve.start > 0 else 1.0
        settled = flat_since(curve, max(0.05 * curve.drop, 2.0 * curve.sigma))
        late = late_gain(curve)
        measurements = (
            self.at_least("end level, of the start level", level, "level", "%"),
            self.at_least("flat part of the run", 1.0 - settled, "flat", "%"),
            self.at_most("gain in the last third, of the whole gain", late, "late", "%"),
        )
        p = min(
            above(level, self.limit("level")), above(1.0 - settled, self.limit("flat")),
            below(max(late, 0.0), self.limit("late")), 0.75,
        )  # fmt: skip
        stopped = view.decayed_before(curve, settled)
        reason = ""
        if stopped:
            p = max(p, min(above(level, 0.5 * self.limit("level")), 0.9))
        accuracy = view.accuracy
        if accuracy is not None and accuracy > 0.9:
            p, reason = 0.2 * p, "accuracy is near its ceiling: converged, no slack"
        elif view.early_accuracy:
            p, reason = 0.3 * p, "accuracy was high from the start: fine-tuning near the optimum"
        elif _still_improves(view):
            p, reason = 0.5 * p, "the loss still falls surely, if slowly: it is not stuck"
        if p < REPORT_AT:
            return self.clear(measurements, p, reason)
        since = float(curve.steps[min(int(settled * curve.steps.size), curve.steps.size - 1)])
        template = "{tag} falls to {end:num} ({level:pct} of its start) and is flat from step {since:step} on" + (
            "; the learning rate is below a tenth of its peak from step {decayed:step} on."
            if stopped
            else "; converged or stuck cannot be told from the shape alone."
        )
        decayed = view.schedule.decayed_step if view.schedule is not None and stopped else None
        message = Message.of(
            template,
            tag=series.tag,
            end=curve.end,
            level=level,
            since=since,
            decayed=0.0 if decayed is None else decayed,
        )
        evidence = (
            Span(since, float(curve.steps[-1]), "flat", series.tag),
            Level(curve.end, "end level", series.tag),
        )
        return self.found(p, Severity.MEDIUM, message, evidence, measurements, (series.tag,))


def _still_improves(view: RunView) -> bool:
    """Whether training or validation falls over the last half of the run beyond doubt, by 3 % of its level or more."""
    return any(
        tail_slope(curve, 0.5).falling and curve.median_between(0.5, 0.67) > 1.03 * curve.end
        for curve in (view.train_curve, view.val_curve)
        if curve is not None and curve.end > 0
    )

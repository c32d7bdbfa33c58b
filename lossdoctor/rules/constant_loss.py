"""CV06: a loss that does not change at all."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Level, Measurement, Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above, below
from lossdoctor.rules.view import RunView
from lossdoctor.runs import Role, Series
from lossdoctor.settings import Setting
from lossdoctor.signals.constant import frozen_share, relative_range


class ConstantLoss(Rule):
    """The same number at every point, or from some point on.

    What it shows:
        That the loss holds one value throughout, or from which step on it is frozen; and loss components that are
        constant although the total is not.
    Why it matters:
        Batches differ, so a training loss that does not even wobble is not computed from the output any more: the
        graph is cut, the output saturated, or the logger repeats an old number.
    How it is decided:
        The loss varies by at most `change` of its level over five points or more; or its last `frozen` of the points
        (ten at least) equal each other exactly, and their level is not next to nothing: rounding freezes a loss near
        zero, and that is convergence. A component of the loss that is logged as a constant, most often 0, is unused
        (a classification term with one class): it only informs, since nothing is wrong with the training.
    Example that fires:
        0.6931 at each of 200 steps.
    Example that does not:
        A loss rounded to two digits that ends at 0.00.
    Easily confused with:
        stuck_at_chance (wobbles around a level), validation repeated between evaluations by the logger.
    References:
        SageMaker Debugger's UnchangedTensor; Zhang et al. 2021, AUTOTRAINER (unchanged accuracy).
    """

    code = "CV06"
    name = "constant_loss"
    title = "Constant loss"
    summary = "A loss does not change at all."
    thresholds = (
        Setting(
            "constant_loss.change", 1e-6, 0, 0.01, "", "Largest relative variation of a constant.",
            "a single-precision number resolves 1e-7 of its size",
        ),
        Setting(
            "constant_loss.frozen", 0.3, 0.05, 1, "%", "Least share of equal points at the end.",
            "a third of the run brought not a single new number",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found for the main loss, else for a component."""
        series = view.main
        if series is None:
            return self.not_applicable("the run has no loss")
        values = series.values[series.finite]
        if values.size < 5:
            return self.not_applicable(f"only {values.size} finite points")
        change = relative_range(values)
        share = frozen_share(values) if values.size >= 10 else 0.0
        measurements = (
            self.at_most("variation, of the level", change, "change"),
            self.at_least("share of equal points at the end", share, "frozen", "%"),
        )
        if change <= self.limit("change"):
            return self._whole(series, values, measurements)
        p = above(share, self.limit("frozen")) if share * values.size >= 10 else 0.0
        low = abs(float(values[-1])) <= 0.01 * abs(float(np.median(values[: min(max(values.size // 20, 3), 20)])))
        if low and p >= REPORT_AT:
            return self.clear(measurements, 0.1, "it stands near zero, where rounding freezes a loss: converged")
        if view.schedule is not None and view.schedule.decayed_step is not None:
            p *= 0.8
        if p >= REPORT_AT:
            return self._frozen(series, values, share, p, measurements)
        return self._component(view, measurements) or self.clear(measurements, p)

    def _whole(self, series: Series, values: np.ndarray, measurements: tuple[Measurement, ...]) -> Outcome:
        p = 0.5 + 0.49 * below(5.0 / values.size, 0.5)
        level = float(values[0])
        message = Message.of(
            "{tag} is {level:num} at each of its {count:step} points: it is not computed from the output, or nothing "
            "that reaches the output ever changes.",
            tag=series.tag, level=level, count=values.size,
        )  # fmt: skip
        return self.found(
            p, Severity.MEDIUM, message, (Level(level, "constant", series.tag),), measurements, (series.tag,)
        )

    def _frozen(
        self, series: Series, values: np.ndarray, share: float, p: float, measurements: tuple[Measurement, ...]
    ) -> Outcome:
        first = float(series.steps[series.finite][values.size - round(share * values.size)])
        message = Message.of(
            "{tag} is exactly {level:num} from step {step:step} to the end: no update reaches it any more.",
            tag=series.tag, level=float(values[-1]), step=first,
        )  # fmt: skip
        evidence = (Level(float(values[-1]), "frozen", series.tag),)
        return self.found(p, Severity.LOW, message, evidence, measurements, (series.tag,))

    def _component(self, view: RunView, measurements: tuple[Measurement, ...]) -> Outcome | None:
        """An unused component among others; None when there is none."""
        for series in view.run.in_role(Role.LOSS_COMPONENT):
            values = series.values[series.finite]
            if values.size >= 5 and relative_range(values) <= self.limit("change"):
                level = float(values[0])
                message = Message.of(
                    "The component {tag} is {level:num} throughout: a term that is not in use, no failure of the training.",
                    tag=series.tag, level=level,
                )  # fmt: skip
                evidence = (Level(level, "constant", series.tag),)
                return self.found(0.9, Severity.INFO, message, evidence, measurements, (series.tag,))
        return None

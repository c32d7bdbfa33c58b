"""ST01: the first NaN or infinity in a loss or gradient norm, and what moved before it."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Measurement, Message, Outcome, Point, Severity, Span
from lossdoctor.rules.base import Rule
from lossdoctor.rules.view import RunView
from lossdoctor.runs import Role, Series
from lossdoctor.signals.nonfinite import nonfinite, zero_tail

LOSSES = (Role.TRAIN_LOSS, Role.VAL_LOSS, Role.TEST_LOSS, Role.ADVERSARIAL_LOSS, Role.LOSS_COMPONENT)


class NonFinite(Rule):
    """A loss becomes NaN or infinite.

    What it shows:
        The exact step and tag of the first NaN or infinity in any loss, whether the run comes back, and the last
        finite value.
    Why it matters:
        After a NaN reached the weights every further step is wasted. What moved just before decides between a learning
        rate that is too high (steady rise), numerics (sudden, from a good level) and a bad batch (sudden, once).
    How it is decided:
        Any NaN or infinity in a loss that stands in the log as a value. An empty cell is absence, not NaN. A loss that
        was well above zero and is exactly 0.0 from one point to the end counts as NaN filtered by the trainer. When the
        values come back and stay finite the finding remains, but it is no divergence. No threshold.
    Example that fires:
        1.4, 1.2, 1.1, nan, nan.
    Example that does not:
        A sparse CSV in which validation cells are empty between evaluations.
    Easily confused with:
        metrics that are undefined on purpose (AUC with one class): only losses count here.
    References:
        Keras TerminateOnNaN; SageMaker Debugger ExplodingTensor; Hugging Face TrainingArguments logging_nan_inf_filter.
    """

    code = "ST01"
    name = "non_finite"
    title = "NaN or infinity"
    summary = "A loss becomes NaN or infinite."
    verdict = "divergence"

    def check(self, view: RunView) -> Outcome:
        """Found when any loss holds a non-finite value (or zeros that stand in for it)."""
        hits = [hit for role in LOSSES for series in view.run.in_role(role) if (hit := _first_bad(series)) is not None]
        if not hits:
            if view.main is None:
                return self.not_applicable("the run has no loss")
            return self.clear((Measurement("non-finite loss values", 0, "points"),))
        # One that stays ahead of one that comes back; the training loss ahead of the others (it is what broke, validation
        # only shows it); then the earliest. `LOSSES` and `in_role` give that order, and the sort is stable.
        hits.sort(key=lambda hit: not hit[3])
        series, step, index, persistent, filtered = hits[0]
        count = int((~series.finite).sum())
        last_finite, last_step = _last_finite(series, index)
        evidence = (
            Point(float(step), float(series.values[index]), "0.0 for NaN" if filtered else "first NaN/Inf", series.tag),
        )
        if persistent and int(series.steps[-1]) > step:
            evidence += (Span(float(step), float(series.steps[-1]), "NaN/Inf", series.tag),)  # type: ignore[assignment]
        measurements = (
            Measurement("first non-finite step", float(step), "step"),
            Measurement("non-finite values", float(count), "points"),
            Measurement("last finite value", last_finite),
        )
        return self.found(
            0.99 if persistent else 0.45,
            Severity.HIGH if persistent else Severity.LOW,
            _message(series, step, persistent, filtered, last_finite, last_step, count),
            evidence, measurements, (series.tag,),
        )  # fmt: skip


def _first_bad(series: Series) -> tuple[Series, int, int, bool, bool] | None:
    bad = nonfinite(series.values)
    if bad is not None:
        return series, int(series.steps[bad.first_index]), bad.first_index, bad.persistent, False
    zero = zero_tail(series.values)
    return None if zero is None else (series, int(series.steps[zero]), zero, True, True)


def _last_finite(series: Series, index: int) -> tuple[float, int]:
    before = np.flatnonzero(series.finite[:index])
    if before.size == 0:
        return float("nan"), int(series.steps[0])
    return float(series.values[before[-1]]), int(series.steps[before[-1]])


def _message(
    series: Series, step: int, persistent: bool, filtered: bool, last: float, last_step: int, count: int
) -> Message:  # fmt: skip
    if filtered:
        return Message.of(
            "{tag} is exactly 0.0 from step {step:step} on after {last:num}: a NaN that the trainer's log filter hides.",
            tag=series.tag, step=step, last=last,
        )  # fmt: skip
    if not persistent:
        return Message.of(
            "{tag} is NaN or infinite at {count:step} logged points, first at step {step:step}, and comes back.",
            tag=series.tag, count=count, step=step,
        )  # fmt: skip
    if last != last:
        return Message.of(
            "{tag} is NaN or infinite from its first logged point (step {step:step}).", tag=series.tag, step=step
        )
    return Message.of(
        "{tag} turns NaN or infinite at step {step:step}; the last finite value is {last:num} at step {last_step:step}.",
        tag=series.tag, step=step, last=last, last_step=last_step,
    )  # fmt: skip

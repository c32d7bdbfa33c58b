"""Predicates over how a loss became NaN or infinite: what moved before, and how suddenly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lossdoctor.knowledge.answer import Answer
from lossdoctor.knowledge.case import Case
from lossdoctor.runs import Role

Array = npt.NDArray[np.float64]


def _before(case: Case) -> tuple[Array, float] | None:
    """Finite training losses before the first non-finite one, and its step; None when all are finite."""
    if case.train is None or case.nonfinite is None:
        return None
    index = case.nonfinite.first_index
    values = case.train.values[:index]
    return values[np.isfinite(values)], float(case.train.steps[index])


def _lead(values: Array) -> Array:
    """The last tenth of the points before the event, at least 5."""
    return values[-max(5, values.size // 10) :]


def loss_rose_before_nan(case: Case, factor: float = 2.0) -> Answer:
    """The loss stood at least `factor` times above its lowest level just before it became non-finite."""
    found = _before(case)
    if found is None or found[0].size < 3:
        return Answer.unknown()
    values, step = found
    low = float(np.median(np.sort(values)[: max(values.size // 10, 1)]))
    high = float(_lead(values).max())
    ratio = high / low if low > 0 else 1.0
    return Answer.of(ratio >= factor and high > low, step=step, low=low, high=high, factor=ratio)


def nan_without_warning(case: Case) -> Answer:
    """The points before the first non-finite loss look like those before them: no lead-up at all.

    Undecidable with fewer than 8 points before it, or with one point an epoch (a lead-up would hide in the mean).
    """
    found = _before(case)
    if found is None or found[0].size < 8:
        return Answer.unknown()
    if case.run.step_unit == "epoch":
        return Answer.unknown("per_step_loss")
    values, step = found
    lead, earlier = _lead(values), values[: -max(5, values.size // 10)]
    # The lead is compared with as many points right before it: early losses are high and prove nothing.
    usual = float(earlier[-lead.size :].max())
    return Answer.of(float(lead.max()) <= 1.3 * usual, step=step, last=float(values[-1]), usual=usual)


def nan_at_start(case: Case) -> Answer:
    """The loss was non-finite within the first three points; a loss that never was finite counts as well."""
    series = case.run.primary(Role.TRAIN_LOSS)
    if series is None or not len(series) or bool(np.isfinite(series.values).all()):
        return Answer.unknown()
    index = int(np.argmax(~np.isfinite(series.values)))
    return Answer.of(index < 3, step=float(series.steps[index]), points=index)


def loss_near_zero_before_nan(case: Case, limit: float = 0.05) -> Answer:
    """The loss had fallen below `limit` of its start before it became non-finite: log(0) territory."""
    found = _before(case)
    if found is None or found[0].size < 5 or case.train is None:
        return Answer.unknown()
    values, step = found
    level = float(np.median(values[-5:]))
    share = level / case.train.curve.start if case.train.curve.start > 0 else 1.0
    return Answer.of(share <= limit, step=step, level=level, share=share)


def still_learning_before_nan(case: Case) -> Answer:
    """The loss was at or near its best (within a tenth of all that was gained) when it became non-finite."""
    found = _before(case)
    if found is None or found[0].size < 8 or case.train is None:
        return Answer.unknown()
    values, step = found
    curve = case.train.curve
    level = float(np.median(values[-3:]))
    return Answer.of(
        curve.drop > 0.05 * abs(curve.start) and level <= curve.best + 0.1 * curve.drop,
        step=step, level=level, best=curve.best,
    )  # fmt: skip


def grad_norm_rose_before_nan(case: Case, factor: float = 5.0) -> Answer:
    """The gradient norm exceeded `factor` times its median shortly before the trouble began."""
    event = case.event_step
    if event is None:
        return Answer.unknown()
    if case.grad_norm is None:
        return Answer.unknown("grad_norm")
    steps, norms = case.grad_norm.finite
    norms = norms[steps <= event]
    if norms.size < 6:
        return Answer.unknown("grad_norm")
    usual = float(np.median(norms))
    peak = float(_lead(norms).max())
    return Answer.of(usual > 0 and peak >= factor * usual, step=event, peak=peak, usual=usual)


def loss_scale_collapses(case: Case) -> Answer:
    """The fp16 loss scale was halved at least three times in a row: gradients overflow."""
    series = run_scale(case)
    if series is None:
        return Answer.unknown("loss_scale")
    values = series[np.isfinite(series) & (series > 0)]
    if values.size < 4:
        return Answer.unknown("loss_scale")
    falls = np.diff(np.log2(values)) <= -0.99
    longest = max((len(run) for run in "".join("x" if fall else " " for fall in falls).split()), default=0)
    return Answer.of(longest >= 3, first=float(values[0]), last=float(values[-1]), halvings=longest)


def run_scale(case: Case) -> Array | None:
    """The logged fp16 loss scale, or None."""
    series = case.run.primary(Role.LOSS_SCALE)
    return None if series is None else np.asarray(series.last_branch().values)


def validation_only_nan(case: Case) -> Answer:
    """The validation loss is non-finite where the training loss is not."""
    if case.train is None or case.val is None:
        return Answer.unknown("val_loss" if case.val is None else "")
    bad = ~np.isfinite(case.val.values)
    step = float(case.val.steps[int(np.argmax(bad))])
    return Answer.of(bool(bad.any()) and case.nonfinite is None, step=step)


def solved_before_nan(case: Case, limit: float = 0.95) -> Answer:
    """The training metric had reached `limit` before the loss became non-finite: outputs are sure, log(0) is near."""
    found = _before(case)
    metric = case.train_metric or case.val_metric
    if found is None or not found[0].size:
        return Answer.unknown()
    if metric is None:
        return Answer.unknown("val_metric")
    values, step = found
    steps, shares = metric.finite
    before = shares[steps < step]
    if before.size == 0 or float(shares.max()) > 1:
        return Answer.unknown()
    best = float(before.max())
    return Answer.of(best >= limit, step=step, level=float(values[-1]), metric=best)

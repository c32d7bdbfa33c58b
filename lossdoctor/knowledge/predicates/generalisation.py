"""Predicates over training and validation loss together: memorising, offsets, gaps, noise, when the best point came."""

from __future__ import annotations

import numpy as np

from lossdoctor.knowledge.answer import Answer
from lossdoctor.knowledge.case import Case
from lossdoctor.knowledge.track import Track, at_steps
from lossdoctor.signals.rise import sustained_rise


def _both(case: Case, points: int = 4) -> tuple[Track, Track] | Answer:
    if case.train is None:
        return Answer.unknown()
    if case.val is None or case.val.curve.n < points:
        return Answer.unknown("val_loss")
    return case.train, case.val


def _val_gain(val: Track) -> float:
    """Drop of the validation loss from its first value as a share of it; first values count, evals are few."""
    first = float(val.finite[1][0])
    low = min(val.curve.best, float(np.min(val.curve.trend)))
    return (first - low) / abs(first) if first else 0.0


def val_never_improves(case: Case, limit: float = 0.05) -> Answer:
    """The validation loss never fell by more than `limit` below its first value."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    _, val = both
    return Answer.of(_val_gain(val) < limit, gain=max(_val_gain(val), 0.0), first=float(val.finite[1][0]))


def memorises(case: Case) -> Answer:
    """The training loss fell by 30 % or more while the validation loss never left its start (under 5 % gain)."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    train, val = both
    gain = _val_gain(val)
    return Answer.of(train.learned >= 0.3 and gain < 0.05, train=train.learned, val=max(gain, 0.0))


def val_improved_first(case: Case, limit: float = 0.2) -> Answer:
    """The validation loss fell by `limit` or more before anything else happened: something general was learned."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    _, val = both
    return Answer.of(_val_gain(val) >= limit, gain=max(_val_gain(val), 0.0), step=val.curve.best_step)


def val_exactly_constant(case: Case) -> Answer:
    """Every validation gives the same loss to the last digit: no weight has moved since the first one."""
    both = _both(case, 3)
    if isinstance(both, Answer):
        return both
    values = both[1].finite[1]
    return Answer.of(bool(np.ptp(values) == 0), points=int(values.size), level=float(values[0]))


def val_ends_above_start(case: Case) -> Answer:
    """The validation loss ends above its first value: worse than before training."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    _, val = both
    first, end = float(val.finite[1][0]), val.curve.end
    return Answer.of(end > 1.05 * first > 0, first=first, end=end)


def train_above_val(case: Case, limit: float = 0.1) -> Answer:
    """The training loss stands more than `limit` above the validation loss on most of the second half."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    train, val = both
    half = slice(val.curve.steps.size // 2, None)
    above = at_steps(train, val.curve.steps[half])
    below = val.curve.trend[half]
    excess = (above - below) / np.maximum(np.abs(above), 1e-300)
    return Answer.of(float(np.mean(excess > limit)) >= 0.7, excess=float(np.median(excess)))


def val_tracks_train(case: Case, limit: float = 0.15) -> Answer:
    """Validation ends within `limit` of the training drop of the training loss: no generalisation gap."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    train, val = both
    gap = (val.curve.end - train.curve.end) / max(train.curve.drop, 0.02 * abs(train.curve.start), 1e-300)
    return Answer.of(gap <= limit, gap=gap)


def gap_from_start(case: Case, factor: float = 1.25) -> Answer:
    """At the first validations the loss is already `factor` times the training loss of the same steps, and it stays so.

    The training mean of the first epoch lags behind, so the comparison uses the better half of early points.
    """
    both = _both(case)
    if isinstance(both, Answer):
        return both
    train, val = both
    early = val.curve.steps[: max(val.curve.steps.size // 5, 2)]
    ratios = np.interp(early, val.curve.steps, val.curve.trend) / np.maximum(at_steps(train, early), 1e-300)
    late = val.curve.end / max(train.curve.end, 1e-300)
    if train.curve.end <= 0 or val.curve.best <= 0:
        return Answer.unknown()
    ratio = float(np.median(ratios))
    return Answer.of(ratio >= factor and late >= factor, ratio=ratio, late=late)


def early_best_step(case: Case, share: float = 0.2) -> Answer:
    """The validation loss was best within the first `share` of the run."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    _, val = both
    span = float(val.steps[-1] - val.steps[0])
    place = (val.curve.best_step - float(val.steps[0])) / span if span > 0 else 1.0
    return Answer.of(place <= share, step=val.curve.best_step, share=place)


def late_best_step(case: Case, share: float = 0.4) -> Answer:
    """The validation loss was best only after `share` of the run, and rose little afterwards."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    _, val = both
    rise = sustained_rise(val.curve)
    span = float(val.steps[-1] - val.steps[0])
    place = (val.curve.best_step - float(val.steps[0])) / span if span > 0 else 0.0
    return Answer.of(place >= share, step=val.curve.best_step, share=place, rise=min(rise.of_level, 99.0))


def train_near_zero(case: Case, limit: float = 0.05) -> Answer:
    """The training loss ends below `limit` of its first level."""
    if case.train is None or case.train.curve.start <= 0:
        return Answer.unknown()
    share = case.train.curve.end / case.train.curve.start
    return Answer.of(share <= limit, share=share, end=case.train.curve.end)


def train_floor_high(case: Case, limit: float = 0.3) -> Answer:
    """The training loss ends above `limit` of its first level: the training set itself is not fitted."""
    if case.train is None or case.train.curve.start <= 0:
        return Answer.unknown()
    share = case.train.curve.end / case.train.curve.start
    return Answer.of(share >= limit, share=share, end=case.train.curve.end)


def val_metric_keeps_improving(case: Case) -> Answer:
    """After the validation loss was best, the validation metric still went up by 1 point or more, or stayed level."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    if case.val_metric is None or case.val_metric.curve.n < 4:
        return Answer.unknown("val_metric")
    metric = case.val_metric.curve
    at_best = metric.level_at(both[1].curve.best_step)
    end = float(np.median(metric.values[-3:]))
    return Answer.of(end >= at_best - 0.005, at_best=at_best, end=end)


def val_metric_in_coarse_steps(case: Case) -> Answer:
    """The validation metric takes so few different values that the set must be small (n below about 50).

    The smallest difference between two values of a share of n samples is 1/n.
    """
    if case.val_metric is None or case.val_metric.curve.n < 6:
        return Answer.unknown("val_metric")
    levels = np.unique(np.round(case.val_metric.finite[1], 5))
    if levels.size < 2 or levels[0] < 0 or levels[-1] > 1:
        return Answer.unknown()
    smallest = float(np.min(np.diff(levels)))
    return Answer.of(smallest >= 0.02, samples=round(1 / smallest), step=smallest)


def val_noise_high(case: Case, limit: float = 0.15) -> Answer:
    """The validation loss jumps by more than `limit` of what it gained from one point to the next, training does not."""
    both = _both(case, 6)
    if isinstance(both, Answer):
        return both
    train, val = both
    return Answer.of(val.noise > limit and train.noise < 0.5 * val.noise, noise=min(val.noise, 99.0), limit=limit)

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


def _val_gain(train: Track, val: Track) -> float:
    """Drop of the validation loss as a share of where learning began: the higher of its own and training's first value.

    The first validation may come after hundreds of steps; what was learned by then counts as well.
    """
    first = max(float(val.finite[1][0]), train.curve.start)
    return (first - val.curve.best) / abs(first) if first else 0.0


def val_never_improves(case: Case, limit: float = 0.1) -> Answer:
    """The validation loss never fell by more than `limit` below where learning began."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    gain = _val_gain(*both)
    return Answer.of(gain < limit, gain=max(gain, 0.0), first=float(both[1].finite[1][0]))


def memorises(case: Case) -> Answer:
    """The training loss fell by 30 % or more while the validation loss never left its start (under 10 % gain)."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    gain = _val_gain(*both)
    return Answer.of(both[0].learned >= 0.3 and gain < 0.1, train=both[0].learned, val=max(gain, 0.0))


def val_improved_first(case: Case, limit: float = 0.2) -> Answer:
    """The validation loss fell by `limit` or more before anything else happened: something general was learned."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    gain = _val_gain(*both)
    return Answer.of(gain >= limit, gain=max(gain, 0.0), step=both[1].curve.best_step)


def val_exactly_constant(case: Case) -> Answer:
    """Every validation gives the same loss to the last digit: no weight has moved since the first one."""
    both = _both(case, 3)
    if isinstance(both, Answer):
        return both
    values = both[1].finite[1]
    return Answer.of(bool(np.ptp(values) == 0), points=int(values.size), level=float(values[0]))


def output_seems_constant(case: Case, limit: float = 0.001) -> Answer:
    """Validation stays within `limit` of one level over the second half, training never fell: inputs make no difference.

    A network whose answer does not depend on its input learns the target's frequencies and stays there; one that fits
    anything at all, noise included, moves its validation loss by percents.
    """
    both = _both(case, 6)
    if isinstance(both, Answer):
        return both
    train, val = both
    values = val.finite[1]
    late = values[values.size // 2 :]
    spread = float(np.std(late) / abs(np.mean(late))) if np.mean(late) else 0.0
    # A slow steady fall also spreads little; there the ends of the half differ by several times the spread.
    drift = abs(float(np.median(late[-3:]) - np.median(late[:3]))) / abs(float(np.mean(late)) or 1.0)
    still = drift <= 1.5 * limit and bool(np.ptp(values) > 0)
    holds = train.learned < 0.05 and spread <= limit and still
    return Answer.of(holds, spread=spread, level=float(np.mean(late)))


def val_ends_above_start(case: Case) -> Answer:
    """The validation loss ends above its first value: worse than before training."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    _, val = both
    first, end = float(val.finite[1][0]), val.curve.end
    return Answer.of(end > 1.05 * first > 0, first=first, end=end)


def train_above_val(case: Case, limit: float = 0.1) -> Answer:
    """The training loss stands above the validation loss on most of the second half, by `limit` of the training drop.

    It must also be 5 % of the level: late in a good run both are tiny and their ratio says nothing. Where training
    gained less than 3 % the two sets may merely differ in difficulty.
    """
    both = _both(case)
    if isinstance(both, Answer):
        return both
    train, val = both
    if train.learned < 0.03:
        return Answer.unknown()
    half = slice(val.curve.steps.size // 2, None)
    above = at_steps(train, val.curve.steps[half])
    below = val.curve.trend[half]
    excess = (above - below) / np.maximum(np.abs(above), 1e-300)
    of_drop = (above - below) / max(train.curve.drop, 1e-300)
    return Answer.of(float(np.mean((excess > 0.05) & (of_drop > limit))) >= 0.7, excess=float(np.median(excess)))


def val_tracks_train(case: Case, limit: float = 0.15) -> Answer:
    """Validation ends within `limit` of the training drop of the training loss: no generalisation gap."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    train, val = both
    gap = (val.curve.end - train.curve.end) / max(train.curve.drop, 0.02 * abs(train.curve.start), 1e-300)
    return Answer.of(gap <= limit, gap=gap, val=val.curve.end, train=train.curve.end)


def gap_from_start(case: Case, factor: float = 1.25) -> Answer:
    """At the first two validations the loss is already `factor` times training's, and that gap is a good part of the last.

    A gap that memorising opens later is many times the first one; an offset between the data sets is there at once.
    """
    both = _both(case)
    if isinstance(both, Answer):
        return both
    train, val = both
    steps, values = val.finite
    early = at_steps(train, steps[:2])
    if train.curve.end <= 0 or float(early.min()) <= 0:
        return Answer.unknown()
    ratio = float(np.median(values[:2] / early))
    first_gap = float(np.median(values[:2] - early))
    last_gap = val.curve.end - train.curve.end
    late = val.curve.end / train.curve.end
    return Answer.of(ratio >= factor and late >= factor and first_gap >= 0.25 * last_gap, ratio=ratio, late=late)


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
    """While the validation loss rose by 5 % or more above its best, the validation metric held or went up."""
    both = _both(case)
    if isinstance(both, Answer):
        return both
    if sustained_rise(both[1].curve).of_level < 0.05:
        return Answer.unknown()
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
    if _val_gain(train, val) < 0.1:
        # Where validation gained nothing, any noise is a multiple of it.
        return Answer.unknown()
    return Answer.of(val.noise > limit and train.noise < 0.5 * val.noise, noise=min(val.noise, 99.0), limit=limit)


def val_metric_falls(case: Case, limit: float = 0.05) -> Answer:
    """The validation metric rose, then ends `limit` of its best value or more below it: answers got worse, not only surer."""
    metric = case.val_metric
    if metric is None or metric.curve.n < 6:
        return Answer.unknown("val_metric")
    best, end = float(np.max(metric.curve.trend)), metric.curve.end
    rose = best - float(metric.finite[1][0])
    return Answer.of(best > 0 and rose >= limit and best - end >= limit * best, best=best, end=end)


def val_falls_steadily(case: Case, order: float = 0.9) -> Answer:
    """Validation falls at nearly every evaluation to the end, yet by less than a third: the right way, in small steps.

    Measured on validation because it has no mini-batch noise; the share of falling pairs is Kendall's tau.
    """
    both = _both(case, 6)
    if isinstance(both, Answer):
        return both
    values = both[1].finite[1]
    values = values[np.unique(np.linspace(0, values.size - 1, 40).astype(int))]
    rows, columns = np.triu_indices(values.size, 1)
    tau = float(np.mean(np.sign(values[rows] - values[columns])))
    gain = _val_gain(*both)
    return Answer.of(tau >= order and 0 < gain < 1 / 3, gain=max(gain, 0.0), order=tau)


def train_fits_quickly(case: Case, share: float = 0.15) -> Answer:
    """Half of a large drop (half the first level or more) of the training loss came within the first `share` of the run.

    What generalises is learned fast; remembering unrelated pairs takes longer (Arpit et al. 2017).
    """
    if case.train is None or case.train.curve.n < 8 or case.train.learned < 0.5:
        return Answer.unknown()
    curve = case.train.curve
    half = curve.start - 0.5 * curve.drop
    at = float(np.argmax(curve.trend <= half)) / curve.trend.size
    return Answer.of(at <= share, share=at)

"""Predicates over the shape of the training loss: never fell, fell and stuck, falls slowly, swings, spikes, repeats."""

from __future__ import annotations

import numpy as np

from lossdoctor.knowledge.answer import Answer
from lossdoctor.knowledge.case import Case
from lossdoctor.signals.excursions import Excursion, excursions
from lossdoctor.signals.smoothing import block_edges, running_mean
from lossdoctor.signals.swings import periodicity, swings
from lossdoctor.signals.tail import flat_since, late_gain, tail_slope


def never_dropped(case: Case, limit: float = 0.05) -> Answer:
    """The loss never fell by more than `limit` of its first level."""
    if case.loss is None or case.loss.curve.n < 4:
        return Answer.unknown()
    return Answer.of(case.loss.learned < limit, drop=case.loss.learned, start=case.loss.curve.start)


def loss_constant(case: Case) -> Answer:
    """The loss moves by less than a ten-thousandth of its level: nothing random is left in it."""
    if case.train is None or case.train.curve.n < 4:
        return Answer.unknown()
    values = case.train.finite[1]
    level = float(np.median(values))
    span = float(values.max() - values.min())
    return Answer.of(span <= 1e-4 * abs(level) or span == 0, span=span, level=level)


def dropped_then_flat(case: Case, share: float = 0.35) -> Answer:
    """The loss fell clearly, then stayed level from within the first `share` of the run on, short of zero."""
    if case.loss is None or case.loss.curve.n < 8:
        return Answer.unknown()
    curve = case.loss.curve
    since = flat_since(curve, max(0.08 * curve.range, 2 * curve.sigma))
    left = curve.end / curve.start if curve.start > 0 else 0.0
    step = float(curve.steps[min(int(since * curve.steps.size), curve.steps.size - 1)])
    return Answer.of(
        case.loss.learned >= 0.05 and case.loss.noise <= 0.5 and since <= share and left >= 0.05,
        step=step,
        share=since,
        left=left,
        level=curve.end,
    )


def still_improving(case: Case, gain: float = 0.05) -> Answer:
    """The loss still falls significantly at the end, and the last 30 % of the run brought more than `gain` of all.

    Mini-batch noise may hide it in the training loss, so the validation loss may show it instead.
    """
    tracks = [track for track in (case.loss, case.val) if track is not None and track.curve.n >= 8]
    if not tracks:
        return Answer.unknown()
    gains = [late_gain(track.curve) for track in tracks if tail_slope(track.curve).falling]
    late = max((value for value in gains if np.isfinite(value)), default=0.0)
    return Answer.of(late > gain, gain=late)


def falls_smoothly(case: Case, limit: float = 0.05) -> Answer:
    """Noise is below `limit` of the drop and the loss hardly ever rises: nothing disturbs the steps."""
    if case.loss is None or case.loss.curve.n < 8:
        return Answer.unknown()
    curve = case.loss.curve
    rises = float(np.sum(np.maximum(np.diff(curve.trend), 0.0)))
    smooth = case.loss.noise <= limit and curve.drop > 0 and rises <= 0.1 * curve.drop
    return Answer.of(smooth, noise=min(case.loss.noise, 99.0))


def falls_nearly_linearly(case: Case) -> Answer:
    """The last 30 % of the run brought at least a fifth of the whole drop (an even fall brings 30 %)."""
    if case.loss is None or case.loss.curve.n < 8:
        return Answer.unknown()
    late = late_gain(case.loss.curve)
    slope = tail_slope(case.loss.curve)
    return Answer.of(np.isfinite(late) and late >= 0.2 and slope.falling, gain=late if np.isfinite(late) else 0.0)


def noise_ratio_high(case: Case, series: str = "train", limit: float = 0.15) -> Answer:
    """Point-to-point noise exceeds `limit` of everything that was gained."""
    track = case.train if series == "train" else case.val
    if track is None:
        return Answer.unknown("val_loss" if series == "val" else "")
    if track.curve.n < 6 or track.learned < 0.05:
        # Where nothing was gained, any noise is a multiple of it.
        return Answer.unknown()
    return Answer.of(track.noise > limit, noise=min(track.noise, 99.0), limit=limit)


def swings_do_not_die(case: Case) -> Answer:
    """Slow swings keep their size in the second half and exceed a tenth of the drop.

    Measured on at most 60 block means (mini-batch noise averages out within a block) around a mean over a third of the
    run: the robust trend of the curve would follow slow swings and leave nothing to measure.
    """
    if case.train is None or case.train.curve.n < 24:
        return Answer.unknown()
    curve = case.train.curve
    edges = block_edges(curve.values.size, 60)
    means = np.add.reduceat(curve.values, edges) / np.diff(np.append(edges, curve.values.size))
    found = swings(means, running_mean(means, max(means.size // 3, 5)))
    size = found.amplitude / curve.unit
    return Answer.of(size >= 0.1 and found.persistence >= 0.7, size=size, persistence=found.persistence)


def ends_above_start(case: Case, limit: float = 0.1) -> Answer:
    """The loss ends above its first level by more than `limit`."""
    if case.train is None or case.train.curve.n < 4:
        return Answer.unknown()
    curve = case.train.curve
    over = (curve.end - curve.start) / abs(curve.start) if curve.start else 0.0
    return Answer.of(over > limit, over=over, start=curve.start, end=curve.end)


def rises_from_the_start(case: Case) -> Answer:
    """The best level stands within the first 5 % of the run, and the loss ends clearly above it."""
    if case.train is None or case.train.curve.n < 8:
        return Answer.unknown()
    curve = case.train.curve
    early = curve.best_index <= max(0.05 * curve.steps.size, 1)
    factor = curve.end / curve.best if curve.best > 0 else 1.0
    return Answer.of(early and factor >= 1.2, step=curve.best_step, factor=factor)


def rose_gradually(case: Case) -> Answer:
    """Between its best point and its highest level afterwards the loss took more than 2 % of the run."""
    if case.train is None or case.train.curve.n < 20:
        return Answer.unknown()
    curve = case.train.curve
    after = curve.trend[curve.best_index :]
    if after.size < 2 or after.max() < 1.2 * curve.best:
        return Answer.unknown()
    half = curve.best + 0.5 * float(after.max() - curve.best)
    share = float(np.argmax(after >= half)) / curve.steps.size
    return Answer.of(share > 0.02, share=share)


def early_transient(case: Case) -> Answer:
    """Within the first tenth of the run the loss (its trend, not one point) rose at least 1.2-fold above its start."""
    if case.train is None or case.train.curve.n < 30:
        return Answer.unknown()
    curve = case.train.curve
    peak = float(curve.trend[: max(curve.trend.size // 10, 3)].max())
    first = max(curve.start, float(curve.trend[0]))
    if first <= 0:
        return Answer.unknown()
    return Answer.of(
        peak >= 1.2 * first and peak - first >= 3 * curve.sigma, first=first, peak=peak, factor=peak / first
    )


def _spikes(case: Case) -> tuple[Excursion, ...]:
    if case.train is None:
        return ()
    curve = case.train.curve
    found = excursions(curve, max(0.15 * max(curve.drop, 3 * curve.sigma), 6 * curve.sigma, 1e-300))
    # Heavy-tailed batch noise has many points 8 sigma out; a spike must stand out from the run's own tail as well: five
    # times the residual that one point in twenty exceeds, 1 in 50,000 for an exponential tail.
    tail = float(np.percentile(np.maximum(curve.high - curve.trend, 0.0), 95))
    return tuple(spike for spike in found if spike.recovered and spike.sigmas >= 8 and spike.height >= 5 * tail)


def single_short_spike(case: Case) -> Answer:
    """One to three spikes, each back within 5 % of the run; no question for a run that ended in NaN."""
    if case.train is None or case.train.curve.n < 12 or case.nonfinite is not None:
        return Answer.unknown()
    spikes = _spikes(case)
    span = float(case.train.steps[-1] - case.train.steps[0])
    if not spikes or span <= 0:
        return Answer.of(False, count=0, step=0.0, height=0.0, share=0.0)
    longest = max((spike.end_step - spike.start_step) / span for spike in spikes)
    return Answer.of(
        len(spikes) <= 3 and longest <= 0.05,
        count=len(spikes), step=spikes[0].peak_step, height=spikes[0].height, share=longest,
    )  # fmt: skip


def many_spikes(case: Case) -> Answer:
    """Four or more spikes after the first tenth of the run."""
    if case.train is None or case.train.curve.n < 30:
        return Answer.unknown()
    settled = float(case.train.steps[0]) + 0.1 * float(case.train.steps[-1] - case.train.steps[0])
    count = sum(spike.peak_step >= settled for spike in _spikes(case))
    return Answer.of(count >= 4, count=count)


def slow_recovery(case: Case) -> Answer:
    """The highest spike needed more than 5 % of the run to come back: the weights had moved, not only the batch."""
    if case.train is None or case.train.curve.n < 12:
        return Answer.unknown()
    spikes = _spikes(case)
    span = float(case.train.steps[-1] - case.train.steps[0])
    if not spikes or span <= 0:
        return Answer.unknown()
    share = (spikes[0].end_step - spikes[0].peak_step) / span
    return Answer.of(share > 0.05, step=spikes[0].peak_step, share=share)


def spike_with_grad_norm(case: Case, factor: float = 5.0) -> Answer:
    """At the spike the gradient norm exceeded `factor` times its median as well."""
    step = case.event_step
    if step is None or case.train is None or case.nonfinite is not None:
        return Answer.unknown()
    if case.grad_norm is None or case.grad_norm.steps.size < 10:
        return Answer.unknown("grad_norm")
    steps, norms = case.grad_norm.finite
    reach = 0.03 * float(case.train.steps[-1] - case.train.steps[0])
    near = norms[np.abs(steps - step) <= reach]
    usual = float(np.median(norms))
    if near.size == 0 or usual <= 0:
        return Answer.unknown("grad_norm")
    return Answer.of(float(near.max()) >= factor * usual, step=step, peak=float(near.max()), usual=usual)


def repeats(case: Case, strength: float = 0.3) -> Answer:
    """The training loss repeats itself with some period."""
    if case.train is None or case.train.curve.n < 40:
        return Answer.unknown("per_step_loss" if case.train is not None else "")
    steps, values = case.train.finite
    period = periodicity(values)
    if period is None:
        return Answer.of(False, period=0.0, strength=0.0)
    spacing = float(np.median(np.diff(steps)))
    holds = period.strength >= strength and period.amplitude >= 0.02
    return Answer.of(holds, period=period.lag * spacing, strength=period.strength)


def period_near_epoch(case: Case) -> Answer:
    """The training loss repeats itself with the length of one epoch (within 10 %, or a tenth of a step grid cell)."""
    found = repeats(case)
    if found.holds is None or not found.holds:
        return found if found.holds is None else Answer.of(False, period=0.0, epoch=0.0, strength=0.0)
    epoch = case.steps_per_epoch
    if epoch is None or case.train is None:
        return Answer.unknown("epoch")
    numbers = dict(found.numbers)
    period = float(numbers["period"])
    spacing = float(np.median(np.diff(case.train.steps)))
    near = abs(period - epoch) <= max(0.1 * epoch, spacing)
    return Answer.of(near, period=period, epoch=epoch, strength=numbers["strength"])

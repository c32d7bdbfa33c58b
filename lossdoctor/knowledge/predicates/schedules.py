"""Predicates over the learning-rate curve: warm-up, early decay, jumps, and what the loss did about them."""

from __future__ import annotations

import numpy as np

from lossdoctor.knowledge.answer import Answer
from lossdoctor.knowledge.case import Case

# The rate counts as decayed below this share of its peak (KNOWLEDGE O3: 5 to 10 %).
_DECAYED = 0.1
# A jump is a rise of the rate by this factor between neighbouring points; warm-ups rise by far less.
_JUMP = 2.5


def warmup_missing(case: Case) -> Answer:
    """The first logged rate is already 90 % of the peak.

    Undecidable when the rate was logged less than 20 times: a warm-up may fit before the first point.
    """
    schedule = case.schedule
    if schedule is None:
        steps, ratio = case.config.warmup_steps, case.config.warmup_ratio
        if steps is None and ratio is None:
            return Answer.unknown("lr")
        return Answer.of(not steps and not ratio, first=case.config.lr or 0.0, peak=case.config.lr or 0.0)
    assert case.lr is not None
    if case.lr.steps.size < 20:
        return Answer.unknown("lr")
    return Answer.of(schedule.first >= 0.9 * schedule.peak, first=schedule.first, peak=schedule.peak)


def lr_fell_before_plateau(case: Case) -> Answer:
    """The rate fell below a tenth of its peak in the first 60 % of the run, and little was gained afterwards.

    Little is a quarter of everything gained, 3 % of the first level, or half the noise, whichever is most.
    """
    if case.loss is None:
        return Answer.unknown()
    schedule = case.schedule
    if schedule is None or case.lr is None:
        return Answer.unknown("lr")
    curve = case.loss.curve
    span = float(curve.steps[-1] - curve.steps[0])
    step = schedule.decayed_step
    if step is None or span <= 0:
        return Answer.of(False, step=float(curve.steps[-1]), share=1.0, lr=schedule.last, peak=schedule.peak, late=0.0)
    share = (step - float(curve.steps[0])) / span
    gained = max(curve.start - curve.end, 1e-300)
    after = curve.level_at(step) - curve.end
    little = after <= max(0.25 * gained, 0.03 * abs(curve.start), 0.5 * curve.sigma)
    late = after / gained
    return Answer.of(
        share <= 0.6 and little,
        step=step, share=max(share, 0.0), lr=schedule.last, peak=schedule.peak, late=float(np.clip(late, 0, 1)),
    )  # fmt: skip


def lr_constant(case: Case) -> Answer:
    """The rate never moved by more than 1 %."""
    if case.schedule is None:
        return Answer.unknown("lr")
    return Answer.of(case.schedule.constant, lr=case.schedule.peak)


def lr_jumped_before_event(case: Case) -> Answer:
    """The rate rose at least 2.5-fold between two points within the 10 % of the run before the trouble began."""
    event = case.event_step
    if event is None:
        return Answer.unknown()
    if case.lr is None or case.train is None or case.lr.steps.size < 5:
        return Answer.unknown("lr")
    steps, rates = case.lr.finite
    before, after = rates[:-1], rates[1:]
    factor = np.where(before > 0, after / np.maximum(before, 1e-300), 1.0)
    reach = 0.1 * float(case.train.steps[-1] - case.train.steps[0])
    # Half a percent of slack after the event: the loss may be logged just before the rate that moved it.
    near = (steps[1:] >= event - reach) & (steps[1:] <= event + reach * 0.05 + 1)
    if not near.any():
        return Answer.of(False, step=event, before=float(rates[0]), after=float(rates[0]), factor=1.0)
    index = int(np.argmax(np.where(near, factor, 0.0)))
    return Answer.of(
        bool(factor[index] >= _JUMP),
        step=float(steps[index + 1]), before=float(before[index]), after=float(after[index]), factor=float(factor[index]),
    )  # fmt: skip


def lr_rising_at_event(case: Case) -> Answer:
    """The rate was still climbing, and at least three times its first value, when the trouble began.

    Climbing means in small steps: a jump of `_JUMP` from one point to the next is another matter.
    """
    event = case.event_step
    if event is None:
        return Answer.unknown()
    if case.lr is None or case.lr.steps.size < 5:
        return Answer.unknown("lr")
    steps, rates = case.lr.finite
    now = float(np.interp(event, steps, rates))
    earlier = float(np.interp(event - 0.05 * (steps[-1] - steps[0]), steps, rates))
    reached = rates[steps <= event]
    jumps = reached.size > 1 and bool((reached[1:] >= _JUMP * np.maximum(reached[:-1], 0.1 * now)).any())
    return Answer.of(
        now > 1.02 * earlier and now >= 3 * rates[0] and not jumps, step=event, lr=now, first=float(rates[0])
    )


def lr_drop_helped(case: Case) -> Answer:
    """Right after the rate fell, the loss did: it gained more in the next 5 % of the run than in the 15 % before."""
    if case.loss is None:
        return Answer.unknown()
    if case.schedule is None:
        return Answer.unknown("lr")
    curve = case.loss.curve
    span = float(curve.steps[-1] - curve.steps[0])
    best = (0.0, 0.0)
    for step in case.schedule.drop_steps:
        if curve.steps[0] + 0.15 * span > step or not _rate_was_steady(case, step, 0.1 * span):
            continue
        # The trend rounds a sudden fall off, so the level "at" the drop is read a little before it.
        at = step - 0.03 * span
        before = curve.level_at(at - 0.15 * span) - curve.level_at(at)
        after = curve.level_at(at) - curve.level_at(step + 0.05 * span)
        if after > max(before, curve.sigma, 0.05 * curve.drop) and after > best[1]:
            best = (step, after)
    return Answer.of(best[1] > 0, step=best[0], gain=best[1])


def _rate_was_steady(case: Case, step: float, reach: float) -> bool:
    """The rate kept its value before `step`: the end of a short burst is no decay."""
    assert case.lr is not None
    steps, rates = case.lr.finite
    before = rates[(steps >= step - reach) & (steps < step)]
    return before.size > 0 and float(before.max()) <= 1.5 * float(before.min())


def lr_still_high(case: Case) -> Answer:
    """The rate never fell below a tenth of its peak: a plateau cannot be the schedule's doing."""
    if case.schedule is None:
        return Answer.unknown("lr")
    return Answer.of(
        case.schedule.last >= _DECAYED * case.schedule.peak, lr=case.schedule.last, peak=case.schedule.peak
    )

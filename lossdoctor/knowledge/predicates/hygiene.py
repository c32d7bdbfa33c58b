"""Predicates over how the log was written: restarts, gaps, runs that end before their plan, zeros for NaN."""

from __future__ import annotations

import numpy as np

from lossdoctor.knowledge.answer import Answer
from lossdoctor.knowledge.case import Case
from lossdoctor.runs import Role
from lossdoctor.signals.nonfinite import zero_tail


def steps_restart(case: Case) -> Answer:
    """The step counter went back: resumed from a checkpoint, restarted, or two writers in one place."""
    series = case.run.primary(Role.TRAIN_LOSS) or case.run.primary(Role.VAL_LOSS)
    if series is None:
        return Answer.unknown()
    at = series.restarts()
    if at.size == 0:
        return Answer.of(False, count=0, step=0.0)
    return Answer.of(True, count=int(at.size), step=float(series.steps[at[0]]))


def jump_at_gap(case: Case) -> Answer:
    """At a hole in the steps (4 times the usual spacing) or a restart the loss jumps up by more than 5 sigma."""
    if case.train is None or case.train.curve.n < 20:
        return Answer.unknown()
    steps, values = case.train.finite
    gaps = np.diff(steps)
    usual = float(np.median(gaps))
    holes = np.flatnonzero(gaps >= 4 * usual) + 1
    best = (0.0, 0.0, 0.0, 0.0)
    for index in holes:
        if 5 <= index <= steps.size - 5:
            before = float(np.median(values[index - 5 : index]))
            after = float(np.median(values[index : index + 3]))
            if after - before > max(best[3], 5 * case.train.curve.sigma, 0.05 * case.train.curve.drop):
                best = (float(steps[index]), before, after, after - before)
    return Answer.of(best[3] > 0, step=best[0], before=best[1], after=best[2])


def pause_at_event(case: Case) -> Answer:
    """Wall time stood still (20 times the usual interval) right before the trouble: the job was restarted there."""
    event = case.event_step
    series = case.run.primary(Role.TRAIN_LOSS)
    if event is None or series is None:
        return Answer.unknown()
    branch = series.last_branch()
    if len(branch) < 10 or not np.isfinite(branch.wall_times).all():
        return Answer.unknown("wall_time")
    waits = np.diff(branch.wall_times)
    usual = float(np.median(waits))
    if usual <= 0:
        return Answer.unknown("wall_time")
    reach = 0.05 * float(branch.steps[-1] - branch.steps[0])
    near = np.abs(branch.steps[1:] - event) <= reach
    longest = float(waits[near].max()) if near.any() else 0.0
    return Answer.of(longest >= 20 * usual, wait=longest, usual=usual, step=event)


def ended_before_plan(case: Case, share: float = 0.95) -> Answer:
    """The last step lies below `share` of the planned steps or epochs."""
    if case.loss is None:
        return Answer.unknown()
    last = float(case.loss.steps[-1])
    if case.run.step_unit == "epoch":
        plan, reached = case.config.max_epochs, last
        missing = "config.max_epochs"
    elif case.config.max_steps is not None:
        plan, reached, missing = case.config.max_steps, last, ""
    else:
        epochs, per_epoch = case.config.max_epochs, case.steps_per_epoch
        plan = epochs * per_epoch if epochs is not None and per_epoch is not None else None
        reached, missing = last, "config.max_steps"
    if plan is None or plan <= 0:
        return Answer.unknown(missing)
    return Answer.of(reached + 1 < share * plan, reached=reached, plan=plan, share=reached / plan)


def zeros_for_nan(case: Case) -> Answer:
    """A loss well above zero is logged as exactly 0.0 to the end: a trainer hides NaN that way."""
    series = case.run.primary(Role.TRAIN_LOSS)
    if series is None:
        return Answer.unknown()
    branch = series.last_branch()
    index = zero_tail(np.asarray(branch.values))
    return Answer.of(index is not None, step=0.0 if index is None else float(branch.steps[index]))


def few_points(case: Case, limit: int = 20) -> Answer:
    """The training loss has fewer than `limit` points."""
    if case.train is None:
        return Answer.unknown()
    return Answer.of(case.train.curve.n < limit, points=case.train.curve.n, limit=limit)

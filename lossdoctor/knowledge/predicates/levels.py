"""Predicates that compare a loss with levels known in advance: ln C, the double-softmax floor, the first value."""

from __future__ import annotations

import math

import numpy as np

from lossdoctor.knowledge.answer import Answer
from lossdoctor.knowledge.case import Case
from lossdoctor.signals.levels import chance_level, double_softmax_floor

# Without knowing C the levels ln 2, ln 3, ... lie so close that 2 % would match a third of all losses by accident.
_TOLERANCE_KNOWN, _TOLERANCE_GUESSED = 0.03, 0.008


def _classes(case: Case) -> int | None:
    return int(case.config.classes) if case.config.classes and case.config.classes >= 2 else None


def _is_classification(case: Case) -> bool:
    """A metric within [0, 1], or a class count, says that the loss is a cross-entropy."""
    tracks = [track for track in (case.val_metric, case.train_metric) if track is not None]
    in_range = any(float(np.nanmin(t.values)) >= 0 and float(np.nanmax(t.values)) <= 1 for t in tracks)
    return in_range or _classes(case) is not None


def level_near_ln_classes(case: Case) -> Answer:
    """The training loss ends at ln C, the cross-entropy of a uniform guess, and never was much better.

    Without a known class count it is asked only of classification runs, and must match within 0.8 %.
    """
    if case.train is None:
        return Answer.unknown()
    classes = _classes(case)
    if classes is None and not _is_classification(case):
        return Answer.unknown("config.classes")
    level = case.train.level(0.8, 1.0)
    match = chance_level(level, classes, _TOLERANCE_GUESSED if classes is None else _TOLERANCE_KNOWN)
    stuck = match is not None and case.train.curve.best >= 0.95 * match.value
    if match is None:
        return Answer.of(False, level=level, chance=math.log(classes) if classes else 0.0, classes=classes or 0)
    return Answer.of(stuck, level=level, chance=match.value, classes=match.classes)


def first_loss_far_above_chance(case: Case, factor: float = 1.5) -> Answer:
    """The first loss exceeds `factor` times ln C, what a sensible start gives for C classes."""
    if case.train is None:
        return Answer.unknown()
    classes = _classes(case)
    if classes is None:
        return Answer.unknown("config.classes")
    first, chance = float(case.train.finite[1][0]), math.log(classes)
    return Answer.of(first > factor * chance, first=first, chance=chance, classes=classes, factor=first / chance)


def first_loss_exactly_chance(case: Case, tolerance: float = 2e-4) -> Answer:
    """The first loss is ln C to four digits for a whole number C: every class gets the same output, as from zero weights.

    By accident that happens to one run in 250 (for ten classes the levels lie 0.1 apart).
    """
    if case.train is None:
        return Answer.unknown()
    if not _is_classification(case):
        return Answer.unknown("config.classes")
    first = float(case.train.finite[1][0])
    classes = max(_classes(case) or round(math.exp(min(first, 12.0))), 2)
    return Answer.of(abs(first - math.log(classes)) <= tolerance * math.log(classes), first=first, classes=classes)


def huge_first_loss(case: Case, factor: float = 10.0) -> Answer:
    """The first loss stands `factor` times above the three points that follow: no learning is that fast."""
    if case.train is None or case.train.curve.n < 8:
        return Answer.unknown()
    values = case.train.finite[1]
    first, later = float(values[0]), float(np.median(values[1:4]))
    if later <= 0:
        return Answer.unknown()
    return Answer.of(first >= factor * later, first=first, later=later, factor=first / later)


def loss_in_large_units(case: Case, limit: float = 50.0) -> Answer:
    """The first loss exceeds `limit` and no accuracy is logged: a regression on unscaled targets."""
    if case.train is None:
        return Answer.unknown()
    first = case.train.curve.start
    return Answer.of(first > limit and not _is_classification(case), first=first, limit=limit)


def double_softmax_floor_reached(case: Case) -> Answer:
    """The loss ends where a second softmax must leave it at this accuracy: ln(1 + (C - 1) / e) + 1 - accuracy.

    After a one-hot first softmax the second gives a right answer the loss ln(e + C - 1) - 1 and a wrong one
    ln(e + C - 1); the mean over a share a of right answers is the floor plus 1 - a. C comes from the config or from the
    first loss, which is ln C in such a network. Holds within 0.12 when accuracy is at least 0.7.
    """
    pair = (case.train, case.train_metric) if case.train_metric is not None else (case.val, case.val_metric)
    loss, metric = pair
    if loss is None or metric is None:
        return Answer.unknown("val_metric")
    if not _is_classification(case):
        return Answer.unknown()
    start, end, right = loss.curve.start, loss.level(0.9, 1.0), metric.level(0.9, 1.0)
    guess = round(math.exp(min(start, 12.0)))
    # A mean over the first epoch lies a little below ln C, so the next larger C is tried as well.
    candidates = [known] if (known := _classes(case)) else [max(guess, 2), max(guess, 2) + 1]
    floors = {classes: double_softmax_floor(classes) for classes in candidates}
    nearest = min(candidates, key=lambda classes: abs(end - (floors[classes] + 1 - right)))
    holds = abs(end - (floors[nearest] + 1 - right)) <= 0.12 and right >= 0.7 and end < 0.95 * start
    return Answer.of(holds, start=start, end=end, floor=floors[nearest], classes=nearest, metric=right)


def good_metric_high_loss(case: Case) -> Answer:
    """Accuracy is above 0.85 while the training loss still stands above half of its first value."""
    metric = case.train_metric or case.val_metric
    if case.train is None:
        return Answer.unknown()
    if metric is None:
        return Answer.unknown("val_metric")
    value = metric.level(0.9, 1.0)
    share = case.train.level(0.9, 1.0) / case.train.curve.start if case.train.curve.start > 0 else 0.0
    return Answer.of(0.85 <= value <= 1.0 and share >= 0.5, metric=value, share=share)


def metric_never_moves(case: Case, limit: float = 0.03) -> Answer:
    """The metric's trend stays within `limit` of where it began."""
    metric = case.val_metric or case.train_metric
    if metric is None:
        return Answer.unknown("val_metric")
    if metric.curve.n < 4:
        return Answer.unknown()
    moved = float(np.max(np.abs(metric.curve.trend - metric.curve.trend[0])))
    return Answer.of(moved <= limit, moved=moved, level=metric.level(0.8, 1.0))


def metric_repeats(case: Case) -> Answer:
    """The validation metric hardly moves and keeps returning to the same few values.

    A network that gives one answer for every input scores the share of that answer, so each answer has its value; one
    whose answers vary hits equal values only by chance.
    """
    metric = case.val_metric
    if metric is None:
        return Answer.unknown("val_metric")
    values = metric.finite[1]
    if values.size < 8:
        return Answer.unknown()
    different = int(np.unique(np.round(values, 6)).size)
    still = float(np.ptp(values)) <= 0.06 and float(values.max()) < 0.6
    return Answer.of(still and different <= 0.4 * values.size, values=different, points=int(values.size))


def metric_flat_while_loss_falls(case: Case) -> Answer:
    """The training loss fell by a fifth or more while the metric hardly moved."""
    if case.train is None:
        return Answer.unknown()
    moved = metric_never_moves(case, 0.02)
    if moved.holds is None:
        return moved
    numbers = dict(moved.numbers)
    return Answer.of(bool(moved.holds) and case.train.learned >= 0.2, drop=case.train.learned, **numbers)

"""Decides what each series of a run means: training and validation loss, metrics, learning rate, and the rest.

Tags are split into words, each series is read by itself (`describe`), then the run is looked at as a whole: which
loss is the total, which validation loss belongs to which training loss, whether a test split plays validation.
The answer depends on the series only, never on their order in a dict or on the run's path.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossdoctor.importers.abbreviations import spelled_out
from lossdoctor.importers.role_words import VALIDATION_METRICS, Split
from lossdoctor.importers.tag_meaning import Meaning, Quantity, describe
from lossdoctor.runs import Role, RoleAssignment, Series

_LOSS_ROLES = {Split.TRAIN: Role.TRAIN_LOSS, Split.VAL: Role.VAL_LOSS, Split.TEST: Role.TEST_LOSS}
_METRIC_ROLES = {Split.TRAIN: Role.TRAIN_METRIC, Split.VAL: Role.VAL_METRIC, Split.TEST: Role.TEST_METRIC}
_ERROR_ROLES = {Split.TRAIN: Role.TRAIN_ERROR, Split.VAL: Role.VAL_ERROR, Split.TEST: Role.VAL_ERROR}
_SINGLE = {
    Quantity.LEARNING_RATE: Role.LEARNING_RATE,
    Quantity.GRAD_NORM: Role.GRAD_NORM,
    Quantity.EPOCH: Role.EPOCH,
    Quantity.THROUGHPUT: Role.THROUGHPUT,
    Quantity.LOSS_SCALE: Role.LOSS_SCALE,
    Quantity.REWARD: Role.REWARD,
    Quantity.ADVERSARIAL: Role.ADVERSARIAL_LOSS,
}


class Candidate:
    """One series with its meaning and what its numbers add to the choice."""

    __slots__ = ("constant_zero", "meaning", "points", "position", "series", "split")

    def __init__(self, series: Series, position: int, meaning: Meaning) -> None:
        self.series = series
        self.position = position
        self.meaning = meaning
        self.split = meaning.split
        self.points = len(series)
        self.constant_zero = self.points > 0 and not np.any(series.values)

    @property
    def score(self) -> float:
        """How likely this is *the* loss of its split, judged alone."""
        meaning = self.meaning
        score = 100.0 - 12.0 * len(meaning.extras) + (3.0 if meaning.is_total else 0.0) - meaning.weakness
        score -= 1000.0 if self.constant_zero else 0.0
        # A single point beside curves is a summary written at the end (Hugging Face's train/train_loss).
        return score - (60.0 if self.points < 2 else 0.0)

    @property
    def rank(self) -> tuple[float, int, int]:
        """Sort key, best first: score, then more points, then the order in the log."""
        return (-self.score, -self.points, self.position)


def assign_roles(series: Sequence[Series]) -> tuple[RoleAssignment, ...]:
    """What every series of a run means, in the order of `series`; at most one primary for each role."""
    meanings = [describe(item.tag) for item in series]
    has_loss = any(meaning.quantity in (Quantity.LOSS, Quantity.LOSS_FUNCTION) for meaning in meanings)
    spelled = spelled_out([item.tag for item in series], has_loss=has_loss)
    candidates = [
        Candidate(item, position, describe(spelled[item.tag]) if item.tag in spelled else meaning)
        for position, (item, meaning) in enumerate(zip(series, meanings, strict=True))
    ]
    _settle_adversaries(candidates)
    test_plays_validation = _settle_splits(candidates)
    roles: dict[int, RoleAssignment] = {}
    losses = [c for c in candidates if c.meaning.quantity is Quantity.LOSS]
    if any(c.meaning.quantity is Quantity.ADVERSARIAL for c in candidates):
        # Beside two opponents only a loss without further words is a loss of the whole; the rest are their parts.
        losses = [c for c in losses if not c.meaning.extras]
    functions = [c for c in candidates if c.meaning.quantity is Quantity.LOSS_FUNCTION]
    _assign_losses(losses, functions, roles, test_plays_validation)
    _assign_others(candidates, roles)
    return tuple(roles[candidate.position] for candidate in candidates)


def _settle_adversaries(candidates: list[Candidate]) -> None:
    """Generator and discriminator losses are adversarial where both sides are logged, or where nothing else is.

    One side beside a loss of the whole is a component of that loss.
    """
    losses = [c for c in candidates if c.meaning.quantity in (Quantity.LOSS, Quantity.LOSS_FUNCTION)]
    if losses and all(c.meaning.plainly_adversarial for c in losses):
        for candidate in losses:
            candidate.meaning = candidate.meaning.as_quantity(Quantity.ADVERSARIAL)
        return
    sides = {c.meaning.side for c in candidates if c.meaning.side}
    pairs = ({"generator", "discriminator"}, {"actor", "critic"}, {"generator", "critic"})
    opposed = set().union(*(pair for pair in pairs if pair <= sides))
    for candidate in candidates:
        if candidate.meaning.side in opposed and candidate.meaning.may_be_adversarial:
            candidate.meaning = candidate.meaning.as_quantity(Quantity.ADVERSARIAL)


def _settle_splits(candidates: list[Candidate]) -> bool:
    """Gives bare tags a split; true when the test split plays validation because nothing else does."""
    measured = (Quantity.LOSS, Quantity.LOSS_FUNCTION, Quantity.METRIC, Quantity.ERROR)
    relevant = [c for c in candidates if c.meaning.quantity in measured]
    for candidate in relevant:
        if candidate.split is None:
            candidate.split = Split.TRAIN
    _settle_bare_metrics(relevant)
    splits = {c.split for c in relevant}
    if Split.VAL in splits or Split.TEST not in splits:
        return False
    for candidate in relevant:
        if candidate.split is Split.TEST:
            candidate.split = Split.VAL
    return True


def _settle_bare_metrics(candidates: list[Candidate]) -> None:
    """Detection and translation metrics are measured in validation even where the tag does not say so."""
    bare = [c for c in candidates if c.meaning.quantity is Quantity.METRIC and c.meaning.split is None]
    told = {c.meaning.word for c in candidates if c.meaning.split is not None}
    if any(c.meaning.word in VALIDATION_METRICS for c in bare):
        for candidate in bare:
            if candidate.meaning.word not in told:
                candidate.split = Split.VAL


def _assign_losses(
    losses: list[Candidate], functions: list[Candidate], roles: dict[int, RoleAssignment], test_plays_validation: bool
) -> None:
    pool = {split: [c for c in losses if c.split is split] for split in Split}
    for split in (Split.TRAIN, Split.VAL):
        other = Split.VAL if split is Split.TRAIN else Split.TRAIN
        if not pool[split]:
            pool[split] = _stand_ins([c for c in functions if c.split is split], alone=not pool[other] or not losses)
    train, val = _best_pair(pool[Split.TRAIN], pool[Split.VAL])
    test = min(pool[Split.TEST], key=lambda c: c.rank, default=None)
    for split, primary in ((Split.TRAIN, train), (Split.VAL, val), (Split.TEST, test)):
        if primary is None:
            continue
        for candidate in pool[split]:
            if candidate is not primary and candidate.meaning.quantity is Quantity.LOSS_FUNCTION:
                continue  # an MAE beside an MSE is an error, see _other_role
            roles[candidate.position] = _loss_role(candidate, primary, pool[split], test_plays_validation)


def _stand_ins(functions: list[Candidate], *, alone: bool) -> list[Candidate]:
    """Series named by a loss function (NLL, MSE) serve as the loss of a split that has no other.

    Beside a loss of another split only proper losses do: a validation MAE says nothing about a training cross-entropy.
    """
    return functions if alone else [c for c in functions if c.meaning.proper_loss]


def _best_pair(train: list[Candidate], val: list[Candidate]) -> tuple[Candidate | None, Candidate | None]:
    """The training and the validation loss that belong together: equal in kind first, then best by name and length."""
    if not train or not val:
        return min(train, key=lambda c: c.rank, default=None), min(val, key=lambda c: c.rank, default=None)
    best_train = sorted(train, key=lambda c: c.rank)[:40]
    best_val = sorted(val, key=lambda c: c.rank)[:40]
    chosen, partner = min(
        ((t, v) for t in best_train for v in best_val),
        key=lambda pair: (-_pair_score(*pair), -pair[0].points, -pair[1].points, pair[0].position, pair[1].position),
    )
    return _epoch_variant(chosen, partner, best_train), partner


def _epoch_variant(train: Candidate, val: Candidate, pool: list[Candidate]) -> Candidate:
    """The epoch average of the training loss where it matches validation point by point and little detail is lost."""
    for other in pool:
        same_loss = other.meaning.per_epoch and other.meaning.extras == train.meaning.extras and other.score > 0
        same_length = 0.8 * val.points <= other.points <= 1.25 * val.points
        if same_loss and same_length and not train.meaning.per_epoch and train.points < 5 * other.points:
            return other
    return train


def _pair_score(train: Candidate, val: Candidate) -> float:
    score = train.score + val.score
    score += 40.0 if train.meaning.extras == val.meaning.extras else -30.0
    # Keras' batch_loss counts batches while epoch_loss and validation count epochs: they cannot share an axis.
    if not _same_axis(train.series, val.series):
        score -= 50.0
    return score


def _same_axis(a: Series, b: Series) -> bool:
    """Whether two series seem to count the same steps: neither ends far beyond the other."""
    if len(a) < 4 or len(b) < 4:
        return True
    ends = sorted(float(max(s.steps.max() - min(s.steps.min(), 0), 1)) for s in (a, b))
    return ends[1] <= 3.0 * ends[0] + 10


def _loss_role(
    candidate: Candidate, primary: Candidate, pool: list[Candidate], test_plays_validation: bool
) -> RoleAssignment:
    assert candidate.split is not None
    role = _LOSS_ROLES[candidate.split]
    if candidate is primary:
        reason = _loss_reason(candidate, test_plays_validation)
        if candidate.meaning.extras and _has_siblings(candidate, pool):
            reason += "; no total loss is logged, so the run is judged by this component"
        return RoleAssignment(role, candidate.series.tag, True, reason)
    if candidate.meaning.extras != primary.meaning.extras:
        if candidate.split is Split.TRAIN or primary.meaning.extras:
            reason = f"one part of the loss; the run is judged by {primary.series.tag}"
        else:
            reason = f"a part of the {candidate.split} loss; the run is judged by {primary.series.tag}"
        return RoleAssignment(Role.LOSS_COMPONENT, candidate.series.tag, False, reason)
    return RoleAssignment(role, candidate.series.tag, False, f"same loss as {primary.series.tag}, logged another way")


def _has_siblings(candidate: Candidate, pool: list[Candidate]) -> bool:
    return any(other.meaning.extras != candidate.meaning.extras for other in pool)


def _loss_reason(candidate: Candidate, test_plays_validation: bool) -> str:
    meaning = candidate.meaning
    if meaning.split is None:
        return f"“{meaning.word}” without a split is the training loss"
    if test_plays_validation and meaning.split is Split.TEST:
        return f"tag says “{meaning.split_word}” and “{meaning.word}”; no validation split is logged, so test stands for it"
    return f"tag says “{meaning.split_word}” and “{meaning.word}”"


def _assign_others(candidates: list[Candidate], roles: dict[int, RoleAssignment]) -> None:
    grouped: dict[Role, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.position not in roles:
            grouped.setdefault(_other_role(candidate), []).append(candidate)
    for role, members in grouped.items():
        primary = None if role is Role.OTHER else min(members, key=lambda c: _other_rank(role, c))
        for candidate in members:
            roles[candidate.position] = RoleAssignment(
                role, candidate.series.tag, candidate is primary, candidate.meaning.reason()
            )


def _other_role(candidate: Candidate) -> Role:
    meaning, split = candidate.meaning, candidate.split or Split.TRAIN
    if meaning.quantity is Quantity.METRIC:
        return _METRIC_ROLES[split]
    if meaning.quantity in (Quantity.ERROR, Quantity.LOSS_FUNCTION):
        return _ERROR_ROLES[split]
    if meaning.quantity is Quantity.LOSS:
        return Role.LOSS_COMPONENT
    return _SINGLE.get(meaning.quantity, Role.OTHER)


def _other_rank(role: Role, candidate: Candidate) -> tuple[float, ...]:
    meaning = candidate.meaning
    penalty = 1000.0 if candidate.constant_zero and role is not Role.EPOCH else 0.0
    penalty += 60.0 if candidate.points < 2 else 0.0
    penalty += 12.0 * len(meaning.extras) - (6.0 if meaning.is_total else 0.0)
    if role in (Role.TRAIN_METRIC, Role.VAL_METRIC, Role.TEST_METRIC) and meaning.is_accuracy:
        penalty -= 30.0
    return (penalty, -candidate.points, candidate.position)

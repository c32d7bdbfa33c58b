"""Marks: what the user found out about the causes of one run, and what that says about the causes left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from lossdoctor.knowledge.ranked import RankedCause


class Standing(StrEnum):
    """How far one item of the checklist is."""

    OPEN = "open"
    DONE = "done"  # tried; what it showed is not said
    RULED_OUT = "ruled out"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Mark:
    """What the user noted for one cause of one run.

    Attributes:
        status: how far it is.
        note: free text; may be empty.
    """

    status: Standing = Standing.OPEN
    note: str = ""


OPEN = Mark()
# One fault is usually enough to explain a symptom: a cause that shares everything with a confirmed one keeps a fifth of
# its odds (expert estimate).
_EXPLAINED_AWAY = 0.2


def reconsider(causes: Sequence[RankedCause], marks: Mapping[str, Mark]) -> tuple[RankedCause, ...]:
    """The causes in the order that follows from what was found out: confirmed ones first, ruled-out ones last.

    A ruled-out cause leaves its symptoms and evidence unexplained, so causes that explain the same become likelier: their
    odds grow by the share they have in common with it times how likely it was. A confirmed one takes odds away alike.

    Args:
        causes: as `rank_causes` gave them.
        marks: by cause id; ids that are not among `causes` change nothing.

    Returns:
        The same causes with new scores: 1 for confirmed, 0 for ruled out. Without such marks they are unchanged.
    """
    status = {cause.id: marks.get(cause.id, OPEN).status for cause in causes}
    settled = [cause for cause in causes if status[cause.id] in (Standing.RULED_OUT, Standing.CONFIRMED)]
    if not settled:
        return tuple(causes)
    scores = {cause.id: _score(cause, settled, status) for cause in causes}
    order = {Standing.CONFIRMED: 0, Standing.RULED_OUT: 2}
    ranked = sorted(causes, key=lambda c: (order.get(status[c.id], 1), -scores[c.id], c.id))
    return tuple(replace(cause, score=scores[cause.id]) for cause in ranked)


def _score(cause: RankedCause, settled: Sequence[RankedCause], status: Mapping[str, Standing]) -> float:
    if status[cause.id] is Standing.CONFIRMED:
        return 1.0
    if status[cause.id] is Standing.RULED_OUT:
        return 0.0
    odds = cause.score / max(1.0 - cause.score, 1e-9)
    for other in settled:
        common = overlap(cause, other)
        if status[other.id] is Standing.RULED_OUT:
            odds *= 1.0 + common * other.score / max(1.0 - other.score, 0.05)
        else:
            odds *= 1.0 - (1.0 - _EXPLAINED_AWAY) * common
    return odds / (1.0 + odds)


def overlap(one: RankedCause, other: RankedCause) -> float:
    """How much of what speaks for `one` the other cause would explain too: symptoms and evidence in equal parts, 0 to 1."""
    symptoms = len(set(one.explains) & set(other.explains)) / max(len(one.explains), 1)
    shared = {argument.sign for argument in other.arguments_for if argument.sign}
    total = sum(argument.weight for argument in one.arguments_for)
    if total <= 0:
        return symptoms
    evidence = sum(argument.weight for argument in one.arguments_for if argument.sign in shared) / total
    return (symptoms + evidence) / 2

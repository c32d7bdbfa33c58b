"""The checklist of one run: which experiment to do next, ordered by what it is likely to settle for what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lossdoctor.knowledge.catalogue import Cost, Experiment, Snippet, causes_by_id
from lossdoctor.knowledge.marks import OPEN, Mark, Standing, reconsider
from lossdoctor.knowledge.ranked import RankedCause

# What a cause's probability is multiplied by for the order: a test of minutes is worth doing for a cause half as
# likely as one that needs a short run, and a third as likely as one that needs a full run.
CHEAPNESS = {Cost.MINUTES: 1.0, Cost.SHORT_RUN: 0.5, Cost.FULL_RUN: 0.33}
_PLACE = {Standing.CONFIRMED: 0, Standing.RULED_OUT: 2}


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing to try.

    Attributes:
        id: the cause's id: stable across runs and versions, so that ticks can be kept under it.
        title: the cause.
        why: the strongest evidence for it here; its explanation when nothing but the symptom points to it.
        experiment: the cheapest settling experiment.
        cost: what that costs.
        fix: what to do when the experiment confirms the cause.
        score: the cause's probability.
        further: dearer experiments that settle it as well.
        snippets: code for experiment or fix.
        mark: what the user noted.
    """

    id: str
    title: str
    why: str
    experiment: str
    cost: Cost
    fix: str
    score: float
    further: tuple[Experiment, ...] = ()
    snippets: tuple[Snippet, ...] = ()
    mark: Mark = OPEN

    @property
    def value(self) -> float:
        """Probability times cheapness: the checklist's order."""
        return self.score * CHEAPNESS[self.cost]


def build_checklist(
    causes: Sequence[RankedCause], marks: Mapping[str, Mark] | None = None
) -> tuple[ChecklistItem, ...]:
    """One item a cause, the one most worth doing first; equal values keep the causes' order.

    Args:
        causes: as `rank_causes` returned them; ids must be those of the bundled knowledge.
        marks: what the user found out, by cause id; confirmed causes come first, ruled-out ones last, and the others are
            weighed again (`lossdoctor.knowledge.marks.reconsider`).
    """
    marks = marks or {}
    items = [_item(cause, marks.get(cause.id, OPEN)) for cause in reconsider(causes, marks)]
    return tuple(sorted(items, key=lambda item: (_PLACE.get(item.mark.status, 1), -item.value)))


def _item(ranked: RankedCause, mark: Mark) -> ChecklistItem:
    entry = causes_by_id()[ranked.id]
    return ChecklistItem(
        id=ranked.id,
        title=ranked.title,
        why=ranked.arguments_for[0].text if ranked.arguments_for else ranked.explanation,
        experiment=ranked.experiment,
        cost=entry.experiments[0].cost,
        fix=ranked.fix,
        score=ranked.score,
        further=entry.experiments[1:],
        snippets=entry.snippets,
        mark=mark,
    )

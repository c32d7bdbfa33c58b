"""Section: likely causes with the evidence for and against each, beside the checklist that settles them."""

from __future__ import annotations

from collections.abc import Collection

from lossdoctor.knowledge.checklist import build_checklist
from lossdoctor.knowledge.ranked import RankedCause
from lossdoctor.report.blocks import Block, CauseItem, CauseList, Checklist, ChecklistItem, Columns, Heading
from lossdoctor.workspace.results import DiagnosedRun

_MOST = 8
_MOST_FOR, _MOST_AGAINST, _MOST_MISSING = 3, 2, 1


def causes(item: DiagnosedRun, ticked: Collection[str] = ()) -> tuple[Block, ...]:
    """Causes on the left, checklist on the right; nothing for runs without causes (healthy, too short).

    Args:
        item: the run.
        ticked: ids of the checklist items that the user has ticked for this run.
    """
    ranked = item.diagnosis.causes
    if not ranked:
        return ()
    shown = tuple(_item(cause) for cause in ranked[:_MOST])
    left = (Heading("Likely causes"), CauseList(shown, len(ranked) - len(shown)))
    return (Columns(left, (Heading("Checklist"), _checklist(ranked, ticked)), share=0.54),)


def _item(cause: RankedCause) -> CauseItem:
    return CauseItem(
        cause.title,
        cause.score,
        # Where nothing in the run points to a cause but the symptom itself, say what the cause is instead.
        "" if cause.arguments_for else _first_sentence(cause.explanation),
        tuple(argument.text for argument in cause.arguments_for[:_MOST_FOR]),
        tuple(argument.text for argument in cause.arguments_against[:_MOST_AGAINST]),
        cause.missing[:_MOST_MISSING],
    )


def _first_sentence(text: str) -> str:
    first, stop, _ = text.partition(". ")
    return first + ("." if stop else "")


def _checklist(ranked: tuple[RankedCause, ...], ticked: Collection[str]) -> Checklist:
    items = build_checklist(ranked)
    shown = tuple(ChecklistItem(item.experiment, item.title, item.fix, item.id in ticked) for item in items[:_MOST])
    return Checklist(shown, len(items) - len(shown))

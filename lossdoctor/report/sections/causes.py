"""Section: likely causes with the evidence for and against each, beside the checklist that settles them."""

from __future__ import annotations

from collections.abc import Mapping

from lossdoctor.knowledge.checklist import ChecklistItem as Entry
from lossdoctor.knowledge.checklist import build_checklist
from lossdoctor.knowledge.marks import Mark, Standing, reconsider
from lossdoctor.knowledge.ranked import RankedCause
from lossdoctor.report.blocks import Block, CauseItem, CauseList, Checklist, ChecklistItem, Columns, Heading
from lossdoctor.workspace.results import DiagnosedRun

_MOST = 8
_NO_MARKS: Mapping[str, Mark] = {}
_MOST_FOR, _MOST_AGAINST, _MOST_MISSING = 3, 2, 1


def causes(item: DiagnosedRun, marks: Mapping[str, Mark] = _NO_MARKS) -> tuple[Block, ...]:
    """Causes on the left, checklist on the right; nothing for runs without causes (healthy, too short).

    Args:
        item: the run.
        marks: what the user found out about this run, by cause id; it changes the order and the probabilities.
    """
    ranked = reconsider(item.diagnosis.causes, marks)
    if not ranked:
        return ()
    shown = tuple(_item(cause) for cause in ranked[:_MOST])
    left = (Heading("Likely causes"), CauseList(shown, len(ranked) - len(shown)))
    return (Columns(left, (Heading("Checklist"), _checklist(item.diagnosis.causes, marks)), share=0.54),)


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


def _checklist(ranked: tuple[RankedCause, ...], marks: Mapping[str, Mark]) -> Checklist:
    items = build_checklist(ranked, marks)
    return Checklist(tuple(_check(item) for item in items[:_MOST]), max(0, len(items) - _MOST))


def _check(item: Entry) -> ChecklistItem:
    """One box; what was found out and noted stands below it."""
    status, note = item.mark.status, item.mark.note
    said = str(status) if status in (Standing.CONFIRMED, Standing.RULED_OUT) else ""
    # What to do about a cause that was ruled out is no help.
    then = "" if status is Standing.RULED_OUT else item.fix
    found_out = ": ".join(part for part in (said, note) if part)
    return ChecklistItem(item.experiment, item.title, then, status is not Standing.OPEN, found_out)

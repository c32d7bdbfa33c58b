"""Section: the few experiments that would settle most over all runs together."""

from __future__ import annotations

from dataclasses import dataclass, field

from lossdoctor import formatting
from lossdoctor.knowledge.catalogue import Cost
from lossdoctor.knowledge.checklist import ChecklistItem, build_checklist
from lossdoctor.report.blocks import Block, Cell, Column, Heading, Paragraph, Table, Tone
from lossdoctor.report.sections.names import Anchors
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

_MOST = 5
_COLUMNS = (
    Column("", 0.3, numeric=True),
    Column("Experiment", 5.2, wraps=True),
    Column("Settles", 2.2, wraps=True),
    Column("Cost", 1.2),
    Column("Runs", 0.7, numeric=True),
    Column("First try it on", 2.4),
)
_COSTS = {Cost.MINUTES: "minutes", Cost.SHORT_RUN: "short run", Cost.FULL_RUN: "full run"}


@dataclass(slots=True)
class _Tally:
    """One experiment over all runs: what it is worth together, and the runs it would help."""

    item: ChecklistItem
    value: float = 0.0
    runs: list[tuple[float, DiagnosedRun]] = field(default_factory=list)


def experiments(result: ScanResult, anchors: Anchors) -> tuple[Block, ...]:
    """The experiments that are likely to explain most runs for the least cost; nothing when no run has causes."""
    tallies: dict[str, _Tally] = {}
    for run in result.runs:
        for item in build_checklist(run.diagnosis.causes):
            tally = tallies.setdefault(item.id, _Tally(item))
            tally.value += item.value
            tally.runs.append((item.score, run))
    if not tallies:
        return ()
    ranked = sorted(tallies.values(), key=lambda tally: (-tally.value, tally.item.id))[:_MOST]
    rows = tuple(_row(number, tally, anchors) for number, tally in enumerate(ranked, 1))
    why = "By the probability of the cause in each run, summed over the runs, against what the experiment costs."
    return Heading("Experiments that would help most"), Paragraph(why, Tone.MUTED), Table(_COLUMNS, rows)


def _row(number: int, tally: _Tally, anchors: Anchors) -> tuple[Cell, ...]:
    likeliest = max(tally.runs, key=lambda pair: pair[0])[1]
    return (
        str(number),
        tally.item.experiment,
        tally.item.title,
        _COSTS[tally.item.cost],
        formatting.step(len(tally.runs)),
        anchors.cell(likeliest),
    )

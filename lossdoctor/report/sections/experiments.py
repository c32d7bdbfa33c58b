"""Section: the few experiments that would settle most over all runs together."""

from __future__ import annotations

from collections.abc import Mapping

from lossdoctor import formatting
from lossdoctor.knowledge.catalogue import Cost
from lossdoctor.knowledge.marks import Mark
from lossdoctor.report.blocks import Block, Cell, Column, Heading, Paragraph, Table, Tone
from lossdoctor.report.sections.names import Anchors
from lossdoctor.workspace.plan import Planned, plan
from lossdoctor.workspace.results import ScanResult

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


def experiments(
    result: ScanResult, anchors: Anchors, marks: Mapping[str, Mapping[str, Mark]] | None = None
) -> tuple[Block, ...]:
    """The experiments that are likely to explain most runs for the least cost; nothing when no run has causes.

    Args:
        result: the runs.
        anchors: links to their pages.
        marks: what the user found out, by run id and cause id; what is settled is left out.
    """
    ranked = plan(result.runs, marks)[:_MOST]
    if not ranked:
        return ()
    rows = tuple(_row(number, planned, anchors) for number, planned in enumerate(ranked, 1))
    why = "By the probability of the cause in each run, summed over the runs, against what the experiment costs."
    return Heading("Experiments that would help most"), Paragraph(why, Tone.MUTED), Table(_COLUMNS, rows)


def _row(number: int, planned: Planned, anchors: Anchors) -> tuple[Cell, ...]:
    return (
        str(number),
        planned.item.experiment,
        planned.item.title,
        _COSTS[planned.item.cost],
        formatting.step(len(planned.runs)),
        anchors.cell(planned.runs[0][1]),
    )

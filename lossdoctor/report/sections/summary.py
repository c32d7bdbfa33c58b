"""Section: all runs in one table, each row leading to the run's page."""

from __future__ import annotations

from lossdoctor import formatting
from lossdoctor.report.blocks import Badge, Block, Cell, Column, Heading, PageNumber, Table
from lossdoctor.report.sections.names import Anchors
from lossdoctor.report.sections.numbers import LOSSES, best_point
from lossdoctor.report.sections.sparklines import sparkline
from lossdoctor.runs import Role, Run
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

_COLUMNS = (
    Column("Run", 3.3),
    Column("Loss", 1.3),
    Column("Verdict", 1.85),
    Column("Sure", 0.75, numeric=True),
    Column("Best loss", 1.05, numeric=True),
    Column("at step", 0.95, numeric=True),
    Column("NaN from", 1.05, numeric=True),
)
_PAGE = Column("Page", 0.75, numeric=True)


def summary(result: ScanResult, anchors: Anchors) -> tuple[Block, ...]:
    """The table of all runs. The curve is the validation loss, with the training loss behind it."""
    rows = tuple(_row(number, item, anchors) for number, item in enumerate(result.runs, 1))
    number = Column("", 0.2 + 0.12 * len(str(len(rows))), numeric=True)
    columns = (number, *_COLUMNS, *((_PAGE,) if anchors.linked else ()))
    return Heading("All runs", anchor="summary"), Table(columns, rows)


def _row(number: int, item: DiagnosedRun, anchors: Anchors) -> tuple[Cell, ...]:
    diagnosis = item.diagnosis
    page = (PageNumber(anchors.of(item)),) if anchors.linked else ()
    return (
        str(number),
        anchors.cell(item),
        sparkline(item.run),
        Badge(diagnosis.verdict),
        formatting.probability(diagnosis.confidence),
        best_loss(item.run),
        _step(diagnosis.best_step),
        _step(diagnosis.nan_step),
        *page,
    )


def best_loss(run: Run) -> str:
    """The lowest validation loss, else the lowest training loss; "–" without either."""
    for role in (Role.VAL_LOSS, *LOSSES):
        series = run.primary(role)
        found = None if series is None else best_point(series, role)
        if found is not None:
            return formatting.number(found[1])
    return "–"


def _step(step: int | None) -> str:
    return "–" if step is None else formatting.step(step)

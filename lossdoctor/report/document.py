"""ReportDocument: a report as typed blocks, built from what a scan found; writers turn it into files."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import lossdoctor
from lossdoctor import formatting
from lossdoctor.report.blocks import Block, Page
from lossdoctor.report.sections.causes import causes
from lossdoctor.report.sections.findings import findings
from lossdoctor.report.sections.names import anchor
from lossdoctor.report.sections.problems import problems
from lossdoctor.report.sections.run_head import run_head
from lossdoctor.report.sections.summary import summary
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

_NO_TICKS: Mapping[str, Collection[str]] = {}


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """A report.

    Attributes:
        title: for the page heads and the file's metadata.
        created: when, in UTC.
        version: that of the lossdoctor which made it.
        blocks: from first to last page.
    """

    title: str
    created: datetime
    version: str
    blocks: tuple[Block, ...]


def build_report(
    result: ScanResult, ticks: Mapping[str, Collection[str]] = _NO_TICKS, created: datetime | None = None
) -> ReportDocument:
    """The report of a scan: a summary when there is more than one run, then one page a run.

    Args:
        result: the scan.
        ticks: run id -> ids of its ticked checklist items (`lossdoctor.knowledge.checklist.ChecklistItem.id`).
        created: the time to put on it; by default SOURCE_DATE_EPOCH where that is set, else now.
    """
    blocks: list[Block] = list(summary(result)) if len(result.runs) != 1 else []
    for number, item in enumerate(result.runs, 1):
        blocks.append(_run_page(number, item, ticks.get(item.run.id, ())))
    return ReportDocument(_title(result), created or _now(), lossdoctor.__version__, tuple(blocks))


def _run_page(number: int, item: DiagnosedRun, ticked: Collection[str]) -> Page:
    blocks = (*run_head(item), *findings(item), *causes(item, ticked), *problems(item.run))
    return Page(anchor(number), item.run.id, blocks)


def _title(result: ScanResult) -> str:
    if len(result.runs) == 1:
        return f"Training run {result.runs[0].run.name}"
    return f"Diagnosis of {formatting.count(len(result.runs), 'training run')}"


def _now() -> datetime:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)

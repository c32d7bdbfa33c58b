"""ReportDocument: a report as typed blocks, built from what a scan found; writers turn it into files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial

import lossdoctor
from lossdoctor import formatting
from lossdoctor.diagnosis.replay import Replay, could_have_stopped
from lossdoctor.errors import OutputError
from lossdoctor.report.blocks import Block, MayBreak, Page, PageBreak, Paragraph, Tone
from lossdoctor.report.options import Paper, ReportOptions, Section
from lossdoctor.report.sections.appendix import appendix
from lossdoctor.report.sections.causes import causes
from lossdoctor.report.sections.comparison import beside_siblings, comparison, pairs_to_compare
from lossdoctor.report.sections.configuration import configuration
from lossdoctor.report.sections.experiments import experiments
from lossdoctor.report.sections.findings import findings
from lossdoctor.report.sections.names import Anchors
from lossdoctor.report.sections.notes import notes
from lossdoctor.report.sections.overview import overview
from lossdoctor.report.sections.problems import problems
from lossdoctor.report.sections.run_head import run_head
from lossdoctor.report.sections.summary import summary
from lossdoctor.workspace.contrasts import Contrast, contrasts_of_all
from lossdoctor.workspace.results import DiagnosedRun, ScanResult


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """A report.

    Attributes:
        title: for the page heads and the file's metadata.
        created: when, in UTC.
        version: that of the lossdoctor which made it.
        blocks: from first to last page.
        paper: page size, for writers with pages.
        home: anchor of the place with the list of all runs; empty when there is none.
    """

    title: str
    created: datetime
    version: str
    blocks: tuple[Block, ...]
    paper: Paper = Paper.A4
    home: str = ""


def build_report(result: ScanResult, options: ReportOptions | None = None) -> ReportDocument:
    """The report of a scan: what was read and how far it can be trusted, all runs at a glance, then page by page.

    Args:
        result: the scan; with a single run the report has that run's page and the appendix only.
        options: parts, title, paper.

    Raises:
        OutputError: SOURCE_DATE_EPOCH is set but is no number of seconds.
    """
    options = options or ReportOptions()
    created = options.created or _now()
    title = options.title or _title(result)
    # A page that says so is better than a file without pages, which no reader opens.
    blocks = tuple(_blocks(result, options, title, created)) or (Paragraph("There is nothing to show.", Tone.MUTED),)
    has_home = len(result.runs) != 1 and Section.SUMMARY in options.sections
    return ReportDocument(title, created, lossdoctor.__version__, blocks, options.paper, "summary" if has_home else "")


def _blocks(result: ScanResult, options: ReportOptions, title: str, created: datetime) -> Iterator[Block]:
    wanted = options.sections
    anchors = Anchors(result.runs, linked=Section.RUNS in wanted)
    if len(result.runs) != 1:
        if Section.OVERVIEW in wanted:
            yield from overview(result, title, created, options.logo)
        if Section.EXPERIMENTS in wanted:
            yield from experiments(result, anchors)
        if Section.SUMMARY in wanted:
            yield from summary(result, anchors)
    contrasts = contrasts_of_all(result.runs)
    if Section.RUNS in wanted:
        for item in result.runs:
            # A page is laid out twice, to know its length and to draw it; this is what costs.
            past = cache(partial(could_have_stopped, item.run, item.diagnosis.verdict))
            make = partial(_run_blocks, item, options, contrasts[item.run.id], past)
            yield Page(anchors.of(item), item.run.id, make, part="Runs")
    if Section.COMPARISONS in wanted and len(result.runs) > 1:
        for number, pair in enumerate(pairs_to_compare(result, contrasts), 1):
            yield Page(f"pair-{number}", pair.title, partial(comparison, pair), part="Comparisons")
    if Section.APPENDIX in wanted:
        yield PageBreak()
        yield from appendix(result, options, created)


def _run_blocks(
    item: DiagnosedRun, options: ReportOptions, contrasts: Sequence[Contrast], past: Callable[[], Replay | None]
) -> tuple[Block, ...]:
    marks = options.marks.get(item.run.id, {})
    return (
        *run_head(item, past()),
        *findings(item),
        *configuration(item),
        MayBreak(),
        *notes(options.notes.get(item.run.id, ()), item.run.step_unit),
        *beside_siblings(contrasts),
        *causes(item, marks),
        *problems(item.run),
    )


def _title(result: ScanResult) -> str:
    if len(result.runs) == 1:
        return f"Training run {result.runs[0].run.name}"
    return f"Diagnosis of {formatting.count(len(result.runs), 'training run')}"


def _now() -> datetime:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise OutputError(
            f"SOURCE_DATE_EPOCH is {epoch!r}.", "Set it to whole seconds since 1970, or unset it."
        ) from error

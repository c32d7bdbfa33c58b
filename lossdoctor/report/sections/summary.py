"""Section: what was read, the verdicts at a glance, what was wrong with the input, and all runs in one table."""

from __future__ import annotations

from lossdoctor import formatting
from lossdoctor.findings import Verdict
from lossdoctor.report.blocks import (
    Badge,
    Block,
    Bullets,
    Cell,
    Column,
    Fact,
    Heading,
    KeyFacts,
    Link,
    PageBreak,
    Paragraph,
    Table,
    Tone,
    VerdictCounts,
)  # fmt: skip
from lossdoctor.report.sections.names import anchor
from lossdoctor.report.sections.problems import problem_bullets
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

# The input's problems are told before any conclusion, but they must not push the runs off the first page.
_MOST_PROBLEMS = 6
_COLUMNS = (
    Column("", 0.5, numeric=True),
    Column("Run", 4.0),
    Column("Verdict", 1.75),
    Column("Confidence", 1.0, numeric=True),
    Column("Best step", 1.0, numeric=True),
    Column("NaN step", 1.0, numeric=True),
    Column("Points", 0.9, numeric=True),
)


def summary(result: ScanResult) -> tuple[Block, ...]:
    """The summary of a scan with more than one run; each row links to the run's page."""
    rows = tuple(_row(number, item) for number, item in enumerate(result.runs, 1))
    return (
        Heading(f"Diagnosis of {formatting.count(len(result.runs), 'run')}", 1),
        KeyFacts(_facts(result)),
        Heading("Verdicts"),
        VerdictCounts(_counts(result)),
        *_problems(result),
        Heading("Runs"),
        Table(_COLUMNS, rows),
        PageBreak(),
    )


def _facts(result: ScanResult) -> tuple[Fact, ...]:
    read = (
        f"{formatting.count(result.files, 'file')}, {formatting.size(result.bytes)}, "
        f"{formatting.count(result.points, 'point')}"
    )
    unjudged = sum(item.diagnosis.verdict in {Verdict.TOO_SHORT, Verdict.NOT_CLASSIFIABLE} for item in result.runs)
    facts = [Fact("Folders" if len(result.roots) > 1 else "Folder", ", ".join(result.roots)), Fact("Read", read)]
    if unjudged:
        facts.append(Fact("Not judged", f"{formatting.count(unjudged, 'run')} too short or without a loss to judge"))
    if result.problems:
        facts.append(Fact("Input", f"{formatting.count(len(result.problems), 'problem')}, see below"))
    return tuple(facts)


def _counts(result: ScanResult) -> tuple[tuple[Verdict, int], ...]:
    verdicts = [item.diagnosis.verdict for item in result.runs]
    counted = [(verdict, verdicts.count(verdict)) for verdict in Verdict]
    return tuple(sorted(((v, n) for v, n in counted if n), key=lambda pair: -pair[1]))


def _problems(result: ScanResult) -> tuple[Block, ...]:
    if not result.problems:
        return (Paragraph("All input was read without a problem.", Tone.MUTED),)
    shown = problem_bullets(result.problems, _MOST_PROBLEMS)
    return Heading("Problems with the input"), Bullets(shown, len(result.problems) - len(shown))


def _row(number: int, item: DiagnosedRun) -> tuple[Cell, ...]:
    diagnosis = item.diagnosis
    return (
        str(number),
        Link(item.run.id, anchor(number)),
        Badge(diagnosis.verdict),
        formatting.probability(diagnosis.confidence),
        _step(diagnosis.best_step),
        _step(diagnosis.nan_step),
        formatting.step(item.run.points),
    )


def _step(step: int | None) -> str:
    return "–" if step is None else formatting.step(step)

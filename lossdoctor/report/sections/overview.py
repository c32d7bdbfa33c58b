"""Section: the first page: what was read, when and by which version, the verdicts, and what to trust less."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import lossdoctor
from lossdoctor import formatting, safe_text
from lossdoctor.findings import Status, Verdict
from lossdoctor.report.blocks import (
    Block,
    Bullets,
    Columns,
    Fact,
    Heading,
    KeyFacts,
    Title,
    VerdictCounts,
)  # fmt: skip
from lossdoctor.report.sections.problems import problem_bullets
from lossdoctor.runs import ProblemLevel, Role
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

# The input's problems are told before any conclusion, but they must not push the runs off the first pages.
_MOST_PROBLEMS = 6
_MOST_ROOTS = 6
_MOST_CHARACTERS = 120
_MOST_NAMES = 3
# A verdict surer than this is rarely wrong; below it the reader should look at the curve.
UNSURE_BELOW = 0.7


def overview(result: ScanResult, title: str, created: datetime, logo: bytes = b"") -> tuple[Block, ...]:
    """Title, what was read, how many runs have which verdict, and every reason to doubt."""
    read = (Heading("What was read"), KeyFacts(read_facts(result)))
    verdicts = (Heading("Verdicts"), VerdictCounts(_counts(result)))
    return (
        Title(title, f"{when(created)}  ·  lossdoctor {lossdoctor.__version__}", logo),
        Columns(verdicts, read, share=0.5),
        *_doubts(result),
        *_problems(result),
    )


def when(created: datetime) -> str:
    """The date for people: 3 November 2026, 09:05 UTC."""
    return f"{created.day} {created:%B %Y, %H:%M} UTC"


def read_facts(result: ScanResult) -> tuple[Fact, ...]:
    """Where the logs lie and how much was read."""
    roots = [safe_text.elide_middle(root, _MOST_CHARACTERS) for root in result.roots[:_MOST_ROOTS]]
    more = len(result.roots) - len(roots)
    shown = ", ".join(roots) + (f" and {formatting.count(more, 'other')}" if more else "")
    formats = sorted({item.run.format for item in result.runs})
    return (
        Fact("Folders" if len(result.roots) > 1 else "Folder", shown),
        Fact("Files", f"{formatting.step(result.files)}, {formatting.size(result.bytes)}"),
        Fact("Runs", formatting.step(len(result.runs))),
        Fact("Points", formatting.step(result.points)),
        Fact("Formats" if len(formats) > 1 else "Format", ", ".join(formats)),
    )


def _counts(result: ScanResult) -> tuple[tuple[Verdict, int], ...]:
    verdicts = [item.diagnosis.verdict for item in result.runs]
    counted = [(verdict, verdicts.count(verdict)) for verdict in Verdict]
    return tuple(sorted(((v, n) for v, n in counted if n), key=lambda pair: -pair[1]))


def _doubts(result: ScanResult) -> tuple[Block, ...]:
    found = tuple(_sentences(result))
    return (Heading("Trust this less"), Bullets(found, noun="reason")) if found else ()


def _sentences(result: ScanResult) -> Iterator[str]:
    runs = result.runs
    unjudged = [i for i in runs if i.diagnosis.verdict in {Verdict.TOO_SHORT, Verdict.NOT_CLASSIFIABLE}]
    if unjudged:
        yield f"{_runs(unjudged)} too short, or without a loss that could be judged: {_names(unjudged)}."
    unsure = [i for i in runs if i not in unjudged and i.diagnosis.confidence < UNSURE_BELOW]
    if unsure:
        unsure.sort(key=lambda item: item.diagnosis.confidence)
        yield f"{_runs(unsure)} with a verdict that is less than {UNSURE_BELOW:.0%} sure: {_names(unsure)}.".replace(
            "%", " %"
        )
    blind = [i for i in runs if i not in unjudged and i.run.primary(Role.VAL_LOSS) is None]
    if blind:
        yield f"{_runs(blind)} without a validation loss, where overfitting cannot be seen: {_names(blind)}."
    failed = [i for i in runs if any(o.status is Status.FAILED for o in i.diagnosis.outcomes)]
    if failed:
        yield f"{_runs(failed)} on which a rule failed by a defect of lossdoctor: {_names(failed)}."


def _runs(items: Sequence[DiagnosedRun]) -> str:
    return formatting.count(len(items), "run")


def _names(items: Sequence[DiagnosedRun]) -> str:
    shown = ", ".join(item.run.id for item in items[:_MOST_NAMES])
    return shown + (f" and {formatting.step(len(items) - _MOST_NAMES)} more" if len(items) > _MOST_NAMES else "")


def _problems(result: ScanResult) -> tuple[Block, ...]:
    if not result.problems:
        return ()
    counted = ((level, sum(problem.level is level for problem in result.problems)) for level in reversed(ProblemLevel))
    words = {ProblemLevel.ERROR: "error", ProblemLevel.WARNING: "warning", ProblemLevel.INFO: "note"}
    how_many = ", ".join(formatting.count(n, words[level]) for level, n in counted if n)
    shown = problem_bullets(result.problems, _MOST_PROBLEMS)
    return Heading(f"Problems with the input ({how_many})"), Bullets(shown, len(result.problems) - len(shown))

"""Section: the findings of a run with the numbers that decided."""

from __future__ import annotations

from lossdoctor.findings import Finding, Outcome, Status
from lossdoctor.report.blocks import Block, FindingItem, FindingList, Heading, Paragraph, Tone
from lossdoctor.workspace.results import DiagnosedRun

_MOST = 6
_MOST_NUMBERS = 5
_MOST_UNJUDGED = 4


def findings(item: DiagnosedRun) -> tuple[Block, ...]:
    """Every finding, the most severe first; and which rules could not answer, because silence is no answer."""
    found = item.diagnosis.findings
    shown = tuple(_item(finding, said=str(item.diagnosis.sentence)) for finding in found[:_MOST])
    listing: Block = FindingList(shown, len(found) - len(shown))
    if not found:
        listing = Paragraph("No rule found a symptom in this run.", Tone.MUTED)
    return Heading("Findings"), listing, *_unanswered(item.diagnosis.outcomes)


def _item(finding: Finding, said: str) -> FindingItem:
    """One finding; the sentence that already stands beside the verdict is not said twice."""
    sentence = str(finding.message)
    numbers = tuple(measurement.sentence() for measurement in finding.measurements[:_MOST_NUMBERS])
    return FindingItem(
        finding.code,
        finding.title or finding.name.replace("_", " "),
        finding.severity,
        finding.confidence,
        "" if sentence == said else sentence,
        numbers,
    )


def _unanswered(outcomes: tuple[Outcome, ...]) -> tuple[Block, ...]:
    not_asked = [f"{o.name.replace('_', ' ')} ({o.reason})" for o in outcomes if o.status is Status.NOT_APPLICABLE]
    failed = [o.code for o in outcomes if o.status is Status.FAILED]
    sentences = []
    if not_asked:
        more = f"; and {len(not_asked) - _MOST_UNJUDGED} more" if len(not_asked) > _MOST_UNJUDGED else ""
        sentences.append(f"Could not be judged: {'; '.join(not_asked[:_MOST_UNJUDGED])}{more}.")
    if failed:
        sentences.append(f"Failed by a defect of lossdoctor: {', '.join(failed)}.")
    return (Paragraph(" ".join(sentences), Tone.MUTED),) if sentences else ()

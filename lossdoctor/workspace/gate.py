"""Gate: which findings make a scan fail: those severe enough, sure enough, and not known from a baseline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lossdoctor.findings import Finding, Severity
from lossdoctor.workspace.results import DiagnosedRun, ScanResult


@dataclass(frozen=True, slots=True)
class Gate:
    """What counts as a failure.

    Attributes:
        fail_on: the least severity that does; None when nothing does.
        known: (run id, code) of findings that were there before and do not count.
    """

    fail_on: Severity | None = Severity.HIGH
    known: frozenset[tuple[str, str]] = frozenset()

    def is_known(self, item: DiagnosedRun, finding: Finding) -> bool:
        """True for a finding of the baseline."""
        return (item.run.id, finding.code) in self.known

    def fails(self, item: DiagnosedRun, finding: Finding) -> bool:
        """True for a finding that makes the scan fail."""
        severe = self.fail_on is not None and finding.severity.rank >= self.fail_on.rank
        return severe and not self.is_known(item, finding)

    def failures(self, result: ScanResult) -> Iterator[tuple[DiagnosedRun, Finding]]:
        """Every finding that makes the scan fail."""
        return (pair for pair in findings(result) if self.fails(*pair))


def findings(result: ScanResult) -> Iterator[tuple[DiagnosedRun, Finding]]:
    """Every finding with its run, by run id."""
    return ((item, finding) for item in result.runs for finding in item.diagnosis.findings)


def at_least(result: ScanResult, confidence: float) -> ScanResult:
    """The scan without the findings that are less sure than `confidence`; verdicts stay as they are."""
    if confidence <= 0:
        return result
    return replace(result, runs=tuple(_surer(item, confidence) for item in result.runs))


def _surer(item: DiagnosedRun, confidence: float) -> DiagnosedRun:
    outcomes = tuple(
        replace(outcome, findings=tuple(f for f in outcome.findings if f.confidence >= confidence))
        for outcome in item.diagnosis.outcomes
    )
    return replace(item, diagnosis=replace(item.diagnosis, outcomes=outcomes))


def by_urgency(result: ScanResult) -> list[DiagnosedRun]:
    """The runs, those with the most severe findings first, then the surest, then by id."""
    return sorted(result.runs, key=lambda item: (-_worst(item), -item.diagnosis.confidence, item.run.id))


def worst(item: DiagnosedRun) -> Severity | None:
    """The severity of the most severe finding; None without findings."""
    return max((f.severity for f in item.diagnosis.findings), key=lambda severity: severity.rank, default=None)


def _worst(item: DiagnosedRun) -> int:
    severity = worst(item)
    return -1 if severity is None else severity.rank

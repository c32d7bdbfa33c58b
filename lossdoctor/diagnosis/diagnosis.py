"""Diagnosis: everything lossdoctor says about one run, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass

from lossdoctor.findings import Finding, Message, Outcome, Verdict
from lossdoctor.knowledge.ranked import RankedCause


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a run, how sure that is, and why.

    Attributes:
        verdict: the one word.
        confidence: in [0, 1]; of the verdicts given with 0.8 about 80 % are right.
        runner_up: the next likely verdict, None when nothing else comes close.
        sentence: what a colleague would say, with the deciding numbers.
        nan_step: first step at which a loss is NaN or infinite, None when never.
        best_step: step of the best (validation, else training) loss: the checkpoint to use; None without a loss.
        onset_step: step at which the verdict's symptom begins; None for healthy and unclassifiable runs.
        outcomes: every rule's answer, by code.
        causes: likely causes, most likely first; empty for healthy runs.
        decided_by: name of the rule that weighed most for the verdict; empty for healthy runs.
        thresholds: those the user changed, by key; every other one had the rule's default.
    """

    verdict: Verdict
    confidence: float
    runner_up: Verdict | None
    sentence: Message
    nan_step: int | None = None
    best_step: int | None = None
    onset_step: int | None = None
    outcomes: tuple[Outcome, ...] = ()
    causes: tuple[RankedCause, ...] = ()
    decided_by: str = ""
    thresholds: tuple[tuple[str, float], ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding: the one that decided the verdict first, then the most severe and surest."""
        found = [finding for outcome in self.outcomes for finding in outcome.findings]
        return tuple(sorted(found, key=lambda f: (f.name != self.decided_by, -f.severity.rank, -f.confidence, f.code)))

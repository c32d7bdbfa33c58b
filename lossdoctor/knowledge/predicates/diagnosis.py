"""Predicates over what the rules said: a finding is there, the verdict is this one."""

from __future__ import annotations

from lossdoctor.knowledge.answer import Answer
from lossdoctor.knowledge.case import Case


def finding_present(case: Case, finding: str) -> Answer:
    """A rule found this symptom. Undecidable when no rule was asked (hand-made cases)."""
    if not case.outcomes:
        return Answer.unknown()
    found = [item for item in case.findings if item.name == finding]
    confidence = max((item.confidence for item in found), default=0.0)
    return Answer.of(bool(found), finding=finding, confidence=confidence)


def verdict_is(case: Case, verdict: str) -> Answer:
    """The run's verdict is this one."""
    return Answer.of(case.verdict.value == verdict, verdict=case.verdict.label)

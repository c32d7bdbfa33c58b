"""Outcome: what came of asking one rule about one run. Silence is never an answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lossdoctor.findings.finding import Finding
from lossdoctor.findings.measurement import Measurement


class Status(StrEnum):
    """The four ways a rule can answer."""

    FOUND = "found"
    CLEAR = "clear"
    NOT_APPLICABLE = "not_applicable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One rule's answer.

    Attributes:
        code: the rule's code.
        name: the rule's slug.
        status: which of the four.
        findings: what was found; empty unless FOUND.
        measurements: what was measured, also when CLEAR: "rise 2 %, fires at 5 %".
        probability: how likely the symptom is there, also when CLEAR (below 0.5 then); 0 when not applicable.
        reason: why CLEAR despite appearances, why NOT_APPLICABLE ("no validation series"), or the error when FAILED.
    """

    code: str
    name: str
    status: Status
    findings: tuple[Finding, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    reason: str = ""
    probability: float = 0.0

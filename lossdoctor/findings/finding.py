"""Finding: one symptom of one run, with evidence, numbers, how bad it is and how sure we are (two axes)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lossdoctor.findings.evidence import Evidence
from lossdoctor.findings.measurement import Measurement
from lossdoctor.findings.message import Message


class Severity(StrEnum):
    """How much a finding matters if it is true."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for INFO up to 3 for HIGH."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One symptom.

    Attributes:
        code: family letters and a number ("GN001"), never reused for another meaning.
        name: the symptom's slug ("overfitting").
        severity: how much it matters if true.
        confidence: how sure we are, in [0, 1].
        message: one sentence with the numbers in it.
        evidence: where it is seen.
        measurements: the numbers that decided.
        tags: the series it is about, the main one first.
        title: the symptom for people ("NaN or infinity").
    """

    code: str
    name: str
    severity: Severity
    confidence: float
    message: Message
    evidence: tuple[Evidence, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    tags: tuple[str, ...] = ()
    title: str = ""

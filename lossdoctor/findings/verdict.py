"""Verdict: the one word for a run."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """The names are part of the JSON contract."""

    HEALTHY = "healthy"
    UNDERFITTING = "underfitting"
    OVERFITTING = "overfitting"
    DIVERGENCE = "divergence"
    SPIKE_RECOVERED = "spike_recovered"
    PLATEAU = "plateau"
    OSCILLATING = "oscillating"
    TOO_SHORT = "too_short"
    NOT_CLASSIFIABLE = "not_classifiable"

    @property
    def label(self) -> str:
        """For people: "Spike, recovered"."""
        return _LABELS[self]


_LABELS = {
    Verdict.HEALTHY: "Healthy",
    Verdict.UNDERFITTING: "Underfitting",
    Verdict.OVERFITTING: "Overfitting",
    Verdict.DIVERGENCE: "Divergence",
    Verdict.SPIKE_RECOVERED: "Spike, recovered",
    Verdict.PLATEAU: "Plateau",
    Verdict.OSCILLATING: "Oscillating",
    Verdict.TOO_SHORT: "Too short",
    Verdict.NOT_CLASSIFIABLE: "Not classifiable",
}

"""The few words that the diagnosis pane puts around numbers."""

from __future__ import annotations

from lossdoctor import formatting
from lossdoctor.findings import Evidence, Level, Line, Pair, Point, Span

_CONFIDENCE = ((0.85, "high"), (0.65, "fair"), (0.45, "low"), (0.0, "very low"))


def confidence(value: float) -> str:
    """A confidence as a word with its number: "high (88 %)"."""
    word = next(word for limit, word in _CONFIDENCE if value >= limit or limit == 0.0)
    return f"{word} ({formatting.probability(value)})"


def place(evidence: Evidence, unit: str) -> str:
    """Where a piece of evidence lies: "step 1 200 to 4 000", "at 0.31"."""
    match evidence:
        case Span() | Line():
            return f"{unit} {formatting.step(evidence.start)} to {formatting.step(evidence.end)}"
        case Point():
            return f"{unit} {formatting.step(evidence.step)}, value {formatting.number(evidence.value)}"
        case Level():
            return f"at {formatting.number(evidence.value)}"
        case Pair():
            low, high = formatting.number(evidence.low), formatting.number(evidence.high)
            return f"{unit} {formatting.step(evidence.step)}, {low} to {high}"
    raise AssertionError(f"unknown evidence {evidence!r}")

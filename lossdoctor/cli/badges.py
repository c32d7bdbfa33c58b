"""Verdicts on a terminal: a shape and a word, and a colour that only repeats what they say."""

from __future__ import annotations

from lossdoctor.findings import Verdict

# One character wide in every terminal font; each verdict differs in outline, not only in colour.
SHAPES = {
    Verdict.HEALTHY: "✓",
    Verdict.UNDERFITTING: "▽",
    Verdict.OVERFITTING: "△",
    Verdict.DIVERGENCE: "✗",
    Verdict.SPIKE_RECOVERED: "◆",
    Verdict.PLATEAU: "▬",
    Verdict.OSCILLATING: "∿",
    Verdict.TOO_SHORT: "○",
    Verdict.NOT_CLASSIFIABLE: "?",
}
COLOURS = {
    Verdict.HEALTHY: "green",
    Verdict.UNDERFITTING: "yellow",
    Verdict.OVERFITTING: "magenta",
    Verdict.DIVERGENCE: "red",
    Verdict.SPIKE_RECOVERED: "cyan",
    Verdict.PLATEAU: "yellow",
    Verdict.OSCILLATING: "yellow",
    Verdict.TOO_SHORT: "bright_black",
    Verdict.NOT_CLASSIFIABLE: "bright_black",
}


def badge(verdict: Verdict) -> str:
    """Shape and word: "△ Overfitting"."""
    return f"{SHAPES[verdict]} {verdict.label}"

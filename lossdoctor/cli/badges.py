"""Verdicts on a terminal: the theme's shape as a character, the word, and a colour that only repeats them."""

from __future__ import annotations

from lossdoctor.figures.shapes import Shape
from lossdoctor.figures.theme import load_theme
from lossdoctor.findings import Verdict

# One column wide in every terminal font; each differs in outline, as the drawn shapes do.
GLYPHS = {
    Shape.CIRCLE: "●",
    Shape.TRIANGLE_UP: "▲",
    Shape.TRIANGLE_DOWN: "▼",
    Shape.SQUARE: "■",
    Shape.DIAMOND: "◆",
    Shape.CROSS: "✗",
    Shape.PEAK: "∧",
    Shape.WAVE: "∿",
    Shape.DASH: "▬",
    Shape.DOTS: "⋯",
    Shape.RING: "○",
}
# The terminal's own palette, so that a light and a dark terminal are both readable.
COLOURS = {
    Verdict.HEALTHY: "green",
    Verdict.UNDERFITTING: "blue",
    Verdict.OVERFITTING: "yellow",
    Verdict.DIVERGENCE: "red",
    Verdict.SPIKE_RECOVERED: "magenta",
    Verdict.PLATEAU: "yellow",
    Verdict.OSCILLATING: "cyan",
    Verdict.TOO_SHORT: "",
    Verdict.NOT_CLASSIFIABLE: "",
}


def badge(verdict: Verdict) -> str:
    """Shape and word: "▲ Overfitting"."""
    style = load_theme("light").verdict(verdict)
    return f"{GLYPHS[style.shape]} {style.word}"

"""The families of findings: the first two letters of a code say what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "CV": "Convergence", "GN": "Generalisation", "ST": "Stability", "LR": "Learning rate", "GR": "Gradient norm",
        "HG": "Histograms by layer", "TP": "Time", "IM": "The log itself",
    }
)  # fmt: skip


def family_of(code: str) -> str:
    """The family of a code: "ST" for ST03; the code itself when it belongs to none."""
    return code[:2] if code[:2] in FAMILIES else code

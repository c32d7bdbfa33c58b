"""Which families of findings have marks on a figure, and the figure without some of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from lossdoctor.figures.spec import FigureSpec
from lossdoctor.findings.families import family_of


def families_on(spec: FigureSpec) -> dict[str, int]:
    """How many marks each family has on a figure, in the order of first appearance."""
    counts: dict[str, int] = {}
    for mark in (mark for panel in spec.panels for mark in panel.marks):
        family = family_of(mark.code)
        counts[family] = counts.get(family, 0) + 1
    return counts


def without_families(spec: FigureSpec, hidden: Collection[str]) -> FigureSpec:
    """The figure without the marks of some families."""
    if not hidden:
        return spec
    panels = tuple(
        replace(panel, marks=tuple(mark for mark in panel.marks if family_of(mark.code) not in hidden))
        for panel in spec.panels
    )
    return replace(spec, panels=panels)

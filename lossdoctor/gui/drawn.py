"""Which figure is drawn for the runs that are marked."""

from __future__ import annotations

from collections.abc import Sequence

from lossdoctor.figures.build import build_figure
from lossdoctor.figures.overlay import SLOTS, build_overlay, slots
from lossdoctor.figures.spec import FigureSpec
from lossdoctor.figures.tag_panels import with_tags
from lossdoctor.workspace.checklists import run_key
from lossdoctor.workspace.results import DiagnosedRun


def figure_of(items: Sequence[DiagnosedRun], tags: Sequence[str]) -> FigureSpec:
    """The figure of one run with its evidence, or of several laid over each other, with a panel for each further tag."""
    if len(items) == 1:
        return with_tags(build_figure(items[0].run, items[0].diagnosis), [items[0].run], tags)
    shown = items[:SLOTS]
    runs, keys = [item.run for item in shown], [run_key(item.run) for item in shown]
    return with_tags(build_overlay(runs, keys), runs, tags, slots(keys))

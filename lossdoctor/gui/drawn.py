"""Which figure is drawn for the runs that are marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lossdoctor import formatting
from lossdoctor.figures.build import build_figure
from lossdoctor.figures.medians import build_medians
from lossdoctor.figures.overlay import SLOTS, build_overlay, slots
from lossdoctor.figures.spec import FigureSpec, Mark
from lossdoctor.figures.tag_panels import with_tags
from lossdoctor.findings import Severity, Span
from lossdoctor.runs import Run
from lossdoctor.workspace.checklists import run_key
from lossdoctor.workspace.results import DiagnosedRun
from lossdoctor.workspace.run_marks import Note

NOTE = "note"  # the code of a mark that is the user's own


def _with_notes(spec: FigureSpec, notes: Sequence[Note]) -> FigureSpec:
    """The figure with the user's notes, each on the panel that shows its series, else on the first."""
    if not notes or not spec.panels:
        return spec
    homes: dict[int, list[Mark]] = {}
    for note in notes:
        mark = Mark(NOTE, Severity.INFO, Span(note.first, note.last, note.text, note.tag))
        homes.setdefault(_home(spec, note.tag), []).append(mark)
    panels = (replace(p, marks=(*p.marks, *homes.get(i, ()))) for i, p in enumerate(spec.panels))
    return replace(spec, panels=tuple(panels))


def _home(spec: FigureSpec, tag: str) -> int:
    shows = (i for i, panel in enumerate(spec.panels) if any(line.series.tag == tag for line in panel.lines))
    return next(shows, 0)


def median_figure_of(items: Sequence[DiagnosedRun], group_of: Callable[[DiagnosedRun], str]) -> FigureSpec:
    """The figure of the medians of several runs, a line for each group; `group_of` names a run's group."""
    groups: dict[str, list[Run]] = {}
    for item in items:
        groups.setdefault(group_of(item), []).append(item.run)
    named = [(f"{name or 'Median'} · {formatting.count(len(runs), 'run')}", runs) for name, runs in groups.items()]
    return build_medians(named)


def figure_of(items: Sequence[DiagnosedRun], tags: Sequence[str], notes: Sequence[Note] = ()) -> FigureSpec:
    """The figure of one run with its evidence, or of several laid over each other, with a panel for each further tag."""
    if len(items) == 1:
        spec = _with_notes(build_figure(items[0].run, items[0].diagnosis), notes)
        return with_tags(spec, [items[0].run], tags)
    shown = items[:SLOTS]
    runs, keys = [item.run for item in shown], [run_key(item.run) for item in shown]
    return with_tags(build_overlay(runs, keys), runs, tags, slots(keys))

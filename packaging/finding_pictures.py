"""Pictures of the findings for the help: each rule's first example that fires, drawn as the reports draw it, as SVG.

The colours follow the reader's light or dark theme. Numbers are rounded to a tenth of a point, so that the files are small
and the same wherever they are made.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path

import numpy as np

from lossdoctor.diagnosis import Diagnosis
from lossdoctor.figures import FigureSpec, Panel, Polyline
from lossdoctor.figures.build import build_figure
from lossdoctor.figures.ranges import choose_axis
from lossdoctor.findings import Message, Outcome, Verdict
from lossdoctor.report.svg import Palette, svg_figure
from lossdoctor.rules.base import Rule
from lossdoctor.rules.view import RunView
from lossdoctor.runs import HistogramKind, HistogramSeries, Role, Run, Series
from lossdoctor.synth import run_of_recipe

CASES = Path(__file__).resolve().parent.parent / "tests" / "rules" / "cases"
_NUMBER = re.compile(r"-?\d+\.\d+")
_TAG = re.compile(r"<[^>]+>")
_KINDS = {
    HistogramKind.GRADIENT: "Size of the gradients by layer",
    HistogramKind.WEIGHT: "Size of the weights by layer",
    HistogramKind.ACTIVATION: "Share of activations at their ends by layer",
}


def example(rule: Rule) -> tuple[str, Run, Outcome]:
    """The name of a rule's first example that fires and shows something, its run, and what the rule finds in it."""
    cases = tomllib.loads((CASES / f"{rule.code}.toml").read_text(encoding="utf-8"))["case"]
    case = next(case for case in cases if case["kind"] == "fires")
    run = run_of_recipe(case)
    return case["name"], run, rule.check(RunView(run))


def picture(rule: Rule) -> str:
    """The picture of a rule's example: the curves, and the evidence of this one finding."""
    name, run, outcome = example(rule)
    told = Diagnosis(Verdict.NOT_CLASSIFIABLE, 0.0, None, Message.of(""), outcomes=(outcome,))
    spec = build_figure(dataclasses.replace(run, name=name), told)
    panels = (*spec.panels, *_layer_panels(run), *_pace_panels(rule, run))
    if not outcome.findings[0].evidence and len(panels) > len(spec.panels):
        panels = panels[len(spec.panels) :]  # the loss shows nothing of what is found in the layers
    return _svg(dataclasses.replace(spec, panels=panels), f"{rule.title}: {outcome.findings[0].message}")


def _svg(spec: FigureSpec, alternative: str) -> str:
    palette = Palette()
    drawn = svg_figure(spec, alternative, palette)
    size = re.search(r'viewBox="0 0 (\S+) (\S+)"', drawn)
    assert size is not None
    # Printed text is small: on a screen the picture is shown half as large again.
    width, height = (round(1.5 * float(number)) for number in size.groups())
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="Roboto, sans-serif" '
    )
    style = f"{palette.css(dark=False)}@media (prefers-color-scheme:dark){{{palette.css(dark=True)}}}"
    body = drawn.removeprefix("<svg ").replace(">", f"><style>{style}</style>", 1)
    opening, rest = (head + body).split("</style>", 1)
    return f"{opening}</style>{_TAG.sub(lambda found: _rounded(found[0]), rest)}".replace("><", ">\n<") + "\n"


def _rounded(tag: str) -> str:
    """A tag with its coordinates rounded; what is written between tags stays."""
    return _NUMBER.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0").replace("-0.0", "0"), tag)


def _layer_panels(run: Run) -> list[Panel]:
    """What the rules about layers look at: one line a layer."""
    panels = []
    for kind, title in _KINDS.items():
        layers = run.layers(kind)
        lines = [_layer_line(item, slot) for slot, item in enumerate(layers) if len(item)]
        if lines:
            panels.append(_panel(title, lines))
    return panels


def _layer_line(item: HistogramSeries, slot: int) -> Polyline:
    values = item.rms
    if item.kind is HistogramKind.ACTIVATION:
        from lossdoctor.signals.histogram import end_share

        shares = []
        for at in range(len(item)):
            buckets = item.buckets(at)
            low, high = float(item.minimum[at]), float(item.maximum[at])
            shares.append(end_share(buckets.left, buckets.right, buckets.counts, low, high))
        values = np.nan_to_num(np.array(shares))
    return Polyline(Series(item.tag, item.steps, values), Role.OTHER, item.layer, slot)


def _pace_panels(rule: Rule, run: Run) -> list[Panel]:
    """Seconds between points, for the rules about time."""
    timed = [series for series in run.series if np.isfinite(series.wall_times).any()]
    if not rule.code.startswith("TP") or not timed:
        return []
    pace = Series("seconds", timed[0].steps[1:], np.diff(timed[0].wall_times))
    return [_panel("Seconds between two points", [Polyline(pace, Role.OTHER, "seconds", 0)])]


def _panel(title: str, lines: list[Polyline]) -> Panel:
    axis = choose_axis([line.series.values for line in lines])
    values = np.concatenate([line.series.values for line in lines])
    if values.min() > 0 and values.max() > 10 * values.min():
        # Layers differ by factors: what matters is how many decades lie between them.
        return Panel(title, tuple(lines), (), True, (float(values.min()) / 2, float(values.max()) * 2))
    return Panel(title, tuple(lines), (), axis.log_y, axis.y_range)

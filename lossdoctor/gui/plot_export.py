"""Writes the plot as it is on the screen: SVG and PDF as vectors with legend and labels, CSV of the visible points."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from lossdoctor import safe_text
from lossdoctor.errors import OutputError
from lossdoctor.figures.spec import FigureSpec
from lossdoctor.workspace.atomic_file import atomic_target, write_text

# Points: a page's text width at 4:3, which fits papers and slides alike.
_WIDTH, _HEIGHT = 480.0, 360.0
_PANEL_HEIGHT = 70.0


def write_plot(spec: FigureSpec, path: Path) -> Path:
    """Writes a figure as what the ending of `path` says: .svg, .pdf or .csv.

    Raises:
        OutputError: the file cannot be written, or the ending is another.
    """
    match path.suffix.lower():
        case ".csv":
            write_text(path, visible_points(spec))
        case ".svg":
            write_text(path, _svg(spec))
        case ".pdf":
            with atomic_target(path) as target:
                target.write_bytes(_pdf(spec))
        case other:
            raise OutputError(f"{path.name}: a plot cannot be written as {other!r}.", "Use .png, .svg, .pdf or .csv.")
    return path


def visible_points(spec: FigureSpec) -> str:
    """The points of a figure as CSV: panel, line, tag, step (epoch, tokens, seconds), value, wall time.

    NaN and infinities by name.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["panel", "line", "tag", spec.x_label or "step", "value", "wall_time"])
    for panel in spec.panels:
        for line in panel.lines:
            names = [safe_text.csv_cell(text) for text in (panel.title, line.label, line.series.tag)]
            series = line.series
            for step, value, when in zip(series.steps, series.values, series.wall_times, strict=True):
                at = int(step) if spec.axis.scale == 1.0 else float(step) / spec.axis.scale
                writer.writerow([*names, at, repr(float(value)), "" if math.isnan(when) else repr(float(when))])
    return out.getvalue()


def _height(spec: FigureSpec) -> float:
    from lossdoctor.report.drawing import heights

    return max(_HEIGHT + _PANEL_HEIGHT * max(0, len(spec.panels) - 3), heights(spec)[0])


def _svg(spec: FigureSpec) -> str:
    from reportlab.graphics import renderSVG

    from lossdoctor.report.drawing import figure_drawing

    return str(renderSVG.drawToString(figure_drawing(spec, _WIDTH, _height(spec))))


def _pdf(spec: FigureSpec) -> bytes:
    from reportlab.graphics import renderPDF

    from lossdoctor.report.drawing import figure_drawing

    data = renderPDF.drawToString(figure_drawing(spec, _WIDTH, _height(spec)))
    return data if isinstance(data, bytes) else data.encode("latin-1")

"""The worst mistakes of a bench as one HTML page, each with its figure: the surest wrong verdicts first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lossdoctor import safe_text
from lossdoctor.figures.build import build_figure
from lossdoctor.report.html_style import style_sheet
from lossdoctor.report.svg import Palette, svg_figure

if TYPE_CHECKING:
    from tests.bench.diagnosis import Scored

MOST = 80


def write_page(path: Path, scored: Sequence[Scored]) -> int:
    """Writes the page; returns the number of mistakes on it."""
    wrong = [item for item in scored if not item.lenient or (not item.ambiguous and not item.strict)]
    wrong.sort(key=lambda item: (item.lenient, -item.diagnosis.confidence))
    palette = Palette()
    parts = [_mistake(item, palette) for item in wrong[:MOST]]
    head = (
        f"<!doctype html><meta charset=utf-8><title>Mistakes</title><style>{style_sheet()}{palette.css(dark=False)}"
        f"@media(prefers-color-scheme:dark){{{palette.css(dark=True)}}}</style>"
    )
    path.write_text(f"{head}<main><h1>{len(wrong)} mistakes</h1>{''.join(parts)}</main>", encoding="utf-8")
    return len(wrong)


def _mistake(item: Scored, palette: Palette) -> str:
    near = ", ".join(f"{o.name} {o.probability:.2f}" for o in item.diagnosis.outcomes if o.probability > 0.1)
    accepted = f"accepted: {', '.join(sorted(item.accept))}" + (", unclear" if item.ambiguous else "")
    said = str(item.diagnosis.sentence)
    figure = svg_figure(build_figure(item.run, item.diagnosis), said, palette)
    return (
        f"<h2>{safe_text.html(item.run.id)}</h2><p>said <b>{item.verdict}</b> ({item.diagnosis.confidence:.0%}), truth "
        f"<b>{item.truth}</b> ({accepted})<br>{safe_text.html(said)}<br>{safe_text.html(near)}</p><figure>{figure}</figure>"
    )

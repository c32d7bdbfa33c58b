"""What a notebook shows of runs and diagnoses; every name out of a log is escaped, and there is no script."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from lossdoctor import formatting
from lossdoctor.figures.build import build_figure
from lossdoctor.figures.theme import load_theme
from lossdoctor.findings import Verdict
from lossdoctor.report.svg import Palette, svg_figure
from lossdoctor.runs import Role, Run
from lossdoctor.safe_text import html
from lossdoctor.workspace.gate import by_urgency
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

MAX_ROWS = 100
_CELL = "text-align:left;vertical-align:top;padding:2px 10px 2px 0"


def runs_table(runs: Sequence[Run]) -> str:
    """One row a run: id, format, points, series."""
    rows = [
        (html(run.id), html(run.format), formatting.step(run.points), html(", ".join(s.tag for s in run.series[:6])))
        for run in runs[:MAX_ROWS]
    ]
    return _table(("Run", "Format", "Points", "Series"), rows, len(runs))


def verdicts_table(result: ScanResult) -> str:
    """One row a run, the most severe first."""
    rows = [
        (
            _badge(item.diagnosis.verdict),
            html(item.run.id),
            html(formatting.probability(item.diagnosis.confidence)).replace(" ", "&nbsp;"),
            html(item.diagnosis.sentence.render()),
        )
        for item in by_urgency(result)[:MAX_ROWS]
    ]
    return _table(("Verdict", "Run", "Sure", "What is seen"), rows, len(result.runs))


def diagnosed_card(item: DiagnosedRun) -> str:
    """Verdict, sentence, plot (where the points are there), findings and the first causes."""
    diagnosis = item.diagnosis
    findings = "".join(f"<li><b>{html(f.code)}</b> {html(f.message.render())}</li>" for f in diagnosis.findings)
    causes = "".join(
        f"<li>{html(cause.title)} ({html(formatting.probability(cause.score))}): {html(cause.experiment)}</li>"
        for cause in diagnosis.causes[:3]
    )
    sure = html(formatting.probability(diagnosis.confidence))
    parts = [
        f"<div>{_badge(diagnosis.verdict)} <b>{html(item.run.name)}</b> ({sure} sure)</div>",
        f"<div>{html(diagnosis.sentence.render())}</div>",
        _plot(item),
        f"<div>Findings:<ul>{findings}</ul></div>" if findings else "",
        f"<div>Likely causes, and what settles each:<ol>{causes}</ol></div>" if causes else "",
    ]
    return f'<div style="max-width:50em">{"".join(parts)}</div>'


def _plot(item: DiagnosedRun) -> str:
    if item.run.primary(Role.TRAIN_LOSS) is None and item.run.primary(Role.VAL_LOSS) is None:
        return ""
    palette = Palette()
    drawing = svg_figure(build_figure(item.run, item.diagnosis), item.diagnosis.sentence.render(), palette)
    # The names of the palette's classes begin anew in every cell of a notebook, so the plot's own name stands before them.
    name = "ld" + hashlib.sha256(drawing.encode("utf-8", "replace")).hexdigest()[:12]
    css = palette.css(dark=False).replace(".c", f".{name} .c")
    panel = load_theme("light").surface("panel")
    return f'<div class="{name}" style="background:{panel};max-width:40em"><style>{css}</style>{drawing}</div>'


def _badge(verdict: Verdict) -> str:
    style = load_theme("light").verdict(verdict)
    look = f"background:{style.background};color:{style.text};padding:1px 6px;border-radius:3px;white-space:nowrap"
    return f'<span style="{look}">{html(style.word)}</span>'


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], total: int) -> str:
    head = "".join(f'<th style="{_CELL}">{name}</th>' for name in heads)
    body = "".join("<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in row) + "</tr>" for row in rows)
    more = f"<div>and {formatting.count(total - len(rows), 'more run')}</div>" if total > len(rows) else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"

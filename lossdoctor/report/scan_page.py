"""A scan as one HTML page: no script, nothing loaded from elsewhere, light and dark, printable."""

from __future__ import annotations

from lossdoctor import formatting
from lossdoctor.figures.shapes import Shape
from lossdoctor.figures.theme import Theme, load_theme
from lossdoctor.findings import Verdict
from lossdoctor.runs import ProblemLevel
from lossdoctor.safe_text import html
from lossdoctor.workspace.gate import Gate, by_urgency
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

_GLYPHS = {
    Shape.CIRCLE: "●", Shape.TRIANGLE_UP: "▲", Shape.TRIANGLE_DOWN: "▼", Shape.SQUARE: "■", Shape.DIAMOND: "◆",
    Shape.CROSS: "✗", Shape.PEAK: "∧", Shape.WAVE: "∿", Shape.DASH: "▬", Shape.DOTS: "⋯", Shape.RING: "○",
}  # fmt: skip
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem;
  background: var(--window); color: var(--text); }
h1 { font-size: 1.3rem; margin: 0 0 .2rem; } p.summary { color: var(--muted); margin: 0 0 1.2rem; }
table { border-collapse: collapse; width: 100%; background: var(--panel); }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem; border-bottom: 1px solid var(--border); }
th { font-weight: 600; color: var(--muted); } td.n, th.n { text-align: right; white-space: nowrap; }
td.run { overflow-wrap: anywhere; min-width: 10rem; }
.badge { display: inline-block; border-radius: .3rem; padding: .1rem .5rem; white-space: nowrap; }
details { margin-top: .3rem; } summary { cursor: pointer; color: var(--muted); }
ul, ol { margin: .3rem 0; padding-left: 1.3rem; }
li { margin: .15rem 0; overflow-wrap: anywhere; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
"""


def to_html(result: ScanResult, gate: Gate) -> str:
    """The page: the runs in a table, the most severe first, findings and causes folded below each sentence."""
    verdicts = [item.diagnosis.verdict for item in result.runs]
    counts = ", ".join(f"{verdicts.count(v)} {v.label.lower().replace(',', '')}" for v in Verdict if v in verdicts)
    read = f"{formatting.count(len(result.runs), 'run')} in {formatting.count(result.files, 'file')}"
    rows = "\n".join(_row(item, gate) for item in by_urgency(result))
    heads = "<th>Verdict</th><th>Run</th>" + "".join(f'<th class="n">{name}</th>' for name in ("Sure", "Last", "Best"))
    heads += "<th>What is seen</th>"
    table = f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>" if result.runs else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>lossdoctor</title>
<style>{_colours()}{_STYLE}</style>
</head>
<body>
<h1>{html(", ".join(result.roots))}</h1>
<p class="summary">{html(f"{read}: {counts}." if counts else f"{read}.")}</p>
{table}
{_problems(result)}
</body>
</html>
"""


def _row(item: DiagnosedRun, gate: Gate) -> str:
    diagnosis = item.diagnosis
    glyph = _GLYPHS[load_theme("light").verdict(diagnosis.verdict).shape]
    badge = f'<span class="badge {diagnosis.verdict}">{glyph} {html(diagnosis.verdict.label)}</span>'
    numbers = (formatting.probability(diagnosis.confidence), _step(item.facts.last_step), _step(diagnosis.best_step))
    cells = "".join(f'<td class="n">{html(text)}</td>' for text in numbers)
    seen = f"{html(diagnosis.sentence.render())}{_details(item, gate)}"
    return f'<tr><td>{badge}</td><td class="run">{html(item.run.id)}</td>{cells}<td>{seen}</td></tr>'


def _details(item: DiagnosedRun, gate: Gate) -> str:
    found = "".join(
        f"<li><b>{html(f.code)}</b> ({f.severity}, {formatting.probability(f.confidence)}): {html(f.message.render())}"
        f"{' Known from the baseline.' if gate.is_known(item, f) else ''}</li>"
        for f in item.diagnosis.findings
    )
    causes = "".join(
        f"<li>{html(cause.title)} ({formatting.probability(cause.score)}). {html(cause.experiment)}</li>"
        for cause in item.diagnosis.causes[:3]
    )
    if not found:
        return ""
    likely = f"<p>Likely causes, and what settles each:</p><ol>{causes}</ol>" if causes else ""
    return f"<details><summary>Findings</summary><ul>{found}</ul>{likely}</details>"


def _problems(result: ScanResult) -> str:
    told = [html(p.sentence()) for p in result.problems if p.level is not ProblemLevel.INFO]
    items = "".join(f"<li>{text}</li>" for text in told)
    return f"<h2>Input that could not be read whole</h2>\n<ul>{items}</ul>" if told else ""


def _colours() -> str:
    light, dark = load_theme("light"), load_theme("dark")
    return f"{_variables(light)}\n@media (prefers-color-scheme: dark) {{ {_variables(dark)} }}"


def _variables(theme: Theme) -> str:
    names = ("window", "panel", "border", "text", "muted")
    surfaces = " ".join(f"--{name}: {theme.surface(name)};" for name in names)
    badges = " ".join(
        f".badge.{v} {{ background: {theme.verdict(v).background}; color: {theme.verdict(v).text}; }}" for v in Verdict
    )
    return f":root {{ {surfaces} color-scheme: {theme.name}; }} {badges}"


def _step(value: int | None) -> str:
    return "–" if value is None else formatting.step(value)

"""The picture of the packages for CONTRIBUTING.md, drawn from the contract that the layers are checked by."""

from __future__ import annotations

import ast
import textwrap
import tomllib
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEAD, LINE, GAP, MARGIN = 920, 34, 15, 10, 12
_LETTER = 6.3  # width of one at 12 px
# What each package hands to those above it.
_GIVES = {
    "report": "ReportDocument", "figures": "FigureSpec", "workspace": "ScanResult", "diagnosis": "Diagnosis",
    "rules": "Outcome", "knowledge": "RankedCause", "findings": "Finding, Evidence", "signals": "Curve",
    "importers": "Source, Run", "synth": "Run", "runs": "Run, Series", "settings": "InForce",
}  # fmt: skip
_STYLE = (
    ".box{fill:#ffffff;stroke:#8d97a5}.name{fill:#1c2430;font-weight:600}.text{fill:#5a6472}.gives{fill:#00609a}"
    ".arrow{stroke:#5a6472;fill:#5a6472}"
    "@media (prefers-color-scheme:dark){.box{fill:#1c2129;stroke:#5b6675}.name{fill:#e6eaf0}.text{fill:#a3adba}"
    ".gives{fill:#56b4e9}.arrow{stroke:#a3adba;fill:#a3adba}}"
)


def layers() -> list[list[str]]:
    """The packages of each layer, from the top down."""
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    [contract] = [item for item in tool["contracts"] if item["id"] == "layers"]
    return [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]


def picture() -> str:
    """The picture as SVG, in colours that follow the reader's light or dark theme."""
    parts, top = [], MARGIN
    for row in layers():
        width = (WIDTH - 2 * MARGIN - 28 - GAP * (len(row) - 1)) / len(row)
        texts = [textwrap.wrap(_first_sentence(name), max(int((width - 20) / _LETTER), 12)) for name in row]
        height = HEAD + LINE * max(map(len, texts))
        for at, (name, lines) in enumerate(zip(row, texts, strict=True)):
            parts.append(_box(name, lines, MARGIN + at * (width + GAP), top, width, height))
        top += height + GAP
    height, x = top - GAP + MARGIN, WIDTH - MARGIN - 8
    arrow = (
        f'<path class="arrow" d="M{x} {height - MARGIN}V{MARGIN + 10}" fill="none" stroke-width="1.5"/>'
        f'<path class="arrow" d="M{x - 5} {MARGIN + 12}L{x} {MARGIN}L{x + 5} {MARGIN + 12}Z"/>'
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        'font-family="Roboto, sans-serif" font-size="12" role="img" aria-label="The packages in layers; each imports '
        'only from those below it">'
    )
    return "\n".join([head, f"<style>{_STYLE}</style>", *parts, arrow, "</svg>"]) + "\n"


def _box(name: str, says: list[str], x: float, y: int, width: float, height: int) -> str:
    lines = [f'<text class="text" x="{x + 10:g}" y="{y + 38 + LINE * at}">{escape(line)}</text>'
             for at, line in enumerate(says)]  # fmt: skip
    if name in _GIVES:
        gives = escape(_GIVES[name])
        lines.append(f'<text class="gives" x="{x + width - 10:g}" y="{y + 20}" text-anchor="end">{gives}</text>')
    return (
        f'<rect class="box" x="{x:g}" y="{y}" width="{width:g}" height="{height}" rx="6"/>'
        f'<text class="name" x="{x + 10:g}" y="{y + 20}" font-size="13">{name}</text>{"".join(lines)}'
    )


def _first_sentence(name: str) -> str:
    package, module = ROOT / "lossdoctor" / name / "__init__.py", ROOT / "lossdoctor" / f"{name}.py"
    source = package if package.exists() else module
    doc = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    return doc.split("\n", 1)[0].replace("`", "")

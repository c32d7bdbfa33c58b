"""write_section: what a bench measured, between its markers in a README."""

from __future__ import annotations

from pathlib import Path


def write_section(readme: Path, name: str, text: str) -> None:
    """Puts text between `<!-- generated: NAME -->` and `<!-- end: NAME -->`.

    Raises:
        ValueError: the file has no such markers.
    """
    content = readme.read_text(encoding="utf-8")
    before, marker, rest = content.partition(f"<!-- generated: {name} -->\n")
    _, end, after = rest.partition(f"<!-- end: {name} -->")
    if not marker or not end:
        raise ValueError(f"{readme} has no section {name!r}")
    readme.write_text(f"{before}{marker}{text}\n{end}{after}", encoding="utf-8")

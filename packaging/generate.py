"""Writes the parts of README.md and of the help that the program knows better: `python packaging/generate.py [--check]`.

Each part stands between `<!-- generated: NAME -->` and `<!-- end: NAME -->`. `--check` writes nothing and fails when a
part is out of date. Parts that this file does not know (the accuracy, which a benchmark measures) are left alone.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
sys.path.insert(0, str(ROOT))


def formats() -> str:
    """Every importer as a table row."""
    from lossdoctor.importers.registry import IMPORTERS

    rows = []
    for item in IMPORTERS:
        names = ", ".join(f"`{pattern}`" for pattern in item.patterns)
        page = f"[{item.title}](resources/help/formats/{item.name}.md)"
        rows.append(f"| {page} | {names} | {_first_sentence(item.help)} |")
    return "\n".join(["| Format | Usual names | Written by |", "|---|---|---|", *rows])


def rules() -> str:
    """Every rule with a link to its page, a row for each family of codes."""
    from lossdoctor.findings.families import FAMILIES
    from lossdoctor.rules.registry import RULES

    rows = []
    for family, title in FAMILIES.items():
        found = sorted((rule for rule in RULES if rule.code.startswith(family)), key=lambda rule: rule.code)
        links = (f"[{rule.title}](resources/help/findings/{rule.code}.md)" for rule in found)
        rows.append(f"| {title} | {', '.join(links)} |")
    assert {rule.code[:2] for rule in RULES} == set(FAMILIES)
    return "\n".join(["| About | What is looked for |", "|---|---|", *rows])


def scan() -> str:
    """What a terminal of 110 columns shows for the examples; only the time is made up, so that the text stays the same."""
    from rich.console import Console

    from lossdoctor.cli.table import print_table
    from lossdoctor.workspace.scan import scan as scan_paths

    text = io.StringIO()
    result = replace(scan_paths([ROOT / "resources" / "examples"]), seconds=0.2)
    print_table(result, Console(file=text, width=110, highlight=False, markup=False, emoji=False, color_system=None))
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    return "\n".join(["```text", "$ lossdoctor scan resources/examples", *lines, "```"])


PARTS: dict[str, Callable[[], str]] = {"formats": formats, "rules": rules, "scan": scan}


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.])\s", " ".join(text.split()))[0]


def filled(text: str, parts: Mapping[str, Callable[[], str]] = PARTS, page: str = README.name) -> str:
    """The text with every part written anew.

    Raises:
        ValueError: a part has no place in the text.
    """
    for name, make in parts.items():
        begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
        if text.count(begin) != 1 or text.count(end) != 1:
            raise ValueError(f"{page} has no place for the part {name!r}")
        head, rest = text.split(begin)
        text = f"{head}{begin}\n{make()}\n{end}{rest.split(end)[1]}"
    return text


def wanted() -> dict[Path, str]:
    """The text of every generated file as it should be."""
    import help_pages
    import licences

    texts = {README: filled(README.read_text(encoding="utf-8"))}
    for page in help_pages.hand_written():
        before = page.read_text(encoding="utf-8")
        parts = {name: make for name, make in help_pages.PARTS.items() if f"<!-- generated: {name} -->" in before}
        texts[page] = filled(before, parts, page.name)
    return texts | help_pages.pages() | licences.pages()


def left_over(texts: Mapping[Path, str]) -> list[Path]:
    """Generated pages of rules and causes that are gone, and licences of packages that are no longer needed."""
    folders = {path.parent for path in texts if path.name == "index.md" and path.parent.name != "formats"}
    folders |= {path.parent for path in texts if path.parent.name == "packages"}
    return sorted(path for folder in folders if folder.is_dir() for path in folder.iterdir() if path not in texts)


def main(args: Sequence[str]) -> int:
    """Writes or checks; 0 when everything is up to date."""
    texts = wanted()
    old = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    gone = left_over(texts)
    if "--check" in args:
        for path in (*old, *gone):
            print(f"{path.relative_to(ROOT)} is out of date; run: python packaging/generate.py")
        return 1 if old or gone else 0
    for path in old:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
        print(f"{path.relative_to(ROOT)} written")
    for path in gone:
        path.unlink()
        print(f"{path.relative_to(ROOT)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

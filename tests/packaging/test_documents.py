"""Every link and picture of the documents leads somewhere, generated pages are up to date, and pictures stay small."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.documents import HELP, ROOT, anchor, documents, links, name_of

DOCUMENTS = documents()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_local_link_leads_somewhere(document: Path) -> None:
    for target in links(document):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, part = target.partition("#")
        place = (document.parent / path).resolve() if path else document
        assert place.is_file(), target
        if part:
            headings = {anchor(line.lstrip("#")) for line in place.read_text().splitlines() if line.startswith("#")}
            assert part in headings, target


def test_help_leads_nowhere_outside() -> None:
    outside = [
        (name_of(page), link) for page in DOCUMENTS if HELP in page.parents for link in links(page) if ":" in link
    ]
    assert outside == []


def test_every_page_is_reached_from_the_first() -> None:
    seen: set[Path] = set()
    ahead = [HELP / "index.md"]
    while ahead:
        page = ahead.pop()
        if page not in seen and page.suffix == ".md":
            seen.add(page)
            ahead += [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]
    assert set(HELP.rglob("*.md")) <= seen


def test_generated_pages_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "packaging" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr


def test_pictures_stay_small() -> None:
    sizes = {path: path.stat().st_size for path in HELP.rglob("*") if path.suffix in (".png", ".svg")}
    assert len(sizes) > 40
    assert sum(sizes.values()) < 3_000_000
    assert max(sizes.values()) < 300_000

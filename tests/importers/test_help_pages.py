"""Every importer has its page of help, every page its importer, and pages say what the program does."""

from __future__ import annotations

from pathlib import Path

import pytest

from lossdoctor.importers import help_pages
from lossdoctor.importers.base import Importer
from lossdoctor.importers.help_pages import SECTIONS, format_page
from lossdoctor.importers.registry import IMPORTERS
from lossdoctor.importers.text_line import PATTERNS
from lossdoctor.resources import resource

NAMES = [importer.name for importer in IMPORTERS]


def test_every_importer_has_a_page_and_every_page_an_importer() -> None:
    assert sorted(path.stem for path in resource("help", "formats").iterdir()) == sorted([*NAMES, "index"])


@pytest.mark.parametrize("importer", IMPORTERS, ids=NAMES)
def test_a_page_has_the_importers_title_and_something_in_every_section(importer: Importer) -> None:
    page = format_page(importer.name)
    assert page.title == importer.title
    assert [heading for heading, _ in page.sections] == list(SECTIONS)
    for heading, bullets in page.sections:
        assert bullets, heading
        for bullet in bullets:
            assert len(bullet) <= 500, bullet
            assert bullet.count("`") % 2 == 0, bullet
            assert bullet[-1] in ".`", bullet


def test_the_page_of_text_logs_shows_every_documented_line() -> None:
    page = resource("help", "formats", "text_log.md").read_text()
    for name, example, _ in PATTERNS:
        assert f"`{' '.join(example.split())}`" in page, name


@pytest.mark.parametrize(
    ("text", "said"),
    [("## Written by\n\n- x\n", "title"), ("# t\n\n## Traps\n\n- x\n", "sections"), ("# t\nprose\n", "neither")],
)
def test_a_page_of_another_form_is_refused(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.md").write_text(text)
    monkeypatch.setattr(help_pages, "resource", lambda *parts: tmp_path / parts[-1])
    with pytest.raises(ValueError, match=said):
        format_page("x")

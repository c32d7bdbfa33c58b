"""Fragments of the changelog are named and written as they must be, and are put together under their kinds."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

from tests.packaging.documents import ROOT

# A script beside the package, not a part of it.
sys.path.insert(0, str(ROOT / "packaging"))
import changelog

BEFORE = (
    "# Changelog\n\n## Unreleased\n\n### Added\n\n- One.\n\n### Fixed\n\n- Two.\n\n## 0.1.0 – 2026-01-01\n\n- Old.\n"
)


def folder(tmp_path: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (tmp_path / f"{name.replace('__', '.')}.md").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_fragments_of_the_tree_are_sound() -> None:
    found = changelog.fragments()
    assert changelog.section((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), found)


def test_fragments_join_their_kinds(tmp_path: Path) -> None:
    found = changelog.fragments(folder(tmp_path, b__added="Three,\nand more.", a__removed="Four.", README="no"))
    wanted = "### Added\n\n- One.\n- Three, and more.\n\n### Fixed\n\n- Two.\n\n### Removed\n\n- Four."
    assert changelog.section(BEFORE, found) == wanted


def test_a_release_keeps_what_was_before(tmp_path: Path) -> None:
    after = changelog.released(
        BEFORE, changelog.fragments(folder(tmp_path, a__added="New.")), "0.2.0", date(2026, 2, 3)
    )
    assert after == (
        "# Changelog\n\n## Unreleased\n\n## 0.2.0 – 2026-02-03\n\n### Added\n\n- One.\n- New.\n\n### Fixed\n\n- Two.\n\n"
        "## 0.1.0 – 2026-01-01\n\n- Old.\n"
    )
    with pytest.raises(ValueError, match="nothing has changed"):
        changelog.released(after, changelog.fragments(tmp_path / "none"), "0.3.0", date(2026, 2, 4))
    with pytest.raises(ValueError, match=r"0.2.0 is in the changelog already"):
        changelog.released(after, changelog.fragments(tmp_path), "0.2.0", date(2026, 2, 4))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x", "Text.", "must end with"),
        ("x__new", "Text.", "must end with"),
        ("x__added", " \n", "must hold the sentences"),
        ("x__added", "- Text.", "without bullet"),
        ("x__added", "# Text", "without bullet"),
    ],
)
def test_a_bad_fragment_is_refused(name: str, text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        changelog.fragments(folder(tmp_path, **{name: text}))

"""`lossdoctor help`: pages by name, pages by words, and never Qt."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.cli.conftest import Finished


def test_the_contents_come_first(lossdoctor: Callable[..., Finished]) -> None:
    out = lossdoctor("help").out
    assert "Getting started" in out
    assert "(getting-started)" in out
    assert "<!--" not in out
    assert ".md" not in lossdoctor("help", "GN01").out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("method", "Overfit one batch"), ("GN01", "Overfitting (GN01)"), ("findings/GN01.md", "Overfitting (GN01)"),
        ("lr-too-high", "Learning rate too high"), ("causes", "Cheapest test"), ("csv", "CSV and TSV logs"),
    ],
)  # fmt: skip
def test_a_page_by_its_name(name: str, said: str, lossdoctor: Callable[..., Finished]) -> None:
    done = lossdoctor("help", name)
    assert done.code == 0
    assert said in done.out


def test_pages_by_their_words(lossdoctor: Callable[..., Finished]) -> None:
    out = lossdoctor("help", "softmax", "overflow").out
    assert "causes/nan_from_overflow: " in out
    assert out.count("\n    ") >= 3


def test_words_on_no_page(lossdoctor: Callable[..., Finished]) -> None:
    done = lossdoctor("help", "zeppelin")
    assert done.code == 2
    assert "No page of help holds 'zeppelin'." in done.err


def test_it_needs_no_qt() -> None:
    code = (
        "import sys; from lossdoctor.cli.main import run; run(['help', 'method']); "
        "sys.exit(any(name.startswith(('PySide6', 'pyqtgraph')) for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)

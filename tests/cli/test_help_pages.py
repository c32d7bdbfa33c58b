"""The help pages: every command line in them exists, with every option, and the Python in them runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from lossdoctor.cli.main import cli

PAGES = sorted((Path(__file__).resolve().parent.parent.parent / "resources" / "help").glob("*.md"))


def command_lines(page: Path) -> list[list[str]]:
    """Words from `lossdoctor` on, of indented lines and of inline code."""
    text = page.read_text()
    found = re.findall(r"^ {4}.*?\b(lossdoctor [a-z].*)$", text, re.MULTILINE) + re.findall(
        r"`(lossdoctor [^`]+)`", text
    )
    lines = (re.split(r"\s(?:\|\||>>|&)\s?", line)[0] for line in found if not line.startswith("lossdoctor ["))
    return [shlex.split(line) for line in lines]


def test_there_are_pages() -> None:
    assert {"scale.md", "ci.md", "python.md"} <= {page.name for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_line_exists(page: Path) -> None:
    for _, *words in command_lines(page):
        command = cli.commands[words[0]]
        known = {name for parameter in command.params for name in parameter.opts}
        options = [word.split("=")[0] for word in words if word.startswith("-")]
        assert set(options) <= known, (page.name, words)


def test_the_python_page_runs(
    examples: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [page] = [page for page in PAGES if page.name == "python.md"]
    code = "\n".join(line[4:] for line in page.read_text().splitlines() if line.startswith("    ") or not line)
    monkeypatch.chdir(examples.parent)
    names: dict[str, object] = {}
    exec(code.replace('"runs/"', '"examples/"'), names)
    assert capsys.readouterr().out.count("\n") == 6
    assert len(names["table"]) == 6  # type: ignore[arg-type]

"""README and help pages: every command line in them exists, with every option, and the Python in them runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from lossdoctor.cli.main import cli
from tests.packaging.documents import HELP, blocks, documents, name_of

PAGES = documents()
_PARTS = re.compile(r"\s(?:\|\||>>|>|&|\|)\s?")


def command_lines(page: Path) -> list[list[str]]:
    """Words from `lossdoctor` on, of blocks of shell and of inline code."""
    shell = [line for block in blocks(page) if block.language in ("sh", "yaml") for line in block.code.splitlines()]
    found = [match[0] for line in shell for match in re.finditer(r"\blossdoctor [a-z].*", line)]
    found += re.findall(r"`(lossdoctor [a-z][^`]*)`", page.read_text(encoding="utf-8"))
    # Blocks have their comments after two blanks and a #.
    words = (shlex.split(_PARTS.split(line)[0].removesuffix(')"'), comments=True) for line in found)
    return [line for line in words if line[1] in cli.commands]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_line_exists(page: Path) -> None:
    for _, *words in command_lines(page):
        command: click.Command = cli.commands[words[0]]
        if isinstance(command, click.Group) and len(words) > 1 and words[1] in command.commands:
            command = command.commands[words[1]]
        known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        options = [word.split("=")[0].rstrip(",") for word in words if word.startswith("-")]
        assert set(options) <= known, (page.name, words)


def test_there_are_command_lines() -> None:
    assert sum(len(command_lines(page)) for page in PAGES) > 60


def test_the_python_page_runs(
    examples: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "\n".join(block.code for block in blocks(HELP / "python.md") if block.language == "python")
    monkeypatch.chdir(examples.parent)
    names: dict[str, object] = {}
    exec(code.replace('"runs/"', '"examples/"'), names)
    assert capsys.readouterr().out.count("\n") == 6
    assert len(names["table"]) == 6  # type: ignore[arg-type]


def test_the_settings_of_the_page_are_understood(tmp_path: Path) -> None:
    from lossdoctor.rules.thresholds import rule_choice
    from lossdoctor.settings.in_force import load

    [block] = [block for block in blocks(HELP / "configuration.md") if block.language == "toml"]
    (tmp_path / "lossdoctor.toml").write_text(block.code)
    choice = rule_choice(load((tmp_path,)))
    assert dict(choice.limits)["overfitting.rise_of_level"] == 0.1


def test_the_page_of_privacy_names_every_file_that_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from lossdoctor.workspace import cache, checklists, recent

    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    text = (HELP / "privacy.md").read_text(encoding="utf-8")
    for path in (cache.default_path(), checklists.default_path(), recent.default_path()):
        assert f"`~/{path.relative_to(Path.home()).as_posix()}`" in text

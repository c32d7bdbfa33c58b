"""CONTRIBUTING.md is followed word by word in a copy of the tree: its files written, its lines added, its commands run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.packaging.documents import ROOT

GUIDE = ROOT / "CONTRIBUTING.md"
_STEP = re.compile(
    r"^(?:Write `(?P<new>[^`]+)`:|In `(?P<old>[^`]+)`, (?:below the line `(?P<line>[^`]+)`|at the end), add:)\n\n"
    r"```\w+\n(?P<text>.*?)^```$|^```sh\n(?P<commands>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_HEADING = re.compile(r"^## (A new .*)$", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """One thing to do: text for a new file, text for an old one (below a line, or at its end), or commands."""

    new: str
    old: str
    line: str
    text: str
    commands: str


def examples() -> dict[str, list[Step]]:
    """The steps of each worked example, by its heading."""
    parts = _HEADING.split(GUIDE.read_text(encoding="utf-8"))[1:]
    return {
        title: [
            Step(**{name: found or "" for name, found in step.groupdict().items()}) for step in _STEP.finditer(text)
        ]
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    }


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree; the examples are done in it one after the other."""
    copy = tmp_path_factory.mktemp("tree")
    leave = shutil.ignore_patterns("__pycache__", ".*", "build", "dist")
    for name in ("lossdoctor", "resources", "tests", "packaging"):
        shutil.copytree(ROOT / name, copy / name, ignore=leave)
    for name in ("README.md", "CONTRIBUTING.md", "pyproject.toml"):
        shutil.copy(ROOT / name, copy / name)
    return copy


def apply(step: Step, tree: Path) -> None:
    if step.new:
        place = tree / step.new
        assert not place.exists(), step.new
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(step.text, encoding="utf-8")
    elif step.old:
        place = tree / step.old
        lines = place.read_text(encoding="utf-8").splitlines(keepends=True)
        at = len(lines)
        if step.line:
            [at] = [number for number, line in enumerate(lines, 1) if line.strip() == step.line]
        place.write_text("".join([*lines[:at], step.text, *lines[at:]]), encoding="utf-8")
    else:
        for command in step.commands.splitlines():
            run(command, tree)


def run(command: str, tree: Path) -> None:
    # The copy must win over the tree that is installed for development.
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PYTHONPATH": str(tree), "PATH": tools, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=tree, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


@pytest.mark.parametrize("title", ["A new rule", "A new cause", "A new importer", "A new section of the report"])
def test_the_example_works_as_it_is_written(title: str, tree: Path) -> None:
    steps = examples()[title]
    assert len(steps) >= 2
    for step in steps:
        apply(step, tree)


def test_what_was_added_keeps_to_the_style_and_the_layers(tree: Path) -> None:
    added = [step.new for steps in examples().values() for step in steps if step.new.endswith(".py")]
    assert len(added) == 4
    run(f"ruff check --quiet {' '.join(added)} lossdoctor/rules/registry.py lossdoctor/importers/registry.py", tree)
    run("lint-imports --no-cache", tree)


def test_no_block_is_passed_over() -> None:
    steps = [step for found in examples().values() for step in found]
    assert len(steps) == len(re.findall(r"^```\w+$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE))

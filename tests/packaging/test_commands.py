"""Every command in a ```sh block of README and help is run as written, in a folder whose `runs` are the examples.

A block after a comment `<!-- not run: why -->` is left out. A command that opens the window must still be running, without
a word on stderr, when the time is up.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lossdoctor.cli.main import cli
from tests.packaging.documents import Block, blocks, documents, name_of

_WINDOW_SECONDS = 6
NOT_RUN = "not run: "
SHELL = [
    pytest.param(block, id=f"{name_of(path)}-{number}")
    for path in documents()
    if path.name != "CONTRIBUTING.md"  # whose commands test_contributing.py runs
    for number, block in enumerate((item for item in blocks(path) if item.language == "sh"), 1)
    if not block.note.startswith(NOT_RUN)
]


@pytest.fixture
def folder(tmp_path: Path, examples: Path) -> Path:
    shutil.copytree(examples, tmp_path / "runs")
    return tmp_path


def opens_window(line: str) -> bool:
    words = [word for word in line.split() if "=" not in word.split("/")[0]]
    return words[0] == "lossdoctor" and (
        len(words) == 1 or words[1] in ("demo", "open") or words[1] not in cli.commands
    )


@pytest.mark.parametrize("block", SHELL)
def test_it_does_what_the_page_says(block: Block, folder: Path) -> None:
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": tools, "QT_QPA_PLATFORM": "offscreen", "NO_COLOR": "1"}
    for line in block.code.replace("\\\n", " ").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        seconds = ("timeout", str(_WINDOW_SECONDS)) if opens_window(line) else ()
        command = [*seconds, "bash", "-c", line]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        if seconds and "system library" in done.stderr:
            pytest.skip("NOT TESTED: Qt cannot be loaded here")
        # 1: there are findings, which the examples are there for.
        assert done.returncode == 124 if seconds else done.returncode in (0, 1), (line, done.stderr)
        told = [said for said in done.stderr.splitlines() if "plugin does not support" not in said]
        assert not any(word in said for said in told for word in ("Traceback", "Usage:", "lossdoctor:")), (line, told)
        assert not seconds or not told, (line, told)


def test_what_is_not_run_says_why() -> None:
    for path in documents():
        for block in blocks(path):
            if block.language == "sh" and block.note.startswith("not run"):
                assert len(block.note) > len(NOT_RUN) + 10, (name_of(path), block.code)


def test_enough_is_run() -> None:
    assert len(SHELL) > 12

"""Shell completion: the scripts are there, and what they call answers with commands, options and choices."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

Cli = Callable[..., Any]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(lossdoctor: Cli, shell: str) -> None:
    done = lossdoctor("completion", shell)
    assert (done.code, done.err) == (0, "")
    assert f"_LOSSDOCTOR_COMPLETE={shell}_complete" in done.out
    if program := shutil.which(shell):
        subprocess.run([program, "-n"], input=done.out, text=True, check=True)


def test_the_shell_in_use_is_the_default(lossdoctor: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/usr/bin/zsh")
    assert "zsh_complete" in lossdoctor("completion").out
    monkeypatch.setenv("SHELL", "/bin/csh")
    done = lossdoctor("completion")
    assert done.code == 2
    assert "bash, zsh, fish" in done.err


@pytest.mark.parametrize(
    ("line", "expected"),
    [("lossdoctor sc", "scan"), ("lossdoctor scan --form", "--format"), ("lossdoctor scan --format ju", "junit")],
)
def test_words_are_completed(line: str, expected: str) -> None:
    words = line.split()
    environment = os.environ | {
        "_LOSSDOCTOR_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    done = subprocess.run([sys.executable, "-m", "lossdoctor"], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert expected in [entry.split(",")[-1] for entry in done.stdout.split()]

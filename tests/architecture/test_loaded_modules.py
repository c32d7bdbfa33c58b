"""What a command loads: the terminal never pays for the window, nor for a reader that its files do not need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("PySide6", "shiboken6", "pyqtgraph", "tbparse", "tensorboard", "matplotlib", "reportlab")
# The command runs as users run it, in a process of its own, and tells at the end which modules it has loaded.
SPY = """
import json, sys
from lossdoctor.cli.main import run
code = run(sys.argv[1:])
print("\\n" + json.dumps([code, sorted(name for name in sys.modules if "." not in name)]))
"""


def loaded(*args: object) -> set[str]:
    command = [sys.executable, "-W", "error", "-c", SPY, *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code in (0, 1), done.stderr
    return set(modules)


@pytest.mark.parametrize("args", [["--version"], ["--help"], ["scan", "--help"], ["report", "--help"]])
def test_the_first_answer_needs_no_numbers(args: list[str]) -> None:
    assert loaded(*args).isdisjoint({*HEAVY, "numpy", "pandas", "rich", "yaml"})


@pytest.mark.parametrize("output_format", ["text", "json"])
def test_scanning_loads_neither_qt_nor_tensorboard(examples: Path, output_format: str) -> None:
    modules = loaded("scan", examples, "--format", output_format)
    assert "numpy" in modules  # the spy sees what is loaded
    assert modules.isdisjoint(HEAVY)


def test_a_report_is_written_without_qt(examples: Path, tmp_path: Path) -> None:
    modules = loaded("report", examples / "02-underfitting", "-o", tmp_path / "out.pdf")
    assert "reportlab" in modules
    assert modules.isdisjoint(set(HEAVY) - {"reportlab"})


@pytest.mark.parametrize("args", [["rules"], ["formats"], ["explain", "overfitting"]])
def test_reference_commands_load_nothing_heavy(args: list[str]) -> None:
    assert loaded(*args).isdisjoint(HEAVY)

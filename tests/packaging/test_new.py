"""`packaging/new.py` begins each kind of thing in a copy of the tree; what it wrote loads and keeps to the style."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.documents import ROOT

STARTS = {
    "rule": ["rule", "late_start", "--cause", "missing_warmup"],
    "cause": ["cause", "warmup_too_long", "--explains", "late_start", "--file", "optimiser"],
    "importer": ["importer", "darknet"],
    "section": ["section", "after_best"],
}
_LOADS = {
    "rule": "from lossdoctor.rules.registry import rule; assert rule('late_start').code == 'CV{next}'; "
    "from lossdoctor.knowledge.vocabulary import FINDINGS; assert 'late_start' in FINDINGS",
    "cause": "from lossdoctor.knowledge.catalogue import load_causes, load_order; "
    "assert 'warmup_too_long' in {c.id for c in load_causes()}; "
    "assert 'late_start' in dict(next(c for c in load_causes() if c.id == 'missing_warmup').explains); "
    "assert 'warmup_too_long' in {c for step in load_order() for c in step.causes}",
    "importer": "from lossdoctor.importers.registry import importer; assert importer('darknet').title == 'Darknet'",
    "section": "from lossdoctor.report import document; assert document.after_best",
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree in which one thing of each kind was begun."""
    copy = tmp_path_factory.mktemp("tree")
    leave = shutil.ignore_patterns("__pycache__", ".*", "build", "dist")
    for name in ("lossdoctor", "resources", "tests", "packaging"):
        shutil.copytree(ROOT / name, copy / name, ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", copy)
    for start in STARTS.values():
        done = run(copy, "packaging/new.py", *start)
        assert done.returncode == 0, done.stderr
        assert "TODO" in done.stdout
    return copy


def next_code(family: str) -> str:
    last = max(int(path.stem[2:]) for path in (ROOT / "tests" / "rules" / "cases").glob(f"{family}*.toml"))
    return f"{family}{last + 1:02d}"


def run(tree: Path, *args: str) -> subprocess.CompletedProcess[str]:
    # The copy must win over the tree that is installed for development.
    environment = os.environ | {"PYTHONPATH": str(tree)}
    command = [sys.executable, *args]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("kind", STARTS)
def test_what_was_begun_is_loaded(kind: str, tree: Path) -> None:
    done = run(tree, "-c", _LOADS[kind].replace("{next}", next_code("CV")[2:]))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("check", [["ruff", "format", "--check"], ["ruff", "check"]], ids=["format", "lint"])
def test_it_keeps_to_the_style(check: list[str], tree: Path) -> None:
    done = run(tree, "-m", *check, "--quiet", "--no-cache", ".")
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_keeps_to_the_layers(tree: Path) -> None:
    done = run(tree, str(Path(sys.executable).parent / "lint-imports"), "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_rule_may_come_with_a_new_cause(tree: Path) -> None:
    done = run(
        tree, "packaging/new.py", "rule", "early_end", "--family", "TP", "--cause", "queue_limit", "--file", "logging"
    )
    assert done.returncode == 0, done.stderr
    loads = "from lossdoctor.knowledge.catalogue import load_causes; " \
        "assert dict(next(c for c in load_causes() if c.id == 'queue_limit').explains) == {'early_end': -1.0}"  # fmt: skip
    assert run(tree, "-c", loads).returncode == 0


def test_only_tests_of_what_was_begun_fail(tree: Path) -> None:
    suites = ["tests/rules", "tests/knowledge", "tests/report/test_after_best.py", "tests/report/test_markdown.py"]
    done = run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *suites)
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    failed = {re.split("::| - ", line)[1] for line in lines}
    codes = (next_code("CV"), next_code("TP"))
    unwritten = {f"test_case[{c}-TODO {w}]" for c in codes for w in ("what must be found", "found in spite of noise")}
    silent = {"test_it_says_it", "test_it_is_silent_when_there_is_nothing_to_say"}
    assert failed == unwritten | silent | {"test_explanations_are_two_to_five_sentences"}, done.stdout[-3000:]


def test_what_is_there_already_is_left_alone(tree: Path) -> None:
    place = tree / "lossdoctor" / "rules" / "late_start.py"
    before = place.read_text(encoding="utf-8")
    for start in STARTS.values():
        done = run(tree, "packaging/new.py", *start)
        assert done.returncode == 1, start
        assert "there already" in done.stderr
    assert place.read_text(encoding="utf-8") == before


def test_a_name_or_a_step_that_cannot_be_is_refused(tree: Path) -> None:
    assert run(tree, "packaging/new.py", "rule", "Late-Start").returncode == 2
    done = run(tree, "packaging/new.py", "cause", "x", "--explains", "not_converging", "--step", "nowhere")
    assert done.returncode == 1
    assert "look_at_curves" in done.stderr

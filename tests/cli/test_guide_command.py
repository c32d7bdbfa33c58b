"""`lossdoctor guide`: the path in the terminal, answers by flag and by question."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Finished


def test_it_shows_nine_steps_beside_the_runs_evidence(lossdoctor: Callable[..., Finished], examples: Path) -> None:
    done = lossdoctor("guide", examples / "02-underfitting")
    assert done.code == 0
    assert re.findall(r"^(\d)\. ", done.out, re.MULTILINE) == list("123456789")
    assert "Not converging: loss starts at 1.03" in done.out
    assert "the hidden activation is `sigmoid`" in done.out
    assert "Next: step 1." in done.out


def test_of_several_runs_the_most_urgent_is_taken(lossdoctor: Callable[..., Finished], examples: Path) -> None:
    out = lossdoctor("guide", examples).out
    assert "(the most urgent of 6 runs)" in out.splitlines()[0]


def test_answers_are_kept(lossdoctor: Callable[..., Finished], examples: Path) -> None:
    run = examples / "02-underfitting"
    done = lossdoctor("guide", run, "--answer", "1=fine", "--answer", "small-sample=wrong")
    assert done.code == 0
    out = lossdoctor("guide", run).out
    assert "✓ The picture is true" in out
    assert "✗ It does not" in out
    assert "Then: The fault lies in the network" in out
    assert "Next: step 3." in out
    assert "Next: step 1." in lossdoctor("guide", run, "--answer", "1=open").out


@pytest.mark.parametrize("wrong", ["12=fine", "soup=fine", "1=perhaps", "1"])
def test_an_answer_that_means_nothing_is_refused(
    wrong: str, lossdoctor: Callable[..., Finished], examples: Path
) -> None:
    done = lossdoctor("guide", examples / "02-underfitting", "--answer", wrong)
    assert done.code == 2
    assert len(done.err.splitlines()) == 1


def test_it_asks(lossdoctor: Callable[..., Finished], examples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = examples / "05-plateau"
    monkeypatch.setattr("sys.stdin", io.StringIO("f\ns\nw\nq\n"))
    out = lossdoctor("guide", run, "--ask").out
    assert "Then: Clean or normalise first" in out
    assert out.count("Find out: ") == 4
    kept = lossdoctor("guide", run).out
    assert "✓ The picture is true" in kept
    assert "✗ Something is off" in kept
    assert "Next: step 2." in kept


def test_nothing_there(lossdoctor: Callable[..., Finished], tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("nothing\n")
    done = lossdoctor("guide", tmp_path)
    assert done.code == 3
    assert "No run was found" in done.err

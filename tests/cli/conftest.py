"""Runs the command line inside the test's process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from lossdoctor.cli.main import run


@dataclass(frozen=True)
class Finished:
    """What a command left: its exit status and what it wrote."""

    code: int
    out: str
    err: str


@pytest.fixture
def lossdoctor(capsys: pytest.CaptureFixture[str]) -> Callable[..., Finished]:
    """`lossdoctor("scan", path)` runs one command line."""

    def call(*args: object) -> Finished:
        capsys.readouterr()
        code = run([str(arg) for arg in args])
        captured = capsys.readouterr()
        return Finished(code, captured.out, captured.err)

    return call

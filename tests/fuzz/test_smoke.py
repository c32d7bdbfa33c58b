"""A short run of every fuzz target by mutation alone, and that a crash is seen."""

from __future__ import annotations

import os

import pytest

from tests.fuzz import targets
from tests.fuzz.run import NAMES, by_mutation
from tests.fuzz.seeds import seeds

SECONDS = float(os.environ.get("LOSSDOCTOR_FUZZ_SECONDS", "0.4"))


@pytest.mark.parametrize("name", NAMES)
def test_smoke(name: str) -> None:
    if name == "parquet":
        pytest.importorskip("pyarrow", reason="needs pyarrow, of an extra")
    figures = by_mutation(name, SECONDS)
    assert figures.crash == ""
    assert figures.executions >= len(seeds(name))


def test_every_target_is_run() -> None:
    assert set(targets.TARGETS) == set(NAMES)


def test_a_crash_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def fragile(data: bytes) -> None:
        if len(data) % 7 == 3:
            raise ValueError("seven")

    monkeypatch.setitem(targets.TARGETS, "events", fragile)
    figures = by_mutation("events", 5.0)
    assert "seven" in figures.crash

"""Verdicts on drawn runs: no class is a hole, and healthy runs of any length stay healthy."""

from __future__ import annotations

import numpy as np
import pytest

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.findings import Verdict
from lossdoctor.synth import draw_run

EACH = 25


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_drawn_runs_are_called_what_they_are(verdict: Verdict) -> None:
    said = [diagnose(draw_run(verdict, seed)).verdict for seed in range(EACH)]
    assert sum(word is verdict for word in said) >= 0.9 * EACH, said


@pytest.mark.parametrize("points", [12, 100, 3000])
def test_healthy_runs_of_any_length_raise_no_alarm(points: int) -> None:
    diagnoses = [diagnose(draw_run(Verdict.HEALTHY, seed, points)) for seed in range(EACH)]
    assert sum(d.verdict is Verdict.HEALTHY for d in diagnoses) >= EACH - 1
    assert not [f for d in diagnoses for f in d.findings if f.severity == "high"]


def test_a_seed_gives_one_run() -> None:
    first, again, other = (draw_run(Verdict.OVERFITTING, seed) for seed in (3, 3, 4))
    assert [s.tag for s in first.series] == [s.tag for s in again.series]
    assert all(np.array_equal(a.values, b.values) for a, b in zip(first.series, again.series, strict=True))
    assert first.series[0].values.size != other.series[0].values.size

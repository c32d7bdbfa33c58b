"""Every sample log reads as its golden dump says; `python -m tests.importers.test_samples` writes the dumps anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.registry import IMPORTERS
from lossdoctor.runs import Problem, Run, Series

SAMPLES = Path(__file__).parent / "samples"
FORMATS = sorted(folder.name for folder in SAMPLES.iterdir() if folder.is_dir())
# What a format needs besides the program's own dependencies.
NEEDS = {"parquet": "pyarrow"}
_SHOWN = 5


def dump(folder: Path) -> dict[str, Any]:
    """What is read from a folder, as JSON: the ends of every series, sums over all of it, roles, config, problems."""
    found = find_sources(folder)
    results = [read_source(source) for source in found.sources]
    problems = [*found.problems, *(problem for result in results for problem in result.problems)]
    return {
        "runs": [_run(run, folder) for result in results for run in result.runs],
        "problems": [_problem(problem, folder) for problem in problems],
    }


def _run(run: Run, folder: Path) -> dict[str, Any]:
    return {
        "id": run.id,
        "name": run.name,
        "format": run.format,
        "step_unit": run.step_unit,
        "series": {series.tag: _series(series) for series in run.series},
        "roles": {r.tag: f"{r.role}{'*' if r.primary else ''}: {r.reason}" for r in run.roles},
        "config": dict(run.config),
        "problems": [_problem(problem, folder) for problem in run.problems],
    }


def _series(series: Series) -> dict[str, Any]:
    values = [repr(value) for value in series.values.tolist()]
    band = series.band
    return {
        "points": len(series),
        "steps": [*series.steps[:_SHOWN].tolist(), "...", *series.steps[-2:].tolist()],
        "values": [*values[:_SHOWN], "...", *values[-2:]],
        "step_sum": int(series.steps.sum()),
        "finite_sum": repr(float(series.values[series.finite].sum())),
        "not_finite": int((~series.finite).sum()),
        "timed": bool((series.wall_times == series.wall_times).any()),
        **({} if band is None else {"band": [repr(float(np.nansum(edge))) for edge in (band.lower, band.upper)]}),
    }


def _problem(problem: Problem, folder: Path) -> str:
    return f"{problem.level} {problem.code}: {problem.sentence().replace(str(folder), '')}"


@pytest.mark.parametrize("name", FORMATS)
def test_sample_reads_as_its_golden_dump(name: str) -> None:
    if name in NEEDS:
        pytest.importorskip(NEEDS[name], reason=f"needs {NEEDS[name]}, of an extra")
    expected = json.loads((SAMPLES / f"{name}.json").read_text())
    assert json.loads(json.dumps(dump(SAMPLES / name))) == expected


def test_every_importer_has_samples() -> None:
    assert {candidate.name for candidate in IMPORTERS} == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_every_sample_cut_anywhere_is_read_or_explained(name: str, tmp_path: Path) -> None:
    for path in sorted(p for p in (SAMPLES / name).rglob("*") if p.is_file()):
        data = path.read_bytes()
        copy = tmp_path / path.name
        for part in range(1, 16):
            copy.write_bytes(data[: len(data) * part // 16])
            found = find_sources(copy)
            told = list(found.problems)
            points = 0
            for source in found.sources:
                result = read_source(source)
                told += result.problems
                told += [problem for run in result.runs for problem in run.problems]
                points += sum(run.points for run in result.runs)
            assert points or told, f"{path.name} cut at {part}/16 is passed over in silence"
        copy.unlink()


if __name__ == "__main__":
    for name in FORMATS:
        text = json.dumps(dump(SAMPLES / name), indent=1, ensure_ascii=False)
        (SAMPLES / f"{name}.json").write_text(text + "\n")
        print(f"{name}: {len(text)} characters")

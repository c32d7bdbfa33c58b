"""Broken and hostile input: the problem with its file and place, the rest read, memory and time bounded, no exception."""

from __future__ import annotations

from pathlib import Path

import pytest

from lossdoctor.importers import find_sources, read_source
from lossdoctor.runs import Problem
from tests.helpers.bounded import bounded
from tests.reliability.hostile import CSV, DEFAULT_MEMORY, LOSSES, Hostile
from tests.reliability.hostile_events import EVENTS
from tests.reliability.hostile_places import PLACES
from tests.reliability.hostile_texts import TEXTS

EVERY = (*EVENTS, *TEXTS, *PLACES)


def read(folder: Path) -> tuple[dict[str, int], list[Problem]]:
    """Points by run id, and every problem; what crosses to the test's own process."""
    found = find_sources(folder)
    problems = list(found.problems)
    points: dict[str, int] = {}
    for source in found.sources:
        result = read_source(source)
        problems += result.problems
        for run in result.runs:
            points[run.id] = run.points
            problems += run.problems
    return points, problems


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.name)
def test_hostile_files(case: Hostile, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    case.write(folder)
    alone = bounded(read, folder, seconds=case.seconds)
    assert (alone.error, alone.status) == ("", 0)
    points, problems = alone.value
    told = {problem.code for problem in problems}
    assert sum(points.values()) >= case.points, (points, problems)
    if case.codes:
        assert told & set(case.codes), problems
        assert any(case.place in problem.place for problem in problems if problem.code in case.codes), problems
    for problem in problems:
        assert problem.path.startswith(str(folder))
        assert problem.message.endswith((".", "...")), problem
        problem.sentence().encode()
    assert alone.peak < case.memory, f"{alone.peak >> 20} MB"


@pytest.mark.parametrize("case", [case for case in EVERY if case.memory == DEFAULT_MEMORY], ids=lambda case: case.name)
def test_the_neighbour_is_read_all_the_same(case: Hostile, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    case.write(folder)
    (folder / "neighbour").mkdir()
    (folder / "neighbour" / "good.csv").write_bytes(CSV.replace(b"0,2.0", b"0,2.5", 1))
    outcome = bounded(read, folder, seconds=case.seconds)
    assert (outcome.error, outcome.status) == ("", 0)
    assert outcome.value[0]["neighbour/good.csv"] == len(LOSSES)

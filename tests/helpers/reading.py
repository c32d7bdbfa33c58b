"""Reads a path the way the program does, with everything that it tells about it."""

from __future__ import annotations

from pathlib import Path

from lossdoctor.importers import find_sources, read_source
from lossdoctor.runs import Problem, Run


def read(path: Path) -> tuple[list[Run], list[Problem]]:
    """Every run below a path, and every problem: of looking, of reading and of the runs themselves."""
    found = find_sources(path)
    results = [read_source(source) for source in found.sources]
    runs = [run for result in results for run in result.runs]
    told = [problem for result in results for problem in result.problems]
    return runs, [*found.problems, *told, *(problem for run in runs for problem in run.problems)]

"""Reads runs whose tables hold one tag a file: TensorBoard's chart downloads and DVCLive's plots."""

from __future__ import annotations

import os
from collections.abc import Sequence

from lossdoctor.importers.base import ImportResult, Source
from lossdoctor.importers.files import shown, unreadable
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.step_axis import table_series
from lossdoctor.importers.table import read_table
from lossdoctor.runs import Problem, ProblemLevel, Series


def read_tag_files(source: Source, tags: Sequence[str]) -> ImportResult:
    """One run of files that hold a series each, under the tags given for them."""
    series: dict[str, Series] = {}
    problems: list[Problem] = []
    unit = "step"
    for path, tag in zip(source.files, tags, strict=True):
        try:
            table = read_table(path)
        except OSError as error:
            problems.append(unreadable(path, error))
            continue
        found, unit, assumed = table_series(table, path) if table is not None else ([], unit, [])
        if table is None or not found:
            text = "holds no column of numbers."
            problems.append(Problem("no_numbers", ProblemLevel.WARNING, shown(path), text))
            continue
        problems += [*table.problems, *assumed]
        first = found[0]
        name = tag if tag not in series else f"{tag} ({os.path.basename(path)})"
        series[name] = Series(name, first.steps, first.values, first.wall_times, first.source)
    if not series:
        return ImportResult((), tuple(problems))
    return ImportResult((build_run(source, series.values(), step_unit=unit, problems=problems),))

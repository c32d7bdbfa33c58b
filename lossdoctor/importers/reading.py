"""Reads one source, and builds a Run out of what an importer found in it: roles, config files beside it, seams."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace

from lossdoctor.formatting import count
from lossdoctor.importers.base import ImportResult, Source
from lossdoctor.importers.config_files import config_beside
from lossdoctor.importers.files import shown
from lossdoctor.importers.folding import folded
from lossdoctor.importers.options import AS_THEY_SAY, ReadOptions
from lossdoctor.importers.role_choice import with_role_rules
from lossdoctor.importers.roles import assign_roles
from lossdoctor.runs import ConfigValue, Problem, ProblemLevel, Role, Run, SeamKind, Series, find_seams


def read_source(source: Source, options: ReadOptions = AS_THEY_SAY) -> ImportResult:
    """Reads a source whole: every run in it, with roles (the user's choice in `options` included), config and problems.

    Damage becomes problems; what could be read is returned. One training in several formats (`Source.also`) comes back
    as one run. Raises only for a Source of an unknown format.
    """
    if source.also:
        results = [_read_one(item) for item in (replace(source, also=()), *source.also)]
        runs = folded(run for result in results for run in result.runs)
        result = ImportResult(runs, tuple(problem for result in results for problem in result.problems))
    else:
        result = _read_one(source)
    if not options.roles:
        return result
    return replace(result, runs=tuple(with_role_rules(run, options.roles) for run in result.runs))


def _read_one(source: Source) -> ImportResult:
    from lossdoctor.importers.compressed import is_compressed, read_compressed
    from lossdoctor.importers.registry import importer

    read = importer(source.format).read
    return read_compressed(source, read) if is_compressed(source) else read(source)


def build_run(
    source: Source,
    series: Iterable[Series],
    *,
    run_id: str | None = None,
    name: str | None = None,
    config: Mapping[str, ConfigValue] | None = None,
    step_unit: str = "step",
    problems: Iterable[Problem] = (),
    size_bytes: int | None = None,
) -> Run:
    """A Run with roles assigned, config files beside the source added, and restarts noted.

    Values of `config` (out of the log itself) win over those of files beside it.
    """
    kept = tuple(series)
    beside, config_problems = config_beside(folder) if (folder := _config_folder(source)) else ({}, ())
    roles = assign_roles(kept)
    run_id = source.id if run_id is None else run_id
    run = Run(
        id=run_id,
        path=source.path,
        name=name or run_id.rsplit("/", 1)[-1],
        format=source.format,
        series=kept,
        roles=roles,
        config={**beside, **(config or {})},
        step_unit=step_unit,
        problems=(*problems, *config_problems),
        size_bytes=source.size_bytes if size_bytes is None else size_bytes,
    )
    seams = _seams(run)
    return run if not seams else replace(run, problems=(*run.problems, *seams))


def _config_folder(source: Source) -> str:
    """The folder whose configuration files belong to the run; "" when it holds logs of other runs as well."""
    if os.path.isdir(source.path):
        return source.path
    folder, name = os.path.split(source.path)
    ending = os.path.splitext(name)[1]
    try:
        alike = [other for other in os.listdir(folder) if os.path.splitext(other)[1] == ending]
    except OSError:
        return ""
    return folder if alike == [name] else ""


_SEAMS = {
    SeamKind.RESUME: "resumed from an earlier checkpoint",
    SeamKind.RESTART: "restarted from its first step",
    SeamKind.COPY: "holds the same points once more",
    SeamKind.OTHER_WRITER: "was written by two processes at once, or by one whose points were mixed up",
}


def _seams(run: Run) -> tuple[Problem, ...]:
    """One note on the steps that go back, saying what each of the seams is."""
    for role in (Role.TRAIN_LOSS, Role.VAL_LOSS):
        series = run.primary(role)
        seams = () if series is None else tuple(s for s in find_seams(series) if s.kind is not SeamKind.PAUSE)
        if series is not None and seams:
            what = "; ".join(
                f"{text}{' ' + count(times, 'time') if times > 1 and kind is not SeamKind.OTHER_WRITER else ''}"
                for kind, text in _SEAMS.items()
                if (times := sum(seam.kind is kind for seam in seams))
            )
            text = (
                f"{what}: steps go back {count(len(seams), 'time')}, last from {seams[-1].before} to {seams[-1].step}. "
                "Every point is kept, in file order; what stands at the end is judged."
            )
            return (Problem("steps_go_back", ProblemLevel.INFO, shown(run.path), text, place=f"tag {series.tag}"),)
    return ()

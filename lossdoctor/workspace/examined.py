"""Reads one source and examines its runs: the unit of work of a scan, in this process or in another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lossdoctor.diagnosis.engine import examine
from lossdoctor.diagnosis.examination import Examination
from lossdoctor.errors import LossdoctorError
from lossdoctor.importers.base import Source
from lossdoctor.importers.options import AS_THEY_SAY, ReadOptions
from lossdoctor.importers.reading import read_source
from lossdoctor.progress import Cancelled
from lossdoctor.rules.choice import EVERY_RULE, RuleChoice
from lossdoctor.runs import Problem, Run
from lossdoctor.workspace.guard import TooSlowError, defect, guarded, out_of_memory, took_too_long
from lossdoctor.workspace.results import RunFacts


@dataclass(frozen=True, slots=True)
class HowToExamine:
    """What every worker of a scan is told. Pickles; goes into the keys of the cache.

    Attributes:
        keep_points: keep each run's series and histograms; without them a run costs a few kilobytes.
        read: what the user says about the logs.
        rules: which rules are asked, with which thresholds.
        remotes: (URL, mirror) of every folder behind a URL, as `remote.Remote`.
    """

    keep_points: bool = True
    read: ReadOptions = AS_THEY_SAY
    rules: RuleChoice = EVERY_RULE
    remotes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ExaminedRun:
    """One run, examined alone.

    Attributes:
        run: as read; without points when these were not to be kept.
        facts: what was counted on its points.
        examination: what was found, or why that failed.
        tags: the tags of its series, where the user chose roles by tag; else empty.
    """

    run: Run
    facts: RunFacts
    examination: Examination | Problem
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What came of one source; the one value that crosses process borders."""

    runs: tuple[ExaminedRun, ...]
    problems: tuple[Problem, ...] = ()


def as_read(run: Run) -> Run:
    """The run itself: what `amend` is where nobody has a last word."""
    return run


def examine_source(source: Source, how: HowToExamine, amend: Callable[[Run], Run] = as_read) -> SourceResult:
    """Reads a source and examines every run in it; what goes wrong becomes problems of the result.

    Args:
        source: what to read.
        how: how to read and examine it.
        amend: the last word on each run before it is examined.

    Raises:
        LossdoctorError, FileNotFoundError: the installation is broken, so that every source would fail alike.
    """
    result = guarded(source.path, read_source, source, how.read)
    if isinstance(result, Problem):
        return SourceResult((), (result,))
    return SourceResult(tuple(_examined(amend(run), how) for run in result.runs), result.problems)


def amended(result: SourceResult, how: HowToExamine, amend: Callable[[Run], Run]) -> SourceResult:
    """What came of a source that was examined without the last word on its runs: those that it changes, examined anew.

    Args:
        result: with the points of its runs.
        how: how it was examined.
        amend: the last word; a run that it leaves alone it returns itself.
    """
    runs = ((item, amend(item.run)) for item in result.runs)
    return replace(result, runs=tuple(item if run is item.run else _examined(run, how) for item, run in runs))


def _examined(run: Run, how: HowToExamine) -> ExaminedRun:
    kept = run if how.keep_points else without_points(run)
    tags = tuple(series.tag for series in run.series) if how.read.roles else ()
    return ExaminedRun(kept, RunFacts.of(run), _examination(run, how.rules), tags)


def _examination(run: Run, rules: RuleChoice) -> Examination | Problem:
    try:
        return examine(run, choice=rules)
    except TooSlowError as error:
        return took_too_long(run.path, float(str(error)))
    except MemoryError:
        return out_of_memory(run.path)
    except (Cancelled, LossdoctorError, FileNotFoundError):
        raise
    except Exception as error:  # noqa: BLE001  # a defect met by one run of thousands must not cost the others
        return defect(run.path, error)


def without_points(run: Run) -> Run:
    """The run without series and histograms; of its roles those remain that it is judged by."""
    return replace(run, series=(), histograms=(), roles=tuple(role for role in run.roles if role.primary))

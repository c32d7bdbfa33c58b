"""Reads one source and examines its runs: the unit of work of a scan, in this process or in another."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lossdoctor.diagnosis.engine import examine
from lossdoctor.diagnosis.examination import Examination
from lossdoctor.errors import LossdoctorError
from lossdoctor.importers.base import Source
from lossdoctor.importers.reading import read_source
from lossdoctor.progress import Cancelled
from lossdoctor.runs import Problem, Run
from lossdoctor.workspace.guard import TooSlowError, defect, guarded, took_too_long
from lossdoctor.workspace.results import RunFacts


@dataclass(frozen=True, slots=True)
class HowToExamine:
    """What every worker of a scan is told. Pickles; goes into the keys of the cache.

    Attributes:
        keep_points: keep each run's series and histograms; without them a run costs a few kilobytes.
    """

    keep_points: bool = True


@dataclass(frozen=True, slots=True)
class ExaminedRun:
    """One run, examined alone.

    Attributes:
        run: as read; without points when these were not to be kept.
        facts: what was counted on its points.
        examination: what was found, or why that failed.
    """

    run: Run
    facts: RunFacts
    examination: Examination | Problem


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What came of one source; the one value that crosses process borders."""

    runs: tuple[ExaminedRun, ...]
    problems: tuple[Problem, ...] = ()


def examine_source(source: Source, how: HowToExamine) -> SourceResult:
    """Reads a source and examines every run in it; what goes wrong becomes problems of the result.

    Raises:
        LossdoctorError, FileNotFoundError: the installation is broken, so that every source would fail alike.
    """
    result = guarded(source.path, read_source, source)
    if isinstance(result, Problem):
        return SourceResult((), (result,))
    return SourceResult(tuple(_examined(run, how) for run in result.runs), result.problems)


def _examined(run: Run, how: HowToExamine) -> ExaminedRun:
    return ExaminedRun(run if how.keep_points else without_points(run), RunFacts.of(run), _examination(run))


def _examination(run: Run) -> Examination | Problem:
    try:
        return examine(run)
    except TooSlowError as error:
        return took_too_long(run.path, float(str(error)))
    except (Cancelled, LossdoctorError, FileNotFoundError):
        raise
    except Exception as error:  # noqa: BLE001  # a defect met by one run of thousands must not cost the others
        return defect(run.path, error)


def without_points(run: Run) -> Run:
    """The run without series and histograms; of its roles those remain that it is judged by."""
    return replace(run, series=(), histograms=(), roles=tuple(role for role in run.roles if role.primary))

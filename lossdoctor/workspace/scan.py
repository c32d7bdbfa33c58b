"""Scans paths: finds the logs, reads and diagnoses every run; what goes wrong with one source costs that source only."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar

from lossdoctor import safe_text
from lossdoctor.diagnosis import Diagnosis
from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.errors import LossdoctorError
from lossdoctor.importers.base import Discovery, Source
from lossdoctor.importers.discover import find_sources
from lossdoctor.importers.mapped_table import unused
from lossdoctor.importers.options import AS_THEY_SAY, ReadOptions
from lossdoctor.importers.reading import read_source
from lossdoctor.importers.role_choice import unmatched
from lossdoctor.progress import Cancel, Cancelled, Progress, never, silent
from lossdoctor.rules.choice import EVERY_RULE, RuleChoice
from lossdoctor.runs import Problem, ProblemLevel, Run
from lossdoctor.workspace.results import DiagnosedRun, ScanResult
from lossdoctor.workspace.run_ids import RootedRun, unique_runs
from lossdoctor.workspace.siblings import sibling_groups

_P = ParamSpec("_P")
_T = TypeVar("_T")

_log = logging.getLogger(__name__)

_REPORT_HINT = "This is a defect of lossdoctor, not of your log; please report it with this file."


def _as_read(run: Run) -> Run:
    return run


def scan(
    paths: Sequence[Path],
    *,
    progress: Progress = silent,
    cancel: Cancel = never,
    on_run: Callable[[DiagnosedRun], None] | None = None,
    rules: RuleChoice = EVERY_RULE,
    read: ReadOptions = AS_THEY_SAY,
    amend: Callable[[Run], Run] = _as_read,
) -> ScanResult:
    """Everything below `paths`, diagnosed.

    All sources are read before the first run is diagnosed, because a diagnosis compares a run with the other runs of
    the scan. Runs, ids and verdicts do not depend on the order of `paths`; a source reached over two paths counts once.

    Args:
        paths: files and folders; one that does not exist or holds no log becomes a problem.
        progress: told after every source and every run; the two halves of the total are reading and diagnosing.
        cancel: asked before every source and every run.
        on_run: receives each run as soon as it is diagnosed, in the order of ids.
        rules: which rules are asked, with which thresholds.
        read: what the user says about the logs; what of it finds nothing becomes a problem.
        amend: the last word on each run before it is diagnosed, for choices remembered for single runs.

    Returns:
        Runs sorted by id and every problem met, sorted by path.

    Raises:
        Cancelled: `cancel` said so.
    """
    started = time.perf_counter()
    discoveries, problems = _discover(paths, cancel, read)
    sources = _distinct_sources(discoveries)
    steps = _Steps(progress, cancel, len(sources))
    rooted, read_problems = _read_all(sources, steps, read)
    runs = tuple(map(amend, unique_runs(rooted)))
    diagnosed, diagnosis_problems = _diagnose_all(runs, steps, on_run, rules)
    problems += unmatched(read.roles, runs) + _unused(read, [source for _, source in sources])
    problems += read_problems + diagnosis_problems + [p for item in diagnosed for p in item.run.problems]
    return ScanResult(
        roots=tuple(str(path) for path in paths),
        runs=tuple(diagnosed),
        problems=_sorted_problems(problems),
        files=sum(len(source.every_file) for _, source in sources),
        bytes=sum(source.total_bytes for _, source in sources),
        seconds=time.perf_counter() - started,
        rules=rules,
    )


class _Steps:
    """Counts sources read and runs diagnosed on one scale of 2 x sources, and stops the work when asked to."""

    def __init__(self, progress: Progress, cancel: Cancel, n_sources: int) -> None:
        self._progress, self._cancel, self._n = progress, cancel, n_sources

    def reading(self, index: int, source: Source) -> None:
        _stop_if(self._cancel)
        self._progress(index, 2 * self._n, source.id)

    def diagnosing(self, index: int, n_runs: int, run: Run) -> None:
        _stop_if(self._cancel)
        self._progress(self._n + self._n * index // n_runs, 2 * self._n, run.id)

    def finished(self) -> None:
        self._progress(2 * self._n, 2 * self._n, "")


def _stop_if(cancel: Cancel) -> None:
    if cancel():
        raise Cancelled


def _discover(paths: Sequence[Path], cancel: Cancel, options: ReadOptions) -> tuple[list[Discovery], list[Problem]]:
    discoveries: list[Discovery] = []
    problems: list[Problem] = []
    for path in sorted(set(paths)):
        _stop_if(cancel)
        found = _guarded(str(path), find_sources, path, options)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            discoveries.append(found)
            problems.extend(found.problems)
    return discoveries, problems


def _distinct_sources(discoveries: Iterable[Discovery]) -> list[tuple[str, Source]]:
    """(root, source) of every source once, by id; of overlapping roots the outermost (shortest) gives the id."""
    seen: dict[tuple[str, tuple[str, ...]], tuple[str, Source]] = {}
    for found in sorted(discoveries, key=lambda d: (len(d.root), d.root)):
        for source in found.sources:
            seen.setdefault((source.format, source.every_file), (found.root, source))
    return sorted(seen.values(), key=lambda item: (item[1].id, item[0], item[1].path))


def _read_all(
    sources: list[tuple[str, Source]], steps: _Steps, options: ReadOptions
) -> tuple[list[RootedRun], list[Problem]]:
    runs: list[RootedRun] = []
    problems: list[Problem] = []
    for index, (root, source) in enumerate(sources):
        steps.reading(index, source)
        result = _guarded(source.path, read_source, source, options)
        if isinstance(result, Problem):
            problems.append(result)
        else:
            runs.extend(RootedRun(root, run) for run in result.runs)
            problems.extend(result.problems)
    return runs, problems


def _unused(options: ReadOptions, sources: Sequence[Source]) -> list[Problem]:
    """What the user said that no file met."""
    problems = unused(options.maps, [source.columns for source in sources if source.columns is not None])
    if options.pattern and not any(source.pattern for source in sources):
        text = f"no text log has a line that {options.pattern!r} fits, so it changes nothing."
        hint = "Try it on one line of the log; groups are named (?P<step>...), (?P<loss>...)."
        problems.append(
            Problem("pattern_unused", ProblemLevel.WARNING, options.pattern_origin or "pattern", text, hint)
        )
    return problems


def _diagnose_all(
    runs: Sequence[Run], steps: _Steps, on_run: Callable[[DiagnosedRun], None] | None, rules: RuleChoice
) -> tuple[list[DiagnosedRun], list[Problem]]:
    diagnosed: list[DiagnosedRun] = []
    problems: list[Problem] = []
    # Only runs of one folder are compared; handing every run all the others would cost the square of their number.
    siblings = sibling_groups(runs)
    for index, run in enumerate(runs):
        steps.diagnosing(index, len(runs), run)
        diagnosis = _diagnosed(run, siblings[run.id], rules)
        if isinstance(diagnosis, Problem):
            problems += [diagnosis, *run.problems]
            continue
        item = DiagnosedRun(run, diagnosis)
        diagnosed.append(item)
        if on_run is not None:
            on_run(item)
    steps.finished()
    return diagnosed, problems


def _diagnosed(run: Run, siblings: Sequence[Run], rules: RuleChoice) -> Diagnosis | Problem:
    """The diagnosis of one run; errors that every run would meet (a broken installation) are not taken for its own."""
    try:
        return diagnose(run, siblings, choice=rules)
    except (Cancelled, LossdoctorError, FileNotFoundError):
        raise
    except Exception as error:  # noqa: BLE001  # as in _guarded
        return _defect(run.path, error)


def _guarded(path: str, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T | Problem:
    """The result of `work`, or the problem that it ran into; nothing one file holds may end the scan."""
    try:
        return work(*args, **kwargs)
    except Cancelled:
        raise
    except LossdoctorError as error:
        return Problem("unreadable", ProblemLevel.ERROR, path, error.message, error.hint)
    except OSError as error:
        hint = "Check that the file exists and that you may read it."
        return Problem("unreadable", ProblemLevel.ERROR, path, f"cannot be read: {error.strerror or error}.", hint)
    except Exception as error:  # noqa: BLE001  # a defect met by one file of thousands must not cost the others
        return _defect(path, error)


def _defect(path: str, error: Exception) -> Problem:
    _log.debug("failed on %s", path, exc_info=error)
    message = f"lossdoctor failed on this input ({type(error).__name__}: {safe_text.plain(error, 120)})."
    return Problem("internal_error", ProblemLevel.ERROR, path, message, _REPORT_HINT)


def _sorted_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Every problem once (a run's own may have been reported by its source too), by path and place."""
    return tuple(sorted(set(problems), key=lambda p: (p.path, p.place, p.code, p.message)))

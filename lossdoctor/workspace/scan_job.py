"""ScanJob: a scan in three steps that a caller may watch, stop and still get a result from: find, examine, conclude."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lossdoctor.diagnosis.engine import conclude
from lossdoctor.diagnosis.examination import Examination
from lossdoctor.importers.base import Source
from lossdoctor.importers.mapped_table import unused
from lossdoctor.importers.options import ReadOptions
from lossdoctor.importers.role_choice import unmatched_tags
from lossdoctor.importers.where import EVERYWHERE, Where
from lossdoctor.knowledge.case import MAX_SIBLINGS
from lossdoctor.knowledge.neighbours import Sibling
from lossdoctor.progress import Cancel, Cancelled, never
from lossdoctor.runs import Problem, ProblemLevel, Run, StandardConfig
from lossdoctor.workspace.chunks import cost, jobs_for, make_chunks
from lossdoctor.workspace.examined import ExaminedRun, HowToExamine, SourceResult, amended, as_read
from lossdoctor.workspace.guard import TooSlowError, allowance, time_limit, took_too_long
from lossdoctor.workspace.known import known_results
from lossdoctor.workspace.memory import affordable, share
from lossdoctor.workspace.reach import examine_anywhere
from lossdoctor.workspace.results import DiagnosedRun, RememberedScan, ScanResult
from lossdoctor.workspace.run_ids import RootedRun, unique_ids
from lossdoctor.workspace.siblings import sibling_groups
from lossdoctor.workspace.sources import find_all, written_after
from lossdoctor.workspace.workers import Workers

if TYPE_CHECKING:
    from lossdoctor.workspace.remembered import ScanMemory

# Two minutes for a file that is not large: longer than the slowest honest one seen, short enough to wait for.
TIMEOUT_SECONDS = 120.0
# Reading less than this (in bytes of a large file, see `chunks.cost`) takes no longer than asking the cache.
CACHE_FROM = 1_000_000
# How many workers of a cluster the chunks are cut for; more than there are costs nothing but smaller tasks.
_CLUSTER_JOBS = 16


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """How a scan works, and what it looks at.

    Attributes:
        jobs: number of processes; None lets the amount of work decide, 1 stays in this process.
        timeout: seconds that one source may take (more for large ones); 0 for no limit. In this process it holds only
            where the system has interval timers.
        how: what every source is examined with.
        cluster: address of a Dask scheduler on whose workers the sources are examined; "" for here. Its workers read the
            same paths.
        cache: the file with what was found before; None to compute everything. Used by scans that let the points go and
            have enough to read.
        where: which files below a folder are looked at.
        amend: the last word on each run before it is examined, for choices remembered for single runs; a run that it leaves
            alone it returns itself. With it a scan that lets the points go stays in this process.
        max_memory: bytes that all processes together may use; 0 for no bound. What does not fit in the share of one process
            is tried again by one that has all of it; what does not fit there either becomes a problem.
        since: seconds since 1970; sources none of whose files was written after that are left out.
    """

    jobs: int | None = None
    timeout: float = TIMEOUT_SECONDS
    how: HowToExamine = field(default_factory=HowToExamine)
    cluster: str = ""
    cache: Path | None = None
    where: Where = EVERYWHERE
    amend: Callable[[Run], Run] | None = None
    since: float | None = None
    max_memory: int = 0


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a scan: log files, their bytes, and the runs in them (known of what was read only)."""

    files: int = 0
    bytes: int = 0
    runs: int = 0

    def plus(self, source: Source, runs: int = 0) -> Amount:
        """The amount with one source more."""
        return Amount(self.files + len(source.every_file), self.bytes + source.total_bytes, self.runs + runs)


class ScanJob:
    """One scan. Call `find`, iterate over `examine`, then `conclude`, which also works on what was examined so far.

    Attributes:
        total: what was found.
        done: what was examined of it so far.

    Args:
        paths: files and folders; texts with :// are URLs for fsspec.
        options: how to work.
        cancel: asked before every path, source and run.
    """

    def __init__(self, paths: Sequence[Path | str], options: ScanOptions | None = None, cancel: Cancel = never) -> None:
        self._paths = tuple(paths)
        self._options = options or ScanOptions()
        self._how = self._options.how
        self._versions: Mapping[str, str] = {}
        self._mirrors = ExitStack()  # what stands for the files behind URLs, as long as they are read
        self._cancel = cancel
        self._started = time.perf_counter()
        self._rooted: list[tuple[str, Source]] = []
        self._problems: list[Problem] = []
        self._results: dict[int, SourceResult] = {}
        self._looked = False
        self._memory: ScanMemory | None = None
        self._remembered: RememberedScan | None = None
        self.total = Amount()
        self.done = Amount()

    @property
    def sources(self) -> tuple[Source, ...]:
        """What was found, by id."""
        return tuple(source for _, source in self._rooted)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What `find` met."""
        return tuple(self._problems)

    def find(self) -> None:
        """Looks for sources below the paths, unless it is known that nothing there has changed since the last scan.

        Raises:
            Cancelled: `cancel` said so.
        """
        options = self._options
        if self._recalled():
            return
        found = find_all(self._paths, options.how.read, options.where, self._mirrors, lambda: _stop_if(self._cancel))
        since = options.since
        self._rooted = [item for item in found.sources if since is None or written_after(item[1], since)]
        self._problems = list(found.problems)
        self._how, self._versions = replace(options.how, remotes=found.remotes), found.versions
        for _, source in self._rooted:
            self.total = self.total.plus(source)
        self._looked = True

    def _recalled(self) -> bool:
        """Whether the result of this very scan is remembered; if not, where it will be."""
        options = self._options
        usable = not (options.how.keep_points or options.amend is not None or options.since is not None)
        if options.cache is None or not usable:
            return False
        from lossdoctor.workspace.remembered import scan_memory

        self._memory = scan_memory(
            options.cache, self._paths, options.where, options.how, CACHE_FROM, lambda: _stop_if(self._cancel)
        )
        self._remembered = None if self._memory is None else self._memory.get()
        if self._remembered is None:
            return False
        found = self._remembered
        self.total = self.done = Amount(found.files, found.bytes, len(found.runs))
        return True

    def examine(self) -> Generator[tuple[Source, SourceResult] | None, None, None]:
        """Each source with what came of it, in the order of completion; None now and then while nothing happens.

        Raises:
            Cancelled: `cancel` said so.
            LossdoctorError, FileNotFoundError: the installation is broken.
        """
        sources = self.sources
        cache, remotes = self._cache_for(sources), self._how.remotes
        with self._mirrors, known_results(cache, sources, self._options.how, remotes, self._versions) as known:
            waiting = []
            for index, source in enumerate(sources):
                if (result := known.get(source)) is None:
                    waiting.append(index)
                else:
                    yield self._taken(index, result)
            for step in self._steps([sources[index] for index in waiting]):
                if step is None:
                    _stop_if(self._cancel)
                    yield None
                    continue
                index, result = waiting[step[0]], step[1]
                known.put(sources[index], result)
                yield self._taken(index, result)

    def _cache_for(self, sources: Sequence[Source]) -> Path | None:
        """The cache, when it is worth opening and results go into it."""
        options = self._options
        usable = not (options.how.keep_points or options.amend is not None)
        return options.cache if usable and sum(map(cost, sources)) >= CACHE_FROM else None

    def _steps(self, sources: Sequence[Source]) -> Iterator[tuple[int, SourceResult] | None]:
        options = self._options
        if options.cluster and options.amend is None:
            from lossdoctor.workspace.cluster import examine_on_cluster

            chunks = make_chunks(sources, _CLUSTER_JOBS)
            return examine_on_cluster(chunks, self._how, options.cluster, options.timeout)
        # What is in this process' memory is in no other.
        here = any(url.startswith("memory:") for url, _ in self._how.remotes)
        alone = here or (options.amend is not None and not self._how.keep_points)
        jobs = 1 if alone else affordable(options.jobs or jobs_for(sources), options.max_memory)
        if not alone and options.max_memory and sources:
            return self._bounded(sources, min(jobs, len(sources)))
        return self._in_processes(sources, jobs) if jobs > 1 and len(sources) > 1 else self._here(sources)

    def _taken(self, index: int, result: SourceResult) -> tuple[Source, SourceResult]:
        """Keeps a result."""
        source = self._rooted[index][1]
        self._results[index] = result
        self.done = self.done.plus(source, len(result.runs))
        return source, result

    def conclude(self, on_run: Callable[[DiagnosedRun], None] | None = None) -> ScanResult:
        """Diagnoses the examined runs beside each other.

        Args:
            on_run: receives each run with its final id, in the order of ids.
        """
        self._mirrors.close()
        if self._remembered is not None:
            return self._again(self._remembered, on_run)
        found = [(self._rooted[i][0], run) for i, result in sorted(self._results.items()) for run in result.runs]
        how = self._options.how
        problems = [p for result in self._results.values() for p in result.problems] + self._problems
        problems += unmatched_tags(how.read.roles, (tag for _, run in found for tag in run.tags))
        problems += _unused(how.read, self.sources)
        runs: list[DiagnosedRun] = []
        for item in self._diagnosed(found, problems):
            runs.append(item)
            if on_run is not None:
                on_run(item)
        result = self._result(tuple(runs), _sorted_problems(problems))
        if self._memory is not None and self._whole:
            self._memory.put(result)
        return result

    @property
    def _whole(self) -> bool:
        """Whether nothing interrupted the scan: everything was found, and every source examined."""
        return self._looked and len(self._results) == len(self._rooted)

    def _again(self, found: RememberedScan, on_run: Callable[[DiagnosedRun], None] | None) -> ScanResult:
        for item in found.runs:
            if on_run is not None:
                on_run(item)
        return self._result(found.runs, found.problems)

    def _result(self, runs: tuple[DiagnosedRun, ...], problems: tuple[Problem, ...]) -> ScanResult:
        return ScanResult(
            roots=tuple(map(str, self._paths)),
            runs=runs,
            problems=problems,
            files=self.done.files,
            bytes=self.done.bytes,
            seconds=time.perf_counter() - self._started,
            rules=self._options.how.rules,
            unread=self.total.files - self.done.files,
        )

    def _here(self, sources: Sequence[Source]) -> Iterator[tuple[int, SourceResult]]:
        for index, source in enumerate(sources):
            _stop_if(self._cancel)
            yield index, _within_limit(source, self._how, self._options)

    def _in_processes(self, sources: Sequence[Source], jobs: int) -> Iterator[tuple[int, SourceResult] | None]:
        _stop_if(self._cancel)
        workers = Workers(self._how, jobs, self._options.timeout, share(jobs, self._options.max_memory))
        for step in workers.examine(make_chunks(sources, jobs)):
            if step is None or self._options.amend is None:
                yield step
            else:
                yield step[0], amended(step[1], self._how, self._options.amend)

    def _bounded(self, sources: Sequence[Source], jobs: int) -> Iterator[tuple[int, SourceResult] | None]:
        """As `_in_processes`; what was too large for a share of the memory comes last, in one process with all of it."""
        again: list[int] = []
        for step in self._in_processes(sources, jobs):
            if step is not None and jobs > 1 and _did_not_fit(step[1]):
                again.append(step[0])
            else:
                yield step
        again.sort()
        for step in self._in_processes([sources[index] for index in again], 1):
            yield None if step is None else (again[step[0]], step[1])

    def _diagnosed(self, found: Sequence[tuple[str, ExaminedRun]], problems: list[Problem]) -> Iterator[DiagnosedRun]:
        """The runs that could be diagnosed, by id; `problems` receives those of every run."""
        ids = unique_ids([RootedRun(root, item.run) for root, item in found])
        named = [_renamed(found[index][1], run_id) for run_id, index in ids]
        siblings = sibling_groups([_sibling(item) for item in named])
        keeps = self._options.how.keep_points
        for item in named:
            _stop_if(self._cancel)
            problems += item.run.problems
            if isinstance(item.examination, Problem):
                problems.append(item.examination)
                continue
            # By id, as a comparison takes them; one more, because the run itself may be among them.
            beside = siblings[item.run.id][: MAX_SIBLINGS + 1]
            yield DiagnosedRun(item.run, conclude(item.examination, beside), None if keeps else item.facts)


def _within_limit(source: Source, how: HowToExamine, options: ScanOptions) -> SourceResult:
    limit = allowance(options.timeout, source.total_bytes)
    try:
        with time_limit(limit):
            return examine_anywhere(source, how, options.amend or as_read)
    except TooSlowError:  # between two steps of the work, where nobody was looking
        return SourceResult((), (took_too_long(source.path, limit),))


def _did_not_fit(result: SourceResult) -> bool:
    problems = [*result.problems, *(item.examination for item in result.runs if isinstance(item.examination, Problem))]
    return any(problem.code == "out_of_memory" for problem in problems)


def _renamed(item: ExaminedRun, run_id: str) -> ExaminedRun:
    if item.run.id == run_id:
        return item
    examination = item.examination
    if isinstance(examination, Examination):
        examination = examination.renamed(run_id)
    return ExaminedRun(replace(item.run, id=run_id), item.facts, examination)


def _sibling(item: ExaminedRun) -> Sibling:
    if isinstance(item.examination, Examination):
        return item.examination.own
    return Sibling(item.run.id, item.run.name, StandardConfig(), None, None, None)


def _unused(options: ReadOptions, sources: Sequence[Source]) -> list[Problem]:
    """What the user said that no file met."""
    problems = unused(options.maps, [source.columns for source in sources if source.columns is not None])
    if options.pattern and not any(source.pattern for source in sources):
        text = f"no text log has a line that {options.pattern!r} fits, so it changes nothing."
        hint = "Try it on one line of the log; groups are named (?P<step>...), (?P<loss>...)."
        origin = options.pattern_origin or "pattern"
        problems.append(Problem("pattern_unused", ProblemLevel.WARNING, origin, text, hint))
    return problems


def _stop_if(cancel: Cancel) -> None:
    if cancel():
        raise Cancelled


def _sorted_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Every problem once (a run's own may have been reported by its source too), by path and place."""
    return tuple(sorted(set(problems), key=lambda p: (p.path, p.place, p.code, p.message)))

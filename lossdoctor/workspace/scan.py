"""Scans paths: finds the logs, reads and diagnoses every run; what goes wrong with one source costs that source only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from lossdoctor.diagnosis.examination import Examination
from lossdoctor.importers.options import AS_THEY_SAY, ReadOptions
from lossdoctor.progress import Cancel, Progress, never, silent
from lossdoctor.rules.choice import EVERY_RULE, RuleChoice
from lossdoctor.runs import Run
from lossdoctor.workspace.examined import HowToExamine
from lossdoctor.workspace.results import DiagnosedRun, ScanResult
from lossdoctor.workspace.scan_job import ScanJob, ScanOptions


def scan(
    paths: Sequence[Path],
    *,
    progress: Progress = silent,
    cancel: Cancel = never,
    on_run: Callable[[DiagnosedRun], None] | None = None,
    rules: RuleChoice = EVERY_RULE,
    read: ReadOptions = AS_THEY_SAY,
    amend: Callable[[Run], Run] | None = None,
    on_early: Callable[[DiagnosedRun], None] | None = None,
    jobs: int | None = 1,
) -> ScanResult:
    """Everything below `paths`, diagnosed.

    All sources are read before the causes of the first run are ranked, because that compares a run with the other runs
    of the scan. Runs, ids and verdicts depend neither on the order of `paths` nor on the number of processes; a source
    reached over two paths counts once.

    Args:
        paths: files and folders; one that does not exist or holds no log becomes a problem.
        progress: told of every source and every run; the two halves of the total are reading and comparing.
        cancel: asked before every source and every run.
        on_run: receives each run as soon as it is diagnosed, in the order of ids.
        rules: which rules are asked, with which thresholds.
        read: what the user says about the logs; what of it finds nothing becomes a problem.
        amend: the last word on each run before it is diagnosed, for choices remembered for single runs.
        on_early: receives each run as soon as it is read, with its verdict and no causes yet, under the id that it has in
            its own source; `on_run` receives it again, under another id where two sources share one.
        jobs: number of processes that read; None lets the amount of work decide.

    Returns:
        Runs with all their points, sorted by id and every problem met, sorted by path.

    Raises:
        Cancelled: `cancel` said so.
    """
    options = ScanOptions(jobs=jobs, how=HowToExamine(read=read, rules=rules), amend=amend)
    return run_job(ScanJob(paths, options, cancel), progress, on_run, on_early)


def run_job(
    job: ScanJob,
    progress: Progress = silent,
    on_run: Callable[[DiagnosedRun], None] | None = None,
    on_early: Callable[[DiagnosedRun], None] | None = None,
) -> ScanResult:
    """Takes a job from beginning to end; arguments and errors as of `scan`."""
    job.find()
    total = len(job.sources)
    done = 0
    progress(done, 2 * total, "")
    for step in job.examine():
        if step is not None:
            done += 1
            progress(done, 2 * total, step[0].id)
            for item in step[1].runs if on_early is not None else ():
                if isinstance(item.examination, Examination) and on_early is not None:
                    on_early(DiagnosedRun(item.run, item.examination.alone))
    diagnosed = 0
    runs = max(job.done.runs, 1)

    def tell(item: DiagnosedRun) -> None:
        nonlocal diagnosed
        diagnosed += 1
        progress(total + total * diagnosed // runs, 2 * total, item.run.id)
        if on_run is not None:
            on_run(item)

    result = job.conclude(tell)
    progress(2 * total, 2 * total, "")
    return result

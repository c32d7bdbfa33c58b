"""What a scan shows on stderr while it works: a bar and the runs as they come on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

import click

from lossdoctor import formatting, safe_text
from lossdoctor.cli.badges import badge
from lossdoctor.findings import Verdict

if TYPE_CHECKING:
    from lossdoctor.workspace.examined import ExaminedRun, SourceResult
    from lossdoctor.workspace.scan_job import Amount, ScanJob

# A scan that is over sooner shows its result and nothing else.
QUIET_SECONDS = 0.5
LINE_SECONDS = 5.0


class Live(Protocol):
    """Shows how far a scan is."""

    def __enter__(self) -> Self:
        """Begins."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Takes away what does not stay."""

    def update(self, job: ScanJob, result: SourceResult | None) -> None:
        """Called after every source with what came of it, and with None now and then while nothing happens."""


def live(*, quiet: bool) -> Live:
    """What fits where stderr goes."""
    if quiet:
        return Silence()
    return TerminalBar() if sys.stderr.isatty() else PlainLines()


def progress_line(done: Amount, total: Amount, seconds: float) -> str:
    """One line: "120 of 1000 files, 45 MB of 380 MB, 12 MB/s, 28 s left"."""
    speed = done.bytes / seconds if seconds > 0 else 0.0
    left = f", {_duration((total.bytes - done.bytes) / speed)} left" if speed > 0 else ""
    files = f"{formatting.step(done.files)} of {formatting.count(total.files, 'file')}"
    read = f"{formatting.size(done.bytes)} of {formatting.size(total.bytes)}, {formatting.size(int(speed))}/s"
    return f"{files}, {formatting.count(done.runs, 'run')}, {read}{left}"


def run_line(item: ExaminedRun) -> tuple[Verdict, str] | None:
    """A run as it scrolls by, safe on a terminal; None for one that could not be diagnosed."""
    from lossdoctor.diagnosis.examination import Examination

    if not isinstance(item.examination, Examination):
        return None
    alone = item.examination.alone
    return alone.verdict, f"{badge(alone.verdict)}  {safe_text.terminal(item.run.id)}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class Silence:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def update(self, job: ScanJob, result: SourceResult | None) -> None:
        """Does nothing."""


class PlainLines(Silence):
    """A line every `LINE_SECONDS`, for log files of batch jobs."""

    def __init__(self) -> None:
        self._started = self._last = time.monotonic()

    def update(self, job: ScanJob, result: SourceResult | None) -> None:
        """Prints a line when it is time for one."""
        now = time.monotonic()
        if now - self._last >= LINE_SECONDS:
            self._last = now
            click.echo(progress_line(job.done, job.total, now - self._started), err=True)


class TerminalBar(Silence):
    """A bar at the bottom, above it each run that is not healthy as soon as it was read."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._kept: list[SourceResult] = []
        self._open = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open:
            self._bar.stop()

    def update(self, job: ScanJob, result: SourceResult | None) -> None:
        """Moves the bar; the first half second shows nothing, so that a short scan shows only its result."""
        if result is not None:
            self._kept.append(result)
        seconds = time.monotonic() - self._started
        if not self._open and (seconds < QUIET_SECONDS or job.done == job.total):
            return
        if not self._open:
            self._show(job.total.bytes)
        for kept in self._kept:
            self._print(kept)
        self._kept.clear()
        text = progress_line(job.done, job.total, seconds)
        self._bar.update(self._task, completed=job.done.bytes, description=text)

    def _show(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        columns = (BarColumn(bar_width=20), TaskProgressColumn(), TextColumn("{task.description}", markup=False))
        console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._bar = Progress(*columns, console=console, transient=True)
        self._task = self._bar.add_task("", total=max(total, 1))
        self._bar.start()
        self._open = True

    def _print(self, result: SourceResult) -> None:
        from rich.text import Text

        from lossdoctor.cli.badges import COLOURS

        for item in result.runs:
            line = run_line(item)
            if line is not None and line[0] is not Verdict.HEALTHY:
                self._bar.console.print(Text(line[1], style=COLOURS[line[0]]), no_wrap=True, overflow="ellipsis")

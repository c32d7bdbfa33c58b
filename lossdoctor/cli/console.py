"""What goes to stderr while a command works: a progress bar (on a terminal only) and the problems."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from lossdoctor import safe_text
from lossdoctor.progress import Progress, silent
from lossdoctor.runs import Problem, ProblemLevel

# A scan of years of logs can meet thousands; the JSON has them all. What lost nothing (a file still being written, a
# restart) is shown only as long as it is a handful.
MAX_SHOWN = {ProblemLevel.ERROR: 50, ProblemLevel.WARNING: 30, ProblemLevel.INFO: 10}
_WORDS = {ProblemLevel.ERROR: "error", ProblemLevel.WARNING: "warning", ProblemLevel.INFO: "note"}


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A Progress that draws a bar on stderr when that is a terminal, and nothing otherwise."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar
    from rich.table import Column

    # `markup=False`: the text is a name out of a log.
    what_column = TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, max_width=40))
    columns = (BarColumn(bar_width=30), TaskProgressColumn(), TimeElapsedColumn(), what_column)
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(done: int, total: int, what: str) -> None:
            description = safe_text.elide_middle(safe_text.terminal(what), 40)
            bar.update(task, completed=done, total=total or None, description=description)

        yield show


def print_problems(problems: Sequence[Problem], *, errors_only: bool = False) -> None:
    """One line a problem on stderr, errors first."""
    for level, most in MAX_SHOWN.items():
        if errors_only and level is not ProblemLevel.ERROR:
            continue
        of_level = [problem for problem in problems if problem.level is level]
        for problem in of_level[:most]:
            click.echo(f"{_WORDS[level]}: {safe_text.plain(problem.sentence(), 2000)}", err=True)
        if len(of_level) > most:
            click.echo(f"{_WORDS[level]}: ... and {len(of_level) - most} more; --format json has all.", err=True)

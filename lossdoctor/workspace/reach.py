"""Examines a source wherever it lies: fetches it first when it stands for a file behind a URL."""

from __future__ import annotations

from collections.abc import Callable

from lossdoctor.importers.base import Source
from lossdoctor.runs import Problem, ProblemLevel, Run
from lossdoctor.workspace.examined import HowToExamine, SourceResult, as_read, examine_source


def examine_anywhere(source: Source, how: HowToExamine, amend: Callable[[Run], Run] = as_read) -> SourceResult:
    """As `examine_source`, for files here and behind URLs; a file that cannot be fetched becomes a problem."""
    if not how.remotes:
        return examine_source(source, how, amend)
    from lossdoctor.workspace.remote import Remote

    for url, mirror in how.remotes:
        remote = Remote(url, mirror)
        if not remote.holds(source):
            continue
        fetched = False
        try:
            with remote.filled(source):
                fetched = True
                return remote.named(examine_source(source, how, amend))
        except Exception as error:
            if fetched:
                raise
            hint = "Check the connection and your access rights."
            text = f"cannot be fetched ({type(error).__name__})."
            return SourceResult(
                (), (remote.problem(Problem("unreadable", ProblemLevel.ERROR, source.path, text, hint)),)
            )
    return examine_source(source, how, amend)

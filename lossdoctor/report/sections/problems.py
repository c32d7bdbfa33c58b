"""Section: what was wrong with a run's input."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from lossdoctor.report.blocks import Block, Bullets, Heading
from lossdoctor.runs import Problem, ProblemLevel, Run

_MOST = 4
_LEVELS = list(ProblemLevel)


def problems(run: Run) -> tuple[Block, ...]:
    """The run's import problems, the worst first; nothing when there are none."""
    if not run.problems:
        return ()
    shown = problem_bullets(run.problems, _MOST)
    return Heading("Problems with the input"), Bullets(shown, len(run.problems) - len(shown))


def problem_bullets(found: Sequence[Problem], most: int) -> tuple[str, ...]:
    """At most `most` problems as sentences, the worst first, files by their name alone."""
    ordered = sorted(found, key=lambda problem: -_LEVELS.index(problem.level))
    return tuple(_sentence(problem) for problem in ordered[:most])


def _sentence(problem: Problem) -> str:
    where = PurePath(problem.path).name + (f", {problem.place}" if problem.place else "")
    return f"{where}: {problem.message}{' ' + problem.hint if problem.hint else ''}"

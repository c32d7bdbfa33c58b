"""Watches running trainings: reads on what is written, judges what has grown, and tells each finding once it is decided."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lossdoctor.importers.follow import Follower
from lossdoctor.importers.options import AS_THEY_SAY, ReadOptions
from lossdoctor.importers.where import EVERYWHERE, Where
from lossdoctor.rules.choice import EVERY_RULE, RuleChoice
from lossdoctor.runs import Problem
from lossdoctor.workspace.live_judge import LiveJudge, News


class Watcher:
    """The runs below some paths while they are written.

    What is told, and when, is `LiveJudge`'s affair.

    Args:
        paths: files and folders; they need not exist yet.
        read: what the user says about the logs.
        rules: which rules are asked, with which thresholds.
        where: which files below a folder to look at.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        read: ReadOptions = AS_THEY_SAY,
        rules: RuleChoice = EVERY_RULE,
        where: Where = EVERYWHERE,
    ) -> None:
        self._followers = [Follower(path, read, where) for path in paths]
        self._judge = LiveJudge(rules)
        self._last: list[object] = [None] * len(self._followers)
        self.runs = 0
        self.points = 0
        self.problems: tuple[Problem, ...] = ()

    def poll(self) -> list[News]:
        """Reads what was written since the last poll and returns what is newly decided, by run and severity.

        With nothing new this costs a stat of each file and folder.
        """
        results = [follower.poll() for follower in self._followers]
        if all(result is last for result, last in zip(results, self._last, strict=True)):
            return []
        self._last = list(results)
        runs = [run for result in results for run in result.runs]
        self.runs, self.points = len(runs), sum(run.points for run in runs)
        self.problems = tuple(problem for result in results for problem in result.problems)
        return [news for run in runs for news in self._judge.news(run)]

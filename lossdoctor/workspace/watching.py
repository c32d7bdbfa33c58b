"""Watches running trainings: reads on what is written, judges what has grown, and tells each finding once it is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from lossdoctor.diagnosis.engine import examine
from lossdoctor.findings import Finding
from lossdoctor.importers.follow import Follower
from lossdoctor.importers.options import AS_THEY_SAY, ReadOptions
from lossdoctor.importers.where import EVERYWHERE, Where
from lossdoctor.rules.choice import EVERY_RULE, RuleChoice
from lossdoctor.runs import Problem, Role, Run

# A run is judged again when it has grown by this share: judging costs more than reading, and a curve that is hardly
# longer says hardly more. With it a run of a million points is judged about 200 times.
GROWTH = 0.05
# What every young or unfinished run shows, and what its planned length says.
_UNFINISHED = frozenset({"too_short", "no_loss", "not_a_learning_curve", "slow_convergence"})
_PLANS = frozenset({"max_steps", "max_epochs"})
# What cannot go away again however the run goes on.
_FINAL = frozenset({"non_finite"})


@dataclass(frozen=True, slots=True)
class News:
    """A finding that is decided.

    Attributes:
        run: the run, as far as it was written.
        finding: what was found in it.
        step: the run's last step at that time; None without a loss.
    """

    run: Run
    finding: Finding
    step: int | None


@dataclass(slots=True)
class _Known:
    """What is remembered of a run between two polls."""

    points: int = 0
    finite: bool = True
    seen: frozenset[str] = frozenset()
    told: set[str] = field(default_factory=set)


class Watcher:
    """The runs below some paths while they are written.

    A finding is decided when two judgements in a row have it, with new points between them; one that cannot go away
    (NaN) at once. Each is told once a run. What only an ended run can be blamed for (too short) is never told.

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
        self._rules = rules
        self._known: dict[tuple[str, str], _Known] = {}
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
        return [news for run in runs for news in self._judged(run)]

    def _judged(self, run: Run) -> list[News]:
        known = self._known.setdefault((run.path, run.name), _Known())
        if run.points < known.points:
            known.points, known.seen, known.finite = 0, frozenset(), True  # begun anew: what was told stays told
        finite = _is_finite(run)
        if run.points <= known.points * (1 + GROWTH) and finite == known.finite:
            return []
        known.points, known.finite = run.points, finite
        diagnosis = examine(_without_plans(run), choice=self._rules).alone
        found = {f.code: f for f in diagnosis.findings if f.name not in _UNFINISHED}
        decided = [f for code, f in found.items() if code in known.seen or f.name in _FINAL]
        news = [f for f in decided if f.code not in known.told]
        known.told |= {f.code for f in news}
        known.seen = frozenset(found)
        return [News(run, f, _last_step(run)) for f in sorted(news, key=lambda f: (-f.severity.rank, f.code))]


def _is_finite(run: Run) -> bool:
    losses = [run.primary(role) for role in (Role.TRAIN_LOSS, Role.VAL_LOSS)]
    return all(bool(np.isfinite(loss.values).all()) for loss in losses if loss is not None)


def _without_plans(run: Run) -> Run:
    """The run without its planned length, by which every unfinished run is too short."""
    kept = {key: value for key, value in run.config.items() if key.rsplit(".", 1)[-1] not in _PLANS}
    return run if len(kept) == len(run.config) else replace(run, config=kept)


def _last_step(run: Run) -> int | None:
    loss = run.primary(Role.TRAIN_LOSS) or run.primary(Role.VAL_LOSS)
    return int(loss.steps[-1]) if loss is not None and len(loss) else None

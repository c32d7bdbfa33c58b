"""LiveJudge: judges runs while they grow, and tells each finding once it is decided."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from lossdoctor.diagnosis.engine import examine
from lossdoctor.findings import Finding
from lossdoctor.rules.choice import EVERY_RULE, RuleChoice
from lossdoctor.runs import Role, Run

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


class LiveJudge:
    """Remembers what was told of each run.

    A finding is decided when two judgements in a row have it, with new points between them; one that cannot go away
    (NaN) at once. Each is told once a run. What only an ended run can be blamed for (too short) is never told.

    Args:
        rules: which rules are asked, with which thresholds.
    """

    def __init__(self, rules: RuleChoice = EVERY_RULE) -> None:
        self._rules = rules
        self._known: dict[tuple[str, str], _Known] = {}

    def news(self, run: Run) -> list[News]:
        """What is newly decided about a run, the most severe first; nothing while it has hardly grown."""
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

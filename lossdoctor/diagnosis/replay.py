"""What could have been known when: the verdict after each part of a run, and from which step on it was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lossdoctor.diagnosis.verdict import weigh
from lossdoctor.findings import Outcome, Verdict
from lossdoctor.rules.base import Rule
from lossdoctor.rules.registry import RULES
from lossdoctor.rules.view import RunView
from lossdoctor.runs import Role, Run, Series
from lossdoctor.runs.config import standard_config

# Parts of a run at which it is judged again: every twentieth, which is as fine as "the last two thirds were wasted" needs.
PARTS = 20
# What was planned is known from the first step on and says nothing about the curve: with it every unfinished run is
# "too short".
_PLANS = ("max_steps", "max_epochs")


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on the first part of a run: everything logged up to `step`."""

    step: int
    verdict: Verdict
    confidence: float


@dataclass(frozen=True, slots=True)
class Replay:
    """A run judged again and again while it grows.

    Attributes:
        parts: the verdict after each part that was judged, in order; the last is that of the whole run.
        known_step: first of these steps from which on the verdict is the final one; None when only the end shows it.
        share: how far into the run that is, in (0, 1); NaN when `known_step` is None.
    """

    parts: tuple[Judged, ...]
    known_step: int | None
    share: float

    @property
    def wasted(self) -> float:
        """Share of the run that came after its verdict was decided; 0 when only the end shows it."""
        return 0.0 if self.known_step is None else 1.0 - self.share


# Verdicts on which one would have stopped the run, had one known.
_WASTEFUL = frozenset(
    {Verdict.UNDERFITTING, Verdict.OVERFITTING, Verdict.DIVERGENCE, Verdict.PLATEAU, Verdict.OSCILLATING}
)
_WORTH_SAYING = 0.2  # of the run left when the verdict was clear

# Points of a series from which on a verdict no longer changes with more of them, but its cost does.
_ENOUGH = 10_000

NOTHING = Replay((), None, float("nan"))


def could_have_stopped(run: Run, verdict: Verdict) -> Replay | None:
    """The replay of a run that might as well have been stopped once its verdict was clear, long before its end.

    None for verdicts that call for no stop, and when less than a fifth of the run came after that step.
    """
    if verdict not in _WASTEFUL:
        return None
    thinned = tuple(map(_thinned, run.series))
    past = replay(replace(run, series=thinned))
    if past.known_step is None or past.parts[-1].verdict is not verdict:
        return None
    if thinned != run.series:
        past = _looked_at_whole(run, past)
    return past if past.wasted >= _WORTH_SAYING else None


def _thinned(series: Series) -> Series:
    """Every k-th point and the last one, where there are far more than a part's verdict needs."""
    stride = -(-len(series) // _ENOUGH)
    if stride <= 1:
        return series
    return series.at(np.unique(np.append(np.arange(0, len(series), stride), len(series) - 1)))


def replay(run: Run, rules: Sequence[Rule] = RULES, parts: int = PARTS) -> Replay:
    """Judges growing parts of a run, as live following would have done.

    Each part holds what was logged up to one of `parts` evenly spread steps of the run's main loss; the number of
    planned steps is not used. Judged is from the end backwards, every second part, until the verdict is another one, and
    then the part between: two to `parts` / 2 diagnoses without causes.

    Args:
        run: any run.
        rules: as for `diagnose`.
        parts: how many parts, at least 2.

    Returns:
        `NOTHING` for a run without loss points or of a single step.
    """
    first, steps = _part_steps(run, parts)
    if not steps:
        return NOTHING
    judge = _Judge(run, rules)
    return _decided(lambda index: judge.until(steps[index]), len(steps), first)


def _part_steps(run: Run, parts: int = PARTS) -> tuple[float, list[int]]:
    """The first step of the main loss and the steps at which its parts end; no parts where there is nothing to divide."""
    main = run.primary(Role.TRAIN_LOSS) or run.primary(Role.VAL_LOSS)
    if main is None or len(main) < 2 or main.steps.max() == main.steps.min():
        return 0.0, []
    first, last = float(main.steps.min()), float(main.steps.max())
    return first, [int(step) for step in np.unique(np.linspace(first, last, parts + 1)[1:].astype(np.int64))]


class _Judge:
    """Gives the verdict on the beginning of one run."""

    def __init__(self, run: Run, rules: Sequence[Rule] = RULES) -> None:
        self._run = replace(run, config=_without_plans(run))
        self._voters = [rule for rule in rules if rule.verdict]

    def until(self, step: int) -> Judged:
        """The verdict on what was logged up to a step."""
        with np.errstate(all="ignore"):  # as in diagnose: infinite and constant losses are values here
            weighed = weigh(_answers(run_until(self._run, step), self._voters))
        return Judged(step, weighed.verdict, weighed.confidence)


def _looked_at_whole(run: Run, thinned: Replay) -> Replay:
    """Where every point shows the verdict earlier than every k-th does, the earlier step: one to three diagnoses."""
    first, steps = _part_steps(run)
    if thinned.known_step not in steps:
        return thinned
    judge, final, index = _Judge(run), thinned.parts[-1], steps.index(thinned.known_step)
    while index and judge.until(steps[index - 1]).verdict is final.verdict:
        index -= 1
    return replace(thinned, known_step=steps[index], share=(steps[index] - first) / (final.step - first))


def run_until(run: Run, step: int) -> Run:
    """The run as its log was when `step` had been written: points of later steps left out, roles as they are."""
    return replace(run, series=tuple(_until(series, step) for series in run.series), histograms=())


def _until(series: Series, step: int) -> Series:
    keep = series.steps <= step
    if bool(keep.all()):
        return series
    return series.at(keep)


def _without_plans(run: Run) -> dict[str, str | int | float | bool | None]:
    keys = standard_config(run.config)
    plans = {keys.key(name) for name in _PLANS}
    return {key: value for key, value in run.config.items() if key not in plans}


def _answers(run: Run, rules: Sequence[Rule]) -> list[Outcome]:
    view = RunView(run)
    answers = []
    for rule in rules:
        try:
            answers.append(rule.check(view))
        except Exception:  # noqa: BLE001  # the whole run's diagnosis shows a failing rule; here it has no vote
            continue
    return answers


def _decided(judge: Callable[[int], Judged], count: int, first: float) -> Replay:
    """Goes back from the last of `count` parts to the first one from which on the verdict stays."""
    judged = {count - 1: judge(count - 1)}
    final, since = judged[count - 1], count - 1
    for index in range(count - 3, -1, -2):
        judged[index] = judge(index)
        if judged[index].verdict is not final.verdict:
            judged[index + 1] = judge(index + 1)
            since = index + 1 if judged[index + 1].verdict is final.verdict else index + 2
            break
        since = index
    parts = tuple(judged[index] for index in sorted(judged))
    if since == count - 1:
        return Replay(parts, None, float("nan"))
    return Replay(parts, judged[since].step, (judged[since].step - first) / (final.step - first))


__all__ = ["NOTHING", "Judged", "Replay", "could_have_stopped", "replay", "run_until"]

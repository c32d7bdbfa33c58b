"""Predicates over other runs of the same folder: what differed in the settings, and did it help.

They look at `Case.own` and `Case.neighbours` only, so that they can be asked when the run itself is no longer at hand.
"""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Verdict
from lossdoctor.knowledge.answer import Answer
from lossdoctor.knowledge.case import Case
from lossdoctor.knowledge.neighbours import FEWEST, Neighbour

# A sibling is better when its end level is below this share of ours.
_BETTER = 0.7
# Verdicts that rest on something that happened at a step.
_EVENTS = frozenset({Verdict.SPIKE_RECOVERED, Verdict.DIVERGENCE})


def _own_end(case: Case) -> float | None:
    """Our end level; a run that ended non-finite counts as infinitely bad."""
    own = case.own
    return float("inf") if own.end is None and own.began is not None else own.end


def sibling_better_with(case: Case, setting: str, side: str) -> Answer:
    """A run of this folder that differs only in `setting` (there smaller: "below", larger: "above") ends far lower."""
    value = case.own.config.get(setting)
    if not isinstance(value, (int, float)):
        return Answer.unknown(f"config.{setting}")
    if same_settings_do_better(case).holds:
        # A twin shows that the difference lies in data or code; another setting proves nothing then.
        return Answer.unknown()
    own = _own_end(case)
    pairs = _pairs(case, setting, side, float(value))
    if own is None or not pairs:
        return Answer.unknown("siblings")
    best = min(pairs, key=lambda n: (n.end, n.name))
    return Answer.of(
        best.end < _BETTER * own,
        other=best.name, value=float(value), better=float(best.config.get(setting) or 0), loss=own, reached=best.end,
    ).beside(best.id)  # fmt: skip


def sibling_calm_with(case: Case, setting: str, side: str) -> Answer:
    """A run of this folder that differs only in `setting` stays free of the event (spike, blow-up, NaN) that we had."""
    if case.verdict not in _EVENTS:
        return Answer.unknown()
    value = case.own.config.get(setting)
    if not isinstance(value, (int, float)):
        return Answer.unknown(f"config.{setting}")
    pairs = _pairs(case, setting, side, float(value))
    if not pairs:
        return Answer.unknown("siblings")
    chosen = min([n for n in pairs if n.calm] or pairs, key=lambda n: (n.end, n.name))
    better = float(chosen.config.get(setting) or 0)
    return Answer.of(chosen.calm, other=chosen.name, value=float(value), better=better).beside(chosen.id)


def _pairs(case: Case, setting: str, side: str, value: float) -> list[Neighbour]:
    """The runs that differ from ours in nothing but `setting`, in the asked direction."""
    pairs = [n for n in case.compared if n.differs == {setting}]
    pairs = [n for n in pairs if isinstance(n.config.get(setting), (int, float))]
    return [n for n in pairs if (float(n.config.get(setting) or 0) < value) == (side == "below")]


def same_settings_do_better(case: Case) -> Answer:
    """A run of this folder with the same recorded settings ends far lower: the difference is in data or code."""
    if not case.own.config:
        return Answer.unknown("config.lr")
    own = _own_end(case)
    twins = [n for n in case.compared if not n.differs]
    # Equal names are no twins yet: what a name does not say may differ.
    if own is None or not twins or case.own.entries < FEWEST:
        return Answer.unknown()
    best = min(twins, key=lambda n: (n.end, n.name))
    return Answer.of(best.end < _BETTER * own, other=best.name, loss=own, reached=best.end).beside(best.id)


def siblings_share_floor(case: Case) -> Answer:
    """At least three runs of this folder with other settings end within 5 % of the same level, and none below it."""
    own = _own_end(case)
    others = [n for n in case.compared if n.differs]
    if own is None or len(others) < 3:
        return Answer.unknown("siblings")
    ends = np.array([n.end for n in others])
    near = int(np.sum(np.abs(ends - own) <= 0.05 * abs(own)))
    return Answer.of(near >= 3 and bool(ends.min() >= 0.95 * own), count=near, level=own)


def first_loss_above_siblings(case: Case, factor: float = 1.5) -> Answer:
    """The first training loss exceeds `factor` times the median first loss of at least three runs of this folder."""
    if case.own.began is None or not np.isfinite(case.own.began):
        return Answer.unknown()
    finite = np.array([s.first for s in case.neighbours if s.first is not None and np.isfinite(s.first)])
    if finite.size < 3:
        return Answer.unknown()
    first, usual = case.own.began, float(np.median(finite))
    if usual <= 0:
        return Answer.unknown()
    return Answer.of(first >= factor * usual, first=first, usual=usual, count=int(finite.size))

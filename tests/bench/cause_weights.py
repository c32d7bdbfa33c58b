"""What the weights of the knowledge files are worth: re-fitting them on some runs, leaving single ones out.

A ballot is one run's ranking taken apart: for every cause that explains the run's symptom the prior and the weight of each
piece of evidence that answered. `refit` looks for small changes of these numbers that rank the known causes higher:
conditional logistic regression (each run chooses one of its causes) with a normal prior of `SPREAD` around the numbers in
the files. It shows how far the files are fitted to the runs at hand: what a re-fit on other networks gains or loses.

Its limit: the numbers in the files, around which it fits, were set with every family of these runs in view, and so was
the choice of what to ask. The figure without a family is therefore no estimate for networks never seen; it only says that
no family needs weights of its own.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from lossdoctor.findings import Outcome, Verdict
from lossdoctor.knowledge.case import Case
from lossdoctor.knowledge.catalogue import load_causes
from lossdoctor.knowledge.causes import MAX_CAUSES, MIN_SCORE, Asked, _ask, prior_of
from lossdoctor.knowledge.vocabulary import VERDICTS_WITHOUT_CAUSES
from lossdoctor.runs import Run

# (cause, what): what is a verdict's name for its prior, or the number of a piece of evidence with "yes" or "no".
Key: TypeAlias = tuple[str, str]
Change: TypeAlias = Mapping[Key, float]
# How far a weight may plausibly be off: half a grade of the likelihood table.
SPREAD = 0.5
STEPS, RATE = 150, 0.15


@dataclass(frozen=True)
class Ballot:
    """For each candidate cause its numbers by key; their sum is its log-odds."""

    candidates: Mapping[str, Mapping[Key, float]]

    def offered(self) -> tuple[str, ...]:
        """The causes in the order in which the program offers them."""
        return places(self, {})


def ballot(run: Run, verdict: Verdict, outcomes: tuple[Outcome, ...], siblings: Sequence[Run]) -> Ballot:
    """Take the ranking of one run apart; empty for verdicts without causes."""
    if verdict in VERDICTS_WITHOUT_CAUSES:
        return Ballot({})
    case = Case(run, verdict, outcomes, siblings)
    asked: Asked = {}
    candidates = {}
    for cause in load_causes():
        prior = prior_of(cause, verdict, case.findings)
        if prior is None:
            continue
        numbers: dict[Key, float] = {(cause.id, verdict.value): prior}
        for index, entry in enumerate(cause.evidence):
            holds = _ask(entry, case, asked).holds
            if holds is not None:
                weight = entry.weight if holds else entry.else_weight
                label = f"{index} {entry.predicate} {'yes' if holds else 'no'}"
                numbers |= {(cause.id, label): weight} if weight else {}
        candidates[cause.id] = numbers
    return Ballot(candidates)


def places(votes: Ballot, change: Change, without: Key | None = None) -> tuple[str, ...]:
    """The causes by falling score after `change`, cut as the program cuts them; `without` drops one number."""
    scores = {
        cause: sum(value + change.get(key, 0.0) for key, value in numbers.items() if key != without)
        for cause, numbers in votes.candidates.items()
    }
    least = math.log(MIN_SCORE / (1 - MIN_SCORE))
    order = sorted(scores, key=lambda cause: (-scores[cause], cause))
    return tuple(cause for cause in order if scores[cause] >= least)[:MAX_CAUSES]


def refit(known: Sequence[tuple[Ballot, Sequence[str]]]) -> dict[Key, float]:
    """Changes of the numbers that make the first (exact) of the given causes likelier; deterministic."""
    usable = [(votes, wanted[0]) for votes, wanted in known if wanted[0] in votes.candidates]
    keys = sorted({key for votes, _ in usable for numbers in votes.candidates.values() for key in numbers})
    place = {key: index for index, key in enumerate(keys)}
    rows, base, groups, targets = [], [], [], []
    for group, (votes, wanted) in enumerate(usable):
        for cause, numbers in votes.candidates.items():
            rows.append([place[key] for key in numbers])
            base.append(sum(numbers.values()))
            groups.append(group)
            targets.append(cause == wanted)
    if not rows:
        return {}
    matrix = np.zeros((len(rows), len(keys)))
    for index, row in enumerate(rows):
        matrix[index, row] = 1.0
    delta = _fit(matrix, np.array(base), np.array(groups), np.array(targets, dtype=float))
    return dict(zip(keys, map(float, delta), strict=True))


def _fit(matrix: np.ndarray, base: np.ndarray, groups: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Gradient ascent with momentum on the log-posterior; the step shrinks with the most frequent number."""
    delta, speed = np.zeros(matrix.shape[1]), np.zeros(matrix.shape[1])
    rate = RATE / max(1.0, float(matrix.sum(axis=0).max()) / 20)
    for _ in range(STEPS):
        scores = base + matrix @ delta
        likely = np.exp(scores - np.maximum.reduceat(scores, np.flatnonzero(np.r_[True, np.diff(groups) > 0]))[groups])
        likely /= np.bincount(groups, likely)[groups]
        speed = 0.8 * speed + matrix.T @ (targets - likely) - delta / SPREAD**2
        delta += rate * 0.2 * speed
    return delta


def useless(known: Sequence[tuple[Ballot, Sequence[str]]]) -> list[str]:
    """Numbers of evidence that occur and without which the mean reciprocal place is no worse, and those that never occur."""
    seen: dict[Key, list[int]] = defaultdict(list)
    for index, (votes, _) in enumerate(known):
        for numbers in votes.candidates.values():
            for key in numbers:
                seen[key].append(index)
    lines = []
    for key, indices in sorted(seen.items()):
        if not key[1][0].isdigit():
            continue
        gain = sum(_reciprocal(*known[i], without=key) - _reciprocal(*known[i]) for i in indices)
        if gain > -1e-9:
            lines.append(f"{key[0]:28s} {key[1]:44s} occurs in {len(indices):3d} runs, without it {gain:+.2f}")
    never = [
        f"{cause.id:28s} {index} {entry.predicate:42s} never occurs"
        for cause in load_causes()
        for index, entry in enumerate(cause.evidence)
        if not any((cause.id, f"{index} {entry.predicate} {side}") in seen for side in ("yes", "no"))
    ]
    return lines + never


def _reciprocal(votes: Ballot, wanted: Sequence[str], without: Key | None = None) -> float:
    order = places(votes, {}, without)
    return 1 / (order.index(wanted[0]) + 1) if wanted[0] in order else 0.0

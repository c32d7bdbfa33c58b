"""Are the thresholds fitted to these runs? `python -m tests.bench.crossval ../shared/corpus/faultlab`.

For every group of runs (a network family, or a cause) the thresholds of the verdict rules are searched again on all other
groups, one after another over five factors of their default, and the group that took no part is judged with what was
found. A score that falls far below the plain one would mean thresholds that fit the runs instead of a principle.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from lossdoctor.diagnosis.verdict import weigh
from lossdoctor.findings import Outcome
from lossdoctor.rules.base import Rule
from lossdoctor.rules.registry import RULES
from lossdoctor.rules.view import RunView
from tests.bench.diagnosis import Scored, score_faultlab

FACTORS = (0.6, 0.8, 1.0, 1.25, 1.6)
VOTERS = tuple(rule for rule in RULES if rule.verdict)


class Answers:
    """Every rule's outcome on every run for any thresholds, each computed once."""

    def __init__(self, scored: Sequence[Scored]) -> None:
        self.views = [RunView(item.run) for item in scored]
        self._known: dict[tuple[str, tuple[tuple[str, float], ...]], list[Outcome]] = {}

    def of(self, rule: Rule, limits: Mapping[str, float]) -> list[Outcome]:
        """Outcomes of one rule, a run each."""
        own = tuple(sorted((key, value) for key, value in limits.items() if key.startswith(rule.name + ".")))
        if (rule.name, own) not in self._known:
            with np.errstate(all="ignore"):
                asked = rule.with_limits(dict(own))
                self._known[rule.name, own] = [asked.check(view) for view in self.views]
        return self._known[rule.name, own]

    def verdicts(self, limits: Mapping[str, float]) -> list[str]:
        """The verdict of every run."""
        columns = [self.of(rule, limits) for rule in VOTERS]
        return [str(weigh(row).verdict) for row in zip(*columns, strict=True)]


def search(answers: Answers, right: Sequence[Scored], members: np.ndarray) -> dict[str, float]:
    """Thresholds that do best on some runs: strict on the clear ones, acceptable on the rest."""
    limits: dict[str, float] = {}
    best = _score(answers.verdicts(limits), right, members)
    for rule in VOTERS:
        for setting in rule.thresholds:
            for factor in FACTORS:
                value = min(max(setting.default * factor, setting.low), setting.high)
                trial = limits | {setting.key: value}
                score = _score(answers.verdicts(trial), right, members)
                if score > best + 1e-9:
                    limits, best = trial, score
    return limits


def _score(verdicts: Sequence[str], scored: Sequence[Scored], members: np.ndarray) -> float:
    points = [
        float(verdicts[i] == scored[i].truth) if not scored[i].ambiguous else float(verdicts[i] in scored[i].accept)
        for i in members
    ]
    return float(np.mean(points))


def _strict(verdicts: Sequence[str], scored: Sequence[Scored], members: Sequence[int]) -> tuple[int, int]:
    clear = [i for i in members if not scored[i].ambiguous]
    return sum(verdicts[i] == scored[i].truth for i in clear), len(clear)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--by", choices=("family", "cause"), default="family")
    arguments = parser.parse_args()
    lines = (arguments.path / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    group_of = {truth["id"]: str(truth[arguments.by]) for truth in map(json.loads, lines)}
    scored = [item for item in score_faultlab(arguments.path) if item.run.format == "tensorboard"]
    groups = [next(group_of[part] for part in item.run.id.split("/") if part in group_of) for item in scored]
    answers = Answers(scored)
    plain = answers.verdicts({})
    right, clear = _strict(plain, scored, range(len(scored)))
    print(f"default thresholds: {right / clear:.3f} of {clear} clear runs")
    held_right = held_clear = 0
    for group in sorted(set(groups)):
        members = [i for i, name in enumerate(groups) if name == group]
        others = np.array([i for i, name in enumerate(groups) if name != group])
        limits = search(answers, scored, others)
        hit, count = _strict(answers.verdicts(limits), scored, members)
        before, _ = _strict(plain, scored, members)
        held_right, held_clear = held_right + hit, held_clear + count
        moved = ", ".join(f"{key} {value:.3g}" for key, value in limits.items())
        print(f"  without {group:28} {hit:3} of {count:3} (defaults {before:3})   {moved}")
    print(f"leave one {arguments.by} out: {held_right / max(held_clear, 1):.3f}")


if __name__ == "__main__":
    main()

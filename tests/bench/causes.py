"""How often the right cause is named: `python -m tests.bench.causes ../shared/corpus/faultlab`.

Every run of a folder with a truth.jsonl had one fault put into it on purpose. The table below says which cause of the
knowledge files that fault is; where two names describe the same mistake, or logs cannot tell them apart even in
principle, the others are listed behind the first and count in the lenient figures only. Scored are the TensorBoard runs,
each once, whose true symptom is a fault's: all of them ("every faulty run": a run taken for healthy counts as missed),
and those whose verdict is a fault's ("with a verdict"), which separates this part's mistakes from the rules'; so does
`--verdict truth`, which takes the verdict from the truth.

`--ablation` takes kinds of evidence away, `--families` re-fits the weights without one family of networks and scores on
that family, `--useless` lists the evidence that changes no place in the ranking, `--readme` writes the table.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.findings import Outcome, Verdict
from lossdoctor.importers import find_sources, read_source
from lossdoctor.knowledge.vocabulary import VERDICTS_WITHOUT_CAUSES
from lossdoctor.runs import Run
from tests.bench.cause_weights import Ballot, ballot, places, refit, useless
from tests.bench.readme import write_section

# Injected fault -> cause ids, the exact one first.
CAUSES: dict[str, tuple[str, ...]] = {
    "clip_too_tight": ("clipping_hides_lr",),
    "clip_too_tight_lr_high": ("clipping_hides_lr", "lr_too_high"),
    "constant_inputs": ("duplicate_or_constant_inputs",),
    # Noise added to the inputs: poor quality; with too few clean samples left it is remembered.
    "corrupted_inputs": ("data_quality",),
    "data_spike": ("bad_batch",),
    "dead_relu": ("dead_relu",),
    "diverges_to_huge_plateau": ("lr_too_high",),
    "duplicated_inputs": ("duplicate_or_constant_inputs", "too_little_data"),
    "edge_of_stability": ("lr_too_high",),
    "fp16_overflow": ("nan_from_overflow",),
    "frozen_backbone": ("frozen_parameters",),
    # Stopped early and still past its best point: what remains is the budget.
    "healthy_earlystop": ("trained_too_long", "no_regularisation", "too_little_data"),
    # Random inputs and shuffled labels leave the same curves: nothing to learn, pairs to remember.
    "infeasible_random_inputs": ("task_infeasible", "shuffled_labels"),
    "init_too_large": ("bad_init",),
    "init_too_small": ("bad_init",),
    "init_zero": ("bad_init",),
    "label_noise": ("label_noise",),
    "lr_burst_spike": ("lr_schedule_jump",),
    "lr_decayed_too_early": ("lr_decayed_too_early",),
    "lr_ramp_until_divergence": ("lr_too_high", "lr_schedule_jump"),
    "lr_too_high": ("lr_too_high",),
    "lr_too_high_oscillation": ("lr_too_high", "momentum_too_high"),
    "lr_too_high_spikes": ("lr_too_high",),
    "lr_too_low": ("lr_too_low",),
    "model_too_small": ("model_too_small",),
    "momentum_oscillation": ("momentum_too_high",),
    "nan_bad_batch": ("bad_batch",),
    "nan_log0": ("nan_from_overflow",),
    "not_shuffled": ("not_shuffled",),
    "optimizer_not_stepping": ("optimizer_not_stepping", "frozen_parameters"),
    "overfit_noreg": ("no_regularisation", "trained_too_long"),
    "overfit_small_data": ("too_little_data", "no_regularisation"),
    "relu_on_output": ("wrong_output_activation",),
    "resume_jump": ("resume_without_optimizer_state",),
    "shuffled_labels": ("shuffled_labels", "task_infeasible"),
    "shuffled_labels_memorised": ("shuffled_labels", "task_infeasible"),
    "sigmoid_on_regression": ("wrong_output_activation",),
    "sigmoid_vanishing": ("vanishing_gradients", "wrong_hidden_activation"),
    "softmax_twice": ("wrong_output_activation",),
    "tanh_saturated": ("saturated_activations", "bad_init"),
    "tiny_val_set": ("val_set_too_small",),
    "too_much_dropout": ("over_regularised",),
    "too_much_weight_decay": ("over_regularised",),
    "unnormalised_inputs": ("inputs_not_normalised",),
    "unnormalised_targets": ("inputs_not_normalised",),
    "val_shift": ("train_val_shift",),
}
NO_FAULT = frozenset({"healthy", "too_short", "not_classifiable"})


@dataclass(frozen=True)
class Mode:
    """Which evidence a scoring may use."""

    name: str
    config: bool = True
    siblings: bool = True
    histograms: bool = True

    def prepare(self, run: Run) -> Run:
        """The run without what this mode leaves out."""
        run = run if self.config else replace(run, config={})
        return run if self.histograms else replace(run, histograms=())


MODES = (
    Mode("all evidence"),
    Mode("without siblings", siblings=False),
    Mode("without settings", config=False),
    Mode("without histograms", histograms=False),
    Mode("curves only", config=False, siblings=False, histograms=False),
)


@dataclass(frozen=True)
class Scored:
    """One run: what was injected, which verdict it got, and how its causes stand (empty when none is offered)."""

    id: str
    family: str
    fault: str
    symptom: str
    verdict: Verdict
    ballot: Ballot

    @property
    def accused(self) -> bool:
        """The run's verdict is a fault's."""
        return self.verdict not in VERDICTS_WITHOUT_CAUSES

    def rank(self, lenient: bool, order: Sequence[str] | None = None) -> int | None:
        """1 for the first place; None when it is not offered."""
        wanted = CAUSES[self.fault] if lenient else CAUSES[self.fault][:1]
        offered = self.ballot.offered() if order is None else order
        return next((place for place, cause in enumerate(offered, 1) if cause in wanted), None)


@dataclass(frozen=True)
class Figures:
    """Shares of runs whose cause stands first, or among the first three, and the mean reciprocal place."""

    runs: int
    top1: float
    top3: float
    mrr: float

    def __str__(self) -> str:
        return f"{self.runs:3d} runs  top-1 {self.top1:.3f}  top-3 {self.top3:.3f}  MRR {self.mrr:.3f}"


def figures(ranks: Sequence[int | None]) -> Figures:
    """Figures over places; zeros for no runs."""
    n = max(len(ranks), 1)
    top = [sum(rank is not None and rank <= k for rank in ranks) / n for k in (1, 3)]
    return Figures(len(ranks), top[0], top[1], sum(1 / rank for rank in ranks if rank is not None) / n)


def read(root: Path) -> tuple[list[Run], dict[str, dict[str, Any]]]:
    """The TensorBoard runs below a faultlab folder, and the truth by run id.

    Raises:
        KeyError: a fault that the table above does not know.
    """
    lines = (root / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    truth = {t["run_dir"]: t for t in map(json.loads, lines)}
    unknown = {t["cause"] for t in truth.values() if t["symptom"] not in NO_FAULT} - set(CAUSES)
    if unknown:
        raise KeyError(f"no cause is mapped to {', '.join(sorted(unknown))}")
    runs = [run for source in find_sources(root).sources for run in read_source(source).runs]
    return [run for run in runs if run.id in truth], truth


def score(
    runs: Sequence[Run], truth: dict[str, dict[str, Any]], mode: Mode, by_truth: bool = False
) -> tuple[list[Scored], int, int]:
    """Scored faulty runs, and of the healthy ones how many there are and how many are offered a cause."""
    runs = [mode.prepare(run) for run in runs]
    folders: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        folders[run.id.rpartition("/")[0]].append(run)
    scored, healthy, accused = [], 0, 0
    for run in runs:
        t = truth[run.id]
        others = [r for r in folders[run.id.rpartition("/")[0]] if r is not run] if mode.siblings else []
        verdict, votes = _votes(run, Verdict(t["symptom"]) if by_truth else None, others)
        if t["symptom"] in NO_FAULT:
            healthy += 1
            accused += bool(votes.offered())
        else:
            scored.append(Scored(t["id"], t["family"], t["cause"], t["symptom"], verdict, votes))
    return scored, healthy, accused


def _votes(run: Run, verdict: Verdict | None, siblings: Sequence[Run]) -> tuple[Verdict, Ballot]:
    diagnosis = diagnose(run, siblings)
    outcomes: tuple[Outcome, ...] = diagnosis.outcomes
    if verdict is not None and diagnosis.verdict is not verdict:
        outcomes = ()
    used = diagnosis.verdict if verdict is None else verdict
    return used, ballot(run, used, outcomes, siblings)


def left_out_families(scored: Sequence[Scored], lenient: bool) -> dict[str, Figures]:
    """Figures on each family with the weights re-fitted on all the others."""
    result = {}
    for family in sorted({item.family for item in scored}):
        known = [(item.ballot, CAUSES[item.fault]) for item in scored if item.family != family]
        change = refit(known)
        own = [item for item in scored if item.family == family]
        result[family] = figures([item.rank(lenient, places(item.ballot, change)) for item in own])
    return result


def pooled(parts: Sequence[Figures]) -> Figures:
    """Figures of several groups together, each run counting once."""
    n = max(sum(part.runs for part in parts), 1)

    def mean(of: Callable[[Figures], float]) -> float:
        return sum(of(part) * part.runs for part in parts) / n

    return Figures(sum(p.runs for p in parts), mean(lambda p: p.top1), mean(lambda p: p.top3), mean(lambda p: p.mrr))


def show_mistakes(scored: Sequence[Scored]) -> None:
    """One line for each run whose cause is not first."""
    for item in sorted(scored, key=lambda s: (s.fault, s.id)):
        rank = item.rank(lenient=True)
        if rank is None or rank > 1:
            first = ", ".join(item.ballot.offered()[:4]) or f"nothing ({item.verdict})"
            print(f"  {item.id} {item.symptom:16s} {item.fault:26s} place {rank or '-'}: {first}")


def table(rows: Sequence[tuple[str, Sequence[Scored]]], left_out: Sequence[Scored]) -> str:
    """The ablation table in Markdown."""
    lines = [
        "| Evidence | First, with a verdict | Among three, with a verdict | First, every faulty run "
        "| Among three, every faulty run |",
        "|---|---|---|---|---|",
    ]
    for name, scored in rows:
        lines.append(_row(name, [figures([s.rank(False) for s in part]) for part in (_judged(scored), scored)]))
    parts = [pooled(list(left_out_families(part, False).values())) for part in (_judged(left_out), left_out)]
    lines.append(_row("all, weights re-fitted without the network family scored", parts))
    return "\n".join(lines)


def _row(name: str, parts: Sequence[Figures]) -> str:
    return f"| {name} | " + " | ".join(f"{value:.2f}" for part in parts for value in (part.top1, part.top3)) + " |"


def _judged(scored: Sequence[Scored]) -> list[Scored]:
    return [item for item in scored if item.accused]


def show(mode: Mode, scored: Sequence[Scored], healthy: int, accused: int) -> None:
    """Print one mode's figures."""
    print(f"{mode.name}:")
    for what, part in (("every faulty run", scored), ("with a verdict", _judged(scored))):
        for exactly, lenient in (("exact id", False), ("equivalents too", True)):
            print(f"  {what:17s} {exactly:15s} {figures([s.rank(lenient) for s in part])}")
    print(f"  causes offered on {accused} of {healthy} runs without a fault's symptom")


def show_families(scored: Sequence[Scored]) -> None:
    """Print each family's figures with the files' weights and with weights fitted on the other families."""
    out = left_out_families(scored, lenient=False)
    for family, figure in out.items():
        own = figures([item.rank(False) for item in scored if item.family == family])
        print(f"  {family:14s} {own}   left out: {figure}")
    print(f"  {'together':14s} {figures([s.rank(False) for s in scored])}   left out: {pooled(list(out.values()))}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("--verdict", choices=("rules", "truth"), default="rules")
    parser.add_argument("--mistakes", action="store_true", help="list every run whose cause is not first")
    parser.add_argument("--ablation", action="store_true", help="also without each kind of evidence, and curves only")
    parser.add_argument("--families", action="store_true", help="leave one family out")
    parser.add_argument("--useless", action="store_true", help="list evidence without which no place is worse")
    parser.add_argument("--readme", type=Path, help="write the ablation table into this file's causes section")
    options = parser.parse_args(arguments)
    runs, truth = read(options.root)
    rows = []
    for mode in MODES if options.ablation or options.readme else MODES[:1]:
        scored, healthy, accused = score(runs, truth, mode, options.verdict == "truth")
        rows.append((mode.name, scored))
        show(mode, scored, healthy, accused)
    complete = rows[0][1]
    if options.mistakes:
        show_mistakes(complete)
    if options.families:
        show_families(complete)
    if options.useless:
        for line in useless([(item.ballot, CAUSES[item.fault]) for item in complete]):
            print(f"  {line}")
    if options.readme:
        write_section(options.readme, "causes", table(rows, complete))


if __name__ == "__main__":
    main()

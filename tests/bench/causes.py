"""How often the right cause is named: `python -m tests.bench.causes ../shared/corpus/faultlab`.

Every run of a folder with a truth.jsonl had one fault put into it on purpose. The table below says which cause of the
knowledge files that fault is; where two names describe the same mistake, or logs cannot tell them apart even in
principle, the others are listed behind the first and count in the lenient figures only. Scored are runs whose true
symptom is a fault's, over the TensorBoard runs, each once; `--verdict truth` takes the verdict from the truth instead
of the rules, which separates this part's mistakes from theirs.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.findings import Outcome, Verdict
from lossdoctor.importers import find_sources, read_source
from lossdoctor.knowledge.causes import rank_causes
from lossdoctor.knowledge.ranked import RankedCause
from lossdoctor.runs import Run

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
class Scored:
    """One run: what was injected, what is offered."""

    id: str
    family: str
    fault: str
    symptom: str
    offered: tuple[RankedCause, ...]

    def rank(self, lenient: bool) -> int | None:
        """1 for the first place; None when it is not offered."""
        wanted = CAUSES[self.fault] if lenient else CAUSES[self.fault][:1]
        return next((place for place, cause in enumerate(self.offered, 1) if cause.id in wanted), None)


def read(root: Path) -> tuple[list[Run], dict[str, dict[str, Any]]]:
    """The TensorBoard runs below a faultlab folder, and the truth by run id."""
    lines = (root / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    truth = {t["run_dir"]: t for t in map(json.loads, lines)}
    runs = [run for source in find_sources(root).sources for run in read_source(source).runs]
    return [run for run in runs if run.id in truth], truth


def score(
    runs: Sequence[Run], truth: dict[str, dict[str, Any]], *, by_truth: bool, config: bool, siblings: bool
) -> tuple[list[Scored], int, int]:
    """Scored faulty runs, and of the healthy ones how many there are and how many are offered a cause."""
    if not config:
        runs = [replace(run, config={}) for run in runs]
    folders: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        folders[run.id.rpartition("/")[0]].append(run)
    scored, healthy, accused = [], 0, 0
    for run in runs:
        t = truth[run.id]
        others = [r for r in folders[run.id.rpartition("/")[0]] if r is not run] if siblings else []
        causes = _causes(run, Verdict(t["symptom"]) if by_truth else None, others)
        if t["symptom"] in NO_FAULT:
            healthy += 1
            accused += bool(causes)
        else:
            scored.append(Scored(t["id"], t["family"], t["cause"], t["symptom"], causes))
    return scored, healthy, accused


def _causes(run: Run, verdict: Verdict | None, siblings: Sequence[Run]) -> tuple[RankedCause, ...]:
    diagnosis = diagnose(run, siblings)
    if verdict is None or diagnosis.verdict is verdict:
        return diagnosis.causes
    outcomes: tuple[Outcome, ...] = ()
    return rank_causes(run, verdict, outcomes, siblings)


def summary(scored: Sequence[Scored], lenient: bool) -> str:
    """Top-1, top-3 and mean reciprocal rank as one line."""
    ranks = [item.rank(lenient) for item in scored]
    n = max(len(ranks), 1)
    top = [sum(rank is not None and rank <= k for rank in ranks) / n for k in (1, 3)]
    reciprocal = sum(1 / rank for rank in ranks if rank is not None) / n
    return f"top-1 {top[0]:.3f}  top-3 {top[1]:.3f}  MRR {reciprocal:.3f}"


def show_mistakes(scored: Sequence[Scored]) -> None:
    """One line for each run whose cause is not among the first three."""
    for item in sorted(scored, key=lambda s: (s.fault, s.id)):
        rank = item.rank(lenient=True)
        if rank is None or rank > 1:
            first = ", ".join(f"{c.id} {c.score:.2f}" for c in item.offered[:4]) or "nothing"
            print(f"  {item.id} {item.symptom:16s} {item.fault:26s} place {rank or '-'}: {first}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--verdict", choices=("rules", "truth"), default="rules")
    parser.add_argument("--mistakes", action="store_true", help="list every run whose cause is not first")
    parser.add_argument(
        "--ablation", action="store_true", help="also without config, without siblings, and curves only"
    )
    options = parser.parse_args(arguments)
    runs, truth = read(options.root)
    modes = {"all evidence": (True, True)}
    if options.ablation:
        modes |= {"without siblings": (True, False), "without config": (False, True), "curves only": (False, False)}
    for name, (config, siblings) in modes.items():
        scored, healthy, accused = score(
            runs, truth, by_truth=options.verdict == "truth", config=config, siblings=siblings
        )
        print(f"{name}: {len(scored)} faulty runs, exact id {summary(scored, False)}")
        print(f"{' ' * len(name)}  equivalent ids also count: {summary(scored, True)}")
        print(f"{' ' * len(name)}  causes offered on {accused} of {healthy} runs without a fault's symptom")
        if options.mistakes:
            show_mistakes(scored)
    families = sorted({item.family for item in scored})
    for family in families:
        part = [item for item in scored if item.family == family]
        print(f"  {family:14s} {len(part):3d} runs  {summary(part, True)}  (last mode)")


if __name__ == "__main__":
    main()

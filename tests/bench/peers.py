"""How other tools do on the same runs: `python -m tests.bench.peers ../shared/corpus/faultlab [--python VENV/bin/python]`.

Needs the extra `bench` (trainspotter, runmedic, sk-autod, training-doctor), here or in the environment of `--python`.
Each peer gets the runs' main series as one CSV, training and validation loss under names that all of them know, and
says what it says at its defaults; its findings are mapped to our verdicts in `MAPPINGS`, the first that it reports in
that order. runwise gives statistics but no findings, and is left out. Published rules and one-line baselines beside them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from lossdoctor.runs import Role, Run, Series
from tests.bench.diagnosis import Scored, f1_scores, score_faultlab
from tests.bench.readme import write_section

# Peer's word -> our verdict, in order of precedence. Words that are missing here (throughput, label noise, a dying-ReLU
# guess, a missed early stop) speak of causes or manners and support no verdict.
MAPPINGS: dict[str, dict[str, str]] = {
    "trainspotter": {
        "divergence": "divergence", "overfitting": "overfitting", "loss_floor": "underfitting", "plateau": "plateau",
        "spikes": "spike_recovered", "spike": "spike_recovered",
    },
    "runmedic": {
        "non_finite": "divergence", "divergence": "divergence", "overfitting": "overfitting",
        "no_learning": "underfitting", "constant_lr_plateau": "plateau", "loss_spikes": "spike_recovered",
    },
    "sk-autod": {
        "Exploding gradient": "divergence", "Classic overfitting": "overfitting", "Underfitting": "underfitting",
        "LR too low": "underfitting", "LR too high": "oscillating", "Noisy training": "oscillating",
    },
    "training-doctor": {
        "gradient_instability": "divergence", "lr_too_high": "oscillating", "overfitting": "overfitting",
        "lr_too_low": "underfitting", "plateau": "plateau",
    },
}  # fmt: skip

TOLD = {
    "trainspotter": """
out = subprocess.run([sys.executable, "-m", "trainspotter.cli", "analyze", path, "--output", "json"],
                     capture_output=True, text=True).stdout
words = [finding["detector"] for finding in json.loads(out)["findings"]]
""",
    "runmedic": """
out = subprocess.run([sys.executable, "-m", "runmedic", "diagnose", path, "--json"], capture_output=True, text=True).stdout
words = [finding["check"] for run in json.loads(out) for finding in run["findings"] if finding["severity"] != "info"]
""",
    "sk-autod": """
import csv
from sk_autod import diagnose
train, val, last = [], [], {}
for row in csv.DictReader(open(path)):  # its curves have one length: the last value of each at every evaluation
    last.update({name: float(cell) for name, cell in row.items() if cell})
    if row.get("val_loss") and "train_loss" in last:
        train.append(last["train_loss"])
        val.append(last["val_loss"])
report = diagnose(train, val).to_dict()
words = [finding["detector_name"] for finding in report["findings"]]
""",
    "training-doctor": """
from training_doctor import Doctor
doctor = Doctor()
doctor.load(path)
words = [found.detector_name for found in doctor.analyze()]
""",
}
DRIVER = """
import contextlib, io, json, subprocess, sys
for line in sys.stdin:
    path = line.strip()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(CODE)
    except Exception as error:
        words = ["failed: " + type(error).__name__]
    print(json.dumps(words), flush=True)
"""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, help="a faultlab folder")
    parser.add_argument("--python", default=sys.executable, help="the Python that has the peers installed")
    parser.add_argument("--readme", type=Path, help="write the table into this file's peers section")
    arguments = parser.parse_args()
    scored = [item for item in score_faultlab(arguments.path) if item.run.format == "tensorboard"]
    rows = [("lossdoctor", [item.verdict for item in scored])]
    for peer in MAPPINGS:
        said = peer_verdicts(peer, [item.run for item in scored], arguments.python)
        if said is not None:
            rows.append((peer, said))
    rows += [(name, [rule(item.run) for item in scored]) for name, rule in BASELINES.items()]
    table = [_row(name, scored, verdicts) for name, verdicts in rows]
    print("\n".join(table_lines(table)))
    if arguments.readme:
        write_section(arguments.readme, "peers", "\n".join(table_lines(table)))


def peer_verdicts(peer: str, runs: Sequence[Run], python: str) -> list[str] | None:
    """One verdict a run by a peer; None when it is not installed."""
    module = {"sk-autod": "sk_autod", "training-doctor": "training_doctor"}.get(peer, peer)
    if subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode:
        print(f"{peer}: not installed for {python}; left out")
        return None
    with tempfile.TemporaryDirectory() as folder:
        paths = [_as_csv(run, Path(folder) / f"run{index:04d}.csv") for index, run in enumerate(runs)]
        told = subprocess.run(
            [python, "-c", f"CODE = {TOLD[peer]!r}\n{DRIVER}"],
            input="\n".join(paths), capture_output=True, text=True, check=True,
        ).stdout.splitlines()  # fmt: skip
    answers = [json.loads(line) for line in told]
    failed = sum(any(word.startswith("failed") for word in words) for words in answers)
    if failed:
        print(f"{peer}: failed on {failed} of {len(answers)} runs, counted as healthy")
    return [_first(MAPPINGS[peer], words) for words in answers]


def _first(mapping: Mapping[str, str], words: Sequence[str]) -> str:
    return next((verdict for word, verdict in mapping.items() if word in words), "healthy")


def _as_csv(run: Run, path: Path) -> str:
    """Step, training loss, validation loss, rate and gradient norm of a run, an empty cell where nothing was logged."""
    columns = {
        "train_loss": Role.TRAIN_LOSS,
        "val_loss": Role.VAL_LOSS,
        "lr": Role.LEARNING_RATE,
        "grad_norm": Role.GRAD_NORM,
    }
    rows: dict[int, dict[str, float]] = {}
    there = []
    for name, role in columns.items():
        series = run.primary(role)
        if series is None:
            continue
        there.append(name)
        branch = series.last_branch()
        for step, value in zip(branch.steps.tolist(), branch.values.tolist(), strict=True):
            rows.setdefault(step, {})[name] = value
    lines = [",".join(["step", *there])]
    lines += [
        ",".join([str(step), *(repr(row[n]) if n in row else "" for n in there)]) for step, row in sorted(rows.items())
    ]
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def _losses(run: Run) -> tuple[Series | None, Series | None]:
    train, val = run.primary(Role.TRAIN_LOSS), run.primary(Role.VAL_LOSS)
    return (None if train is None else train.last_branch()), (None if val is None else val.last_branch())


def always_healthy(_: Run) -> str:
    """The answer that is right most often."""
    return "healthy"


def one_line_each(run: Run) -> str:
    """NaN is divergence, 5 % above the best validation is overfitting, a loss that kept 90 % is underfitting."""
    train, val = _losses(run)
    main = train if train is not None else val
    if main is None or not len(main):
        return "not_classifiable"
    if not main.finite.all():
        return "divergence"
    if val is not None and len(val) > 3 and val.finite.all() and val.values[-1] > 1.05 * val.values.min() > 0:
        return "overfitting"
    if main.values[-1] > 2 * main.values[0]:
        return "divergence"
    return "underfitting" if main.values[-1] > 0.9 * main.values[0] else "healthy"


def sagemaker(run: Run) -> str:
    """SageMaker Debugger's published rules at their defaults: exploding tensor, overfit, loss not decreasing.

    Overfit: (validation - training) / training above 0.1. LossNotDecreasing: over 10 steps the loss lost less than 0.1 %.
    """
    train, val = _losses(run)
    if train is None or not len(train):
        return "not_classifiable"
    if not train.finite.all():
        return "divergence"
    if val is not None and len(val):
        at = np.interp(val.steps, train.steps, train.values)
        with np.errstate(all="ignore"):
            if np.sum((val.values - at) / at > 0.1) > 1:
                return "overfitting"
    values = train.values
    stalled = values[10:] > values[:-10] * (1 - 0.001)
    return "plateau" if stalled.any() else "healthy"


BASELINES: dict[str, Callable[[Run], str]] = {
    "SageMaker rules, defaults": sagemaker,
    "one line a symptom": one_line_each,
    "always healthy": always_healthy,
}

Row = tuple[str, float, float, float, float]


def _row(name: str, scored: Sequence[Scored], verdicts: Sequence[str]) -> Row:
    told = [
        Scored(item.run, item.diagnosis, item.truth, item.accept, item.ambiguous, said=verdict)
        for item, verdict in zip(scored, verdicts, strict=True)
    ]
    clear = [item for item in told if not item.ambiguous]
    healthy = [item for item in clear if item.truth == "healthy"]
    f1 = f1_scores(clear)
    return (
        name,
        float(np.mean([item.strict for item in clear])),
        float(np.mean([item.lenient for item in told])),
        float(np.mean(list(f1.values()))),
        float(np.mean([item.verdict != "healthy" for item in healthy])),
    )


def table_lines(table: Sequence[Row]) -> list[str]:
    """The comparison as a Markdown table."""
    head = "| | Right where the truth is clear | Acceptable, all | Macro-F1 | Healthy runs called ill |"
    return [
        head,
        "|---|---|---|---|---|",
        *(f"| {n} | {s:.2f} | {a:.2f} | {f:.2f} | {h:.0%} |" for n, s, a, f, h in table),
    ]


if __name__ == "__main__":
    main()

"""Hand-made diagnosed runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lossdoctor.diagnosis import Diagnosis
from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.findings import (
    Direction,
    Evidence,
    Finding,
    Level,
    Line,
    Measurement,
    Message,
    Outcome,
    Pair,
    Point,
    Severity,
    Span,
    Status,
    Verdict,
)
from lossdoctor.knowledge.ranked import Argument, RankedCause
from lossdoctor.runs import ConfigValue, Problem, ProblemLevel, Role, RoleAssignment, Run, Series
from lossdoctor.synth import CurveSpec, HistogramSpec, make_run
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

TRAIN, VAL = "loss/train", "loss/val"


def all_shapes() -> tuple[Evidence, ...]:
    """One piece of evidence of each shape."""
    return (
        Span(40, 90, "rising", VAL),
        Point(40, 0.5, "best", VAL),
        Level(1.2, "chance", TRAIN),
        Line(10, 1.5, 40, 0.6, "trend", TRAIN),
        Pair(80, 0.2, 0.9, "gap", TRAIN, VAL),
    )


def overfitting_finding(evidence: tuple[Evidence, ...] | None = None) -> Finding:
    return Finding(
        "GN01",
        "overfitting",
        Severity.HIGH,
        0.9,
        Message.of("val rises {rise:pct} from step {step:step} on", rise=0.4, step=40),
        all_shapes() if evidence is None else evidence,
        (Measurement("rise above the minimum", 0.4, "%", 0.05, Direction.AT_LEAST, "overfitting.rise"),),
        (VAL,),
    )


def spike_finding() -> Finding:
    return Finding(
        "ST03", "loss_spike", Severity.MEDIUM, 0.8, Message.of("one spike at {step:step}", step=20),
        (Point(20, 2.5, "spike", TRAIN),),
    )  # fmt: skip


def causes() -> tuple[RankedCause, ...]:
    return tuple(
        RankedCause(
            id=name, title=f"Cause {name}", score=score, explanation="What it is.",
            arguments_for=(Argument("dropout is 0", 0.7),), arguments_against=(Argument("weight decay is set", -0.3),),
            missing=("Log the gradient norm.",), experiment="Train on more data.", fix="Add dropout.", explains=("GN01",),
        )
        for name, score in (("too_little_data", 0.8), ("no_dropout", 0.4))
    )  # fmt: skip


def run(
    name: str = "exp1", *, points: int = 101, folder: str = "/logs", train_tag: str = TRAIN, problems: int = 0
) -> Run:
    steps = np.arange(points)
    train = 2.0 * np.exp(-steps / max(points / 4, 1)) + 0.1
    val = train + np.clip(steps - 0.4 * points, 0, None) * 0.01
    found = tuple(
        Problem(
            "bad_line", ProblemLevel.WARNING, f"{folder}/{name}", "a line cannot be read.", "Look at it.", f"line {i}"
        )
        for i in range(problems)
    )
    return Run(
        id=name, path=f"{folder}/{name}", name=name, format="csv",
        series=(Series(train_tag, steps, train), Series(VAL, steps[::10], val[::10])),
        roles=(
            RoleAssignment(Role.TRAIN_LOSS, train_tag, True, "train"),
            RoleAssignment(Role.VAL_LOSS, VAL, True, "val"),
        ),
        problems=found,
    )  # fmt: skip


def diagnosed(
    name: str = "exp1",
    verdict: Verdict = Verdict.OVERFITTING,
    confidence: float = 0.9,
    findings: tuple[Finding, ...] | None = None,
    **options: object,
) -> DiagnosedRun:
    if findings is None:
        findings = (overfitting_finding(), spike_finding()) if verdict is Verdict.OVERFITTING else ()
    outcomes = (
        *(Outcome(f.code, f.name, Status.FOUND, (f,)) for f in findings),
        Outcome("CV03", "plateau", Status.CLEAR, (), (Measurement("flat part", 0.1, "%", 0.3, Direction.AT_LEAST),)),
        Outcome("LR01", "schedule", Status.NOT_APPLICABLE, reason="no learning rate was logged"),
        Outcome("XX01", "broken", Status.FAILED, reason="Traceback...\nZeroDivisionError: division by zero"),
    )
    diagnosis = Diagnosis(
        verdict, confidence, Verdict.PLATEAU, Message.of("val rises from step {step:step} on", step=40),
        best_step=40, onset_step=50, outcomes=outcomes,
        causes=causes() if verdict is Verdict.OVERFITTING else (),
    )  # fmt: skip
    return DiagnosedRun(run(name, **options), diagnosis)  # type: ignore[arg-type]


def result(*items: DiagnosedRun) -> ScanResult:
    problems = tuple(problem for item in items for problem in item.run.problems)
    return ScanResult(("/logs",), items, problems, len(items), 1000, 0.1)


def layered(name: str = "deep", layers: int = 8) -> DiagnosedRun:
    """A run whose gradients shrink by a factor of 5 a layer towards the input, diagnosed; the third layer never moves."""
    falling = CurveSpec(n=40, start=1.0, end=0.3, noise=0.0)
    specs = []
    for layer in range(layers):
        size = 5.0 ** (layer - layers) * 0.1
        moves = falling if layer != 2 else CurveSpec(n=40, start=1.0, end=1.0, noise=0.0)
        specs.append(HistogramSpec(f"block<{layer}>", "gradient", replace(falling, scale=size)))
        specs.append(HistogramSpec(f"block<{layer}>", "weight", replace(moves, scale=0.05), number=4096))
    made = make_run({"train": CurveSpec(n=400, start=2.3, end=2.2, noise=0.01)}, histograms=specs, name=name)
    return DiagnosedRun(made, diagnose(made))


def sweep() -> list[DiagnosedRun]:
    """Three runs of one folder that differ in learning rate, one of them in batch size too; diagnosed."""
    made = []
    for name, rate, batch, end in (("slow", 1e-4, 32, 1.6), ("right", 1e-3, 32, 0.3), ("<b>large", 1e-2, 64, 0.9)):
        config: dict[str, ConfigValue] = {
            "lr": rate,
            "batch_size": batch,
            "optimizer": "adamw",
            "dropout": 0.1,
            "weight_decay": 0.01,
        }
        curve = CurveSpec(n=120, start=2.3, end=end, noise=0.02)
        run = make_run({"train": curve, "val": replace(curve, offset=0.1), "epoch": CurveSpec(n=120, start=0.0, end=0.0)},
                       config=config, name=f"sweep/{name}")  # fmt: skip
        steps = np.arange(120) * 5
        counts = (Series("num_input_tokens_seen", steps, steps * batch * 512.0), Series("epoch", steps, steps // 100))
        run = replace(run, name=name, series=(*(s for s in run.series if s.tag != "epoch"), *counts))
        made.append(DiagnosedRun(run, diagnose(run)))
    return made

"""Diagnosed runs with known content: diagnosed by hand, so that these tests depend on no rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossdoctor.diagnosis import Diagnosis
from lossdoctor.findings import (
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
from lossdoctor.findings.evidence import Evidence
from lossdoctor.findings.measurement import Direction
from lossdoctor.knowledge.catalogue import load_causes
from lossdoctor.knowledge.ranked import Argument, RankedCause
from lossdoctor.runs import Problem, ProblemLevel, Role, RoleAssignment, Run, Series
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

EVERY_SHAPE: tuple[Evidence, ...] = (
    Span(400, 1000, "rising", "val/loss"),
    Point(400, 0.6, "best validation", "val/loss"),
    Level(0.1, "end level", "train/loss"),
    Line(600, 0.7, 1000, 0.9, "trend", "val/loss"),
    Pair(1000, 0.1, 0.9, "gap", "train/loss", "val/loss"),
    Span(200, 300, "whole run"),
)


def finding(
    evidence: Sequence[Evidence] = (), severity: Severity = Severity.HIGH, code: str = "GN01", words: int = 1
) -> Finding:
    measurements = (Measurement("rise", 0.5, "%", 0.05, Direction.AT_LEAST, "overfitting.rise"),)
    message = Message.of("{tag} rises by {rise:pct}" + " and so on" * words, tag="val/loss", rise=0.5)
    return Finding(code, "overfitting", severity, 0.9, message, tuple(evidence), measurements, ("val/loss",))


def causes(n: int, words: int = 1) -> tuple[RankedCause, ...]:
    entries = load_causes()[:n]
    return tuple(
        RankedCause(
            id=entry.id,
            title=f"Cause number {i}",
            score=0.9 - 0.05 * i,
            explanation="It happens. Often.",
            arguments_for=tuple(Argument(f"speaks for it {k}" + " at length" * words, 1.0) for k in range(4)),
            arguments_against=(Argument("speaks against it", -1.0),),
            missing=("Log the gradient norm.",),
            experiment=f"Experiment number {i}" + " done with care" * words,
            fix="Change it." * words,
            explains=("GN01",),
        )
        for i, entry in enumerate(entries)
    )


def run(name: str = "a/run", n: int = 101, *, lower_panels: bool = True, problems: Sequence[Problem] = ()) -> Run:
    """Training falls to 0.1, validation turns up at step 400 of 1000."""
    steps = np.linspace(0, 1000, n).astype(np.int64) if n <= 1001 else np.arange(n)
    share = steps / max(steps[-1], 1)
    lines = {
        ("train/loss", Role.TRAIN_LOSS): 0.1 + 2 * np.exp(-6 * share),
        ("val/loss", Role.VAL_LOSS): 0.5 + 2 * np.exp(-8 * share) + 0.7 * np.maximum(share - 0.4, 0),
    }
    if lower_panels:
        lines |= {
            ("lr", Role.LEARNING_RATE): 3e-4 * (0.5 + 0.5 * np.cos(np.pi * share)),
            ("grad_norm", Role.GRAD_NORM): 1.0 + np.sin(40 * share) ** 2,
        }
    return make_run(name, {key: (steps, values) for key, values in lines.items()}, problems)


def make_run(
    name: str,
    lines: dict[tuple[str, Role], tuple[np.ndarray, np.ndarray]],
    problems: Sequence[Problem] = (),
) -> Run:
    return Run(
        id=name,
        path=f"/logs/{name}",
        name=name.rsplit("/", 1)[-1],
        format="tensorboard",
        series=tuple(Series(tag, *data) for (tag, _), data in lines.items()),
        roles=tuple(RoleAssignment(role, tag, True, "made so") for tag, role in lines),
        problems=tuple(problems),
    )


def diagnosis(
    verdict: Verdict = Verdict.OVERFITTING,
    findings: Sequence[Finding] | None = None,
    ranked: Sequence[RankedCause] = (),
    sentence: str = "Validation rises while training falls.",
) -> Diagnosis:
    found = (finding(EVERY_SHAPE),) if findings is None else tuple(findings)
    outcomes = (
        Outcome("GN01", "overfitting", Status.FOUND if found else Status.CLEAR, found),
        Outcome("ST02", "divergence", Status.NOT_APPLICABLE, reason="only 3 points"),
    )
    return Diagnosis(verdict, 0.93, Verdict.PLATEAU, Message.of(sentence), None, 400, 500, outcomes, tuple(ranked))


def diagnosed(name: str = "a/run", ranked: int = 6, **options: object) -> DiagnosedRun:
    return DiagnosedRun(run(name, **options), diagnosis(ranked=causes(ranked)))  # type: ignore[arg-type]


def problem(message: str = "ends in the middle of a record.") -> Problem:
    return Problem(
        "truncated", ProblemLevel.WARNING, "/logs/a/run/events.out", message, "The rest is shown.", "offset 9"
    )


def scanned(*items: DiagnosedRun) -> ScanResult:
    problems = tuple(p for item in items for p in item.run.problems)
    return ScanResult(("/logs",), tuple(items), problems, len(items), 12_345, 0.5)

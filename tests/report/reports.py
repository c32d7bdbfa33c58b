"""Scan results for the writers: ordinary ones, and everything odd that a log may hold."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.findings import Verdict
from lossdoctor.report.options import ReportOptions
from lossdoctor.runs import Role, Run
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

from . import samples

WHEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOSTILE_NAMES = (
    'sweep/<b>bold</b> & <script>alert("1")</script>',
    "sweep/" + "very-long-name-" * 20 + "end",
    "sweep/中文 日本語 한국어",
    "sweep/Ελληνικά Жук",
    "sweep/עברית (נסיון) عربي",
    "sweep/😀🎉 \N{RIGHT-TO-LEFT OVERRIDE}abc",
    "sweep/a|b `c` *d* [e](f)",
    "sweep/\x1b[31mred\x07\nline two\ttab",
)


def options(**changes: object) -> ReportOptions:
    return ReportOptions(created=WHEN, **changes)  # type: ignore[arg-type]


def ordinary(n: int = 3) -> ScanResult:
    return samples.scanned(*(samples.diagnosed(f"sweep/run{i}") for i in range(n)))


def hostile() -> ScanResult:
    """Names and texts that try to be markup, are too long or in other scripts."""
    items = [samples.diagnosed(name) for name in HOSTILE_NAMES]
    return samples.scanned(
        *items, samples.diagnosed("sweep/broken", problems=[samples.problem("<i>bad</i> & `a\n\n<script>b` worse.")])
    )


def odd() -> ScanResult:
    """Runs without anything to see: only NaN, no loss at all, one point, no series, constant, infinite, tiny and huge."""
    steps = np.arange(50)
    lines = {
        "nan-only": {("loss", Role.TRAIN_LOSS): np.full(50, np.nan), ("val", Role.VAL_LOSS): np.full(50, np.nan)},
        "no-loss": {("reward", Role.OTHER): np.sin(steps / 5), ("lr", Role.LEARNING_RATE): np.full(50, 1e-3)},
        "infinite": {("loss", Role.TRAIN_LOSS): np.full(50, np.inf)},
        "constant": {("loss", Role.TRAIN_LOSS): np.full(50, 0.7)},
        "zero": {("loss", Role.TRAIN_LOSS): np.zeros(50)},
        "huge": {("loss", Role.TRAIN_LOSS): 1e300 * np.exp(-steps / 9), ("val", Role.VAL_LOSS): 1e-300 * (1 + steps)},
    }
    runs = [samples.make_run(name, {key: (steps, v) for key, v in given.items()}) for name, given in lines.items()]
    runs.append(samples.make_run("one-point", {("loss", Role.TRAIN_LOSS): (steps[:1], np.ones(1))}))
    runs.append(samples.make_run("nothing", {}))
    return samples.scanned(*(judged(run) for run in runs))


def judged(run: Run) -> DiagnosedRun:
    return DiagnosedRun(run, diagnose(run, ()))


def crowded() -> ScanResult:
    """One run with more of everything than two pages hold."""
    findings = [samples.finding(samples.EVERY_SHAPE, code=f"GN0{i}", words=30) for i in range(8)]
    ranked = samples.causes(8, words=40)
    run = samples.run("crowded", problems=[samples.problem("is odd." + " Really." * k) for k in range(40)])
    return samples.scanned(DiagnosedRun(run, samples.diagnosis(Verdict.OVERFITTING, findings, ranked)))


def siblings() -> ScanResult:
    """Runs of one folder that differ in one setting, in two, and in a seed only; the first one is the best."""
    made = []
    for name, config, level in (
        ("sweep/best", {"lr": 1e-3, "layers": 2, "seed": 0}, 0.1),
        ("sweep/lr", {"lr": 1e-1, "layers": 2, "seed": 0}, 0.9),
        ("sweep/both", {"lr": 1e-2, "layers": 9, "seed": 0}, 0.8),
        ("sweep/seed", {"lr": 1e-3, "layers": 2, "seed": 7}, 0.2),
    ):
        steps = np.arange(100)
        loss = level + 2 * np.exp(-steps / 12)
        lines = {("loss", Role.TRAIN_LOSS): (steps, loss), ("val", Role.VAL_LOSS): (steps, loss + 0.05)}
        run = samples.make_run(name, lines)
        verdict = Verdict.HEALTHY if level < 0.5 else Verdict.PLATEAU
        made.append(
            DiagnosedRun(
                Run(run.id, run.path, run.name, run.format, run.series, run.roles, config),
                samples.diagnosis(verdict, findings=[]),
            )
        )
    return samples.scanned(*made)

"""Runs and cases made of a few numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lossdoctor.findings import Finding, Message, Outcome, Severity, Status, Verdict
from lossdoctor.knowledge.case import Case
from lossdoctor.runs import ConfigValue, Role, RoleAssignment, Run, Series

ROLES = {
    "train": Role.TRAIN_LOSS,
    "val": Role.VAL_LOSS,
    "lr": Role.LEARNING_RATE,
    "grad_norm": Role.GRAD_NORM,
    "train_metric": Role.TRAIN_METRIC,
    "val_metric": Role.VAL_METRIC,
    "loss_scale": Role.LOSS_SCALE,
    "epoch": Role.EPOCH,
}


def series(
    tag: str, values: npt.ArrayLike, steps: npt.ArrayLike | None = None, wall: npt.ArrayLike | None = None
) -> Series:
    """A series over steps 1, 2, ... unless given."""
    array = np.asarray(values, dtype=float)
    return Series(tag, np.arange(1, array.size + 1) if steps is None else steps, array, wall)


def make_run(
    *, id: str = "runs/a", config: Mapping[str, ConfigValue] | None = None, step_unit: str = "step", **tracks: Any
) -> Run:
    """A run with one primary series a keyword (`train`, `val`, `lr`, ...): values, or a Series."""
    made = [t if isinstance(t, Series) else series(name, t) for name, t in tracks.items()]
    made = [Series(name, s.steps, s.values, s.wall_times) for name, s in zip(tracks, made, strict=True)]
    roles = tuple(RoleAssignment(ROLES[name], name, True, "test") for name in tracks)
    return Run(id, f"/{id}", id.rsplit("/", 1)[-1], "test", tuple(made), roles, dict(config or {}), step_unit)


def outcome(name: str, severity: Severity = Severity.HIGH, code: str = "XX01") -> Outcome:
    """A rule that found its symptom."""
    return Outcome(code, name, Status.FOUND, (Finding(code, name, severity, 0.9, Message.of("found")),))


def make_case(
    verdict: Verdict = Verdict.UNDERFITTING,
    outcomes: Sequence[Outcome] = (),
    siblings: Sequence[Run] = (),
    **tracks: Any,
) -> Case:
    """A case around `make_run`."""
    return Case(make_run(**tracks), verdict, tuple(outcomes), siblings)


def falling(
    n: int = 100, start: float = 2.3, end: float = 0.1, rate: float = 5.0, noise: float = 0.0
) -> npt.NDArray[Any]:
    """An exponential fall with seeded white noise."""
    shape = end + (start - end) * np.exp(-rate * np.arange(n) / n)
    return shape + noise * np.random.default_rng(0).normal(size=n)


def flat(n: int = 100, level: float = 2.3026, noise: float = 0.005) -> npt.NDArray[Any]:
    """A level with seeded white noise."""
    return level + noise * np.random.default_rng(1).normal(size=n)

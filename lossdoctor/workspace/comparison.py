"""Comparison: some runs side by side: verdicts, the settings in which they differ, and where their curves ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossdoctor.findings import Verdict
from lossdoctor.knowledge.neighbours import end_level
from lossdoctor.runs import Role, Run, further_settings, run_settings
from lossdoctor.runs.run import ConfigValue
from lossdoctor.workspace.results import DiagnosedRun

_BEST: tuple[tuple[str, Role, bool], ...] = (
    ("best train loss", Role.TRAIN_LOSS, True),
    ("best val loss", Role.VAL_LOSS, True),
    ("best train metric", Role.TRAIN_METRIC, False),
    ("best val metric", Role.VAL_METRIC, False),
)


@dataclass(frozen=True, slots=True)
class Column:
    """One run of a comparison.

    Attributes:
        run: its id.
        verdict: its verdict.
        confidence: how sure that is, 0 to 1.
        settings: (name, value) of every setting it recorded.
        metrics: (name, value) of what its curves reached; None where there is none.
    """

    run: str
    verdict: Verdict
    confidence: float
    settings: tuple[tuple[str, ConfigValue], ...]
    metrics: tuple[tuple[str, float | None], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side.

    Attributes:
        columns: one a run, in the given order.
        differing: the settings that are not the same in all of them, seeds apart, in the order of first appearance.
    """

    columns: tuple[Column, ...]
    differing: tuple[str, ...]


def compare_runs(runs: Sequence[DiagnosedRun]) -> Comparison:
    """Puts runs side by side; nothing that a run did not record is made up."""
    columns = tuple(_column(item) for item in runs)
    settings = [dict(column.settings) for column in columns]
    names = dict.fromkeys(name for each in settings for name in each)
    names.pop("seed", None)
    differing = tuple(name for name in names if any(each.get(name) != settings[0].get(name) for each in settings))
    return Comparison(columns, differing)


def _column(item: DiagnosedRun) -> Column:
    settings = (*run_settings(item.run).items(), *further_settings(item.run).items())
    metrics = [(name, _best(item.run, role, least)) for name, role, least in _BEST]
    metrics.insert(1, ("last train loss", end_level(item.run)))
    return Column(item.run.id, item.diagnosis.verdict, item.diagnosis.confidence, settings, tuple(metrics))


def _best(run: Run, role: Role, least: bool) -> float | None:
    series = run.primary(role)
    if series is None:
        return None
    values = series.values[np.isfinite(series.values)]
    return None if values.size == 0 else float(values.min() if least else values.max())

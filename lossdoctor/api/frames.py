"""Runs and verdicts as pandas DataFrames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lossdoctor.runs import Run
from lossdoctor.workspace.gate import worst
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

if TYPE_CHECKING:
    import pandas

_STEPS = ("last_step", "best_step", "nan_step", "onset_step")


def points_frame(runs: Sequence[Run]) -> pandas.DataFrame:
    """Every point of every series in file order; texts are categories, so that millions of points stay small."""
    import pandas

    series = [(run, item) for run in runs for item in run.series if len(item)]
    lengths = [len(item) for _, item in series]

    def words(values: list[str]) -> Any:
        names = sorted(set(values))
        codes = np.repeat([names.index(value) for value in values], lengths).astype(np.int32)
        return pandas.Categorical.from_codes(codes, categories=pandas.Index(names, dtype=object))

    def joined(arrays: list[np.ndarray], dtype: str) -> np.ndarray:
        return np.concatenate(arrays) if arrays else np.zeros(0, dtype=dtype)

    return pandas.DataFrame(
        {
            "run": words([run.id for run, _ in series]),
            "tag": words([item.tag for _, item in series]),
            "role": words([str(run.role_of(item.tag)) for run, item in series]),
            "step": joined([item.steps for _, item in series], "int64"),
            "wall_time": joined([item.wall_times for _, item in series], "float64"),
            "value": joined([item.values for _, item in series], "float64"),
        }
    )


def verdicts_frame(result: ScanResult) -> pandas.DataFrame:
    """One row a run, by id; steps that do not exist are <NA>."""
    import pandas

    frame = pandas.DataFrame([_row(item) for item in result.runs], columns=list(_COLUMNS))
    for name in (*_STEPS, "points"):
        frame[name] = frame[name].astype("Int64")
    return frame.set_index("run")


_COLUMNS = ("run", "verdict", "confidence", "runner_up", "severity", "codes", *_STEPS, "points", "sentence", "path")


def _row(item: DiagnosedRun) -> tuple[object, ...]:
    diagnosis, severity = item.diagnosis, worst(item)
    return (
        item.run.id,
        str(diagnosis.verdict),
        float(diagnosis.confidence),
        "" if diagnosis.runner_up is None else str(diagnosis.runner_up),
        "" if severity is None else str(severity),
        " ".join(dict.fromkeys(finding.code for finding in diagnosis.findings)),
        item.facts.last_step,
        diagnosis.best_step,
        diagnosis.nan_step,
        diagnosis.onset_step,
        item.facts.points,
        diagnosis.sentence.render(),
        item.run.path,
    )

"""What a run's series say in numbers: where they begin, are best and end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lossdoctor import formatting
from lossdoctor.runs import Role, Run, Series

LOSSES = (Role.TRAIN_LOSS, Role.VAL_LOSS, Role.TEST_LOSS)
METRICS = (Role.TRAIN_METRIC, Role.VAL_METRIC, Role.TEST_METRIC)
ERRORS = (Role.TRAIN_ERROR, Role.VAL_ERROR)
_DRIVERS = (Role.LEARNING_RATE, Role.GRAD_NORM)


@dataclass(frozen=True, slots=True)
class SeriesNumbers:
    """First, best and last value of a series as text, "–" where there is none; a last NaN is said to be one."""

    tag: str
    first: str
    best: str
    best_step: str
    last: str


def numbers_of(run: Run, drivers: bool = True) -> Iterator[SeriesNumbers]:
    """The numbers of the losses, metrics and errors a run is judged by; `drivers`: of rate and gradient norm as well."""
    for role in (*LOSSES, *METRICS, *ERRORS, *(_DRIVERS if drivers else ())):
        series = run.primary(role)
        if series is not None and len(series):
            yield _numbers(series, role)


def best_point(series: Series, role: Role) -> tuple[int, float] | None:
    """Step and value of the best finite point, the first of equals; None for roles without a best, or all NaN.

    Losses and errors are best when lowest, metrics when highest. A tie goes to the earlier step.
    """
    if role in _DRIVERS or not bool(series.finite.any()):
        return None
    sign = -1.0 if role in METRICS else 1.0
    index = int(np.argmin(np.where(series.finite, sign * series.values, np.inf)))
    return int(series.steps[index]), float(series.values[index])


def _numbers(series: Series, role: Role) -> SeriesNumbers:
    finite = series.values[series.finite]
    first = formatting.number(float(finite[0])) if finite.size else "–"
    best = best_point(series, role)
    return SeriesNumbers(
        series.tag,
        first,
        "–" if best is None else formatting.number(best[1]),
        "–" if best is None else formatting.step(best[0]),
        formatting.number(float(series.values[-1])),
    )

"""XAxis: what the x axis of a figure counts; RunCounter: where a run stood with its epochs or tokens at each step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from lossdoctor.runs import Role, Run, Series

Floats = npt.NDArray[np.float64]


class XAxis(StrEnum):
    """What the x axis counts."""

    STEP = "Step"
    EPOCH = "Epoch"
    TOKENS = "Tokens"
    RELATIVE = "Relative time"
    WALL = "Wall time"

    @property
    def is_time(self) -> bool:
        """True for seconds since the start or on the clock."""
        return self in (XAxis.RELATIVE, XAxis.WALL)

    @property
    def scale(self) -> float:
        """Units of a figure's whole-numbered x in one of this axis: milliseconds, thousandths of an epoch."""
        return 1.0 if self in (XAxis.STEP, XAxis.TOKENS) else 1000.0


# How trainers name the number of tokens seen so far; rates and batch sizes are named otherwise.
_TOKENS = re.compile(
    r"(^|[/._-])(num_|n_|total_|consumed_|train_)?(input_|train_)?tokens(_seen|_processed|_consumed)?$", re.I
)


@dataclass(frozen=True, slots=True, eq=False)
class RunCounter:
    """How far a run was, by another count than its steps.

    Attributes:
        run: the run's id.
        axis: what is counted.
        steps: (n,) float64, strictly ascending, n >= 2.
        counts: (n,) float64, strictly ascending.
    """

    run: str
    axis: XAxis
    steps: Floats
    counts: Floats

    def at(self, steps: Floats) -> Floats:
        """(k,) the count at any steps: straight lines between the known ones, and on at the same pace beyond."""
        inner = np.interp(steps, self.steps, self.counts)
        pace = (self.counts[-1] - self.counts[0]) / (self.steps[-1] - self.steps[0])
        before, after = np.minimum(steps - self.steps[0], 0.0), np.maximum(steps - self.steps[-1], 0.0)
        return np.asarray(inner + (before + after) * pace, dtype=np.float64)


def counters_of(run: Run) -> tuple[RunCounter, ...]:
    """What the run counts besides its steps; empty when it counts nothing else."""
    found = []
    if run.step_unit == "epoch":
        found.append(RunCounter(run.id, XAxis.EPOCH, np.array([0.0, 1.0]), np.array([0.0, 1.0])))
    elif (epochs := run.primary(Role.EPOCH)) is not None and (made := _counter(run.id, XAxis.EPOCH, epochs)):
        found.append(made)
    named = (series for series in run.series if _TOKENS.search(series.tag))
    tokens = next((made for series in named if (made := _counter(run.id, XAxis.TOKENS, series))), None)
    return tuple(found) if tokens is None else (*found, tokens)


def _counter(run: str, axis: XAxis, series: Series) -> RunCounter | None:
    """The counter of a series; None when it does not count upwards."""
    branch = series.last_branch()
    branch = branch.at(branch.finite)
    # Within one value the run moves on unseen: of the points of epoch 3 only the first is where epoch 3 begins.
    begins = np.concatenate(([True], np.diff(branch.values) > 0)) if len(branch) else np.zeros(0, dtype=bool)
    if begins.sum() < 2 or bool((np.diff(branch.values) < 0).any()):
        return None
    return RunCounter(run, axis, branch.steps[begins].astype(np.float64), branch.values[begins])

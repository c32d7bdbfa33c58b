"""The columns of the run table, and one row with its values worked out once."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

import numpy as np

from lossdoctor import formatting, safe_text
from lossdoctor.findings import Verdict
from lossdoctor.runs import Role, Run
from lossdoctor.workspace.results import DiagnosedRun


class Column(IntEnum):
    """The columns every run has, in the order in which they are shown; configuration columns follow them."""

    VERDICT = 0
    NAME = 1
    CONFIDENCE = 2
    BEST_LOSS = 3
    LAST_LOSS = 4
    STEPS = 5
    DURATION = 6
    AGE = 7
    FORMAT = 8

    @property
    def title(self) -> str:
        """The header's text."""
        return _TITLES[self]

    @property
    def help(self) -> str:
        """One sentence for the header's tooltip."""
        return _HELP[self]


_TITLES = {
    Column.VERDICT: "Verdict",
    Column.NAME: "Run",
    Column.CONFIDENCE: "Conf.",
    Column.BEST_LOSS: "Best loss",
    Column.LAST_LOSS: "Last loss",
    Column.STEPS: "Steps",
    Column.DURATION: "Duration",
    Column.AGE: "Age",
    Column.FORMAT: "Format",
}
_HELP = {
    Column.VERDICT: "What the rules say about the run; sorts by urgency",
    Column.NAME: "The run, as its path below the open folder",
    Column.CONFIDENCE: "How sure the verdict is: of verdicts given with 80 % about 8 in 10 are right",
    Column.BEST_LOSS: "Lowest finite validation loss; training loss where no validation loss was logged",
    Column.LAST_LOSS: "The same loss at the last point; NaN when the run ended on one",
    Column.STEPS: "Last logged step",
    Column.DURATION: "Time from the first logged point to the last",
    Column.AGE: "Time since the last logged point",
    Column.FORMAT: "Log format",
}
NUMERIC = frozenset({
    Column.CONFIDENCE, Column.BEST_LOSS, Column.LAST_LOSS, Column.STEPS, Column.DURATION, Column.AGE,
})  # fmt: skip

# What needs attention first comes first.
URGENCY = (
    Verdict.DIVERGENCE, Verdict.OVERFITTING, Verdict.UNDERFITTING, Verdict.PLATEAU, Verdict.OSCILLATING,
    Verdict.SPIKE_RECOVERED, Verdict.TOO_SHORT, Verdict.NOT_CLASSIFIABLE, Verdict.HEALTHY,
)  # fmt: skip

NaturalKey: TypeAlias = tuple[tuple[int, int, str], ...]


def natural(text: str) -> NaturalKey:
    """A sort key that puts run2 before run10."""
    parts = re.split(r"([0-9]+)", text.casefold())
    return tuple((1, int(part[:300]), "") if part.isascii() and part.isdigit() else (0, 0, part) for part in parts)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One row with its values worked out once: painting asks for them thousands of times.

    Attributes:
        item: the run.
        name: its id, made safe: two runs may both be called "training", but never have the same path.
        best_loss: lowest finite value of the loss the run is judged by; NaN without one.
        last_loss: the last value of it, finite or not; NaN without one.
        has_loss: whether there is a last value at all.
        last_step: the largest logged step; NaN without points.
        duration: seconds between first and last logged time; NaN where the log has no times.
        ended: the last logged time, seconds since 1970; NaN likewise.
        searched: the text a filter looks through, folded.
        natural: sort key of the name.
    """

    item: DiagnosedRun
    name: str
    best_loss: float
    last_loss: float
    has_loss: bool
    last_step: float
    duration: float
    ended: float
    searched: str
    natural: NaturalKey

    @classmethod
    def of(cls, item: DiagnosedRun) -> RunRow:
        """The row of one run."""
        run = item.run
        words = (run.name, run.id, run.format, item.diagnosis.verdict.label, item.diagnosis.verdict.value)
        last = max((float(series.steps.max()) for series in run.series if len(series)), default=math.nan)
        loss = run.primary(Role.VAL_LOSS) or run.primary(Role.TRAIN_LOSS)
        finite = loss.values[loss.finite] if loss is not None else np.empty(0)
        best = float(finite.min()) if finite.size else math.nan
        final = float(loss.values[-1]) if loss is not None and len(loss) else math.nan
        begun, ended = _times(run)
        return cls(item, safe_text.plain(run.id), best, final, loss is not None and len(loss) > 0, last, ended - begun,
                   ended, "\n".join(words).casefold(), natural(run.id))  # fmt: skip

    def value(self, column: Column) -> float:
        """The number a column is sorted and filtered by; NaN for none. FORMAT and NAME have no number."""
        return _VALUES[column](self)

    def text(self, column: Column) -> str:
        """What the table shows."""
        match column:
            case Column.VERDICT:
                return self.item.diagnosis.verdict.label
            case Column.NAME:
                return self.name
            case Column.CONFIDENCE:
                return formatting.percent(round(self.item.diagnosis.confidence, 2))
            case Column.BEST_LOSS:
                return _or_dash(self.best_loss, formatting.number)
            case Column.LAST_LOSS:
                return formatting.number(self.last_loss) if self.has_loss else "–"
            case Column.STEPS:
                return _or_dash(self.last_step, formatting.step)
            case Column.DURATION:
                return _or_dash(self.duration, span_text)
            case Column.AGE:
                return _or_dash(time.time() - self.ended, span_text)
        return safe_text.plain(self.item.run.format)


def _times(run: Run) -> tuple[float, float]:
    """First and last logged time; the ends of each series are enough, for logs are written in the order of time."""
    series = [s for s in run.series if len(s) and math.isfinite(s.wall_times[0]) and math.isfinite(s.wall_times[-1])]
    if not series:
        return math.nan, math.nan
    return min(float(s.wall_times[0]) for s in series), max(float(s.wall_times[-1]) for s in series)


_VALUES: dict[Column, Callable[[RunRow], float]] = {
    Column.VERDICT: lambda row: float(URGENCY.index(row.item.diagnosis.verdict)),
    Column.CONFIDENCE: lambda row: row.item.diagnosis.confidence,
    Column.BEST_LOSS: lambda row: row.best_loss,
    Column.LAST_LOSS: lambda row: row.last_loss,
    Column.STEPS: lambda row: row.last_step,
    Column.DURATION: lambda row: row.duration,
    Column.AGE: lambda row: -row.ended,
}


def _or_dash(value: float, text: Callable[[float], str]) -> str:
    return "–" if math.isnan(value) else text(value)


def span_text(seconds: float) -> str:
    """A time span in its two largest units: 45 s, 12 min, 3 h 20 min, 5 d 4 h; negative spans read as 0 s."""
    left = max(seconds, 0.0)
    if left < 60:
        return f"{left:.0f} s"
    minutes = round(left / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours and days < 10 else f"{days} d"

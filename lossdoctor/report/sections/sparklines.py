"""The curve of a run small enough for a table row."""

from __future__ import annotations

import math

import numpy as np

from lossdoctor.figures.decimate import minmax
from lossdoctor.figures.ranges import choose_axis
from lossdoctor.report.blocks import Curve, Sparkline
from lossdoctor.runs import Role, Run, Series

# Columns of a sparkline: finer than the eye can follow at that size.
_COLUMNS = 36


def sparkline(run: Run) -> Sparkline:
    """Validation loss before training loss, or what there is of both; empty for a run without a finite loss."""
    found = [run.primary(role) for role in (Role.TRAIN_LOSS, Role.VAL_LOSS)]
    series = [s.last_branch() for s in found if s is not None and bool(s.finite.any())]
    if not series:
        return Sparkline(())
    axis = choose_axis([s.values for s in series])
    if axis.y_range is None:
        return Sparkline(())
    steps = min(int(s.steps.min()) for s in series), max(int(s.steps.max()) for s in series)
    curves = [_curve(s, steps, axis.y_range, axis.log_y) for s in series]
    return Sparkline(curves[-1], curves[0] if len(curves) > 1 else ())


def _curve(series: Series, x: tuple[int, int], y: tuple[float, float], log_y: bool) -> Curve:
    steps, values = minmax(series.steps, series.values, _COLUMNS)
    values = np.where(np.isfinite(values), values, np.nan)
    low, high = y
    if log_y:
        with np.errstate(divide="ignore", invalid="ignore"):
            values, low, high = np.log10(np.where(values > 0, values, np.nan)), math.log10(low), math.log10(high)
    shares = np.clip(values / (high - low) - low / (high - low), 0.0, 1.0)
    across = (steps - x[0]) / max(x[1] - x[0], 1)
    points = zip(np.round(across, 4).tolist(), np.round(shares, 3).tolist(), strict=True)
    return tuple((float(a), float(b)) for a, b in points)

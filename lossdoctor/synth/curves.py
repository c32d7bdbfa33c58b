"""CurveSpec: one synthetic loss curve, put together from the things that happen to real ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class CurveSpec:
    """A loss curve by recipe. Places (`*_at`) and lengths (`*_width`) are shares of the run in [0, 1].

    Attributes:
        n: number of points.
        start: first level.
        end: level that the exponential fall approaches.
        tau: time constant of the fall; large values (10) give a nearly straight line, `inf` none.
        noise: standard deviation of white noise, in units of the curve.
        heavy_tail: degrees of freedom of Student's t noise instead of normal noise; 0 for normal.
        rise_at: place from which the curve rises linearly to `rise_to`; 1 for never.
        rise_to: level at the end of the rise.
        jump_at: place from which the curve stays at `jump_to`; 1 for never.
        jump_to: level after the jump.
        spike_at: places of spikes.
        spike_height: height of the spikes.
        spike_width: time constant of the spikes' decay.
        swing: amplitude of a sine around the curve.
        swing_period: its period.
        saw: amplitude of a saw-tooth around the curve.
        saw_period: its period.
        nan_at: place from which every value is NaN; 1 for never.
        zero_at: place from which every value is exactly 0; 1 for never.
        nan_once_at: place of one NaN that comes back; 1 for none.
        offset: constant added at the end (a loss that goes negative).
        scale: factor applied at the end.
    """

    n: int = 200
    start: float = 2.3
    end: float = 0.2
    tau: float = 0.15
    noise: float = 0.0
    heavy_tail: float = 0.0
    rise_at: float = 1.0
    rise_to: float = 0.0
    jump_at: float = 1.0
    jump_to: float = 0.0
    spike_at: tuple[float, ...] = ()
    spike_height: float = 0.0
    spike_width: float = 0.01
    swing: float = 0.0
    swing_period: float = 0.1
    saw: float = 0.0
    saw_period: float = 0.05
    nan_at: float = 1.0
    zero_at: float = 1.0
    nan_once_at: float = 1.0
    offset: float = 0.0
    scale: float = 1.0


def make_values(spec: CurveSpec, seed: int = 0) -> npt.NDArray[np.float64]:
    """(n,) values of the curve; the same spec and seed give the same values on every platform numpy supports."""
    rng = np.random.default_rng(seed)
    t = np.arange(spec.n) / max(spec.n - 1, 1)
    fall = np.exp(-t / spec.tau) if np.isfinite(spec.tau) else np.ones_like(t)
    y = spec.end + (spec.start - spec.end) * fall
    if spec.rise_at < 1:
        share = np.clip((t - spec.rise_at) / (1 - spec.rise_at), 0, 1)
        y = np.where(t >= spec.rise_at, y + (spec.rise_to - y) * share, y)
    y = np.where(t >= spec.jump_at, spec.jump_to, y) if spec.jump_at < 1 else y
    for place in spec.spike_at:
        since = t - t[min(int(np.ceil(place * (spec.n - 1))), spec.n - 1)]
        y = y + np.where(since >= 0, spec.spike_height * np.exp(-np.maximum(since, 0) / spec.spike_width), 0.0)
    y = y + spec.swing * np.sin(2 * np.pi * t / spec.swing_period)
    y = y + spec.saw * (0.5 - (t / spec.saw_period) % 1.0) * 2
    if spec.noise:
        draw = rng.standard_t(spec.heavy_tail, spec.n) if spec.heavy_tail else rng.standard_normal(spec.n)
        y = y + spec.noise * draw
    y = spec.scale * y + spec.offset
    if spec.zero_at < 1:
        y[t >= spec.zero_at] = 0.0
    if spec.nan_at < 1:
        y[t >= spec.nan_at] = np.nan
    if spec.nan_once_at < 1:
        y[int(spec.nan_once_at * (spec.n - 1))] = np.nan
    return np.asarray(y, dtype=np.float64)

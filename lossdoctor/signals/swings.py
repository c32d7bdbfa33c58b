"""Swings that do not die: how large the ups and downs around the trend stay, and whether they have a period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lossdoctor.signals.smoothing import block_edges, block_median, median, quantiles, running_mean

Array = npt.NDArray[np.float64]

MAX_LAGS_POINTS = 4096


@dataclass(frozen=True, slots=True)
class Period:
    """A repeating pattern.

    Attributes:
        lag: its length in points of the series.
        strength: autocorrelation at that lag, confirmed at twice the lag: 1 is a perfect repetition.
        amplitude: standard deviation of the detrended series over its median level (0 where the level is 0).
    """

    lag: float
    strength: float
    amplitude: float


def periodicity(values: Array, min_lag: int = 4) -> Period | None:
    """The strongest repeating pattern of a series, or None when nothing repeats at least four times.

    The first quarter (the initial fall) is left out, the trend is taken off by a running mean as wide as two periods,
    positive series are compared in logarithms so that a decaying level does not hide the pattern. A lag counts only
    when its double repeats it and half of it does not (a slow wave is not a period).

    Args:
        values: (n,) finite, evenly logged.
        min_lag: shortest period in points.

    Returns:
        The period, or None; costs O(n log n).

    Source: autocorrelation of the detrended series as in Box & Jenkins 1970, ch. 2; the doubling test is ours.
    """
    y = values[values.size // 4 :]
    scale = 1.0
    if y.size > MAX_LAGS_POINTS:
        edges = block_edges(y.size, MAX_LAGS_POINTS)
        scale = y.size / edges.size
        y = block_median(y, edges)
    n = y.size
    if n < 4 * min_lag + 8:
        return None
    level = median(y)
    z = np.log(y) if float(y.min()) > 0 else y
    # Two passes: the first with a wide window finds the lag, the second detrends by a window of two such lags.
    rough = _acf(z - running_mean(z, max(n // 4, 8)))
    lag = _best_lag(rough, min_lag, n // 4)
    if lag is None:
        return None
    detrended = z - running_mean(z, 2 * lag)
    acf = _acf(detrended)
    lag = _best_lag(acf, min_lag, n // 4)
    if lag is None or 2 * lag >= acf.size:
        return None
    strength = float(min(acf[lag], acf[max(2 * lag - 2, 0) : 2 * lag + 3].max() + 0.1))
    residual = y - running_mean(y, 2 * lag)
    amplitude = float(np.std(residual) / abs(level)) if level else 0.0
    return Period(lag * scale, strength, amplitude)


def _acf(z: Array) -> Array:
    z = z - z.mean()
    size = 1 << (2 * z.size - 1).bit_length()
    spectrum = np.fft.rfft(z, size)
    acf = np.fft.irfft(spectrum * np.conj(spectrum), size)[: z.size // 2]
    return np.asarray(acf / acf[0]) if acf[0] > 0 else np.zeros_like(acf)


def _best_lag(acf: Array, low: int, high: int) -> int | None:
    """Lag of the highest local maximum that stands out from the trough before it."""
    high = min(high, acf.size - 1)
    if high <= low:
        return None
    inner = np.arange(low, high)
    peaks = inner[(acf[inner] >= acf[inner - 1]) & (acf[inner] >= acf[inner + 1])]
    # The lowest value so far is cheap and at most the trough: it rules out nearly all ripples of noise.
    peaks = peaks[acf[peaks] - np.minimum.accumulate(acf[1:high])[peaks - 2] > 0.2]
    peaks = np.array([p for p in peaks if acf[p] - acf[max(p // 3, 1) : p].min(initial=1.0) > 0.2], dtype=np.intp)
    if peaks.size == 0:
        return None
    best = peaks[int(np.argmax(acf[peaks]))]
    # The first multiple is the period: take an earlier peak that is nearly as high.
    for peak in peaks:
        if acf[peak] >= 0.9 * acf[best]:
            return int(peak)
    return int(best)


@dataclass(frozen=True, slots=True)
class Swings:
    """Ups and downs around the trend in the second half of a run.

    Attributes:
        amplitude: standard deviation of the residual in the second half, in units of the series.
        persistence: that amplitude over the one of the quarter before; about 1 when the swings do not die.
        roughness: share of the residual's variance that white noise would show in neighbouring differences
            (von Neumann ratio / 2): about 1 for white noise, near 0 for slow waves.
    """

    amplitude: float
    persistence: float
    roughness: float


def swings(values: Array, trend: Array) -> Swings:
    """Swings of a series around its trend; zeros with fewer than 8 points. Extreme 2 % are clipped (spikes have a rule)."""
    n = values.size
    if n < 8:
        return Swings(0.0, 0.0, 1.0)
    residual = values - trend
    low, high = quantiles(residual, 0.01, 0.99)
    residual = np.clip(residual, low, high)
    late, middle = residual[n // 2 :], residual[n // 4 : n // 2]
    amplitude = float(np.std(late))
    before = float(np.std(middle))
    variance = float(np.var(late))
    rough = float(np.mean(np.diff(late) ** 2) / (2.0 * variance)) if variance > 0 else 1.0
    return Swings(amplitude, amplitude / before if before > 0 else 0.0, min(rough, 2.0))

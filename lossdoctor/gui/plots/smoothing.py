"""The smoothing a user may switch on: an average, a median or a local parabola; each survives NaN and infinities."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Smoothing(StrEnum):
    """The kinds of smoothing."""

    EMA = "Average"
    MEDIAN = "Median"
    SAVITZKY_GOLAY = "Parabola"

    @property
    def help(self) -> str:
        """One sentence for a tooltip."""
        return _HELP[self]


_HELP = {
    Smoothing.EMA: "Exponential moving average, unbiased at the start, as in TensorBoard",
    Smoothing.MEDIAN: "Running median: single spikes do not count",
    Smoothing.SAVITZKY_GOLAY: "Savitzky-Golay: a parabola fitted around each point; keeps the height of peaks",
}
# A window may cover this share of the series at most.
_WIDEST = 0.25


def smooth(values: Floats, weight: float, kind: Smoothing = Smoothing.EMA) -> Floats:
    """Smooths a series.

    Args:
        values: (n,). A point that is not finite stays as it is and does not touch its neighbours.
        weight: in [0, 1); 0 returns the values unchanged. For the average it is the share that the past keeps:
            s_i = sum_j w^(i-j) v_j / sum_j w^(i-j), over the finite values up to i. The other kinds take a centred
            window of about 2 / (1 - weight) points, the span over which that average remembers.
        kind: the kind.

    Returns:
        (n,) the smoothed values; costs O(n), the median O(n log window).
    """
    if weight <= 0 or values.size == 0:
        return values
    finite = np.where(np.isfinite(values), values, np.nan)
    window = window_of(values.size, weight)
    match kind:
        case Smoothing.EMA:
            import pandas

            smoothed = pandas.Series(finite).ewm(alpha=1.0 - weight, adjust=True, ignore_na=True).mean().to_numpy()
        case Smoothing.MEDIAN:
            import pandas

            smoothed = pandas.Series(finite).rolling(window, center=True, min_periods=1).median().to_numpy()
        case Smoothing.SAVITZKY_GOLAY:
            smoothed = _parabola(finite, window)
    return np.where(np.isfinite(values), smoothed, values)


def window_of(points: int, weight: float) -> int:
    """The odd number of points a centred window takes."""
    wanted = min(2.0 / (1.0 - weight), points * _WIDEST)
    return max(3, 2 * int(wanted / 2) + 1)


def _parabola(values: Floats, window: int) -> Floats:
    """Value at each point of the parabola fitted by least squares to the finite points of the window around it.

    With all moments of the offsets taken over finite points alone, holes and the ends need no special care. Fewer than
    four points, or points that leave the parabola undetermined, give their mean.

    Source: Savitzky and Golay 1964, Anal. Chem. 36(8), as weighted normal equations.
    """
    half = window // 2
    offsets = np.arange(-half, half + 1) / max(half, 1)
    good = np.isfinite(values).astype(np.float64)
    centre = float(np.nanmedian(values)) if good.any() else 0.0
    filled = np.where(good > 0, values - centre, 0.0)
    # np.convolve flips its kernel; flipped here beforehand, so that offset k lies k points ahead.
    moments = [_same(good, (offsets**power)[::-1], half) for power in range(5)]
    sums = [_same(filled, (offsets**power)[::-1], half) for power in range(3)]
    m0, m1, m2, m3, m4 = moments
    a = m2 * m4 - m3 * m3
    b = m2 * m3 - m1 * m4
    c = m1 * m3 - m2 * m2
    determinant = m0 * a + m1 * b + m2 * c
    with np.errstate(divide="ignore", invalid="ignore"):
        fitted = (a * sums[0] + b * sums[1] + c * sums[2]) / determinant
        mean = sums[0] / m0
    safe = (m0 > 3.5) & (np.abs(determinant) > 1e-9 * m0)
    return centre + np.where(safe, fitted, mean)


def _same(values: Floats, kernel: Floats, half: int) -> Floats:
    """Convolution of the length of `values`, also where the kernel is the longer; by FFT when both are long."""
    n = values.size + kernel.size - 1
    if kernel.size < 64:
        full = np.convolve(values, kernel)
    else:
        full = np.fft.irfft(np.fft.rfft(values, n) * np.fft.rfft(kernel, n), n)
    return np.asarray(full[half : half + values.size], dtype=np.float64)

"""Slow, obvious versions of the signals: what the fast ones must equal."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def running_median(values: Array, window: int) -> Array:
    n = len(values)
    half = min(window // 2, (n - 1) // 2) if n else 0
    out = []
    for i in range(n):
        if half < 1:
            out.append(values[i])
        elif i < half:
            out.append(float(np.median(values[: 2 * i + 1])))
        elif i >= n - half:
            back = n - 1 - i
            out.append(float(np.median(values[n - 1 - max(2 * back, half) :])))
        else:
            out.append(float(np.median(values[i - half : i + half + 1])))
    return np.array(out)


def running_mean(values: Array, window: int) -> Array:
    n = len(values)
    half = min(window // 2, (n - 1) // 2) if n else 0
    out = []
    for i in range(n):
        reach = min(i, n - 1 - i, half)
        out.append(float(np.mean(values[i - reach : i + reach + 1])))
    return np.array(out)


def pairwise_slopes(steps: Array, values: Array) -> list[float]:
    return sorted(
        (values[j] - values[i]) / (steps[j] - steps[i]) for i in range(len(steps)) for j in range(i + 1, len(steps))
    )


def autocorrelation(values: Array, lag: int) -> float:
    z = values - np.mean(values)
    return float(sum(z[i] * z[i + lag] for i in range(len(z) - lag)) / sum(v * v for v in z))


def block_median(values: Array, edges: npt.NDArray[np.int64]) -> Array:
    ends = [*edges[1:], len(values)]
    return np.array([float(np.median(values[a:b])) for a, b in zip(edges, ends, strict=True)])


def first_nonfinite(values: Array) -> int | None:
    for index, value in enumerate(values):
        if math.isnan(value) or math.isinf(value):
            return index
    return None


def lr_jumps(steps: Array, rates: Array, factor: float, skip: float) -> list[tuple[float, float, float]]:
    if len(rates) < 4:
        return []
    span = max(rates) - min(rates)
    found = []
    for i in range(1, len(rates)):
        rise = rates[i] - rates[i - 1]
        earlier = max(rates[i - 1] - rates[i - 2], 0.0) if i >= 2 else 0.0
        later = max(rates[i + 1] - rates[i], 0.0) if i + 1 < len(rates) else 0.0
        if steps[i] <= steps[0] + skip * (steps[-1] - steps[0]):
            continue
        if rise > 0.2 * span and rates[i] >= factor * rates[i - 1] and rise >= 3 * max(earlier, later):
            found.append((steps[i], rates[i - 1], rates[i]))
    return found


def zero_share(rates: Array, relative: float) -> float:
    count = 0
    for rate in reversed(list(rates)):
        if rate > relative * max(rates):
            break
        count += 1
    return count / len(rates) if len(rates) else 0.0


def largest_rise(values: Array) -> float:
    return max((values[j] - values[i] for i in range(len(values)) for j in range(i, len(values))), default=0.0)


def ceiling_share(values: Array, tolerance: float) -> float:
    late = list(values)[-max(len(values) // 2, 50) :]
    if len(late) < 10 or max(late) <= 0 or len(set(values)) == 1:
        return math.nan
    return sum(value >= (1 - tolerance) * max(late) for value in late) / len(late)


def ranks(values: Array) -> list[float]:
    return [sum(v < value for v in values) + (sum(v == value for v in values) + 1) / 2 for value in values]


def rank_correlation(first: Array, second: Array) -> float:
    if len(first) < 4 or len(set(first)) == 1 or len(set(second)) == 1:
        return math.nan
    one, two = np.array(ranks(first)), np.array(ranks(second))
    return float(np.corrcoef(one, two)[0, 1])


def equal_share(first: dict[int, float], second: dict[int, float]) -> float:
    both = [
        (first[s], second[s]) for s in first if s in second and math.isfinite(first[s]) and math.isfinite(second[s])
    ]
    if len(both) < 4 or len({a for a, _ in both}) == 1:
        return math.nan
    return sum(a == b for a, b in both) / len(both)


def relative_range(values: Array) -> float:
    if len(values) == 0:
        return math.nan
    size = max(abs(value) for value in values)
    return (max(values) - min(values)) / size if size else 0.0


def frozen_share(values: Array) -> float:
    count = 0
    for value in reversed(list(values)):
        if value != values[-1]:
            break
        count += 1
    return count / len(values) if len(values) else 0.0


def seconds_a_step(steps: Array, times: Array) -> list[float]:
    pairs = zip(range(len(steps) - 1), range(1, len(steps)), strict=True)
    return [
        (times[j] - times[i]) / (steps[j] - steps[i]) for i, j in pairs if steps[j] > steps[i] and times[j] > times[i]
    ]


def stalls(steps: Array, times: Array, seconds: float, factor: float) -> list[int]:
    gaps = [times[i + 1] - times[i] for i in range(len(times) - 1)]
    known = [gap for gap in gaps if math.isfinite(gap) and gap > 0]
    if len(known) < 10:
        return []
    limit = max(seconds, factor * float(np.median(known)))
    return [i for i, gap in enumerate(gaps) if gap > limit and steps[i + 1] >= steps[i]]


def largest_change(summaries: Array, typical: float) -> float:
    if summaries.shape[1] < 3:
        return math.nan
    worst = 0.0
    for row in summaries:
        for value in row:
            if math.isnan(value) != math.isnan(row[0]):
                return math.inf
            if not math.isnan(value):
                worst = max(worst, abs(value - row[0]))
    return worst / (typical or 1.0)


def climbs(rates: Array, first: int, height: float) -> list[int]:
    found, low = [], math.inf
    for i in range(first, len(rates)):
        low = min(low, rates[i])
        if rates[i] > low + height:
            found.append(i)
            low = rates[i]
    return found

"""draw_run: a random run whose verdict nobody would argue about; scale, length, noise, phases and logging vary.

The corpus of trained networks is thin where training is rarely so unlucky: swings, spikes that recover, periodic data,
resumes, runs of ten points or a million, validation alone or none. Each draw is a caricature that an expert would name at
once, so what a diagnosis gets wrong on many of them is a hole and no matter of taste.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from lossdoctor.runs import Run
from lossdoctor.synth.runs import make_run

Array = npt.NDArray[np.float64]
Curves = dict[str, Array]
Rng = np.random.Generator

# Curves are drawn with a gain of about 1 and scaled at the end, so that shares below are shares of the gain.
FEWEST, MOST = 30, 20_000
# Verdicts that validation alone shows as well as training does.
SHOWN_BY_VALIDATION = ("healthy", "underfitting", "plateau")


def draw_run(verdict: str, seed: int, points: int | None = None) -> Run:
    """A random run with this verdict.

    Args:
        verdict: name of the verdict that the run shows beyond doubt.
        seed: of everything drawn; the same seed gives the same run.
        points: number of training points; drawn (30 to 20,000, log-uniform) by default. Runs that are too short have 2 to 5.

    Returns:
        A run with training loss, mostly validation loss (a few of the runs have only that), sometimes a learning rate; a
        fifth of those with many points is resumed once, with some steps run twice. Its config holds "seed".

    Raises:
        KeyError: no verdict has this name.
    """
    rng = np.random.default_rng([seed, list(_DRAWERS).index(verdict)])
    n = points or int(np.exp(rng.uniform(np.log(FEWEST), np.log(MOST))))
    curves = _DRAWERS[verdict](rng, n)
    scale = float(10.0 ** rng.uniform(-2, 2))
    for tag in ("train", "val"):
        if tag in curves:
            curves[tag] = scale * curves[tag]
    if verdict in SHOWN_BY_VALIDATION and "val" in curves and curves["val"].size >= FEWEST and rng.random() < 0.1:
        curves.pop("train")
    steps = int(curves.get("train", curves.get("val", np.empty(n))).size * rng.integers(1, 50))
    resumed = {}
    if verdict != "too_short" and "train" in curves and n >= 100 and rng.random() < 0.2:
        curves["train"], resumed["train"] = _resumed(rng, curves["train"], steps)
    literal: dict[str, list[float]] = {tag: list(map(float, values)) for tag, values in curves.items()}
    return make_run(literal, steps=steps, at=resumed, config={"seed": seed}, name=f"{verdict}-{seed}")


def _resumed(rng: Rng, values: Array, steps: int) -> tuple[Array, list[int]]:
    """The curve with a tenth of it run twice around the middle, and its steps in file order."""
    even = np.round(np.arange(1, values.size + 1) * (steps / values.size)).astype(np.int64)
    stop, back = values.size // 2, values.size // 2 - int(values.size * rng.uniform(0.02, 0.1))
    order = np.concatenate((np.arange(stop), np.arange(back, values.size)))
    return values[order], [int(step) for step in even[order]]


def _times(n: int) -> Array:
    return np.linspace(0.0, 1.0, n)


def _fall(rng: Rng, n: int, *, at: Array | None = None) -> Array:
    """A fall from 1 to about 0: exponential, by a power law, or in two steps; flat enough at the end to be finished."""
    t = _times(n) if at is None else at
    kind = rng.integers(3)
    if kind == 0:
        return np.asarray(np.exp(-t / rng.uniform(0.03, 0.2)))
    if kind == 1:
        half, power = rng.uniform(0.002, 0.02), rng.uniform(0.7, 1.5)
        return np.asarray((1.0 + t / half) ** -power)
    first, second = rng.uniform(0.02, 0.06), rng.uniform(0.1, 0.2)
    share = rng.uniform(0.4, 0.7)
    return np.asarray(share * np.exp(-t / first) + (1.0 - share) * np.exp(-t / second))


def _noise(rng: Rng, n: int, most: float = 0.06) -> Array:
    """White or somewhat heavy-tailed noise, up to `most` of the gain."""
    size = float(np.exp(rng.uniform(np.log(0.001), np.log(most))))
    drawn = rng.standard_normal(n) if rng.random() < 0.7 else np.clip(rng.standard_t(6, n), -5, 5)
    return np.asarray(size * drawn)


def _floor(rng: Rng) -> float:
    """What is left of the loss at the end, in units of the gain: from fitted to label noise."""
    return float(rng.uniform(0.08, 0.5))


def _evaluations(rng: Rng, values: Array) -> Array:
    """A validation curve at some of the training points: every one of a short run, 20 to 200 of a long one."""
    n = values.size if values.size <= 100 and rng.random() < 0.6 else min(int(rng.integers(20, 200)), values.size)
    return np.asarray(values[np.round(np.linspace(0, values.size - 1, n)).astype(int)])


def _learning(rng: Rng, n: int, noise: float = 0.06) -> tuple[Curves, Array, float]:
    """A finished training with its clean curve and its floor."""
    floor = _floor(rng)
    clean = floor + _fall(rng, n)
    curves = {"train": np.maximum(clean + _noise(rng, n, noise), 0.2 * floor)}
    if rng.random() < 0.5:
        curves["lr"] = np.asarray(1e-3 * 0.5 * (1.0 + np.cos(np.pi * _times(n))))
    return curves, clean, floor


def _healthy(rng: Rng, n: int) -> Curves:
    curves, clean, floor = _learning(rng, n)
    if rng.random() < 0.75:
        val = _evaluations(rng, clean)
        # The gap opens as training goes on and stays below the gain of experts' patience.
        gap = rng.uniform(0.0, 0.25) * floor * (1.0 - val / val.max())
        curves["val"] = np.asarray(val + gap + _noise(rng, val.size, 0.02))
    return curves


def _underfitting(rng: Rng, n: int) -> Curves:
    level, drop = 1.0, rng.uniform(0.0, 0.02)
    clean = level - drop * (1.0 - _fall(rng, n))
    curves = {"train": np.asarray(clean + _noise(rng, n, 0.05))}
    if rng.random() < 0.7:
        val = _evaluations(rng, clean)
        curves["val"] = np.asarray(val + _noise(rng, val.size, 0.01))
    return curves


def _overfitting(rng: Rng, n: int) -> Curves:
    curves, clean, floor = _learning(rng, n)
    val = _evaluations(rng, clean)
    t, turn = _times(val.size), rng.uniform(0.15, 0.5)
    rise = rng.uniform(0.3, 2.0) * (floor + 0.2) * np.maximum(t - turn, 0.0) / (1.0 - turn)
    curves["val"] = np.asarray(val + 0.2 * (1.0 - val / val.max()) + rise + _noise(rng, val.size, 0.015))
    # Training goes on falling all the while, as memorising does.
    curves["train"] = np.asarray(curves["train"] - 0.75 * floor * _times(n) * np.minimum(1.0, _times(n) / 0.2))
    curves["train"] = np.maximum(curves["train"], 0.02 * floor)
    return curves


def _divergence(rng: Rng, n: int) -> Curves:
    curves, _, floor = _learning(rng, n)
    t, since = _times(n), rng.uniform(0.2, 0.8)
    kind = rng.integers(3)
    if kind == 0:
        curves["train"][t >= since] = np.nan
    elif kind == 1:
        level = floor + 1.0 + rng.uniform(0.0, 1.0)
        later = level + _noise(rng, n, 0.1)
        curves["train"] = np.where(t >= since, later, curves["train"])
    else:
        growth = np.exp(np.maximum(t - since, 0.0) / (1.0 - since) * np.log(10.0 ** rng.uniform(1.0, 4.0)))
        curves["train"] = np.asarray(curves["train"] * growth)
    return curves


def _spike_recovered(rng: Rng, n: int) -> Curves:
    curves, _, _ = _learning(rng, n, 0.03)
    t = _times(n)
    for place in rng.uniform(0.3, 0.85, int(rng.integers(1, 4))):
        at = t[int(place * (n - 1))]
        width = max(rng.uniform(0.001, 0.01), 0.5 / n)
        curves["train"] += np.where(t >= at, rng.uniform(1.0, 15.0) * np.exp(-np.maximum(t - at, 0.0) / width), 0.0)
    return curves


def _oscillating(rng: Rng, n: int) -> Curves:
    n = max(n, 200)
    curves, _, floor = _learning(rng, n, 0.03)
    period, height = rng.uniform(0.02, 0.1), rng.uniform(0.2, 0.4)
    phase = (_times(n) / period) % 1.0
    swing = np.sin(2 * np.pi * phase) if rng.random() < 0.5 else 2.0 * (0.5 - phase)
    curves.pop("lr", None)
    curves["train"] = np.asarray(curves["train"] + height * (1.0 + swing) + 0.1 * floor)
    return curves


def _plateau(rng: Rng, n: int) -> Curves:
    level = rng.uniform(0.55, 0.85)
    t, tau = _times(n), rng.uniform(0.02, 0.05)
    fall = np.exp(-t / tau)
    curves = {
        "train": np.asarray(level + (1.0 - level) * fall + (1.0 - level) * _noise(rng, n, 0.1)),
        "lr": np.asarray(1e-2 * np.maximum(np.exp(-t / tau), 1e-6)),
    }
    if rng.random() < 0.6:
        val = _evaluations(rng, level + (1.0 - level) * fall)
        curves["val"] = np.asarray(val + 0.02 * (1.0 - level) * rng.standard_normal(val.size))
    return curves


def _too_short(rng: Rng, n: int) -> Curves:
    few = min(n, int(rng.integers(2, 6)))
    train = 1.5 - np.cumsum(rng.uniform(0.02, 0.2, few))
    return {"train": np.asarray(train), **({"val": np.asarray(train + 0.05)} if rng.random() < 0.5 else {})}


def _not_classifiable(rng: Rng, n: int) -> Curves:
    wander = 1.0 + 0.1 * np.cumsum(rng.standard_normal(n)) / np.sqrt(n)
    if rng.random() < 0.5:
        return {"generator": np.asarray(wander), "discriminator": np.asarray(2.0 - wander + _noise(rng, n))}
    return {"train": np.asarray(wander + _noise(rng, n)), "reward": np.asarray(100.0 * _times(n) + _noise(rng, n))}


_DRAWERS: dict[str, Callable[[Rng, int], Curves]] = {
    "healthy": _healthy,
    "underfitting": _underfitting,
    "overfitting": _overfitting,
    "divergence": _divergence,
    "spike_recovered": _spike_recovered,
    "oscillating": _oscillating,
    "plateau": _plateau,
    "too_short": _too_short,
    "not_classifiable": _not_classifiable,
}

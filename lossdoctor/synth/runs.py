"""make_run: a Run from synthetic curves, with roles already assigned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from lossdoctor.runs import ConfigValue, Role, RoleAssignment, Run, Series
from lossdoctor.synth.curves import CurveSpec, make_values
from lossdoctor.synth.histograms import HistogramSpec, make_histograms

_TAGS = {
    "train": ("train/loss", Role.TRAIN_LOSS),
    "val": ("val/loss", Role.VAL_LOSS),
    "lr": ("lr", Role.LEARNING_RATE),
    "grad_norm": ("grad_norm", Role.GRAD_NORM),
    "accuracy": ("val/accuracy", Role.VAL_METRIC),
    "generator": ("loss/G", Role.ADVERSARIAL_LOSS),
    "discriminator": ("loss/D", Role.ADVERSARIAL_LOSS),
    "reward": ("rollout/ep_rew_mean", Role.REWARD),
    "train_accuracy": ("train/accuracy", Role.TRAIN_METRIC),
    "component": ("train/loss_aux", Role.LOSS_COMPONENT),
    "throughput": ("samples_per_second", Role.THROUGHPUT),
    "loss_scale": ("loss_scale", Role.LOSS_SCALE),
    "epoch": ("epoch", Role.EPOCH),
}


def make_run(
    curves: Mapping[str, CurveSpec | list[float]],
    *,
    seed: int = 0,
    steps: int | None = None,
    at: Mapping[str, Sequence[int]] | None = None,
    seconds: Mapping[str, CurveSpec | list[float]] | None = None,
    histograms: Sequence[HistogramSpec] = (),
    step_unit: str = "step",
    config: Mapping[str, ConfigValue] | None = None,
    name: str = "synthetic",
) -> Run:
    """A run whose series are given by recipe or as literal numbers.

    Args:
        curves: by short name: train, val, lr, grad_norm, accuracy, train_accuracy, component, throughput, loss_scale,
            epoch, generator, discriminator, reward.
        seed: of the noise; each curve gets its own stream.
        steps: last step of the longest curve; by default its number of points. Shorter curves are spread over the same steps.
        at: the steps of single curves, one a point, in file order; they may repeat and go back.
        seconds: wall time from each point of a curve to its next one; the last is not used. Without it no wall times.
        histograms: by layer, in the network's order; their points are spread evenly from the first step to the last.
        step_unit: "step" or "epoch".
        config: hyper-parameters.
        name: id and name of the run.

    Raises:
        KeyError: an unknown short name.
    """
    arrays = {key: _values(spec, seed * 1000 + index) for index, (key, spec) in enumerate(curves.items())}
    longest = max((values.size for values in arrays.values()), default=0)
    last = longest if steps is None else steps
    series, roles = [], []
    for key, values in arrays.items():
        tag, role = _TAGS[key]
        # A shorter curve is an evaluation: its points stand at the ends of equal parts of the run.
        even = np.round(np.arange(1, values.size + 1) * (last / max(values.size, 1))).astype(np.int64)
        taken = None
        if seconds is not None and key in seconds:
            taken = 1.6e9 + np.concatenate(
                ([0.0], np.cumsum(_values(seconds[key], seed * 1000 + 999))[: values.size - 1])
            )
        series.append(Series(tag, (at or {}).get(key, even), values, taken))
        roles.append(RoleAssignment(role, tag, True, "synthetic"))
    layers = tuple(
        make_histograms(spec, np.linspace(1, max(last, 1), spec.spread.n).astype(np.int64), seed * 1000 + 500 + index)
        for index, spec in enumerate(histograms)
    )
    return Run(
        name, name, name, "synthetic", tuple(series), tuple(roles), dict(config or {}), step_unit, histograms=layers
    )


def _values(spec: CurveSpec | list[float], seed: int) -> npt.NDArray[np.float64]:
    return make_values(spec, seed) if isinstance(spec, CurveSpec) else np.asarray(spec, dtype=np.float64)

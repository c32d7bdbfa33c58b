"""run_of_recipe: a run from plain values, as a case file (TOML) writes them down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lossdoctor.runs import Run
from lossdoctor.synth.curves import CurveSpec
from lossdoctor.synth.histograms import HistogramSpec
from lossdoctor.synth.runs import make_run

CURVES = (
    "train", "val", "lr", "grad_norm", "accuracy", "train_accuracy", "component", "throughput", "loss_scale", "epoch",
    "generator", "discriminator", "reward",
)  # fmt: skip


def run_of_recipe(recipe: Mapping[str, Any], seed: int = 0) -> Run:
    """The run that a recipe describes; keys that are no part of a run are passed over.

    Args:
        recipe: a curve (fields of `CurveSpec`, or literal numbers) under each name of `CURVES`; `at` (ranges of steps),
            `seconds`, `histograms`, `config`, `steps` and `step_unit` as in `make_run`.
        seed: of the noise.

    Raises:
        TypeError: a curve or histogram has a field that does not exist.
    """
    return make_run(
        {key: _curve(recipe[key]) for key in CURVES if key in recipe},
        seed=seed,
        config=recipe.get("config"),
        step_unit=recipe.get("step_unit", "step"),
        steps=recipe.get("steps"),
        at={key: _steps(ranges) for key, ranges in recipe.get("at", {}).items()},
        seconds={key: _curve(curve) for key, curve in recipe.get("seconds", {}).items()},
        histograms=[
            HistogramSpec(**{**item, "spread": _curve(item["spread"])}) for item in recipe.get("histograms", ())
        ],
    )


def _curve(recipe: Any) -> Any:
    if isinstance(recipe, list):
        return recipe
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in recipe.items()}
    return CurveSpec(**fields)


def _steps(ranges: list[list[int]]) -> list[int]:
    """Steps given as ranges, first and last included: [[1, 60], [40, 100]] is a run that went back once."""
    return [step for first, last, *by in ranges for step in range(first, last + 1, *by)]

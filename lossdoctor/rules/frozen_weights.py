"""HG05: weights that never change."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Measurement, Message, Outcome, Severity
from lossdoctor.rules.base import Rule
from lossdoctor.rules.layers import change
from lossdoctor.rules.view import RunView
from lossdoctor.runs import HistogramSeries
from lossdoctor.settings import Setting

# Words in a configuration that say that layers are frozen on purpose.
ON_PURPOSE = ("freeze", "frozen", "lora", "adapter", "linear_probe")


class FrozenWeights(Rule):
    """A layer's histogram is the same from the first to the last point.

    What it shows:
        Which layers never changed, and whether all of them stand still or only some.
    Why it matters:
        All frozen: the optimiser does not step, or does not know these parameters. Some frozen: not passed to the
        optimiser, detached from the loss, or frozen on purpose and perhaps forgotten.
    How it is decided:
        Mean, spread, smallest and largest value of a weight's histogram all change by at most `change` of their size
        over three points or more. A configuration that speaks of freezing, adapters or LoRA explains some frozen
        layers: then it only informs. Weights that are not finite are left to other findings.
    Example that fires:
        Five layers, all of them the same to the last digit at every point.
    Example that does not:
        A layer that changes by a hundredth of a percent.
    Easily confused with:
        a rate that is far too low (small changes, but some), weights logged once.
    References:
        SageMaker Debugger's UnchangedTensor (relative tolerance 1e-5).
    """

    code = "HG05"
    name = "frozen_weights"
    title = "Frozen weights"
    summary = "The weights of a layer never change."
    thresholds = (
        Setting(
            "frozen_weights.change", 1e-6, 0, 1e-3, "", "Largest relative change of a frozen layer.",
            "single precision resolves 1e-7; a rate of 1e-7 for a thousand steps moves a weight by 1e-4",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when at least one layer stands still."""
        weights = [item for item in view.layers.weights if len(item) >= 3 and np.isfinite(item.rms).all()]
        if not weights:
            return self.not_applicable("needs weight histograms at three points or more")
        changes = [change(item) for item in weights]
        frozen = [item for item, moved in zip(weights, changes, strict=True) if moved <= self.limit("change")]
        measurements = (
            self.at_most("smallest change of a layer", min(changes), "change"),
            Measurement("frozen layers", len(frozen), "points"),
        )
        if not frozen:
            return self.clear(measurements)
        return self._finding(view, frozen, len(weights), measurements)

    def _finding(
        self, view: RunView, frozen: list[HistogramSeries], layers: int, measurements: tuple[Measurement, ...]
    ) -> Outcome:
        everything = len(frozen) == layers
        purpose = next((key for key in view.run.config if any(word in key.lower() for word in ON_PURPOSE)), "")
        which = "any layer" if everything else ", ".join(item.layer for item in frozen[:3])
        template = "The weights of {which} never change" + (
            ": no update reaches them." if everything
            else "; the configuration ({purpose}) says that this is meant." if purpose
            else ", those of the other layers do: not in the optimiser, detached, or frozen on purpose."
        )  # fmt: skip
        severity = Severity.MEDIUM if everything else Severity.INFO if purpose else Severity.LOW
        message = Message.of(template, which=which, purpose=purpose)
        return self.found(0.95, severity, message, (), measurements, tuple(item.tag for item in frozen[:3]))

"""HG06: the weights start far too wide, far too narrow, or all equal."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Measurement, Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above, below
from lossdoctor.rules.layers import ordinary
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.histogram import scaled_spread

# Histograms that begin later than this share of the run show trained weights.
FIRST_SHARE = 0.02


class BadInit(Rule):
    """The first weights do not follow any usual rule.

    What it shows:
        The median over the layers of the first weights' spread, scaled by the layers' size, or that all weights of a
        layer are equal.
    Why it matters:
        Too wide, activations saturate or explode; too narrow, signals and gradients die on their way; all equal, all
        units of a layer stay copies of each other for ever.
    How it is decided:
        From the first histogram of each weight matrix (within the first 2 % of the run): the standard deviation times
        the fourth root of the number of values is near 0.2 to 1.5 for the usual rules. The median over the layers is
        at least `wide` or at most `narrow`; or a layer's values are all equal. Look-up tables, positions and
        normalisation have rules of their own and are left out. A fine-tuned model's weights are no initialisation;
        when its accuracy is high from the first point on the check does not apply.
    Example that fires:
        All layers drawn from a normal distribution with deviation 1.
    Example that does not:
        Glorot or He initialisation, whatever the size.
    Easily confused with:
        trained weights, long thin matrices (up to twice the usual value).
    References:
        Glorot & Bengio 2010; He et al. 2015; SageMaker Debugger's PoorWeightInitialization; DeepDiagnosis (variance below
        1e-5 or above 10).
    """

    code = "HG06"
    name = "bad_init"
    title = "Poor initialisation"
    summary = "The weights start far too wide, far too narrow, or all equal."
    thresholds = (
        Setting(
            "bad_init.wide", 4, 2, 1e4, "", "Least scaled spread that is too wide.",
            "faultlab: usual rules give 0.2 to 1.3, deviation 1 gives 4 to 25",
        ),
        Setting(
            "bad_init.narrow", 0.1, 1e-6, 0.15, "", "Largest scaled spread that is too narrow.",
            "faultlab: a tenth of the usual spread gives 0.08",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when the first weights are equal, wide or narrow."""
        last = float(view.main.steps[-1]) if view.main is not None else 0.0
        layers = [item for item in ordinary(view.layers.weights) if item.steps[0] <= max(FIRST_SHARE * last, 1.0)]
        layers = [item for item in layers if item.number[0] >= 16 and np.isfinite(item.std[0])]
        if not layers:
            return self.not_applicable("needs weight histograms from the first steps")
        if view.early_accuracy and (view.main is None or len(view.main) > 100):
            return self.not_applicable("the model starts out trained, so its first weights are no initialisation")
        equal = [item for item in layers if float(item.std[0]) <= 1e-9 * float(item.rms[0])]
        spread = float(np.median([scaled_spread(float(item.std[0]), float(item.number[0])) for item in layers]))
        measurements: tuple[Measurement, ...] = (
            self.at_least("median scaled spread", spread, "wide"),
            self.at_most("median scaled spread", spread, "narrow"),
            Measurement("layers with equal weights", len(equal), "points"),
        )
        if equal:
            message = Message.of(
                "All weights of {layer} start at {value:num}: its units are copies of each other and stay so.",
                layer=equal[0].layer, value=float(equal[0].mean[0]),
            )  # fmt: skip
            return self.found(0.97, Severity.MEDIUM, message, (), measurements, tuple(i.tag for i in equal[:3]))
        wide, narrow = above(spread, self.limit("wide")), below(spread, self.limit("narrow"), 1.15)
        p = max(wide, narrow)
        if p < REPORT_AT:
            return self.clear(measurements, p)
        message = Message.of(
            "The weights start far too " + ("wide" if wide > narrow else "narrow") + ": {spread:num} in units in which the "
            "usual rules give 0.2 to 1.5 (median of {count:step} layers).",
            spread=spread, count=len(layers),
        )  # fmt: skip
        # Adaptive optimisers and normalisation forgive a narrow start; a network that learned anyway was lucky.
        learned = view.main_curve is not None and view.sign_safe and view.main_curve.end < 0.3 * view.main_curve.start
        return self.found(
            p, Severity.LOW if learned else Severity.MEDIUM, message, (), measurements, tuple(i.tag for i in layers[:3])
        )

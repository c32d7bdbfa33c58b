"""HG07: a step changes the weights by far too much, or by next to nothing, of their own size."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above, below
from lossdoctor.rules.layers import ordinary, typical_size
from lossdoctor.rules.view import RunView
from lossdoctor.runs import HistogramSeries
from lossdoctor.settings import Setting

# Optimisers whose steps are the rate times the gradient, and those whose steps are about the rate itself.
PLAIN = ("sgd", "momentum", "nesterov")
ADAPTIVE = ("adam", "adamw", "radam", "nadam", "lion", "adamax", "lamb")


class UpdateRatio(Rule):
    """The size of an update over the size of the weights.

    What it shows:
        The median over the layers of the estimated update of a weight in one step over the weight's own size.
    Why it matters:
        Around a thousandth, learning is brisk and stable. A tenth or more and every step throws away what the last ones
        built; a millionth, and a million steps are needed to change anything.
    How it is decided:
        For plain SGD the update is the rate times the gradient (times 1 / (1 - momentum)), for Adam and its relatives about
        the rate itself; both over the typical weight. The median layer is at least `large` or at most `small`. An
        unknown optimiser or rate makes no estimate. Clipping shortens SGD's steps and is taken into account where its
        limit and the gradient norm are known.
    Example that fires:
        SGD with a rate of 5, gradients of 0.01, weights of 0.1: a ratio of 0.5.
    Example that does not:
        Adam with 1e-3 on weights of 0.07: 0.014.
    Easily confused with:
        weights that are near zero by design (fresh adapters), warm-up (the median step counts here).
    References:
        Karpathy, CS231n notes (about 1e-3); TheDeepChecker (1e-4 to 1e-1); SageMaker Debugger's WeightUpdateRatio (1e-8
        to 10).
    """

    code = "HG07"
    name = "update_ratio"
    title = "Update ratio"
    summary = "A step changes the weights by far too much, or by next to nothing."
    thresholds = (
        Setting(
            "update_ratio.large", 0.1, 0.005, 100, "", "Least ratio that is too large.",
            "TheDeepChecker's upper end; ten times the usual 1e-2",
        ),
        Setting(
            "update_ratio.small", 1e-6, 1e-12, 1e-3, "", "Largest ratio that is too small.",
            "a hundredth of the usual lower end of 1e-4: an estimate within a factor of ten must not decide",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when the median layer's estimated update is far off."""
        weights = [item for item in ordinary(view.layers.weights) if typical_size(item) > 0]
        if not weights:
            return self.not_applicable("needs weight histograms")
        optimizer, rate = (view.config.optimizer or "").lower(), _rate(view)
        if rate is None or not (optimizer in PLAIN or optimizer in ADAPTIVE):
            return self.not_applicable("needs the learning rate and a known optimiser")
        gradients = {item.layer: item for item in view.layers.gradients}
        ratios = [_ratio(view, item, gradients.get(item.layer), rate, optimizer) for item in weights]
        known = [ratio for ratio in ratios if ratio is not None and np.isfinite(ratio)]
        if not known:
            return self.not_applicable("needs gradient histograms of the same layers")
        ratio = float(np.median(known))
        measurements = (
            self.at_least("estimated update over weight", ratio, "large"),
            self.at_most("estimated update over weight", ratio, "small"),
        )
        large, small = above(ratio, self.limit("large"), 1.5), below(ratio, self.limit("small"), 1.5)
        p = max(large, small)
        if p < REPORT_AT:
            return self.clear(measurements, p)
        message = Message.of(
            "A step changes the weights by about {ratio:num} of their size (median layer); "
            + ("beyond 0.1 steps undo each other." if large > small else "that moves next to nothing."),
            ratio=ratio,
        )  # fmt: skip
        return self.found(p, Severity.LOW, message, (), measurements, tuple(item.tag for item in weights[:3]))


def _rate(view: RunView) -> float | None:
    """Median positive rate of the run, else the configured one."""
    if view.rate is not None:
        values = view.rate.values[view.rate.finite & (view.rate.values > 0)]
        if values.size:
            return float(np.median(values))
    return view.config.lr


def _ratio(
    view: RunView, weight: HistogramSeries, gradient: HistogramSeries | None, rate: float, optimizer: str
) -> float | None:
    """Estimated update over weight of one layer; None when it cannot be estimated."""
    size = typical_size(weight)
    if optimizer in ADAPTIVE:
        return rate / size
    if gradient is None:
        return None
    length = typical_size(gradient)
    curve, clip = view.grad_norm_curve, view.config.clip
    if curve is not None and clip and clip > 0:
        length *= min(1.0, clip / max(float(np.median(curve.values)), 1e-300))
    momentum = min(max(view.config.momentum or 0.0, 0.0), 0.99)
    return rate * length / (1.0 - momentum) / size

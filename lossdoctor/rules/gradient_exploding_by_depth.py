"""HG02: gradients grow from the last layer to the first."""

from __future__ import annotations

from lossdoctor.findings import Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.layers import ordinary, typical_size
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting


class GradientExplodingByDepth(Rule):
    """The first layers receive far larger gradients than the last.

    What it shows:
        The size of a typical gradient in the first and in the last layer, and their ratio.
    Why it matters:
        Every layer on the way back multiplies the gradient; the rate that suits the last layers blows up the first.
    How it is decided:
        The median size (root mean square of one element) of the first layer's gradient is at least `ratio` times the
        last layer's. Look-up tables and positions are left out. Batch normalisation masks this check; the answer says
        so.
    Example that fires:
        Ten layers initialised four times too wide: 1e-2 in the last, 5 in the first.
    Example that does not:
        A ratio of three.
    Easily confused with:
        inputs that are not normalised (only the first layer is large), grad_norm_exploding (over time, not depth).
    References:
        Zhang et al. 2021, AUTOTRAINER (ratio 70); Pascanu et al. 2013.
    """

    code = "HG02"
    name = "gradient_exploding_by_depth"
    title = "Gradients explode by depth"
    summary = "Gradients grow from the last layer to the first."
    thresholds = (
        Setting(
            "gradient_exploding_by_depth.ratio", 70, 5, 1e6, "", "Least ratio of first to last layer.",
            "AUTOTRAINER; faultlab: healthy networks stay below 4, saturated ones reach 28",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when the first layer's gradient is many times the last one's."""
        layers = ordinary(view.layers.gradients)
        if len(layers) < 2:
            return self.not_applicable("needs gradient histograms of two layers or more")
        first, last = typical_size(layers[0]), typical_size(layers[-1])
        if not (first > 0 and last > 0):
            return self.not_applicable("a gradient is exactly zero or not finite (see dead_units, non_finite)")
        measurements = (self.at_least("gradient of the first layer over that of the last", first / last, "ratio"),)
        p = above(first / last, self.limit("ratio"), 1.5)
        if p < REPORT_AT:
            return self.clear(measurements, p, view.layers.masked)
        message = Message.of(
            "Gradients grow from {last:num} in {bottom} to {first:num} in {top}, {ratio:num} times as much.",
            last=last, bottom=layers[-1].layer, first=first, top=layers[0].layer, ratio=first / last,
        )  # fmt: skip
        return self.found(p, Severity.MEDIUM, message, (), measurements, (layers[0].tag, layers[-1].tag))

"""HG01: gradients shrink from the last layer to the first."""

from __future__ import annotations

from lossdoctor.findings import Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, below
from lossdoctor.rules.layers import ordinary, typical_size
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting


class GradientVanishingByDepth(Rule):
    """The first layers hardly receive a gradient.

    What it shows:
        The size of a typical gradient in the first and in the last layer, and their ratio.
    Why it matters:
        Layers that receive a thousandth of the gradient learn a thousand times slower: a deep network then behaves like
        its last layers on top of random features.
    How it is decided:
        The median size (root mean square of one element) of the first layer's gradient is at most `ratio` of the last
        layer's, and not exactly zero, which means frozen rather than vanishing. Look-up tables and positions are left
        out, since most of their gradients are zero by nature. Batch normalisation rescales gradients and masks this
        check; the answer says so.
    Example that fires:
        Ten sigmoid layers: 2e-2 in the last, 3e-8 in the first.
    Example that does not:
        A ratio of one to fifty, usual for plain networks.
    Easily confused with:
        frozen_weights (exactly zero), convergence (all layers shrink together).
    References:
        Glorot & Bengio 2010; Zhang et al. 2021, AUTOTRAINER (ratio 1e-3); Wang 2020, When the Loss Won't Converge.
    """

    code = "HG01"
    name = "gradient_vanishing_by_depth"
    title = "Gradients vanish by depth"
    summary = "Gradients shrink from the last layer to the first."
    thresholds = (
        Setting(
            "gradient_vanishing_by_depth.ratio", 1e-3, 1e-8, 0.1, "", "Largest ratio of first to last layer.",
            "AUTOTRAINER; faultlab: healthy networks stay above 0.02",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when the first layer's gradient is a tiny part of the last one's."""
        layers = ordinary(view.layers.gradients)
        if len(layers) < 2:
            return self.not_applicable("needs gradient histograms of two layers or more")
        first, last = typical_size(layers[0]), typical_size(layers[-1])
        if not (first > 0 and last > 0):
            return self.not_applicable("a gradient is exactly zero or not finite (see dead_units, non_finite)")
        measurements = (self.at_most("gradient of the first layer over that of the last", first / last, "ratio"),)
        p = below(first / last, self.limit("ratio"), 1.5)
        if p < REPORT_AT:
            return self.clear(measurements, p, view.layers.masked)
        message = Message.of(
            "Gradients shrink from {last:num} in {bottom} to {first:num} in {top}, {ratio:num} of it: the first layers "
            "hardly learn.",
            last=last, bottom=layers[-1].layer, first=first, top=layers[0].layer, ratio=first / last,
        )  # fmt: skip
        return self.found(p, Severity.MEDIUM, message, (), measurements, (layers[0].tag, layers[-1].tag))

"""HG04: bounded activations sit at the ends of their range."""

from __future__ import annotations

from lossdoctor.findings import Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.layers import late_ends
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting


class Saturated(Rule):
    """tanh and sigmoid units are stuck at their limits.

    What it shows:
        The layer and the share of its activations within 0.05 of the ends of (-1, 1) or (0, 1).
    Why it matters:
        There the derivative is next to nothing: the units output constants and pass no gradient on.
    How it is decided:
        Only for activations that stay within (-1, 1) or (0, 1) and reach the upper end: at least `ends` of them lie at the
        ends, over the last half of the run. The last layer is left out: a trained classifier's probabilities lie at 0
        and 1 because it is sure.
    Example that fires:
        80 % of the outputs of a tanh layer beyond 0.95 in size.
    Example that does not:
        A tanh layer with outputs around 0.
    Easily confused with:
        attention weights and gates, which are meant to be near 0 or 1.
    References:
        SageMaker Debugger's SaturatedActivation (half of a layer); DeepDiagnosis (half beyond 5 before the activation).
    """

    code = "HG04"
    name = "saturated"
    title = "Saturated activations"
    summary = "Bounded activations sit at the ends of their range."
    thresholds = (
        Setting(
            "saturated.ends", 0.5, 0.1, 1, "%", "Least share of activations at the ends.",
            "SageMaker Debugger and DeepDiagnosis use one half",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found for the most saturated hidden layer."""
        layers = view.layers.activations
        if len(layers) < 2:
            return self.not_applicable("needs activation histograms of a hidden layer")
        shares = [(late_ends(item), item) for item in layers[:-1]]
        known = [(share, item) for share, item in shares if share == share]
        if not known:
            return self.clear(reason="no hidden layer's activations are bounded as those of tanh or sigmoid")
        share, worst = max(known, key=lambda pair: pair[0])
        measurements = (self.at_least("largest share of activations at the ends", share, "ends", "%"),)
        p = above(share, self.limit("ends"), 1.15)
        if p < REPORT_AT:
            return self.clear(measurements, p)
        message = Message.of(
            "In {layer} {share:pct} of the activations lie at the ends of their range, where the gradient is next "
            "to nothing.",
            share=share, layer=worst.layer,
        )  # fmt: skip
        return self.found(p, Severity.MEDIUM, message, (), measurements, (worst.tag,))

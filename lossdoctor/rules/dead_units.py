"""HG03: whole layers receive no gradient, or most activations are exactly zero."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Measurement, Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.layers import late_zeros, ordinary
from lossdoctor.rules.view import RunView
from lossdoctor.runs import HistogramSeries
from lossdoctor.settings import Setting


class DeadUnits(Rule):
    """Units that are switched off for good.

    What it shows:
        Layers whose gradient is exactly zero from some step on, or layers in which nearly all activations, or gradients,
        are exact zeros.
    Why it matters:
        A ReLU that is never active has no gradient and cannot come back. A layer full of them passes nothing on.
    How it is decided:
        In the last half of the run the gradient of a layer is exactly zero at all points (three or more), or the share
        of exact zeros among gradients or activations reaches `zeros`. Half of a ReLU layer is zero for any one example
        by design, and a histogram cannot tell which unit is zero for all of them: such a share counts as possible only,
        with low severity. Layers that never had a gradient are called frozen elsewhere, unless all of them lack one.
        Look-up tables are left out.
    Example that fires:
        After a spike at step 300 the gradients of all layers are exactly 0.
    Example that does not:
        60 % zeros in the activations of a ReLU layer.
    Easily confused with:
        frozen_weights (on purpose), a converged run (small gradients, but not zero).
    References:
        SageMaker Debugger's DeadRelu (half of a layer), DeepDiagnosis and AUTOTRAINER (0.7); Lu et al. 2019, Dying ReLU.
    """

    code = "HG03"
    name = "dead_units"
    title = "Dead units"
    summary = "Layers receive no gradient, or most of their activations are exactly zero."
    thresholds = (
        Setting(
            "dead_units.zeros", 0.9, 0.5, 1, "%", "Least share of exact zeros in a layer.",
            "above AUTOTRAINER's 0.7, which a healthy sparse ReLU layer reaches for single examples",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found by vanished gradients first, then by shares of zeros."""
        gradients, activations = ordinary(view.layers.gradients), view.layers.activations
        if not gradients and not activations:
            return self.not_applicable("needs histograms of gradients or activations")
        gone = [item for item in gradients if len(item) >= 4 and not np.any(item.rms[len(item) // 2 :])]
        measurements: tuple[Measurement, ...] = (Measurement("layers without any gradient", len(gone), "points"),)
        # A single layer without gradient from the very first point is frozen on purpose, or not part of the loss.
        died = [item for item in gone if np.any(item.rms) or len(gone) == len(gradients)]
        if died:
            return self._gone(died, len(gradients), measurements)
        shares = [(late_zeros(item), item) for item in (*activations, *gradients) if all(item is not g for g in gone)]
        share, worst = max(
            ((s, item) for s, item in shares if s == s), default=(float("nan"), None), key=lambda p: p[0]
        )
        measurements += (self.at_least("largest share of exact zeros in a layer", share, "zeros", "%"),)
        p = above(share, self.limit("zeros"), 1.03)
        if p < REPORT_AT or worst is None:
            return self.clear(measurements, p)
        message = Message.of(
            "In {tag} {share:pct} of the values are exactly zero: possibly dead units.", share=share, tag=worst.tag
        )
        return self.found(p, Severity.LOW, message, (), measurements, (worst.tag,))

    def _gone(
        self, died: list[HistogramSeries], layers: int, measurements: tuple[Measurement, ...]
    ) -> Outcome:  # fmt: skip
        alive = np.flatnonzero(died[0].rms)
        since = int(died[0].steps[int(alive[-1]) + 1]) if alive.size else int(died[0].steps[0])
        which = "all layers" if len(died) == layers else ", ".join(item.layer for item in died[:3])
        message = Message.of(
            "The gradient of {which} is exactly zero from step {since:step} on: nothing there can learn any more.",
            which=which, since=since,
        )  # fmt: skip
        return self.found(0.95, Severity.MEDIUM, message, (), measurements, tuple(item.tag for item in died[:3]))

"""GN06: the loss and the metric tell different stories."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Measurement, Message, Outcome, Severity, Span
from lossdoctor.rules.base import REPORT_AT, Rule, above, below
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.alignment import Pairing, pair, rank_correlation
from lossdoctor.signals.curve import Curve
from lossdoctor.signals.smoothing import median


class MetricDisagrees(Rule):
    """The loss improves and the metric does not, or the other way round.

    What it shows:
        How much the loss and the metric changed in the second half of the run, and that they went opposite ways; or
        that the metric never moved while the loss fell.
    Why it matters:
        One of them is what the project wants. A loss that rises while accuracy improves means overconfident
        probabilities, not worse decisions: stopping there would throw away accuracy. A metric that stands still while
        the loss falls means a threshold, a rare class or a broken metric.
    How it is decided:
        In the second half of the run the ranks of loss and metric (turned so that lower is better) correlate at most
        at -`opposed`, and both changed by at least `change` of their whole range. Or the loss lost half of its level and
        the metric moved by less than `still` in all. Noise must not decide: the changes are between medians of the
        first and the last third of that half, and exceed three sigma.
    Example that fires:
        Validation loss 0.35 to 0.9, accuracy 0.86 to 0.91.
    Example that does not:
        Both improve, the metric in steps.
    Easily confused with:
        overfitting in both (the metric falls as well), a metric logged with two digits.
    References:
        Guo et al. 2017, On Calibration of Modern Neural Networks (loss rises while accuracy improves); Google, Testing and
        Debugging in Machine Learning (recall stuck at 0).
    """

    code = "GN06"
    name = "metric_disagrees"
    title = "Metric disagrees with loss"
    summary = "The loss improves and the metric does not, or the other way round."
    thresholds = (
        Setting(
            "metric_disagrees.opposed", 0.5, 0.1, 1, "", "Least opposite rank correlation in the second half.",
            "twenty independent pairs reach 0.45 by chance once in twenty times",
        ),
        Setting(
            "metric_disagrees.change", 0.1, 0.01, 1, "%", "Least change of each in the second half, of its whole range.",
            "below a tenth both are flat, and flat curves may correlate in any way",
        ),
        Setting(
            "metric_disagrees.still", 0.005, 1e-6, 0.1, "", "Largest movement of a metric that never moved.",
            "half a point of accuracy",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found on opposite courses, or on a metric that stands still."""
        loss, metric, names = self._curves(view)
        if loss is None or metric is None:
            return self.not_applicable("needs a loss and a metric of the same data")
        both = pair(loss, metric)
        half = both.steps.size // 2
        if half < 6:
            return self.not_applicable("fewer than 12 common points of loss and metric")
        late = Pairing(both.steps[half:], both.first[half:], both.second[half:])
        still = float(metric.trend.max() - metric.trend.min())
        measurements: tuple[Measurement, ...] = (self.at_most("movement of the metric in all", still, "still"),)
        if (
            view.sign_safe
            and loss.best < 0.5 * loss.start
            and view.accuracy is not None
            and 0.02 < view.accuracy < 0.98
        ):
            p = below(still, self.limit("still"), 1.5)
            if p >= REPORT_AT:
                return self._stands_still(p, loss, metric, names, measurements)
        rho = rank_correlation(late.first, late.second)
        change, turned = _change(late.first, loss), _change(late.second, metric)
        size = min(abs(change), abs(turned))
        measurements += (
            self.at_least("opposite rank correlation in the second half", -rho, "opposed"),
            self.at_least("smaller of the two changes, of the whole range", size, "change", "%"),
        )
        p = 0.0 if change * turned >= 0 else min(above(-rho, self.limit("opposed")), above(size, self.limit("change")))
        if p < REPORT_AT:
            return self.clear(measurements, p)
        template = (
            "{loss} gets worse in the second half of the run while {metric} improves: the network grows overconfident, "
            "its decisions get better." if change > 0
            else "{loss} improves in the second half of the run while {metric} gets worse: the loss does not measure what "
            "{metric} does."
        )  # fmt: skip
        message = Message.of(template, loss=names[0], metric=names[1])
        evidence = (Span(float(late.steps[0]), float(late.steps[-1]), "opposite ways", names[0]),)
        return self.found(p, Severity.LOW, message, evidence, measurements, names)

    def _stands_still(
        self, p: float, loss: Curve, metric: Curve, names: tuple[str, str], measurements: tuple[Measurement, ...]
    ) -> Outcome:
        message = Message.of(
            "{loss} falls from {start:num} to {best:num} while {metric} stays at {level:num}: a threshold, a rare class or "
            "a broken metric.",
            loss=names[0], start=loss.start, best=loss.best, metric=names[1], level=-metric.end,
        )  # fmt: skip
        evidence = (Span(float(metric.steps[0]), float(metric.steps[-1]), "stands still", names[1]),)
        return self.found(p, Severity.MEDIUM, message, evidence, measurements, names)

    def _curves(self, view: RunView) -> tuple[Curve | None, Curve | None, tuple[str, str]]:
        """Loss and (negated) metric of the validation data, else of the training data."""
        if view.val is not None and view.val_metric is not None:
            return view.val_curve, view.val_metric_curve, (view.val.tag, view.val_metric.tag)
        if view.train is not None and view.train_metric is not None:
            return view.train_curve, view.train_metric_curve, (view.train.tag, view.train_metric.tag)
        return None, None, ("", "")


def _change(values: np.ndarray, curve: Curve) -> float:
    """Signed change from the first to the last third, of the curve's range; 0 within three sigma of noise."""
    third = max(values.size // 3, 2)
    change = median(values[-third:]) - median(values[:third])
    if curve.range <= 0 or abs(change) <= 3.0 * curve.sigma / np.sqrt(third):
        return 0.0
    return change / curve.range

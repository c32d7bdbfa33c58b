"""GN03: validation is off from its first evaluation on, by a gap or factor that does not change."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Message, Outcome, Pair, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above, below
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.alignment import pair
from lossdoctor.signals.smoothing import median


class ValOffsetFromStart(Rule):
    """Validation and training run in parallel, apart from the first evaluation on.

    What it shows:
        The gap (or the factor) between the two losses at the first evaluation and how little it changes to the end.
    Why it matters:
        Such an offset is rarely a matter of learning: one loss is a sum and the other a mean, one holds a penalty that
        the other lacks, or the two data sets differ. As long as it is there the two curves cannot be compared.
    How it is decided:
        Either the gap at the first evaluation is at least `gap` of what training gains in all and stays within
        `spread` of its median; or the ratio of the losses is at least `factor` (or at most its inverse) and stays
        within `spread` of its median, while both fall. Fewer than five evaluations prove nothing, and
        unshuffled data, whose loss follows the order of the examples, explains an offset. Validation below
        training by less than that factor is val_below_train's question; label smoothing and dropout in training
        are named there.
    Example that fires:
        Training 2.3 to 0.4, validation 147 to 26: a factor of 64, the batch size.
    Example that does not:
        A gap that opens while training goes on.
    Easily confused with:
        generalisation_gap (grows), val_below_train (dropout), a shift between the data sets (also constant).
    References:
        Ng 2018, Machine Learning Yearning (a constant gap speaks for different data); log analysers confuse it with
        overfitting.
    """

    code = "GN03"
    name = "val_offset_from_start"
    title = "Validation off from the start"
    summary = "Validation differs from training by a constant gap or factor from its first evaluation on."
    thresholds = (
        Setting(
            "val_offset_from_start.gap", 0.5, 0.1, 10, "%", "Least gap at the first evaluation, of the training gain.",
            "below half of it the curves still overlap on a plot",
        ),
        Setting(
            "val_offset_from_start.factor", 3, 1.2, 1e4, "", "Least constant ratio of the two losses.",
            "dropout and smoothing change a loss by less than a factor of two",
        ),
        Setting(
            "val_offset_from_start.spread", 0.15, 0.02, 0.5, "%", "Largest median deviation of gap or ratio from its median.",
            "a gap that grows linearly by half deviates by an eighth",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when gap or ratio is large from the start and stays."""
        val, train = view.val_curve, view.train_curve
        if view.val is None or view.train is None or val is None or train is None:
            return self.not_applicable("needs a training and a validation loss")
        both = pair(val, train)
        if both.steps.size < 5:
            return self.not_applicable("fewer than 5 evaluations beside the training loss")
        gaps = both.first - both.second
        gap, gap_spread = float(gaps[0]) / train.unit, _spread(gaps)
        measurements = [
            self.at_least("gap at the first evaluation, of the training gain", gap, "gap", "%"),
            self.at_most("spread of the gap", gap_spread, "spread", "%"),
        ]
        p_gap = min(above(gap, self.limit("gap")), below(gap_spread, self.limit("spread")))
        p_factor, factor = 0.0, 1.0
        if view.sign_safe and float(both.first.min()) > 0 and float(both.second.min()) > 0:
            ratios = both.first / both.second
            factor, spread = median(ratios), _spread(np.log(ratios), 1.0)
            measurements.append(self.at_least("constant ratio, whichever way", max(factor, 1.0 / factor), "factor"))
            # Two curves that stand still have every ratio; a common factor shows only while both fall.
            moves = above(train.drop / abs(train.best), 0.1) if train.best else 1.0
            p_factor = min(above(max(factor, 1.0 / factor), self.limit("factor")), below(spread, 0.1), moves)
        p = max(p_gap, p_factor)
        if view.period is not None and view.period.strength > 0.5:
            return self.clear(
                tuple(measurements), 0.3 * p, "training repeats a pattern: it knows what it has just seen"
            )
        if p < REPORT_AT:
            return self.clear(tuple(measurements), p)
        template = (
            "{val} is {factor:num} times {train} from the first evaluation to the last: a sum in place of a mean, or "
            "another loss." if p_factor >= p_gap
            else "{val} stands {gap:num} above {train} from the first evaluation to the last: another loss, penalty or data."
        )  # fmt: skip
        message = Message.of(
            template, val=view.val.tag, train=view.train.tag, factor=factor, gap=float(np.median(gaps))
        )  # fmt: skip
        low, high = sorted((float(both.first[0]), float(both.second[0])))
        evidence = (Pair(float(both.steps[0]), low, high, "offset", view.train.tag, view.val.tag),)
        return self.found(p, Severity.LOW, message, evidence, tuple(measurements), (view.val.tag, view.train.tag))


def _spread(values: np.ndarray, scale: float | None = None) -> float:
    """Median deviation from the median, as a share of it (or of `scale`)."""
    middle = median(values)
    scale = abs(middle) if scale is None else scale
    return median(np.abs(values - middle)) / scale if scale > 0 else float("inf")

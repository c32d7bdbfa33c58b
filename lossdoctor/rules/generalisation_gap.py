"""GN02: validation stays far above training without turning up."""

from __future__ import annotations

from lossdoctor.findings import Measurement, Message, Outcome, Pair, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.rise import sustained_rise


class GeneralisationGap(Rule):
    """Training is learned almost completely while validation keeps most of its loss.

    What it shows:
        At the end the validation loss stands above the training loss by a large part of what training gained, although
        training has nearly reached its floor.
    Why it matters:
        The network memorises: what it learns on the training set does not carry over, even if validation never turns
        up.
    How it is decided:
        (validation end - training end) over the training gain at least `gap`, while training lost at least `learned` of its
        start level, and the gap grew by at least half from the first evaluation on (a gap that was there from the
        start is a difference of the two losses or of the two data sets, not memorising). Or validation ends at `ratio`
        times the training loss or more and was best at least `stalled` of the run ago: training goes on to memorise
        what it knows.
    Example that fires:
        Training 1.0 to 0.001, validation 0.95 to 0.7 and flat.
    Example that does not:
        Training 2.3 to 0.07, validation 2.2 to 0.15.
    Easily confused with:
        overfitting (validation turns up), label smoothing or another reduction in one of the two losses.
    References:
        SageMaker Debugger's Overfit rule uses a ratio of 0.1, which flags a third of all healthy simulated runs;
        effect size relative to the gain transfers between data sets.
    """

    code = "GN02"
    name = "generalisation_gap"
    title = "Generalisation gap"
    summary = "Training is learned, validation keeps most of its loss."
    verdict = "overfitting"
    thresholds = (
        Setting(
            "generalisation_gap.gap",
            0.5,
            0.1,
            3,
            "%",
            "Least final gap, as a share of the training gain.",
            "faultlab: healthy language models reach 0.25",
        ),
        Setting(
            "generalisation_gap.learned",
            0.8,
            0.3,
            1,
            "%",
            "Least share of its start level that training lost.",
            "below that, training itself is not done",
        ),
        Setting(
            "generalisation_gap.ratio",
            300,
            10,
            1e6,
            "",
            "Least ratio of validation to training loss that is memorising anyway.",
            "faultlab: well-trained runs with a little gap reach 150",
        ),
        Setting(
            "generalisation_gap.stalled",
            0.25,
            0.05,
            1,
            "%",
            "Least share of the run since validation was best, for the ratio.",
            "validation must have stopped improving while training went on",
        ),
    )

    def check(self, view: RunView) -> Outcome:
        """Found when training is done and validation is far from it."""
        val, train = view.val_curve, view.train_curve
        if view.val is None or view.train is None or val is None or train is None:
            return self.not_applicable("needs a training and a validation loss")
        if val.n < 4 or train.n < 6:
            return self.not_applicable("too few points")
        if not view.sign_safe:
            return self.not_applicable("the loss can be zero or negative, so its level has no scale")
        gap = val.end - train.end
        first_gap = max(val.start - train.level_at(float(val.steps[0])), 0.0)
        # The first logged point may already be an epoch's average: the highest of the first three is nearest to the start.
        share = gap / max(float(train.values[:3].max()) - train.best, train.unit)
        learned = 1.0 - train.end / train.start if train.start > 0 else 0.0
        measurements: tuple[Measurement, ...] = (
            self.at_least("final gap, of the training gain", share, "gap", "%"),
            self.at_least("share of its start level that training lost", learned, "learned", "%"),
        )
        p = min(above(share, self.limit("gap")), above(learned, self.limit("learned"), 1.1))
        rise = sustained_rise(val)
        ratio = val.end / train.end if train.end > 0 else float("inf")
        measurements += (
            self.at_least("validation over training loss at the end", ratio, "ratio"),
            self.at_least("share of the run since validation's best", rise.share_after, "stalled", "%"),
        )
        p = max(p, min(above(ratio, self.limit("ratio"), 1.5), above(rise.share_after, self.limit("stalled")), 0.8))
        if first_gap > 0.5 * gap:
            return self.clear(measurements, 0.2 * p, "the gap was there at the first evaluation already")
        if p < REPORT_AT:
            return self.clear(measurements, p)
        message = Message.of(
            "{train} is learned ({end:num}) while {val} keeps {high:num}: a gap of {share:pct} of all that training gained.",
            train=view.train.tag, val=view.val.tag, end=train.end, high=val.end, share=share,
        )  # fmt: skip
        evidence = (Pair(float(val.steps[-1]), train.end, val.end, "gap", view.train.tag, view.val.tag),)
        return self.found(p, Severity.MEDIUM, message, evidence, measurements, (view.val.tag, view.train.tag))

"""GN07: the validation loss is the training loss, number for number."""

from __future__ import annotations

from lossdoctor.findings import Message, Outcome, Severity, Span
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.alignment import equal_share


class ValEqualsTrain(Rule):
    """Two losses that should differ are the same numbers.

    What it shows:
        The share of the common steps at which both losses hold exactly the same value.
    Why it matters:
        Nothing was validated: the same data was evaluated, or one number was logged twice. No statement about
        generalisation can be made.
    How it is decided:
        At least `equal` of the steps at which both were logged (four or more) hold equal numbers. Two different data
        sets never agree to the last digit; two constants may, and do not count.
    Example that fires:
        loss and val_loss equal in every epoch.
    Example that does not:
        Two curves that lie on each other on the plot and differ in the fourth digit.
    Easily confused with:
        logs rounded to two digits near their floor, where a few values coincide.
    References:
        SageMaker Debugger's SimilarAcrossRuns looks for the same mistake between runs.
    """

    code = "GN07"
    name = "val_equals_train"
    title = "Validation equals training"
    summary = "The validation loss is the training loss, number for number."
    thresholds = (
        Setting(
            "val_equals_train.equal", 0.9, 0.5, 1, "%", "Least share of common steps with equal numbers.",
            "losses rounded to two digits coincide at a tenth of the steps at most while they fall",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when (nearly) all common points are equal."""
        val, train = view.val, view.train
        if val is None or train is None:
            return self.not_applicable("needs a training and a validation loss")
        # Two series of different lengths at different steps share nothing; asking only where lengths allow it is cheap.
        share = equal_share(train.steps, train.values, val.steps, val.values)
        if share != share:
            return self.not_applicable("fewer than 4 common steps, or constant losses")
        measurements = (self.at_least("common steps with equal numbers", share, "equal", "%"),)
        p = above(share, self.limit("equal"), 1.05)
        if p < REPORT_AT:
            return self.clear(measurements, p)
        message = Message.of(
            "{val} equals {train} at {share:pct} of their common steps: the same data, or one number logged twice.",
            val=val.tag, train=train.tag, share=share,
        )  # fmt: skip
        evidence = (Span(float(val.steps[0]), float(val.steps[-1]), "equal", val.tag),)
        return self.found(p, Severity.MEDIUM, message, evidence, measurements, (val.tag, train.tag))

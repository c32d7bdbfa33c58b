"""GN04: validation lies clearly below training for most of the run."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Measurement, Message, Outcome, Pair, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above, below
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.alignment import Pairing, pair

# Words in a configuration that stand for what is active in training only.
TRAINING_ONLY = ("augment", "mixup", "cutmix", "randaug", "jitter", "drop_path", "stochastic_depth", "masking")


class ValBelowTrain(Rule):
    """The network does better on data it was not trained on.

    What it shows:
        By how much the validation loss lies below the training loss, and at how many evaluations.
    Why it matters:
        Mostly harmless: dropout, augmentation and label smoothing make the training task harder, and an average over an
        epoch lags half an epoch behind. Without any of these it may mean that validation data leaked into training, or
        that the validation set is the easier one.
    How it is decided:
        Validation is below (1 - `below`) times the training loss at `often` of the evaluations or more, after a training
        loss that is averaged over epochs was moved back by half an epoch. Dropout, label smoothing or augmentation in
        the configuration explain it and the finding only informs. Unexplained it is of low severity; of medium when
        the configuration is known and validation ends at less than `leak` of its start level as well as of half of the
        training loss: suspicious.
    Example that fires:
        Training 0.9, validation 0.6 from the first to the last epoch, with dropout 0.3: harmless.
    Example that does not:
        Validation 0.02 below training at a level of 1.
    Easily confused with:
        val_offset_from_start (a constant factor), a fast fall in which the epoch's average lags.
    References:
        UMLAUT (CHI'21) warns when validation beats training; 10 % at 70 % of the evaluations is the practice of log
        analysers; Kaufman et al. 2012, Leakage in data mining.
    """

    code = "GN04"
    name = "val_below_train"
    title = "Validation below training"
    summary = "Validation lies clearly below training for most of the run."
    thresholds = (
        Setting(
            "val_below_train.below", 0.1, 0.01, 0.9, "%", "Least distance below training, as a share of its level.",
            "the practice of log analysers",
        ),
        Setting(
            "val_below_train.often", 0.7, 0.3, 1, "%", "Least share of the evaluations.", "the practice of log analysers"
        ),
        Setting(
            "val_below_train.leak", 0.02, 0.001, 0.5, "%", "Largest end level, of the start, that is suspicious.",
            "a fiftieth of the start level: nearly everything about unseen data is known",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when validation is persistently and clearly below training."""
        val, train = view.val_curve, view.train_curve
        if view.val is None or view.train is None or val is None or train is None:
            return self.not_applicable("needs a training and a validation loss")
        if float(val.low.min()) <= 0 or float(train.low.min()) <= 0:
            return self.not_applicable("a loss can be zero or negative, so its level has no scale")
        spacing = float(train.steps[-1] - train.steps[0]) / max(train.steps.size - 1, 1)
        both = pair(val, train, 0.5 * spacing if view.epoch_averages else 0.0)
        if both.steps.size < 4:
            return self.not_applicable("fewer than 4 evaluations beside the training loss")
        distance = 1.0 - both.first / both.second
        often = float(np.mean(distance >= self.limit("below")))
        late = float(np.median(distance[-max(distance.size // 4, 3) :]))
        measurements: tuple[Measurement, ...] = (
            self.at_least("share of the evaluations clearly below training", often, "often", "%"),
            self.at_least("distance below training at the end, of its level", late, "below", "%"),
        )
        p = min(above(often, self.limit("often"), 1.1), above(late, self.limit("below")))
        if p < REPORT_AT:
            return self.clear(measurements, p)
        left = val.end / val.start if val.start > 0 else 1.0
        measurements += (self.at_most("validation's end level, of its start", left, "leak", "%"),)
        harmless = _training_only(view)
        suspicious = not harmless and late >= 0.5 and below(left, self.limit("leak")) >= 0.5
        return self._finding(view, both, p, late, harmless, suspicious, measurements)

    def _finding(
        self, view: RunView, both: Pairing, p: float, late: float, harmless: str, suspicious: bool,
        measurements: tuple[Measurement, ...],
    ) -> Outcome:  # fmt: skip
        assert view.val is not None
        assert view.train is not None
        if harmless:
            ending, severity = "; {harmless} in training explains it, which is harmless.", Severity.INFO
        elif suspicious:
            ending = " and close to zero, and nothing logged explains it: look for leaked or easier data."
            # Without a configuration strong dropout is as likely as a leak.
            severity = Severity.MEDIUM if view.run.config else Severity.LOW
        else:
            ending = "; dropout, augmentation or an average over the epoch would explain it, the log does not say."
            severity = Severity.LOW
        message = Message.of(
            "{val} lies {late:pct} below {train}" + ending,
            val=view.val.tag, train=view.train.tag, late=late, harmless=harmless,
        )  # fmt: skip
        evidence = (
            Pair(float(both.steps[-1]), float(both.first[-1]), float(both.second[-1]), "below training", view.val.tag,
                 view.train.tag),
        )  # fmt: skip
        return self.found(p, severity, message, evidence, measurements, (view.val.tag, view.train.tag))


def _training_only(view: RunView) -> str:
    """What in the configuration makes the training loss larger than the same data's validation loss; "" for nothing."""
    if (view.config.dropout or 0) > 0:
        return "dropout"
    if (view.config.label_smoothing or 0) > 0:
        return "label smoothing"
    for key, value in view.run.config.items():
        if (
            value
            and str(value).lower() not in ("false", "none", "0", "0.0")
            and any(w in key.lower() for w in TRAINING_ONLY)
        ):
            return "augmentation"
    return ""

"""GN05: validation jumps about too much to say which checkpoint is best."""

from __future__ import annotations

from lossdoctor.findings import Level, Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting


class ValTooNoisy(Rule):
    """The evaluation's noise is as large as what there is to see.

    What it shows:
        The noise of single evaluations, as a share of the range of the smoothed validation loss.
    Why it matters:
        The best checkpoint, early stopping and every comparison between runs rest on single evaluations. Where these
        scatter by a sixth of the whole improvement, the best of them is the luckiest.
    How it is decided:
        The point-to-point noise of the validation loss is at least `jitter` of the range that its trend spans, over at
        least `points` evaluations. A training loss that jumps as much says that the training itself is unsteady: clear,
        for then validation only shows it. So does a validation loss that repeats with the learning rate's cycle.
    Example that fires:
        1.4, 1.1, 1.5, 1.0, 1.3, 0.9, 1.2, ... on fifty validation examples.
    Example that does not:
        A steep smooth fall with a noise of 2 %.
    Easily confused with:
        oscillating (training swings as well), a validation loss that does not improve at all (see not_converging).
    References:
        Godbole et al. 2023, Deep Learning Tuning Playbook (evaluate on enough data); 15 % of the improvement is the
        practice of log analysers.
    """

    code = "GN05"
    name = "val_too_noisy"
    title = "Validation too noisy"
    summary = "Validation is too noisy to rank checkpoints."
    thresholds = (
        Setting(
            "val_too_noisy.jitter", 0.15, 0.02, 2, "%", "Least noise, as a share of the smoothed range.",
            "the practice of log analysers",
        ),
        Setting(
            "val_too_noisy.points", 8, 4, 1000, "points", "Fewest evaluations.",
            "noise estimated from fewer differences is uncertain by more than half",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when validation's noise is a large part of its improvement, and training's is not."""
        val, train = view.val_curve, view.train_curve
        if view.val is None or val is None:
            return self.not_applicable("no validation loss")
        if val.n < self.limit("points"):
            return self.not_applicable(f"only {val.n} evaluations")
        jitter = val.sigma / val.range if val.range > 0 else float("inf") if val.sigma > 0 else 0.0
        measurements = (self.at_least("noise, of the smoothed range", jitter, "jitter", "%"),)
        p = above(jitter, self.limit("jitter"))
        reason = ""
        if view.cyclic_schedule:
            p, reason = 0.3 * p, "the learning rate cycles, and validation with it"
        elif train is not None and view.epoch_averages and train.sigma > 0.5 * val.sigma:
            # Only averages over an epoch compare with an evaluation; the noise of single steps is a batch's.
            p, reason = 0.3 * p, "training jumps as much: it is the training that is unsteady"
        if p < REPORT_AT:
            return self.clear(measurements, p, reason)
        message = Message.of(
            "{tag} scatters by {sigma:num} from one evaluation to the next, {jitter:pct} of all it improves: "
            "the best of them is partly luck.",
            tag=view.val.tag, sigma=val.sigma, jitter=min(jitter, 99.0),
        )  # fmt: skip
        evidence = (Level(val.best, "best level", view.val.tag),)
        return self.found(p, Severity.LOW, message, evidence, measurements, (view.val.tag,))

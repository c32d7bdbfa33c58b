"""The sentence a colleague would say about a run: the verdict with the numbers that decided it."""

from __future__ import annotations

from collections.abc import Sequence

from lossdoctor.diagnosis.verdict import Weighed
from lossdoctor.findings import Message, Outcome, Verdict
from lossdoctor.rules.view import RunView
from lossdoctor.signals.rise import sustained_rise


def verdict_sentence(view: RunView, weighed: Weighed, outcomes: Sequence[Outcome]) -> Message:
    """The deciding finding's own sentence; for healthy runs what was gained and that nothing speaks against it."""
    for outcome in outcomes:
        if outcome.name == weighed.decided_by and outcome.findings:
            return outcome.findings[0].message
    if weighed.verdict is Verdict.HEALTHY:
        return _healthy(view)
    # The verdict gathers weight from several rules none of which is sure enough to be a finding by itself.
    return Message.of(
        "Probably {verdict}, though no single symptom is clear (nearest: {name}).",
        verdict=weighed.verdict.label.lower(), name=weighed.decided_by.replace("_", " "),
    )  # fmt: skip


def _healthy(view: RunView) -> Message:
    curve, series = view.main_curve, view.main
    if curve is None or series is None:
        return Message.of("Nothing speaks against this run.")
    val = view.val_curve
    if val is not None and view.train is not None and view.val is not None and view.val.tag != series.tag:
        rise = sustained_rise(val)
        ending = (
            "{val} follows and ends at its best ({best:num})."
            if rise.height <= 0.01 * abs(rise.best)
            else "{val} follows to {best:num} at step {step:step} and ends {rise:pct} above that."
        )
        return Message.of(
            "{tag} falls from {start:num} to {end:num}; " + ending,
            tag=series.tag, start=curve.start, end=curve.end, val=view.val.tag, best=rise.lowest, step=rise.lowest_step,
            rise=rise.of_level,
        )  # fmt: skip
    return Message.of(
        "{tag} falls from {start:num} to {end:num} and nothing speaks against it{note}.",
        tag=series.tag, start=curve.start, end=curve.end,
        note="" if val is not None else " (no validation loss, so overfitting cannot be judged)",
    )  # fmt: skip

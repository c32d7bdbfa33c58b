"""IM01: nothing in the run is a loss."""

from __future__ import annotations

from lossdoctor.findings import Message, Outcome, Severity
from lossdoctor.rules.base import Rule
from lossdoctor.rules.view import RunView


class NoLoss(Rule):
    """The log holds no series that can be a loss.

    What it shows:
        No tag could be read as a training, validation or test loss; metrics, timings or learning rates may be there.
    Why it matters:
        Every verdict rests on a loss curve. Judging something else would be guessing.
    How it is decided:
        By the roles given to the tags (`lossdoctor.importers.roles`); there is no threshold.
    Example that fires:
        A CSV with the columns `epoch, accuracy, learning_rate`.
    Example that does not:
        A run that logs only `val_loss`: it is judged by that.
    Easily confused with:
        not_a_learning_curve, where losses exist but mean something else.
    References:
        CAUSES.md of the project, part A: "not a loss" is a good answer.
    """

    code = "IM01"
    name = "no_loss"
    title = "No loss found"
    summary = "No series in the run can be read as a loss."
    verdict = "not_classifiable"

    def check(self, view: RunView) -> Outcome:
        """Found when neither a training nor a validation loss has points."""
        if view.main is not None:
            return self.clear()
        tags = [series.tag for series in view.run.series]
        if not tags:
            message = Message.of("The run holds no scalar series at all.")
        else:
            shown = ", ".join(tags[:5]) + (", …" if len(tags) > 5 else "")
            message = Message.of("None of the {count:step} tags reads as a loss ({tags}).", count=len(tags), tags=shown)
        return self.found(1.0, Severity.INFO, message, (), (), tuple(tags[:5]))

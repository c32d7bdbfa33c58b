"""IM07: so few points were logged that part of what is asked cannot be answered."""

from __future__ import annotations

from lossdoctor.findings import Measurement, Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above, below
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting


class SparseLogging(Rule):
    """The run is long, its log is thin.

    What it shows:
        How many points stand for how many steps, or that validation was evaluated a few times only.
    Why it matters:
        A spike of fifty steps between two points is never seen. Overfitting cannot be told from one or two
        evaluations, and the best checkpoint not be chosen.
    How it is decided:
        Validation has at most `evaluations` points beside a training loss of fifty or more. Or at most `points` training
        points, at least `every` steps apart where steps count updates (not epochs). A log that gives one average an
        epoch is complete in its own way: clear.
    Example that fires:
        Ten thousand steps, two hundred training points, one evaluation at the end.
    Example that does not:
        Twenty epochs with one average each.
    Easily confused with:
        too_short (few steps as well), a table downloaded with reduced resolution.
    References:
        Hugging Face logs every 500 steps by default, Lightning every 50; W&B and TensorBoard thin out long histories
        on download.
    """

    code = "IM07"
    name = "sparse_logging"
    title = "Sparse logging"
    summary = "Too few points were logged to answer everything that is asked."
    thresholds = (
        Setting(
            "sparse_logging.evaluations", 3.5, 1, 20, "points", "Largest number of evaluations that are too few.",
            "a minimum with a rise behind it takes four points",
        ),
        Setting(
            "sparse_logging.points", 30, 5, 1000, "points", "Largest number of training points that are few.",
            "events shorter than 3 % of the run are then invisible",
        ),
        Setting(
            "sparse_logging.every", 100, 5, 1e6, "step", "Least distance of the points in steps.",
            "trainers log every 10 to 50 steps by default, Hugging Face every 500",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found for few evaluations, else for few training points."""
        main = view.main
        if main is None or len(main) < 2:
            return self.not_applicable("the run has no loss to speak of")
        evaluations = len(view.val) if view.val is not None and view.train is not None else float("inf")
        distance = float(main.steps[-1] - main.steps[0]) / (len(main) - 1)
        measurements: tuple[Measurement, ...] = (
            self.at_most("evaluations", evaluations, "evaluations", "points"),
            self.at_most("loss points", len(main), "points", "points"),
            self.at_least("distance of the points", distance, "every", "step"),
        )
        if view.train is not None and len(view.train) >= 50:
            p = below(evaluations, self.limit("evaluations"), 1.05)
            if p >= REPORT_AT and view.val is not None:
                message = Message.of(
                    "{tag} has {count:step} " + ("points" if len(view.val) > 1 else "point")
                    + " in the whole run: neither overfitting nor the best checkpoint can be told from that.",
                    tag=view.val.tag, count=len(view.val),
                )  # fmt: skip
                return self.found(p, Severity.INFO, message, (), measurements, (view.val.tag,))
        if view.run.step_unit == "epoch" or view.epoch_averages:
            return self.clear(measurements, 0.0, "one average an epoch is a complete log of epochs")
        p = min(below(len(main), self.limit("points"), 1.1), above(distance, self.limit("every")))
        if p < REPORT_AT:
            return self.clear(measurements, p)
        message = Message.of(
            "{tag} was logged every {distance:step} steps, {count:step} points in all: shorter events are invisible.",
            tag=main.tag, distance=distance, count=len(main),
        )  # fmt: skip
        return self.found(p, Severity.INFO, message, (), measurements, (main.tag,))

"""LR02: the learning rate jumps up in the middle of a run."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Measurement, Message, Outcome, Point, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.rates import Jump, lr_jumps

# Schedules that raise the rate again on purpose, as people and libraries write them.
RESTARTING = ("restart", "cycl", "sgdr")
# The loss answers to a jump within this share of the run.
ANSWER = 0.05


class LrJump(Rule):
    """The rate rises suddenly, outside warm-up and without the pattern of restarts.

    What it shows:
        The step at which the rate jumps, by what factor, and what the loss did next.
    Why it matters:
        A jump is rarely meant: a scheduler counted wrongly after a resume, two schedulers act on one optimiser, a
        units slip between epochs and steps. The loss pays with a spike.
    How it is decided:
        After the first tenth of the run the rate rises from one point to the next at least `factor`-fold, by a fifth of
        its range, and three times more than right before and after (a ramp logged at few points rises again and
        again). Two or more rises are warm restarts or a cycle, known as such, and so is a schedule whose name says
        restart or cyclic: clear. When the loss rises after the jump by at least `answer` of the run's gain the
        finding is of medium severity, else low. Falls of the rate are steps of a schedule and never count.
    Example that fires:
        1e-3 up to step 600, 1e-2 from there on; the loss jumps from 0.4 to 1.9.
    Example that does not:
        A cosine schedule with three warm restarts.
    Easily confused with:
        warm restarts and cyclic rates (by design), lr_no_warmup (at the start), a resume (see resumed).
    References:
        Loshchilov & Hutter 2017, SGDR (restarts look the same but repeat); log analysers flag jumps above a fifth of
        the range that are part of no ramp.
    """

    code = "LR02"
    name = "lr_jump"
    title = "Learning rate jumps"
    summary = "The learning rate jumps up in the middle of the run."
    thresholds = (
        Setting(
            "lr_jump.factor", 1.5, 1.1, 100, "", "Least ratio of the rate after to the rate before.",
            "a cycle or ramp logged at a hundred points rises by less between two of them",
        ),
        Setting(
            "lr_jump.answer", 0.1, 0.02, 5, "%", "Rise of the loss, of the run's gain, that makes the jump harmful.",
            "below a tenth of the gain the jump cost next to nothing",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when exactly one unexplained jump is there."""
        rate, plan = view.rate, view.schedule
        if rate is None or plan is None:
            return self.not_applicable("no learning rate was logged")
        if len(rate) < 8:
            return self.not_applicable(f"only {len(rate)} learning-rate points")
        jumps = lr_jumps(rate.steps, rate.values, self.limit("factor"))
        largest = max(jumps, key=lambda jump: jump.after - jump.before, default=None)
        factor = 1.0 if largest is None else largest.after / largest.before if largest.before > 0 else float("inf")
        measurements: tuple[Measurement, ...] = (
            self.at_least("largest sudden rise of the rate, as a factor", factor, "factor"),
        )
        if largest is None:
            falls = len(plan.drop_steps)
            return self.clear(measurements, 0.0, f"the rate only falls in steps ({falls}), by design" if falls else "")
        if len(jumps) >= 2 or view.cyclic_schedule:
            return self.clear(measurements, 0.1, "the rate rises again and again: warm restarts or a cycle, by design")
        if any(word in (view.config.schedule or "").lower() for word in RESTARTING):
            return self.clear(measurements, 0.1, f"the schedule restarts by design ({view.config.schedule})")
        answer = self._answer(view, largest)
        measurements += (self.at_least("rise of the loss after it, of the run's gain", answer, "answer", "%"),)
        p = above(factor, self.limit("factor"), 1.1)
        if p < REPORT_AT:
            return self.clear(measurements, p)
        hurt = answer >= self.limit("answer")
        message = Message.of(
            "The learning rate jumps from {before:num} to {after:num} at step {step:step}"
            + (", and the loss rises by {answer:pct} of the run's gain." if hurt else "; the loss does not mind."),
            before=largest.before, after=largest.after, step=largest.step, answer=answer,
        )  # fmt: skip
        evidence = (Point(largest.step, largest.after, "jump", rate.tag),)
        return self.found(p, Severity.MEDIUM if hurt else Severity.LOW, message, evidence, measurements, (rate.tag,))

    def _answer(self, view: RunView, jump: Jump) -> float:
        """Rise of the loss in the next part of the run over its level before the jump, of the run's gain; >= 0."""
        curve = view.main_curve
        if curve is None:
            return 0.0
        width = ANSWER * float(curve.steps[-1] - curve.steps[0])
        before = curve.values[(curve.steps < jump.step) & (curve.steps >= jump.step - width)]
        after = curve.values[(curve.steps >= jump.step) & (curve.steps <= jump.step + width)]
        if before.size < 2 or after.size < 2:
            return 0.0
        # The median of the upper half: a spike that decays within the window still shows.
        upper = float(np.percentile(after, 75))
        noise = 3.0 * curve.sigma / np.sqrt(max(curve.n / curve.values.size, 1.0))
        return float(max(upper - np.median(before) - noise, 0.0) / curve.unit)

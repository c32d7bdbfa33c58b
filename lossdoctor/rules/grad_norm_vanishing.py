"""GR02: the gradient norm is next to nothing while the loss is still high."""

from __future__ import annotations

from lossdoctor.findings import Level, Measurement, Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above, below
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.growth import growth


class GradNormVanishing(Rule):
    """No gradient arrives although there is much left to learn.

    What it shows:
        The norm at the end, as a share of its early level or in absolute size, beside a loss that is still high.
    Why it matters:
        Without a gradient no rate and no number of steps helps: units are dead or saturated, the graph is cut, or the
        loss sits where it is flat.
    How it is decided:
        The norm at the end is at most `shrunk` of its median between 5 % and 25 % of the run, or at most `nothing` in
        absolute size, while the loss still has `level` or more of its start level. A norm that falls along with the
        loss is what convergence looks like: clear, with that reason. So is an accuracy near its ceiling.
    Example that fires:
        A loss of 2.30 from first to last, a norm of 2e-9.
    Example that does not:
        A loss that falls to 0.001 and a norm that falls from 1 to 0.0005 with it.
    Easily confused with:
        convergence, a norm logged after division by a loss scale, a norm in percent or averaged over parameters.
    References:
        SageMaker Debugger's VanishingGradient and DeepDiagnosis use a mean of 1e-7; Glorot & Bengio 2010.
    """

    code = "GR02"
    name = "grad_norm_vanishing"
    title = "Gradient norm vanishes"
    summary = "The gradient norm is next to nothing while the loss is still high."
    thresholds = (
        Setting(
            "grad_norm_vanishing.shrunk", 1e-3, 1e-8, 0.1, "", "Largest end norm, as a share of its early level.",
            "AUTOTRAINER's limit between the layers of one network",
        ),
        Setting(
            "grad_norm_vanishing.nothing", 1e-7, 1e-30, 1, "", "Largest end norm that is nothing by itself.",
            "SageMaker Debugger and DeepDiagnosis, for the mean of single gradients; a norm is larger, so this is strict",
        ),
        Setting(
            "grad_norm_vanishing.level", 0.4, 0.05, 1, "%", "Least end level of the loss, as a share of its start level.",
            "below it the loss has been learned for the most part and small gradients are in order",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when the norm is gone and the loss is not."""
        norm, curve, loss = view.grad_norm, view.grad_norm_curve, view.main_curve
        if norm is None:
            return self.not_applicable("no gradient norm was logged")
        if loss is None or curve is None or curve.n < 5:
            return self.not_applicable("needs a finite loss and at least 5 gradient norms")
        if not view.sign_safe:
            return self.not_applicable("the loss can be zero or negative, so its level has no scale to be high on")
        grown = growth(curve)
        shrunk = 1.0 if grown is None else grown.end_factor
        level = loss.end / loss.start if loss.start > 0 else 1.0
        measurements: tuple[Measurement, ...] = (
            self.at_most("norm at the end, of its early level", shrunk, "shrunk"),
            self.at_most("norm at the end", curve.end, "nothing"),
            self.at_least("end level of the loss, of its start level", level, "level", "%"),
        )
        gone = max(below(shrunk, self.limit("shrunk"), 1.5), below(max(curve.end, 0.0), self.limit("nothing"), 1.5))
        p = min(gone, above(level, self.limit("level")))
        reason = "the loss was learned and the gradients with it: convergence" if gone >= REPORT_AT else ""
        if view.accuracy is not None and view.accuracy > 0.9:
            p, reason = 0.2 * p, "accuracy is near its ceiling: convergence"
        if p < REPORT_AT:
            return self.clear(measurements, p, reason)
        message = Message.of(
            "{tag} ends at {end:num}, next to nothing, while {loss} keeps {level:pct} of its start level.",
            tag=norm.tag, end=curve.end, loss=view.main.tag if view.main is not None else "", level=level,
        )  # fmt: skip
        evidence = (Level(curve.end, "norm at the end", norm.tag),)
        return self.found(p, Severity.MEDIUM, message, evidence, measurements, (norm.tag,))

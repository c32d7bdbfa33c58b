"""GR03: gradients are clipped at most steps, or the logged norm stands at its ceiling."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Level, Measurement, Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.growth import ceiling_share


class ClippingSaturated(Rule):
    """Clipping acts at most steps, so that it sets the step size and no longer guards it.

    What it shows:
        The share of the steps at which the norm exceeds the configured limit, or at which a norm logged after clipping
        stands at its largest value.
    Why it matters:
        Clipped at every step, the update has the same length whatever the gradient: a rate that is far too high looks
        tame, and the loss crawls or swings instead of diverging.
    How it is decided:
        With a limit in the configuration: at least `above_limit` of the norms are larger than it (logged before
        clipping). Without one, or when none is larger: in the second half of the run at least `at_ceiling` of the norms
        lie within half a percent of the largest (logged after clipping). Medium severity when the typical norm is five
        times the limit or more, low otherwise; a ceiling alone is by design for a norm logged after clipping, and only
        informs.
    Example that fires:
        max_grad_norm = 0.1 and a norm around 2.5 from first to last.
    Example that does not:
        A limit of 1.0 that a few spikes exceed.
    Easily confused with:
        a norm that is constant by construction (normalised gradients), sign-based optimisers.
    References:
        Wang 2020, When the Loss Won't Converge (clipping hides the learning rate); Zhang et al. 2020, Why gradient clipping
        accelerates training; log analysers call 80 % of the last 50 norms at the maximum saturated.
    """

    code = "GR03"
    name = "clipping_saturated"
    title = "Clipping saturated"
    summary = "Gradients are clipped at most steps."
    thresholds = (
        Setting(
            "clipping_saturated.above_limit", 0.5, 0.1, 1, "%", "Least share of norms above the configured limit.",
            "clipping that acts more often than not decides the step size",
        ),
        Setting(
            "clipping_saturated.at_ceiling", 0.8, 0.3, 1, "%", "Least share of norms at the ceiling.",
            "the practice of log analysers",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found by the configured limit, else by a ceiling."""
        norm = view.grad_norm
        if norm is None:
            return self.not_applicable("no gradient norm was logged")
        values = norm.values[norm.finite]
        if values.size < 10:
            return self.not_applicable(f"only {values.size} finite gradient norms")
        limit = view.config.clip
        over = float("nan")
        measurements: tuple[Measurement, ...] = ()
        if limit is not None and limit > 0:
            # Half a percent of slack: a norm logged after clipping may exceed its limit by rounding.
            over = float(np.mean(values > 1.005 * limit))
            measurements = (self.at_least("share of norms above the limit", over, "above_limit", "%"),)
        if over > 0 and limit is not None:
            return self._by_limit(view, values, limit, over, measurements)
        ceiling = ceiling_share(values)
        measurements += (self.at_least("share of norms at their ceiling", ceiling, "at_ceiling", "%"),)
        p = above(ceiling, self.limit("at_ceiling"), 1.1)
        if p < REPORT_AT:
            return self.clear(measurements, p)
        top = float(values[-max(values.size // 2, 50) :].max())
        message = Message.of(
            "{tag} stands at its ceiling of {top:num} at {share:pct} of the steps: logged after clipping, "
            "it cannot show how large the gradients are.",
            tag=norm.tag, top=top, share=ceiling,
        )  # fmt: skip
        return self.found(p, Severity.INFO, message, (Level(top, "ceiling", norm.tag),), measurements, (norm.tag,))

    def _by_limit(
        self, view: RunView, values: np.ndarray, limit: float, over: float, measurements: tuple[Measurement, ...]
    ) -> Outcome:
        norm = view.grad_norm
        assert norm is not None
        p = above(over, self.limit("above_limit"), 1.15)
        if p < REPORT_AT:
            return self.clear(measurements, p)
        typical = float(np.median(values)) / limit
        message = Message.of(
            "{tag} exceeds the clip limit of {limit:num} at {share:pct} of the steps; it is typically {typical:num} times "
            "as large.",
            tag=norm.tag, limit=limit, share=over, typical=typical,
        )  # fmt: skip
        severity = Severity.MEDIUM if typical >= 5.0 else Severity.LOW
        return self.found(p, severity, message, (Level(limit, "clip limit", norm.tag),), measurements, (norm.tag,))

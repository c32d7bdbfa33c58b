"""ST03: the loss jumps up and comes back."""

from __future__ import annotations

from lossdoctor.findings import Message, Outcome, Point, Severity, Span
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.excursions import Excursion, without_tails


class LossSpike(Rule):
    """The loss jumps far above its level and recovers.

    What it shows:
        One or several upward excursions that stand out from the run's own noise and come back.
    Why it matters:
        A spike costs steps at best; repeated or growing spikes announce divergence. Its timing (with the gradient
        norm, with the learning rate, once an epoch) tells the cause.
    How it is decided:
        An excursion above the lowest level so far counts when its height reaches `height_of_drop` of what the run
        gains in all, `noise` times the local noise and `tail` times the 97th percentile of the run's own upward
        residuals without its three highest events (heavy-tailed small-batch noise has many points like it, a spike does
        not), and the loss comes back.
        Rises that start within a few points of a learning-rate restart are explained and not counted; nor are the
        first points (warm-up transients) or the phases of a periodic loss.
    Example that fires:
        0.40, 0.39, 5.1, 1.2, 0.5, 0.38, 0.37.
    Example that does not:
        Small-batch noise with a peak twice as high as a hundred others.
    Easily confused with:
        divergence (does not come back), periodic_loss (comes once an epoch), a fast fall after a learning-rate drop.
    References:
        PaLM (Chowdhery et al. 2022) and OLMo 2 (2024) on spikes; heavy tails: Simsekli et al. 2019.
    """

    code = "ST03"
    name = "loss_spike"
    title = "Loss spike"
    summary = "The loss jumps far above its level and recovers."
    verdict = "spike_recovered"
    thresholds = (
        Setting(
            "loss_spike.height_of_drop",
            0.15,
            0.02,
            10,
            "%",
            "Least height, as a share of the run's whole gain.",
            "a jump that undoes less than a seventh of the training is not worth an expert's time",
        ),
        Setting(
            "loss_spike.noise",
            8,
            3,
            100,
            "sigma",
            "Least height over the local noise.",
            "6 to 8 sigma is the practice of log analysers; heavy tails need the third test as well",
        ),
        Setting(
            "loss_spike.tail",
            5,
            1.5,
            50,
            "",
            "Least height over the run's own 97th percentile of upward residuals, its three highest events left out.",
            "faultlab: heavy-tailed healthy runs reach 4.4, injected spikes start at 5.7; 5 is their geometric middle",
        ),
    )

    def check(self, view: RunView) -> Outcome:
        """Found when an unexplained excursion passes all three tests and recovers."""
        curve, series = view.main_curve, view.main
        if series is None:
            return self.not_applicable("the run has no loss")
        if curve is None or curve.n < 8:
            return self.not_applicable("fewer than 8 finite points")
        rises = without_tails(view.excursions)
        found = [e for e in rises if e.recovered and not self._explained(view, e)]
        explained = len(rises) - len(found)
        scored = [(self._probability(e, curve.unit), e) for e in found]
        best = max(scored, key=lambda pair: (pair[0], pair[1].height), default=None)
        if best is None:
            return self.clear(
                reason=f"{explained} rises do not count (learning-rate restart or no recovery)" if explained else ""
            )
        p, spike = best
        measurements = (
            self.at_least("height, of the run's gain", spike.height / curve.unit, "height_of_drop", "%"),
            self.at_least("height over local noise", spike.sigmas, "noise", "sigma"),
            self.at_least("height over the run's own tail", spike.tails, "tail"),
        )
        period = view.period
        if period is not None and period.strength > 0.5:
            return self.clear(measurements, 0.3 * p, "the loss repeats periodically; its peaks are part of the pattern")
        if p < REPORT_AT:
            return self.clear(measurements, p)
        spikes = sorted((e for q, e in scored if q >= REPORT_AT), key=lambda e: e.peak_step)
        evidence = tuple(Point(e.peak_step, e.peak, "spike", series.tag) for e in spikes)
        spans = tuple(Span(e.start_step, e.end_step, "recovery", series.tag) for e in spikes)
        template = "{tag} jumps from {base:num} to {peak:num} at step {step:step} and is back by step {end:step}" + (
            "; {count:step} such spikes in all." if len(spikes) > 1 else "."
        )
        message = Message.of(
            template,
            tag=series.tag,
            base=spike.base,
            peak=spike.peak,
            step=spike.peak_step,
            end=spike.end_step,
            count=len(spikes),
        )
        severity = Severity.MEDIUM if len(spikes) > 1 or spike.height > 0.5 * curve.unit else Severity.LOW
        return self.found(p, severity, message, evidence + spans, measurements, (series.tag,))

    def _explained(self, view: RunView, spike: Excursion) -> bool:
        """True for restarts of the learning rate, and for early ups and downs that do not exceed the start level."""
        curve = view.main_curve
        assert curve is not None
        early = float(curve.steps[0]) + 0.15 * float(curve.steps[-1] - curve.steps[0])
        if spike.peak_step <= early and spike.peak <= 1.1 * max(curve.start, float(curve.values[0])):
            return True
        return view.explained_by_schedule(spike.start_step, spike.peak_step)

    def _probability(self, spike: Excursion, unit: float) -> float:
        return min(
            above(spike.height / unit, self.limit("height_of_drop")),
            above(spike.sigmas, self.limit("noise")),
            above(spike.tails, self.limit("tail"), 1.1),
        )

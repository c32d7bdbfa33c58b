"""ST06: the loss spikes again and again, regularly or with growing height."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Measurement, Message, Outcome, Point, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.alignment import rank_correlation
from lossdoctor.signals.excursions import Excursion, without_tails
from lossdoctor.signals.smoothing import quantiles


class SpikesRecurring(Rule):
    """Not one spike but a series of them.

    What it shows:
        How many spikes there are, how many a thousand points, whether they come at equal distances and whether they
        grow.
    Why it matters:
        One spike may be one bad batch. Many at equal distances are one bad shard of data met in every epoch; many that
        grow announce divergence.
    How it is decided:
        At least `count` upward excursions that come back, each as high as `height` of the run's gain, `noise` times the
        local noise, and `tail` times the 90th percentile of the run's residuals (heavy-tailed noise has as many
        small ones as large ones). Restarts of the learning rate explain theirs; a loss that repeats as a whole is
        periodic_loss. They grow when heights and order correlate (rank correlation above 0.7, five spikes or more);
        they are regular when their distances differ by less than a sixth.
    Example that fires:
        Five spikes of height 1, 1.5, 2.2, 3 and 4.5 on a level of 0.4.
    Example that does not:
        Two spikes; or noise with Student's tails.
    Easily confused with:
        periodic_loss (the whole curve repeats), oscillating (no quiet level between), heavy-tailed noise.
    References:
        Chowdhery et al. 2022, PaLM (recurring spikes, skipped batches); Molybog et al. 2023, A Theory on Adam Instability.
    """

    code = "ST06"
    name = "spikes_recurring"
    title = "Recurring spikes"
    summary = "The loss spikes again and again, regularly or with growing height."
    thresholds = (
        Setting(
            "spikes_recurring.count", 3, 2, 20, "points", "Fewest spikes.", "two distances are needed to call them regular"
        ),
        Setting(
            "spikes_recurring.height", 0.15, 0.02, 10, "%", "Least height of each, as a share of the run's whole gain.",
            "as for a single spike",
        ),
        Setting(
            "spikes_recurring.noise", 8, 3, 100, "sigma", "Least height of each over the local noise.",
            "as for a single spike",
        ),
        Setting(
            "spikes_recurring.tail", 8, 1.5, 50, "", "Least height over the 90th percentile of the residuals.",
            "for Student's t with 3 degrees of freedom the highest of a thousand reaches 7",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when enough excursions pass all tests."""
        curve, series = view.main_curve, view.main
        if series is None:
            return self.not_applicable("the run has no loss")
        if curve is None or curve.n < 20:
            return self.not_applicable("fewer than 20 finite points")
        residual = (curve.high - curve.trend)[3:]
        usual = max(quantiles(residual, 0.9)[0], 0.0)
        early = float(curve.steps[0]) + 0.1 * float(curve.steps[-1] - curve.steps[0])
        rises = [e for e in without_tails(view.excursions) if e.recovered and e.peak_step > early]
        scored = sorted(((self._probability(e, curve.unit, usual), e) for e in rises), key=lambda pair: -pair[0])
        spikes = sorted((e for p, e in scored if p >= REPORT_AT), key=lambda e: e.peak_step)
        measurements: tuple[Measurement, ...] = (self.at_least("spikes that recover", len(spikes), "count", "points"),)
        needed = round(self.limit("count"))
        p = scored[needed - 1][0] if len(scored) >= needed else 0.0
        if p < REPORT_AT:
            return self.clear(measurements, p)
        free = [e for e in spikes if not view.explained_by_schedule(e.start_step, e.peak_step)]
        if view.cyclic_schedule or len(free) < needed:
            return self.clear(measurements, 0.2 * p, "they come with the restarts or cycles of the learning rate")
        if view.period is not None and view.period.strength > 0.5:
            return self.clear(measurements, 0.3 * p, "the whole loss repeats periodically; its peaks are part of that")
        return self._finding(view, p, free, measurements)

    def _finding(
        self, view: RunView, p: float, spikes: list[Excursion], measurements: tuple[Measurement, ...]
    ) -> Outcome:
        assert view.main is not None
        assert view.main_curve is not None
        heights = np.array([e.height for e in spikes])
        distances = np.diff([e.peak_step for e in spikes])
        growing = heights.size >= 5 and rank_correlation(np.arange(heights.size, dtype=float), heights) > 0.7
        regular = distances.size >= 2 and float(np.std(distances)) < float(np.mean(distances)) / 6.0
        rate = 1000.0 * heights.size / view.main_curve.n
        measurements += (Measurement("spikes per 1,000 points", rate),)
        message = Message.of(
            "{tag} spikes {count:step} times and comes back each time"
            + (", about every {distance:step} {unit}s" if regular else "")
            + (", higher from time to time (from {first:num} to {last:num})." if growing else "."),
            tag=view.main.tag, count=heights.size, distance=float(np.mean(distances)), unit=view.run.step_unit,
            first=float(heights[0]), last=float(heights[-1]),
        )  # fmt: skip
        evidence = tuple(Point(e.peak_step, e.peak, "spike", view.main.tag) for e in spikes)
        severity = Severity.MEDIUM if growing or regular else Severity.LOW
        return self.found(p, severity, message, evidence, measurements, (view.main.tag,))

    def _probability(self, spike: Excursion, unit: float, usual: float) -> float:
        tail = spike.height / usual if usual > 0 else float("inf")
        return min(
            above(spike.height / unit, self.limit("height")), above(spike.sigmas, self.limit("noise")),
            above(tail, self.limit("tail"), 1.15),
        )  # fmt: skip

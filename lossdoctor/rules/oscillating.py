"""ST04: swings that do not die down."""

from __future__ import annotations

from lossdoctor.findings import Message, Outcome, Severity, Span
from lossdoctor.rules.base import REPORT_AT, Rule, above
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting


class Oscillating(Rule):
    """The loss swings up and down to the end, by a good part of what it gained.

    What it shows:
        Ups and downs around the trend in the second half that are large beside the whole gain and do not shrink.
    Why it matters:
        The optimiser jumps across the valley instead of descending: usually a learning rate or momentum that is too
        high.
    How it is decided:
        Standard deviation of the residual in the second half at least `amplitude` of the run's gain, at least
        `persistence` of that in the second quarter, and at least `of_level` of the level. A series logged per step from
        small batches is noisy by nature, so its residual is first averaged over blocks: what averages out is noise.
    Example that fires:
        Epoch losses 0.9, 0.6, 1.0, 0.7, 0.6, 0.9, 0.6, ... to the end.
    Example that does not:
        Per-step losses of batch size 4 around a level that falls.
    Easily confused with:
        small-batch noise, periodic_loss, cyclic learning rates (explained), a running average that starts again each
        epoch (explained), a validation set of a few samples.
    References:
        AUTOTRAINER (ICSE 2021) calls swings of 3 % accuracy on 20 % of the epochs oscillation; edge of stability:
        Cohen 2021.
    """

    code = "ST04"
    name = "oscillating"
    title = "Oscillating"
    summary = "The loss swings to the end by a good part of what it gained."
    verdict = "oscillating"
    thresholds = (
        Setting(
            "oscillating.amplitude",
            0.15,
            0.02,
            5,
            "%",
            "Least swing in the second half, of the run's gain.",
            "faultlab: healthy epoch-logged runs stay under 0.02, runs that an expert calls oscillating start at 0.16",
        ),
        Setting(
            "oscillating.persistence",
            0.6,
            0.1,
            5,
            "",
            "Least ratio of late swings to earlier ones.",
            "swings that halve from one quarter to the next die",
        ),
        Setting(
            "oscillating.of_level",
            0.06,
            0.005,
            5,
            "%",
            "Least swing in the second half, of the level.",
            "smaller ripples change no decision",
        ),
    )

    def check(self, view: RunView) -> Outcome:
        """Found when averaged swings are large and persistent."""
        series, curve = view.main, view.main_curve
        if series is None:
            return self.not_applicable("the run has no loss")
        if curve is None or curve.n < 12:
            return self.not_applicable("fewer than 12 finite points")
        swing = view.swings
        share = swing.amplitude / curve.unit
        of_level = swing.amplitude / max(abs(curve.end), 1e-300)
        measurements = (
            self.at_least("swing, of the run's gain", share, "amplitude", "%"),
            self.at_least("late over early swing", swing.persistence, "persistence"),
            self.at_least("swing, of the level", of_level, "of_level", "%"),
        )
        p = min(above(share, self.limit("amplitude")), above(swing.persistence, self.limit("persistence")))
        if view.sign_safe:
            p = min(p, above(of_level, self.limit("of_level")))
        if view.cyclic_schedule:
            return self.clear(measurements, 0.2 * p, "the learning rate cycles and explains the swings")
        if p >= 0.2 and view.running_average:
            return self.clear(
                measurements, 0.2 * p, "the logger's average starts again each period: its saw-tooth is no fault"
            )
        if p < REPORT_AT:
            return self.clear(measurements, p)
        half = float(curve.steps[curve.steps.size // 2])
        message = Message.of(
            "{tag} swings by ±{amplitude:num} to the end, {share:pct} of all it gained.",
            tag=series.tag, amplitude=swing.amplitude, share=share,
        )  # fmt: skip
        evidence = (Span(half, float(curve.steps[-1]), "swings", series.tag),)
        return self.found(p, Severity.MEDIUM, message, evidence, measurements, (series.tag,))

"""CV01: too few points, or too small a part of the planned run, for any claim."""

from __future__ import annotations

from lossdoctor.findings import Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above, below
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting
from lossdoctor.signals.tail import flat_since

# With as many points as this the curve speaks for itself, however far away the planned end is.
MANY_POINTS = 300


class TooShort(Rule):
    """The run is too short to be judged.

    What it shows:
        A handful of points, or a run that stopped in the steep part of its curve, far from its planned end.
    Why it matters:
        Any curve looks promising, or hopeless, in its first steps. An honest "cannot tell yet" beats a guess.
    How it is decided:
        Fewer than `points` finite loss points (up to half as many again it is likely); or fewer than
        `points_while_falling` of them while the curve is still moving in its last third (`moving_until`) or is noisy
        (`noise`); or less than `planned` of the steps or epochs that the configuration announces, again while still
        moving and with fewer than a few hundred points. Five epochs of ten thousand logged steps each are not short.
    Example that fires:
        Three epochs: 2.24, 2.02, 1.69.
    Example that does not:
        Twelve epochs that are flat for the last eight.
    Easily confused with:
        slow_convergence (long enough, and still falling); early stopping (short, but flat at the end).
    References:
        `points`: below 6 no sign test over the differences can reach p < 0.05 (2^-4 > 0.05 two-sided).
    """

    code = "CV01"
    name = "too_short"
    title = "Too short"
    summary = "Too few points, or stopped far before the planned end, to claim anything."
    verdict = "too_short"
    thresholds = (
        Setting(
            "too_short.points",
            5.5,
            3,
            50,
            "points",
            "Fewer loss points than this are never judged.",
            "two-sided sign test on the differences needs 6 points for p < 0.05",
        ),
        Setting(
            "too_short.points_while_falling",
            9.5,
            6,
            200,
            "points",
            "Fewer points than this are not judged while the curve still moves.",
            "the tail slope's 95 % interval needs about 6 points in the last third",
        ),
        Setting(
            "too_short.moving_until",
            0.65,
            0.3,
            1,
            "%",
            "Still moving when it comes near its end level only after this share.",
            "an exponential fall observed for three time constants is flat from 0.65 on at 5 % tolerance",
        ),
        Setting(
            "too_short.noise",
            0.12,
            0.02,
            1,
            "%",
            "So few points are not judged either when their noise exceeds this share of the gain.",
            "the mean of ten points with this noise is uncertain by 4 % of the gain",
        ),
        Setting(
            "too_short.planned",
            0.25,
            0.05,
            0.9,
            "%",
            "Smaller reached share of the planned length is short.",
            "faultlab: interrupted runs; a quarter of a cosine or linear schedule has seen no decay yet",
        ),
    )

    def check(self, view: RunView) -> Outcome:
        """Found by count, by count while moving, or by share of the plan."""
        main = view.main
        if main is None:
            return self.not_applicable("the run has no loss")
        logged = len(main)
        curve = view.main_curve
        moving = 1.0 if curve is None else flat_since(curve, max(0.05 * curve.drop, 2.0 * curve.sigma))
        planned = view.planned_share
        measurements = [
            self.at_most("loss points", logged, "points", "points"),
            self.at_least("share of the run after which the level stays", moving, "moving_until", "%"),
        ]
        p = below(logged, self.limit("points"), 1.1)
        p_moving = above(moving, self.limit("moving_until"), 1.15)
        noise = 0.0 if curve is None else curve.sigma / curve.unit
        few = below(logged, self.limit("points_while_falling"), 1.15)
        # Hardly more than the hard limit: flat or not, what is seen may be chance.
        p = max(p, 0.75 * below(logged, 1.5 * self.limit("points"), 1.1))
        p = max(p, min(few, max(p_moving, above(noise, self.limit("noise")))))
        if planned is not None:
            measurements.append(self.at_most("share of the planned length", planned, "planned", "%"))
            p = max(
                p,
                0.95 * min(below(planned, self.limit("planned")), above(moving, 0.3), below(logged, MANY_POINTS, 1.5)),
            )
        if not main.finite.all():
            # NaN ends a run early; that is a divergence, whose last point proves it.
            return self.clear(tuple(measurements), 0.0, "the run ends in NaN, which can be judged at any length")
        if p < REPORT_AT:
            return self.clear(tuple(measurements), p)
        return self.found(
            p, Severity.INFO, self._message(logged, planned), (), tuple(measurements), (main.tag,)
        )  # fmt: skip

    def _message(self, logged: int, planned: float | None) -> Message:
        if planned is not None and planned < self.limit("planned"):
            return Message.of(
                "Stopped after {planned:pct} of the planned length ({count:step} loss points): too early to judge.",
                planned=planned, count=logged,
            )  # fmt: skip
        return Message.of("Only {count:step} loss points: too few to judge.", count=logged)

"""CV04: the loss sits at the level of a trivial predictor."""

from __future__ import annotations

import math
from collections.abc import Iterable

from lossdoctor.findings import Level, Measurement, Message, Outcome, Severity
from lossdoctor.rules.base import REPORT_AT, Rule, above, below
from lossdoctor.rules.view import RunView
from lossdoctor.runs import Role, Series
from lossdoctor.settings import Setting
from lossdoctor.signals.curve import Curve
from lossdoctor.signals.levels import ChanceLevel, chance_level

# Without knowledge of the number of classes only levels that hardly occur by accident are tried.
UNMISTAKABLE = (2, 10, 100, 1000, 50257)
BY_LEVEL_ALONE = 0.65
CONFIRMED = 0.9
BEGAN_AT_CHANCE = 0.35
ABOVE_MOST = 0.6
WIDER = 3.0
# Above the level by this share at the start, the loss came from somewhere else than chance.
LEARNED = 0.1


class StuckAtChance(Rule):
    """The loss ends at the cross-entropy of a uniform guess.

    What it shows:
        The end level matches ln C for the number of classes C, from the configuration, from an accuracy near 1/C, or
        for a C so common that the match is hardly an accident.
    Why it matters:
        The network does no better than guessing: its outputs ignore the inputs. That narrows the search: dead or
        saturated units, zero initialisation, labels that do not belong to the inputs, a rate that killed the network.
    How it is decided:
        |end level - ln C| at most `distance` of ln C while the curve is flat. With C known from the configuration or
        confirmed by the accuracy the match is strong evidence; by level alone it is a hint. A classifier whose accuracy began
        at chance and whose loss ends at `above` times ln C or more never came down to guessing either.
    Example that fires:
        Ten classes, loss 2.303, accuracy 0.10.
    Example that does not:
        A loss that passes 2.303 on its way down.
    Easily confused with:
        a language model whose converged loss happens to lie near ln 10.
    References:
        ln C is the entropy of the uniform distribution; Karpathy 2019, A Recipe for Training Neural Networks ("verify
        loss at init").
    """

    code = "CV04"
    name = "stuck_at_chance"
    title = "Stuck at chance"
    summary = "The loss sits at ln C, the level of guessing."
    verdict = "underfitting"
    thresholds = (
        Setting(
            "stuck_at_chance.distance",
            0.015,
            0.001,
            0.1,
            "%",
            "Largest distance from ln C, as a share of it.",
            "the prior entropy of mildly unbalanced classes lies about 1 % below ln C",
        ),
        Setting(
            "stuck_at_chance.above",
            3,
            1.5,
            100,
            "",
            "Least end level, in losses of guessing, of a classifier that began at chance.",
            "a first loss above 2 ln C already means logits of a wild scale (Karpathy 2019)",
        ),
    )

    def check(self, view: RunView) -> Outcome:
        """Found when the end level matches a trivial level and the curve is flat there."""
        series, curve = view.main, view.main_curve
        if series is None:
            return self.not_applicable("the run has no loss")
        if curve is None or curve.n < 4 or curve.end <= 0:
            return self.not_applicable("no positive loss level")
        accuracy = view.accuracy
        tolerance = self.limit("distance")
        classes = None if view.config.classes is None else int(view.config.classes)
        match, trust = _match(curve.end, classes, view.final_accuracy, 4 * tolerance)
        if match is None:
            return self._above_chance(view, series, curve)
        if trust == CONFIRMED:
            tolerance *= WIDER  # a rate that is too high keeps the loss a little above the level at which accuracy sits
        measurements = (
            self.at_most("distance from ln C, of ln C", match.distance, "distance", "%"),
            Measurement("number of classes C", match.classes),
        ) + ((Measurement("best accuracy", accuracy, "%"),) if accuracy is not None else ())
        moved = abs(curve.median_between(0.6, 0.8) - curve.end) / curve.end
        p = trust * min(below(match.distance, tolerance), below(moved, 2 * tolerance))
        if view.final_accuracy is not None and view.final_accuracy > 2.0 / match.classes:
            p *= 0.2
        elif trust <= BY_LEVEL_ALONE and curve.start > (1.0 + LEARNED) * match.value:
            p *= 0.5  # a loss that came down a good way passes some ln C wherever it ends
        if p < REPORT_AT:
            return self.clear(measurements, p)
        message = Message.of(
            "{tag} ends at {end:num}, the loss of guessing among {classes:step} classes (ln {classes:step} = {level:num}).",
            tag=series.tag, end=curve.end, classes=match.classes, level=match.value,
        )  # fmt: skip
        evidence = (Level(match.value, f"chance: ln {match.classes}", series.tag),)
        return self.found(p, Severity.HIGH, message, evidence, measurements, (series.tag,))

    def _above_chance(self, view: RunView, series: Series, curve: Curve) -> Outcome:
        """Found when a classifier that began at chance ends far above the loss of guessing: wild outputs."""
        first, final = view.first_accuracy, view.final_accuracy
        parts = view.run.in_role(Role.LOSS_COMPONENT)
        if first is None or final is None or not 0.0 < first < BEGAN_AT_CHANCE or final > 0.9 or parts:
            return self.clear()
        classes = view.config.classes or round(1.0 / first)
        over = curve.end / math.log(classes)
        measurement = self.at_least("end level, in losses of guessing", over, "above", "")
        p = min(above(over, self.limit("above")), ABOVE_MOST)
        if p >= REPORT_AT and _scaled(curve, classes, final):
            return self.clear(
                (measurement,),
                0.2 * p,
                "the loss seems to be summed or scaled: it fits the accuracy once its start is ln C",
            )
        if p < REPORT_AT:
            return self.clear((measurement,), p)
        message = Message.of(
            "{tag} ends at {end:num}, {over:num} times the loss of guessing among about {classes:step} classes: the outputs "
            "are far too large, and what accuracy there is costs more than it gains.",
            tag=series.tag, end=curve.end, over=over, classes=float(classes),
        )  # fmt: skip
        evidence = (Level(math.log(classes), f"guessing among {classes:.0f}", series.tag),)
        return self.found(p, Severity.MEDIUM, message, evidence, (measurement,), (series.tag,))


def _scaled(curve: Curve, classes: float, accuracy: float) -> bool:
    """Whether the accuracy is what the loss promises when its start is taken for guessing.

    A mean cross-entropy h gives the right class exp(-h) of the probability in the geometric mean; who reaches that share of
    hits has a loss of another unit (a sum over the batch, a factor), not outputs of a wild scale.
    """
    promised = math.exp(-math.log(classes) * curve.end / max(curve.start, curve.end))
    return accuracy >= 0.9 * promised and promised > 2.0 / classes


def _match(
    level: float, classes: int | None, accuracy: float | None, tolerance: float
) -> tuple[ChanceLevel | None, float]:
    """The trivial level that fits best, and how far its class count can be trusted.

    The configuration knows C; an accuracy near 1/C confirms it; without either only unmistakable counts are tried.
    """
    if classes:
        return chance_level(level, classes, tolerance), 0.95
    if accuracy and accuracy < 0.6:
        guess = round(1.0 / accuracy)
        near = [c for c in (guess - 1, guess, guess + 1) if c > 1 and abs(accuracy * c - 1.0) < 0.25]
        confirmed = _nearest(level, near, tolerance)
        if confirmed is not None:
            return confirmed, CONFIRMED
    return _nearest(level, UNMISTAKABLE, tolerance), BY_LEVEL_ALONE


def _nearest(level: float, counts: Iterable[int], tolerance: float) -> ChanceLevel | None:
    options = [match for c in counts if (match := chance_level(level, c, tolerance)) is not None]
    return min(options, key=lambda match: match.distance, default=None)

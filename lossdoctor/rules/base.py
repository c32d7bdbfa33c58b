"""Rule: the shape of every symptom's file, and the two functions that turn measured margins into probabilities."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Self

from lossdoctor.findings import Direction, Finding, Measurement, Message, Outcome, Severity, Status
from lossdoctor.findings.evidence import Evidence
from lossdoctor.rules.view import RunView
from lossdoctor.settings import Setting

# Nothing seen in curves alone is certain.
MOST_SURE = 0.99
# A symptom is reported from this probability on.
REPORT_AT = 0.5


class Rule:
    """One symptom. Subclasses fill the class attributes and `check`; their docstring has fixed sections.

    Attributes:
        code: stable code, never reused.
        name: slug that reads well after "this run shows".
        title: for people.
        summary: one line for tables.
        verdict: name of the verdict this symptom supports; empty when it supports none.
        thresholds: every number that decides, as declared settings.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    verdict: ClassVar[str] = ""
    thresholds: ClassVar[tuple[Setting, ...]] = ()
    # By key; empty in the rules of the registry, filled in the copies that `with_limits` makes.
    _limits: Mapping[str, float] = MappingProxyType({})
    _defaults: ClassVar[Mapping[str, float]] = MappingProxyType({})

    def __init_subclass__(cls) -> None:
        """Looks the defaults up once: they are asked for some hundred times a run."""
        cls._defaults = {setting.key: setting.default for setting in cls.thresholds}

    def with_limits(self, limits: Mapping[str, float]) -> Self:
        """This rule with thresholds the user set, by key ("loss_spike.noise"); keys of other rules are passed over."""
        if not limits:
            return self
        own = {setting.key: limits[setting.key] for setting in self.thresholds if setting.key in limits}
        if not own:
            return self
        changed = copy.copy(self)
        changed._limits = MappingProxyType(own)
        return changed

    def check(self, view: RunView) -> Outcome:
        """Look at one run. Never raises for odd data; what cannot be judged is not applicable."""
        raise NotImplementedError

    def limit(self, option: str) -> float:
        """Value in force of one of this rule's thresholds.

        Raises:
            KeyError: the rule declares no such option.
        """
        key = f"{self.name}.{option}"
        return self._limits[key] if key in self._limits else self._defaults[key]

    # Outcomes, so that every rule words them alike.

    def found(
        self,
        probability: float,
        severity: Severity,
        message: Message,
        evidence: tuple[Evidence, ...],
        measurements: tuple[Measurement, ...],
        tags: tuple[str, ...],
    ) -> Outcome:
        """The symptom is there, with its evidence."""
        probability = min(probability, MOST_SURE)
        confidence = round(probability, 3)
        finding = Finding(
            self.code, self.name, severity, confidence, message, evidence, measurements, tags, self.title
        )  # fmt: skip
        return Outcome(self.code, self.name, Status.FOUND, (finding,), measurements, "", round(probability, 3))

    def clear(self, measurements: tuple[Measurement, ...] = (), probability: float = 0.0, reason: str = "") -> Outcome:
        """The symptom is not there; the measurements say how close it was, `reason` what explained an appearance."""
        return Outcome(self.code, self.name, Status.CLEAR, (), measurements, reason, round(probability, 3))

    def not_applicable(self, reason: str) -> Outcome:
        """The run does not hold what the question needs."""
        return Outcome(self.code, self.name, Status.NOT_APPLICABLE, (), (), reason, 0.0)

    def at_least(self, name: str, value: float, option: str, unit: str = "") -> Measurement:
        """A measurement that speaks for the symptom when it reaches one of the thresholds."""
        return Measurement(name, value, unit, self.limit(option), Direction.AT_LEAST, f"{self.name}.{option}")

    def at_most(self, name: str, value: float, option: str, unit: str = "") -> Measurement:
        """A measurement that speaks for the symptom when it does not exceed one of the thresholds."""
        return Measurement(name, value, unit, self.limit(option), Direction.AT_MOST, f"{self.name}.{option}")


def above(value: float, threshold: float, softness: float = 1.25) -> float:
    """Probability that a positive quantity lies truly above its threshold, measured in ratios: 0.5 at the threshold.

    A logistic curve in log(value / threshold) that reaches 0.88 at `softness` squared times the threshold (and 0.12 at
    the threshold over it): effects scatter by factors, not by differences. NaN gives 0, infinity 1.
    """
    if math.isnan(value) or value <= 0 or threshold <= 0:
        return 0.0
    if math.isinf(value):
        return 1.0
    return 1.0 / (1.0 + math.exp(min(math.log(threshold / value) / math.log(softness), 700.0)))


def below(value: float, threshold: float, softness: float = 1.25) -> float:
    """Probability that a non-negative quantity lies truly below its threshold; the mirror image of `above`."""
    if math.isnan(value):
        return 0.0
    return 1.0 if value <= 0 else 1.0 - above(value, threshold, softness)

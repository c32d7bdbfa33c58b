"""Measurement: a number a rule looked at and its threshold, recorded whether the rule fired or not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lossdoctor import formatting
from lossdoctor.findings.content import ContentEqual


class Direction(StrEnum):
    """On which side of the threshold a value speaks for the finding."""

    AT_LEAST = ">="
    AT_MOST = "<="
    INFORMATION = ""  # shown, compared with nothing


@dataclass(frozen=True, slots=True, eq=False)
class Measurement(ContentEqual):
    """One measured number.

    Attributes:
        name: what was measured, in words: "rise above the minimum".
        value: the number; NaN when it could not be measured.
        unit: "%" (value is a share), "step", "points", "sigma", "" (the loss's own unit or a bare ratio).
        threshold: the limit, in the same unit; NaN for Direction.INFORMATION.
        direction: on which side of it the value speaks for the finding.
        setting: name of the setting that holds the threshold; empty for INFORMATION.
    """

    name: str
    value: float
    unit: str = ""
    threshold: float = float("nan")
    direction: Direction = Direction.INFORMATION
    setting: str = ""

    @property
    def met(self) -> bool:
        """True when the value is on the firing side of its threshold; information and NaN never are."""
        if self.direction is Direction.AT_LEAST:
            return self.value >= self.threshold
        if self.direction is Direction.AT_MOST:
            return self.value <= self.threshold
        return False

    def sentence(self) -> str:
        """For people: "rise above the minimum 7.1 % (fires at >= 5 %)"."""
        shown = f"{self.name} {self.shown_value}"
        return f"{shown} (fires at {self.shown_threshold})" if self.shown_threshold else shown

    @property
    def shown_value(self) -> str:
        """The value with its unit, for people: "7.1 %"."""
        return self._number(self.value)

    @property
    def shown_threshold(self) -> str:
        """From where on it speaks for the finding, for people: "≥ 5 %"; empty for information."""
        if self.direction is Direction.INFORMATION:
            return ""
        sign = "≥" if self.direction is Direction.AT_LEAST else "≤"
        return f"{sign} {self._number(self.threshold)}"

    def _number(self, value: float) -> str:
        if self.unit == "%":
            return formatting.percent(value)
        if self.unit == "step":
            return formatting.step(value)
        return f"{formatting.number(value)} {self.unit}".rstrip()

"""Setting: one option declared once, with its default, range and reason; flags, dialogs and documentation derive from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One numeric option, for example a rule's threshold.

    Attributes:
        key: "overfitting.rise_of_level": the owner's name, a dot, the option.
        default: value in force unless the user says otherwise.
        low: smallest allowed value.
        high: largest allowed value.
        unit: "%", "points", "sigma", "" as in `Measurement.unit`.
        help: one sentence.
        source: the experiment or paper that set the default.
    """

    key: str
    default: float
    low: float
    high: float
    unit: str
    help: str
    source: str

    def __post_init__(self) -> None:
        if not self.low <= self.default <= self.high:
            raise ValueError(f"{self.key}: default {self.default} lies outside {self.low}..{self.high}")

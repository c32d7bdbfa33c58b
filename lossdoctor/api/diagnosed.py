"""Diagnosed: one run with its verdict, as scripts and notebooks see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from lossdoctor.api.html import diagnosed_card
from lossdoctor.findings import Finding, Verdict
from lossdoctor.knowledge.ranked import RankedCause
from lossdoctor.runs import Run
from lossdoctor.workspace.json_results import run_to_dict

if TYPE_CHECKING:
    from lossdoctor.workspace.results import DiagnosedRun


@dataclass(frozen=True, repr=False)
class Diagnosed:
    """One run and what was found.

    Attributes:
        item: the run and its diagnosis with everything in them.
    """

    item: DiagnosedRun

    @property
    def run(self) -> Run:
        """The run; without its series when it comes from a scan that did not keep them."""
        return self.item.run

    @property
    def verdict(self) -> Verdict:
        """The one word; compares equal to its text: `found.verdict == "overfitting"`."""
        return self.item.diagnosis.verdict

    @property
    def confidence(self) -> float:
        """In [0, 1]."""
        return self.item.diagnosis.confidence

    @property
    def sentence(self) -> str:
        """What a colleague would say, with the deciding numbers."""
        return self.item.diagnosis.sentence.render()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every symptom, the deciding one first."""
        return self.item.diagnosis.findings

    @property
    def causes(self) -> tuple[RankedCause, ...]:
        """Likely causes, most likely first."""
        return self.item.diagnosis.causes

    @property
    def best_step(self) -> int | None:
        """The step of the checkpoint to use; None without a loss."""
        return self.item.diagnosis.best_step

    def to_dict(self) -> dict[str, Any]:
        """What `lossdoctor scan --format json` has of the run."""
        return cast(dict[str, Any], run_to_dict(self.item))

    def __repr__(self) -> str:
        return f"Diagnosed({self.run.id!r}: {self.verdict.label}, {self.confidence:.0%})"

    def _repr_html_(self) -> str:
        return diagnosed_card(self.item)

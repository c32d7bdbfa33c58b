"""DiagnosedRun and ScanResult: what a scan hands to the window, the terminal and the report."""

from __future__ import annotations

from dataclasses import dataclass

from lossdoctor.diagnosis import Diagnosis
from lossdoctor.rules.choice import EVERY_RULE, RuleChoice
from lossdoctor.runs import Problem, Run


@dataclass(frozen=True, slots=True)
class DiagnosedRun:
    """A run with its diagnosis."""

    run: Run
    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True)
class ScanResult:
    """Everything one scan found.

    Attributes:
        roots: the paths that were asked for, as given.
        runs: by id.
        problems: those that belong to no run, plus every run's own (which `run.problems` holds too).
        files: number of log files read.
        bytes: their sizes together.
        seconds: wall time of the scan.
        rules: which rules were asked, with which thresholds.
    """

    roots: tuple[str, ...]
    runs: tuple[DiagnosedRun, ...]
    problems: tuple[Problem, ...]
    files: int
    bytes: int
    seconds: float
    rules: RuleChoice = EVERY_RULE

    @property
    def points(self) -> int:
        """Number of logged points over all runs."""
        return sum(item.run.points for item in self.runs)

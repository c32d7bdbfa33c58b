"""DiagnosedRun and ScanResult: what a scan hands to the window, the terminal and the report."""

from __future__ import annotations

from dataclasses import dataclass

from lossdoctor.diagnosis import Diagnosis
from lossdoctor.rules.choice import EVERY_RULE, RuleChoice
from lossdoctor.runs import Problem, Role, Run


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What was counted of a run before its points were let go.

    Attributes:
        points: number of logged points over all series.
        last_step: largest step of the training (else the validation) loss; None without one.
    """

    points: int
    last_step: int | None

    @classmethod
    def of(cls, run: Run) -> RunFacts:
        """Counts them on a whole run."""
        loss = run.primary(Role.TRAIN_LOSS) or run.primary(Role.VAL_LOSS)
        return cls(run.points, int(loss.steps.max()) if loss is not None and len(loss) else None)


@dataclass(frozen=True, slots=True)
class DiagnosedRun:
    """A run with its diagnosis.

    Attributes:
        run: the run; without its points (no series, no histograms) where the scan was told to let them go.
        diagnosis: what is wrong with it.
        counted: what was counted before the points were let go; None where the run still has them.
    """

    run: Run
    diagnosis: Diagnosis
    counted: RunFacts | None = None

    @property
    def facts(self) -> RunFacts:
        """The number of points and the last step, whether or not the points are still there."""
        return RunFacts.of(self.run) if self.counted is None else self.counted


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
        unread: number of log files that were found but not read, because the scan was interrupted.
    """

    roots: tuple[str, ...]
    runs: tuple[DiagnosedRun, ...]
    problems: tuple[Problem, ...]
    files: int
    bytes: int
    seconds: float
    rules: RuleChoice = EVERY_RULE
    unread: int = 0

    @property
    def points(self) -> int:
        """Number of logged points over all runs."""
        return sum(item.facts.points for item in self.runs)


@dataclass(frozen=True, slots=True)
class RememberedScan:
    """What is kept of a whole scan, as in its ScanResult: runs without points, problems, and how much was read."""

    runs: tuple[DiagnosedRun, ...]
    problems: tuple[Problem, ...]
    files: int
    bytes: int

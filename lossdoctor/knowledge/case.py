"""Case: one run as the predicates see it, with everything they ask for prepared once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lossdoctor.findings import Finding, Outcome, Verdict
from lossdoctor.knowledge.neighbours import Neighbour, Sibling, as_sibling, compare
from lossdoctor.knowledge.track import Track, make_track
from lossdoctor.runs import Role, Run, StandardConfig, run_settings
from lossdoctor.signals.excursions import excursions
from lossdoctor.signals.nonfinite import NonFinite, nonfinite
from lossdoctor.signals.rise import sustained_rise
from lossdoctor.signals.schedule import Schedule, schedule

# Comparing with every run of a folder of thousands would cost more than the diagnosis itself.
MAX_SIBLINGS = 50


@dataclass(frozen=True)
class Case:
    """One run, its verdict and the rules' outcomes, with prepared tracks.

    Not slotted: the prepared values are computed when first asked for and kept.

    Attributes:
        run: the run.
        verdict: its verdict.
        outcomes: every rule's answer.
        siblings: the runs that stand beside it, whole or reduced; the caller decides which these are.
        reduced: the run itself as its siblings see it, where that is all that is left of it.
    """

    run: Run
    verdict: Verdict
    outcomes: tuple[Outcome, ...] = ()
    siblings: Sequence[Run | Sibling] = ()
    reduced: Sibling | None = None

    @cached_property
    def config(self) -> StandardConfig:
        """The run's settings under standard names: from its config, its name and its logged learning rate."""
        return run_settings(self.run)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Everything the rules found."""
        return tuple(finding for outcome in self.outcomes for finding in outcome.findings)

    @cached_property
    def train(self) -> Track | None:
        """The training loss."""
        return make_track(self.run.primary(Role.TRAIN_LOSS))

    @cached_property
    def val(self) -> Track | None:
        """The validation loss."""
        return make_track(self.run.primary(Role.VAL_LOSS))

    @cached_property
    def loss(self) -> Track | None:
        """The training loss, or the validation loss when only that was logged."""
        return self.train or self.val

    @cached_property
    def val_metric(self) -> Track | None:
        """The validation metric (larger is better)."""
        return make_track(self.run.primary(Role.VAL_METRIC))

    @cached_property
    def train_metric(self) -> Track | None:
        """The training metric (larger is better)."""
        return make_track(self.run.primary(Role.TRAIN_METRIC))

    @cached_property
    def lr(self) -> Track | None:
        """The learning rate."""
        return make_track(self.run.primary(Role.LEARNING_RATE))

    @cached_property
    def grad_norm(self) -> Track | None:
        """The gradient norm."""
        return make_track(self.run.primary(Role.GRAD_NORM))

    @cached_property
    def schedule(self) -> Schedule | None:
        """What the learning rate did."""
        return None if self.lr is None else schedule(self.lr.steps, self.lr.values)

    @cached_property
    def peak_lr(self) -> float | None:
        """The largest learning rate logged, else the one in the config."""
        return self.schedule.peak if self.schedule else self.config.lr

    @cached_property
    def nonfinite(self) -> NonFinite | None:
        """NaN and infinities of the training loss in logged order."""
        return None if self.train is None else nonfinite(self.train.values)

    @cached_property
    def steps_per_epoch(self) -> float | None:
        """Steps in one epoch: from the logged epoch, else from evenly spaced validations (one an epoch is usual)."""
        epoch = make_track(self.run.primary(Role.EPOCH))
        if epoch is not None and epoch.steps.size >= 3:
            span = float(epoch.values[-1] - epoch.values[0])
            if np.isfinite(span) and span > 0:
                return float(epoch.steps[-1] - epoch.steps[0]) / span
        if self.train is None or self.val is None or self.val.steps.size < 4:
            return None
        gaps = np.diff(self.val.steps)
        spacing = float(np.median(gaps))
        dense = self.train.steps.size >= 4 * self.val.steps.size
        return spacing if dense and float(np.mean(np.abs(gaps - spacing) <= 0.02 * spacing)) >= 0.8 else None

    @cached_property
    def event_step(self) -> float | None:
        """Where the trouble begins; None for a run without such an event.

        The first non-finite loss, else the beginning of the highest spike, else the onset of a divergence's rise.
        """
        if self.train is None:
            return None
        if self.nonfinite is not None:
            return float(self.train.steps[self.nonfinite.first_index])
        if self.verdict is Verdict.SPIKE_RECOVERED:
            found = excursions(self.train.curve, 0.1 * self.train.curve.range)
            return found[0].start_step if found else None
        if self.verdict is not Verdict.DIVERGENCE:
            return None
        onset = sustained_rise(self.train.curve).onset_step
        return self.train.curve.best_step if onset is None else onset

    @cached_property
    def own(self) -> Sibling:
        """The run itself as its siblings see it."""
        return as_sibling(self.run) if self.reduced is None else self.reduced

    @cached_property
    def neighbours(self) -> tuple[Sibling, ...]:
        """The siblings without the run itself, at most `MAX_SIBLINGS`, by id."""
        others = (s for s in self.siblings if s.id != self.run.id)
        return tuple(map(as_sibling, sorted(others, key=lambda sibling: sibling.id)[:MAX_SIBLINGS]))

    @cached_property
    def compared(self) -> tuple[Neighbour, ...]:
        """The neighbours whose settings and end level are known; empty when our own settings are not."""
        return compare(self.own, self.neighbours)

"""RunView: one run as the rules see it, with every expensive preparation made once and shared by all of them."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from lossdoctor.rules.layers import Layers
from lossdoctor.runs import Role, Run, Seam, Series, find_seams
from lossdoctor.runs.config import StandardConfig, standard_config
from lossdoctor.signals.curve import Curve, make_curve
from lossdoctor.signals.excursions import Excursion, excursions
from lossdoctor.signals.rise import Rise, sustained_rise
from lossdoctor.signals.running_average import decay_of_moves
from lossdoctor.signals.schedule import Schedule, schedule
from lossdoctor.signals.smoothing import block_edges
from lossdoctor.signals.swings import Period, Swings, periodicity, swings

# Swings are judged on at most this many blocks: about as many points as a person sees in a thumbnail, and what averages
# out within a block is mini-batch noise.
SWING_BLOCKS = 60
# A training loss with fewer points than this gives way to a validation loss with at least three times as many.
FEW_POINTS = 6
# Exponent at which moves within a period die: -1 for a running average, near 0 for anything else (tests/signals).
RUNNING_AVERAGE = -0.6
# Excursions smaller than this share of the gain are not even looked at.
LEAST_EXCURSION = 0.1
# A fit with R2 = 0.999999 would end as far below its start; a loss that ends above 10,000 is no such fit.
THROWN = 1e6
STILL_HIGH = 1e4


class RunView:
    """A run prepared for judging. Everything is computed on first use and kept.

    Args:
        run: the run as imported.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._branches: dict[Role, Series | None] = {}

    @cached_property
    def train(self) -> Series | None:
        """Training loss on its final branch (after resumes and restarts), or None."""
        return self.branch(Role.TRAIN_LOSS)

    @cached_property
    def val(self) -> Series | None:
        """Validation loss (the test loss stands in when there is no other) on its final branch, or None."""
        return self.branch(Role.VAL_LOSS) or self.branch(Role.TEST_LOSS)

    @cached_property
    def main(self) -> Series | None:
        """The loss the run is judged by: training, else validation (also when training has but a few points)."""
        if self.train is None or self.val is None:
            return self.train if self.train is not None else self.val
        few = len(self.train) < FEW_POINTS <= len(self.val) // 3
        return self.val if few else self.train

    @cached_property
    def logged(self) -> Series | None:
        """The main loss as it was logged, abandoned branches included."""
        return None if self.main is None else self.run.get(self.main.tag)

    @cached_property
    def seams(self) -> tuple[Seam, ...]:
        """Where one writing session of the main loss ends and another begins."""
        return () if self.logged is None else find_seams(self.logged)

    @cached_property
    def train_curve(self) -> Curve | None:
        """Prepared training loss; None without one or when no value is finite."""
        return _curve(self.train)

    @cached_property
    def val_curve(self) -> Curve | None:
        """Prepared validation loss; None without one or when no value is finite."""
        return _curve(self.val)

    @property
    def main_curve(self) -> Curve | None:
        """Prepared loss the run is judged by."""
        return self.train_curve if self.main is self.train else self.val_curve

    @cached_property
    def schedule(self) -> Schedule | None:
        """Shape of the learning-rate curve, or None when none was logged."""
        rate = self.rate
        return None if rate is None else schedule(rate.steps, rate.values)

    @property
    def rate(self) -> Series | None:
        """Learning rate on its final branch, or None."""
        return self.branch(Role.LEARNING_RATE)

    @property
    def grad_norm(self) -> Series | None:
        """Gradient norm on its final branch, or None."""
        return self.branch(Role.GRAD_NORM)

    @cached_property
    def grad_norm_curve(self) -> Curve | None:
        """Prepared gradient norm."""
        return _curve(self.grad_norm)

    @cached_property
    def layers(self) -> Layers:
        """The run's histograms by layer."""
        return Layers(self.run)

    @cached_property
    def main_rise(self) -> Rise | None:
        """Rise of the main loss above its best level."""
        return None if self.main_curve is None else sustained_rise(self.main_curve)

    @property
    def train_metric(self) -> Series | None:
        """Accuracy-like training metric on its final branch, or None."""
        return self.branch(Role.TRAIN_METRIC)

    @property
    def val_metric(self) -> Series | None:
        """Accuracy-like validation metric on its final branch, or None."""
        return self.branch(Role.VAL_METRIC)

    @cached_property
    def train_metric_curve(self) -> Curve | None:
        """Prepared accuracy-like training metric, negated so that lower is better as for a loss."""
        return _curve(self.train_metric, sign=-1.0)

    @cached_property
    def val_metric_curve(self) -> Curve | None:
        """Prepared accuracy-like validation metric, negated so that lower is better as for a loss."""
        return _curve(self.val_metric, sign=-1.0)

    @cached_property
    def accuracies(self) -> npt.NDArray[np.float64] | None:
        """(n,) validation (else training) accuracy as a share, in step order; None without one, or on another scale.

        Accuracies above 1 and up to 100 are percentages, provided that the tag speaks of accuracy or a share: a BLEU of
        40 is no accuracy of 40 %.
        """
        for role, curve in ((Role.VAL_METRIC, self.val_metric_curve), (Role.TRAIN_METRIC, self.train_metric_curve)):
            if curve is None:
                continue
            values = -curve.values
            low, high = -float(curve.high.max()), -float(curve.low.min())
            if low >= 0.0 and high <= 1.0:
                return values
            if low >= 0.0 and 1.5 < high <= 100.0 and _is_percentage(self.run.primary(role)):
                return values / 100.0
        return None

    @property
    def accuracy(self) -> float | None:
        """Best accuracy reached, as a share; None when none was logged."""
        return None if self.accuracies is None else float(self.accuracies.max())

    @property
    def final_accuracy(self) -> float | None:
        """Median accuracy of the last half of the run, as a share; None when none was logged."""
        if self.accuracies is None:
            return None
        return float(np.median(self.accuracies[self.accuracies.size // 2 :]))

    @cached_property
    def config(self) -> StandardConfig:
        """Hyper-parameters under standard names."""
        return standard_config(self.run.config)

    @cached_property
    def sign_safe(self) -> bool:
        """True when the loss is positive throughout, so that shares of its level mean something."""
        curve = self.main_curve
        return curve is not None and float(curve.low.min()) > 0.0

    @cached_property
    def planned_share(self) -> float | None:
        """Share of the planned steps or epochs that was reached, when the configuration tells; else None."""
        main = self.main
        if main is None or len(main) == 0:
            return None
        last = float(main.steps.max())
        epoch = self.branch(Role.EPOCH)
        plans = []
        if self.config.max_steps and self.run.step_unit != "epoch":
            plans.append(last / self.config.max_steps)
        if self.config.max_epochs:
            if epoch is not None and len(epoch) and epoch.finite.any():
                # Whole epochs are counted from 0, so the last of 10 is 9; fractions (Hugging Face) reach 10.0.
                done = float(np.nanmax(epoch.values)) + float(np.all(np.mod(epoch.values[epoch.finite], 1) == 0))
                plans.append(done / self.config.max_epochs)
            elif self.run.step_unit == "epoch" or last <= 1.05 * self.config.max_epochs:
                plans.append(last / self.config.max_epochs)
        return max(plans) if plans else None

    @cached_property
    def period(self) -> Period | None:
        """Repeating pattern of the main loss, in points; None when nothing repeats."""
        main = self.main
        return None if main is None else periodicity(main.values[main.finite])

    @cached_property
    def running_average(self) -> bool:
        """True when the loss was logged as an average that starts again each period: its moves die like 1/k."""
        main, period = self.main, self.period
        if main is None or period is None or period.strength < 0.3:
            return False
        return decay_of_moves(main.values[main.finite], round(period.lag)) <= RUNNING_AVERAGE

    @property
    def period_steps(self) -> float:
        """Length of the repeating pattern in steps; NaN without one."""
        main = self.main
        if self.period is None or main is None or len(main) < 2:
            return float("nan")
        return self.period.lag * float(main.steps[-1] - main.steps[0]) / (len(main) - 1)

    @cached_property
    def swings(self) -> Swings:
        """Swings of the main loss around its trend, mini-batch noise averaged out."""
        curve = self.main_curve
        if curve is None:
            return Swings(0.0, 0.0, 1.0)
        size = curve.values.size
        if self.epoch_averages and size <= 2 * SWING_BLOCKS:
            return swings(curve.values, curve.trend)
        edges = block_edges(size, min(SWING_BLOCKS, max(size // 4, 8)))
        lengths = np.diff(np.append(edges, curve.values.size))
        return swings(np.add.reduceat(curve.values, edges) / lengths, np.add.reduceat(curve.trend, edges) / lengths)

    @property
    def epoch_averages(self) -> bool:
        """True when a training point is an average over an epoch: it says so, or every point has its evaluation."""
        if self.run.step_unit == "epoch":
            return True
        return self.train is not None and self.val is not None and len(self.val) >= 0.8 * len(self.train)

    @cached_property
    def excursions(self) -> tuple[Excursion, ...]:
        """Rises of the main loss above its lowest level so far, highest first."""
        curve = self.main_curve
        return () if curve is None else excursions(curve, LEAST_EXCURSION * curve.unit)

    @cached_property
    def thrown_up(self) -> bool:
        """Whether the main loss stood `THROWN` above its end in its first tenth, and still ends above `STILL_HIGH`.

        Squared errors of raw targets start high too, but no higher over their end than one over the unexplained share.
        """
        curve = self.main_curve
        if curve is None or not self.sign_safe or not curve.end > STILL_HIGH:
            return False
        return float(curve.high[: max(curve.high.size // 10, 3)].max()) > THROWN * curve.end

    @cached_property
    def cyclic_schedule(self) -> bool:
        """True when the learning rate goes up again at least twice after its peak: cyclic, or warm restarts."""
        return self.schedule is not None and len(self.schedule.rise_steps) >= 2

    def explained_by_schedule(self, start_step: float, peak_step: float) -> bool:
        """True when the learning rate was raised again between shortly before `start_step` and `peak_step`."""
        if self.schedule is None or self.main is None or not len(self.main):
            return False
        margin = 0.02 * float(self.main.steps[-1] - self.main.steps[0])
        return any(start_step - margin <= step <= peak_step + margin for step in self.schedule.rise_steps)

    def decayed_before(self, curve: Curve, settled: float) -> bool:
        """True when the rate fell below a tenth of its peak about when the curve went flat, in the run's first 60 %."""
        if self.schedule is None or self.schedule.decayed_step is None:
            return False
        span = float(curve.steps[-1] - curve.steps[0]) or 1.0
        decayed = (self.schedule.decayed_step - float(curve.steps[0])) / span
        return decayed <= 0.6 and abs(decayed - settled) <= 0.25

    @property
    def first_accuracy(self) -> float | None:
        """First logged accuracy, as a share; None when none was logged."""
        return None if self.accuracies is None else float(self.accuracies[0])

    @property
    def early_accuracy(self) -> bool:
        """True when the accuracy was at least 0.6 from the first point on: a fine-tuned or resumed model."""
        return self.first_accuracy is not None and self.first_accuracy >= 0.6

    def branch(self, role: Role) -> Series | None:
        """The series judged in a role on its final branch; None when nothing plays it or it is empty."""
        if role not in self._branches:
            series = self.run.primary(role)
            self._branches[role] = None if series is None or len(series) == 0 else series.last_branch()
        return self._branches[role]


def _is_percentage(series: Series | None) -> bool:
    return series is not None and "acc" in series.tag.lower()


def _curve(series: Series | None, sign: float = 1.0) -> Curve | None:
    return None if series is None else make_curve(series.steps, series.values if sign == 1.0 else sign * series.values)

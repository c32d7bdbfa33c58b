"""Every rule, in the order their findings are listed. Reading this file is reading the truth."""

from __future__ import annotations

from lossdoctor.rules.bad_init import BadInit
from lossdoctor.rules.base import Rule
from lossdoctor.rules.clipping_saturated import ClippingSaturated
from lossdoctor.rules.constant_loss import ConstantLoss
from lossdoctor.rules.dead_units import DeadUnits
from lossdoctor.rules.divergence import Divergence
from lossdoctor.rules.duplicate_steps import DuplicateSteps
from lossdoctor.rules.frozen_weights import FrozenWeights
from lossdoctor.rules.generalisation_gap import GeneralisationGap
from lossdoctor.rules.grad_norm_exploding import GradNormExploding
from lossdoctor.rules.grad_norm_vanishing import GradNormVanishing
from lossdoctor.rules.gradient_exploding_by_depth import GradientExplodingByDepth
from lossdoctor.rules.gradient_vanishing_by_depth import GradientVanishingByDepth
from lossdoctor.rules.loss_implausibly_low import LossImplausiblyLow
from lossdoctor.rules.loss_spike import LossSpike
from lossdoctor.rules.lr_decayed_early import LrDecayedEarly
from lossdoctor.rules.lr_jump import LrJump
from lossdoctor.rules.lr_no_warmup import LrNoWarmup
from lossdoctor.rules.lr_zero import LrZero
from lossdoctor.rules.metric_disagrees import MetricDisagrees
from lossdoctor.rules.no_loss import NoLoss
from lossdoctor.rules.non_finite import NonFinite
from lossdoctor.rules.not_a_learning_curve import NotALearningCurve
from lossdoctor.rules.not_converging import NotConverging
from lossdoctor.rules.oscillating import Oscillating
from lossdoctor.rules.overfitting import Overfitting
from lossdoctor.rules.overlapping_writers import OverlappingWriters
from lossdoctor.rules.periodic_loss import PeriodicLoss
from lossdoctor.rules.plateau import Plateau
from lossdoctor.rules.resumed import Resumed
from lossdoctor.rules.saturated import Saturated
from lossdoctor.rules.slow_convergence import SlowConvergence
from lossdoctor.rules.sparse_logging import SparseLogging
from lossdoctor.rules.spikes_recurring import SpikesRecurring
from lossdoctor.rules.stalled import Stalled
from lossdoctor.rules.step_reset import StepReset
from lossdoctor.rules.stuck_at_chance import StuckAtChance
from lossdoctor.rules.throughput_drop import ThroughputDrop
from lossdoctor.rules.too_short import TooShort
from lossdoctor.rules.update_ratio import UpdateRatio
from lossdoctor.rules.val_below_train import ValBelowTrain
from lossdoctor.rules.val_equals_train import ValEqualsTrain
from lossdoctor.rules.val_offset_from_start import ValOffsetFromStart
from lossdoctor.rules.val_too_noisy import ValTooNoisy

RULES: tuple[Rule, ...] = (
    NoLoss(),
    NotALearningCurve(),
    TooShort(),
    NotConverging(),
    Plateau(),
    StuckAtChance(),
    SlowConvergence(),
    Overfitting(),
    GeneralisationGap(),
    NonFinite(),
    Divergence(),
    LossSpike(),
    Oscillating(),
    PeriodicLoss(),
    LrNoWarmup(),
    LrJump(),
    LrDecayedEarly(),
    LrZero(),
    GradNormExploding(),
    GradNormVanishing(),
    ClippingSaturated(),
    ValOffsetFromStart(),
    ValBelowTrain(),
    ValTooNoisy(),
    MetricDisagrees(),
    ValEqualsTrain(),
    SpikesRecurring(),
    ConstantLoss(),
    LossImplausiblyLow(),
    ThroughputDrop(),
    Stalled(),
    Resumed(),
    StepReset(),
    OverlappingWriters(),
    DuplicateSteps(),
    SparseLogging(),
    GradientVanishingByDepth(),
    GradientExplodingByDepth(),
    DeadUnits(),
    Saturated(),
    FrozenWeights(),
    BadInit(),
    UpdateRatio(),
)


def rule(code_or_name: str) -> Rule | None:
    """The rule with this code ("GN01") or name ("overfitting"), case-insensitively; None when there is none."""
    wanted = code_or_name.strip().lower().replace("-", "_")
    return next((r for r in RULES if wanted in (r.code.lower(), r.name)), None)

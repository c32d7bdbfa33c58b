"""The names knowledge files may use for findings and verdicts, and which findings make up which verdict.

Rules stand beside this package and may not be imported here; a test compares these names with the rules' registry.
"""

from __future__ import annotations

from lossdoctor.findings import Verdict

# Symptoms that stand beside a verdict and are part of none.
BESIDE_VERDICTS: tuple[str, ...] = (
    "lr_no_warmup",
    "lr_jump",
    "lr_decayed_early",
    "lr_zero",
    "grad_norm_exploding",
    "grad_norm_vanishing",
    "clipping_saturated",
    "val_offset_from_start",
    "val_below_train",
    "val_too_noisy",
    "metric_disagrees",
    "val_equals_train",
    "spikes_recurring",
    "constant_loss",
    "loss_implausibly_low",
    "throughput_drop",
    "stalled",
    "resumed",
    "step_reset",
    "overlapping_writers",
    "duplicate_steps",
    "sparse_logging",
    "gradient_vanishing_by_depth",
    "gradient_exploding_by_depth",
    "dead_units",
    "saturated",
    "frozen_weights",
    "bad_init",
    "update_ratio",
)
FINDINGS: tuple[str, ...] = (
    "no_loss",
    "not_a_learning_curve",
    "too_short",
    "not_converging",
    "plateau",
    "stuck_at_chance",
    "slow_convergence",
    "overfitting",
    "generalisation_gap",
    "non_finite",
    "divergence",
    "loss_spike",
    "oscillating",
    "periodic_loss",
    *BESIDE_VERDICTS,
)
VERDICTS: tuple[str, ...] = tuple(verdict.value for verdict in Verdict)

# An adversarial or RL loss is no fault, so nothing causes it.
# The machine and the density of the log are no matter of training.
WITHOUT_CAUSE = frozenset({"not_a_learning_curve", "throughput_drop", "stalled", "sparse_logging"})
# Nothing is wrong, or nothing can be said: no cause is offered for these.
VERDICTS_WITHOUT_CAUSES = frozenset({Verdict.HEALTHY, Verdict.TOO_SHORT, Verdict.NOT_CLASSIFIABLE})

FINDINGS_OF_VERDICT: dict[Verdict, frozenset[str]] = {
    Verdict.UNDERFITTING: frozenset({"not_converging", "stuck_at_chance", "slow_convergence"}),
    Verdict.OVERFITTING: frozenset({"overfitting", "generalisation_gap"}),
    Verdict.DIVERGENCE: frozenset({"non_finite", "divergence"}),
    Verdict.SPIKE_RECOVERED: frozenset({"loss_spike"}),
    Verdict.PLATEAU: frozenset({"plateau", "stuck_at_chance", "slow_convergence"}),
    Verdict.OSCILLATING: frozenset({"oscillating", "periodic_loss"}),
}

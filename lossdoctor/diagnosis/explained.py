"""Findings that another finding already explains: a run that diverged need not be told as well that it "hardly falls".

The rules look at a run independently of each other. Here a symptom that is only a consequence of a stronger one is set to
clear, with the reason, so that the list of findings holds what an expert would say and nothing twice.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from lossdoctor.findings import Outcome, Status

# Each symptom, and the weaker ones that it explains when it is there.
EXPLAINS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("not_a_learning_curve", (
        "too_short", "not_converging", "plateau", "stuck_at_chance", "slow_convergence", "overfitting",
        "generalisation_gap", "divergence", "loss_spike", "oscillating", "periodic_loss", "spikes_recurring",
        "lr_no_warmup", "lr_decayed_early", "loss_implausibly_low", "constant_loss", "val_offset_from_start",
        "val_below_train", "val_too_noisy", "metric_disagrees", "grad_norm_vanishing",
    )),
    ("too_short", (
        "not_converging", "plateau", "slow_convergence", "oscillating", "overfitting", "generalisation_gap", "loss_spike",
        "divergence", "lr_decayed_early", "val_offset_from_start", "val_below_train", "val_too_noisy",
    )),
    ("non_finite", ("not_converging", "plateau", "oscillating", "slow_convergence", "generalisation_gap", "loss_spike",
                    "spikes_recurring", "val_too_noisy")),
    ("divergence", ("not_converging", "plateau", "oscillating", "generalisation_gap", "loss_spike", "spikes_recurring",
                    "val_too_noisy")),
    ("overfitting", ("generalisation_gap", "plateau", "val_offset_from_start")),
    ("periodic_loss", ("oscillating", "loss_spike", "spikes_recurring")),
    ("not_converging", ("plateau", "oscillating", "slow_convergence", "loss_spike", "spikes_recurring")),
    ("stuck_at_chance", ("plateau", "oscillating")),
)  # fmt: skip


def set_aside(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes with explained findings turned to clear; a finding that is set aside explains nothing itself.

    A symptom that comes and goes (a NaN that comes back: probability below one half) explains nothing.
    """
    by_name = {outcome.name: outcome for outcome in outcomes}
    for strong, weaker in EXPLAINS:
        source = by_name.get(strong)
        if source is None or source.status is not Status.FOUND or source.probability < 0.5:
            continue
        for name in weaker:
            outcome = by_name.get(name)
            if outcome is not None and outcome.status is Status.FOUND:
                reason = f"explained by {strong.replace('_', ' ')} ({source.code})"
                by_name[name] = dataclasses.replace(outcome, status=Status.CLEAR, findings=(), reason=reason)
    return tuple(by_name[outcome.name] for outcome in outcomes)

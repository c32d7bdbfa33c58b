"""From the rules' outcomes to one verdict with a confidence and a runner-up: a soft decision list.

Each rule gives the probability of its symptom. Read in order of precedence, the first symptom that is there is the verdict;
with probabilities p1, p2, ... in place of yes and no, verdict k has the weight p_k (1 - p_1) ... (1 - p_{k-1}), and what is
left over is healthy. So a near miss further up lowers the confidence of what stands below it, and becomes its runner-up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lossdoctor.findings import Outcome, Verdict

# Rule names in order of precedence, each with the verdict it supports. Periodic loss stands before spikes and "hardly
# falls", because the peaks and the high mean of an unshuffled run are part of its pattern; a spike stands before the
# weaker shape verdicts, because it is a place in the log and not a matter of degree.
PRECEDENCE: tuple[tuple[str, Verdict], ...] = (
    ("no_loss", Verdict.NOT_CLASSIFIABLE),
    ("not_a_learning_curve", Verdict.NOT_CLASSIFIABLE),
    ("step_reset", Verdict.NOT_CLASSIFIABLE),
    ("non_finite", Verdict.DIVERGENCE),
    ("too_short", Verdict.TOO_SHORT),
    ("divergence", Verdict.DIVERGENCE),
    ("overfitting", Verdict.OVERFITTING),
    ("generalisation_gap", Verdict.OVERFITTING),
    ("periodic_loss", Verdict.OSCILLATING),
    ("stuck_at_chance", Verdict.UNDERFITTING),
    ("not_converging", Verdict.UNDERFITTING),
    ("loss_spike", Verdict.SPIKE_RECOVERED),
    ("oscillating", Verdict.OSCILLATING),
    ("slow_convergence", Verdict.TOO_SHORT),
    ("plateau", Verdict.PLATEAU),
)
# No verdict from curves alone is certain.
MOST_SURE = 0.99
# A runner-up with less weight than this is not worth naming.
RUNNER_UP_AT = 0.1


@dataclass(frozen=True, slots=True)
class Weighed:
    """A verdict with its weight.

    Attributes:
        verdict: the heaviest one.
        confidence: its weight in [0, 1].
        runner_up: the second one, when it weighs at least `RUNNER_UP_AT`.
        decided_by: name of the rule that contributed most to the verdict; empty for healthy.
    """

    verdict: Verdict
    confidence: float
    runner_up: Verdict | None
    decided_by: str


def weigh(outcomes: Iterable[Outcome]) -> Weighed:
    """One verdict from all outcomes. Rules that are missing, not applicable or failed count as "not there"."""
    probability = {outcome.name: outcome.probability for outcome in outcomes}
    left = 1.0
    weights: dict[Verdict, float] = {}
    strongest: dict[Verdict, tuple[float, str]] = {}
    for name, verdict in PRECEDENCE:
        weight = left * probability.get(name, 0.0)
        left -= weight
        weights[verdict] = weights.get(verdict, 0.0) + weight
        strongest[verdict] = max(strongest.get(verdict, (0.0, "")), (weight, name))
    weights[Verdict.HEALTHY] = left
    ranked = sorted(weights.items(), key=lambda item: (-item[1], list(Verdict).index(item[0])))
    (verdict, weight), (second, second_weight) = ranked[0], ranked[1]
    decided_by = strongest.get(verdict, (0.0, ""))[1]
    return Weighed(
        verdict, round(min(weight, MOST_SURE), 3), second if second_weight >= RUNNER_UP_AT else None, decided_by
    )

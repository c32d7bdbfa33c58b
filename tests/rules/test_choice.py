"""RuleChoice: select and ignore like a linter, thresholds of the user's own, and what a diagnosis says of them."""

from __future__ import annotations

import pickle

import pytest

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.errors import UsageError
from lossdoctor.findings import Status, Verdict
from lossdoctor.rules.choice import RuleChoice, all_limits, check_selectors
from lossdoctor.rules.registry import RULES, rule
from lossdoctor.synth import CurveSpec, make_run

SPIKY = make_run({"train": CurveSpec(n=400, noise=0.01, spike_at=(0.6,), spike_height=5.0)})


@pytest.mark.parametrize(
    ("select", "ignore", "asked"),
    [
        ((), (), True),
        (("ST",), (), True),
        (("st03",), (), True),
        (("loss-spike",), (), True),
        (("GN",), (), False),
        ((), ("ST",), False),
        ((), ("loss_spike",), False),
        (("ST03",), ("ST",), True),  # the more exact one wins
        (("ST",), ("ST03",), False),
        (("ST",), ("ST",), False),
        ((" ",), (), False),
    ],
)
def test_select_and_ignore(select: tuple[str, ...], ignore: tuple[str, ...], asked: bool) -> None:
    spike = rule("ST03")
    assert spike is not None
    assert RuleChoice(select, ignore).asks(spike) is asked


def test_an_ignored_rule_is_not_applicable_and_has_no_part_in_the_verdict() -> None:
    assert diagnose(SPIKY).verdict is Verdict.SPIKE_RECOVERED
    diagnosis = diagnose(SPIKY, choice=RuleChoice(ignore=("ST03",)))
    outcome = next(o for o in diagnosis.outcomes if o.code == "ST03")
    assert (outcome.status, outcome.reason) == (Status.NOT_APPLICABLE, "ignored by your settings")
    assert diagnosis.verdict is Verdict.HEALTHY
    assert {o.code for o in diagnosis.outcomes} == {r.code for r in RULES}


def test_a_threshold_of_the_users_own_decides_and_is_recorded() -> None:
    choice = RuleChoice(limits=(("loss_spike.height_of_drop", 9.0),))
    diagnosis = diagnose(SPIKY, choice=choice)
    outcome = next(o for o in diagnosis.outcomes if o.code == "ST03")
    assert outcome.status is Status.CLEAR
    assert [m.threshold for m in outcome.measurements if m.setting == "loss_spike.height_of_drop"] == [9.0]
    assert diagnosis.thresholds == choice.limits
    assert pickle.loads(pickle.dumps(diagnosis)) == diagnosis
    # The registry's own rule is untouched.
    assert diagnose(SPIKY).verdict is Verdict.SPIKE_RECOVERED


def test_all_limits_are_the_defaults_but_for_the_changed_ones() -> None:
    limits = all_limits(RULES, RuleChoice(limits=(("loss_spike.noise", 20.0),)))
    assert len(limits) == sum(len(r.thresholds) for r in RULES)
    assert limits["loss_spike.noise"] == 20.0
    assert limits["loss_spike.tail"] == 5


def test_a_selector_that_names_no_rule_is_refused() -> None:
    check_selectors(("ST", "ST03", "loss_spike"), RULES, "--select")
    with pytest.raises(UsageError, match=r"--select: no rule is called 'ST33'. Did you mean ST"):
        check_selectors(("ST", "ST33"), RULES, "--select")

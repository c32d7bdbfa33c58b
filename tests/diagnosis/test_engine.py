"""diagnose: verdicts on known truth, invariances, and what happens when a rule breaks."""

from __future__ import annotations

import dataclasses
import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.diagnosis.verdict import PRECEDENCE, weigh
from lossdoctor.findings import Outcome, Status, Verdict
from lossdoctor.rules.base import Rule
from lossdoctor.rules.registry import RULES
from lossdoctor.rules.view import RunView
from lossdoctor.runs import Run, Series
from lossdoctor.synth import CurveSpec, make_run

KNOWN = {
    Verdict.HEALTHY: {"train": CurveSpec(end=0.1, tau=0.08, noise=0.01), "val": CurveSpec(n=40, end=0.2, tau=0.08)},
    Verdict.UNDERFITTING: {
        "train": CurveSpec(start=2.303, end=2.29, noise=0.003),
        "val": CurveSpec(n=20, start=2.303, end=2.3),
    },
    Verdict.OVERFITTING: {
        "train": CurveSpec(end=0.01, tau=0.15),
        "val": CurveSpec(n=100, end=0.9, tau=0.05, rise_at=0.25, rise_to=2.0),
    },
    Verdict.DIVERGENCE: {"train": CurveSpec(nan_at=0.7)},
    Verdict.SPIKE_RECOVERED: {"train": CurveSpec(n=400, noise=0.01, spike_at=(0.6,), spike_height=5.0)},
    Verdict.PLATEAU: {
        "train": CurveSpec(start=4.5, end=2.4, tau=0.03, noise=0.05),
        "lr": CurveSpec(start=0.01, end=0.00001, tau=0.03),
    },
    Verdict.OSCILLATING: {"train": CurveSpec(n=900, start=1.0, end=0.5, saw=0.25, saw_period=0.04)},
    Verdict.TOO_SHORT: {"train": [2.3, 2.1, 1.9]},
    Verdict.NOT_CLASSIFIABLE: {"generator": CurveSpec(swing=0.5), "discriminator": CurveSpec(swing=0.5)},
}


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_verdict_on_a_curve_of_known_truth(verdict: Verdict) -> None:
    diagnosis = diagnose(make_run(KNOWN[verdict]))  # type: ignore[arg-type]
    assert diagnosis.verdict is verdict
    assert diagnosis.confidence > 0.5
    assert diagnosis.sentence.render()
    assert {o.code for o in diagnosis.outcomes} == {r.code for r in RULES}
    assert not [o for o in diagnosis.outcomes if o.status is Status.FAILED]
    assert pickle.loads(pickle.dumps(diagnosis)) == diagnosis


@pytest.mark.parametrize("verdict", [v for v in Verdict if v not in (Verdict.NOT_CLASSIFIABLE,)], ids=str)
@pytest.mark.parametrize("factor", [1e-4, 640.0])
def test_scale_of_the_loss_changes_no_verdict(verdict: Verdict, factor: float) -> None:
    run = make_run(KNOWN[verdict])  # type: ignore[arg-type]
    # The learning rate keeps its scale; chance levels are absolute, so the runs here do not rest on them alone.
    series = tuple(s if s.tag == "lr" else Series(s.tag, s.steps, factor * s.values, s.wall_times) for s in run.series)
    assert diagnose(dataclasses.replace(run, series=series)).verdict is verdict


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_thinned_and_stretched_steps_change_no_verdict(verdict: Verdict) -> None:
    run = make_run(KNOWN[verdict])  # type: ignore[arg-type]
    series = tuple(Series(s.tag, s.steps * 250 + 17, s.values, s.wall_times) for s in run.series)
    assert diagnose(dataclasses.replace(run, series=series)).verdict is verdict


def test_nan_step_is_exact_and_best_step_is_validations() -> None:
    run = make_run({"train": CurveSpec(n=100, nan_at=0.6), "val": [3.0, 2.0, 1.0, 1.5, 2.0]})
    diagnosis = diagnose(run)
    train = run.get("train/loss")
    assert train is not None
    assert diagnosis.nan_step == int(train.steps[int(np.argmax(~train.finite))])
    assert diagnosis.best_step == 60
    assert diagnosis.onset_step == diagnosis.nan_step


def test_restart_is_judged_on_the_final_branch() -> None:
    """The abandoned branch diverged; the run went back to step 100 and converged."""
    steps = np.concatenate((np.arange(200), np.arange(100, 400)))
    good = 2.0 * np.exp(-np.arange(400) / 60) + 0.1
    values = np.concatenate((good[:100], np.linspace(1, 50, 100), good[100:]))
    run = make_run({"train": [1.0]})
    run = dataclasses.replace(run, series=(Series("train/loss", steps, values),))
    assert diagnose(run).verdict is Verdict.HEALTHY


VALUES = arrays(np.float64, st.integers(0, 40), elements=st.floats(allow_nan=True, allow_infinity=True, width=64))


@settings(max_examples=200, deadline=None)
@given(VALUES, VALUES)
def test_no_data_makes_a_rule_fail(train: np.ndarray, val: np.ndarray) -> None:
    diagnosis = diagnose(make_run({"train": list(train), "val": list(val), "lr": list(np.abs(val))}))
    assert [o.reason for o in diagnosis.outcomes if o.status is Status.FAILED] == []
    assert 0 <= diagnosis.confidence <= 1
    diagnosis.sentence.render()


def test_an_empty_run_is_not_classifiable() -> None:
    assert diagnose(Run("x", "x", "x", "csv", ())).verdict is Verdict.NOT_CLASSIFIABLE


class _Broken(Rule):
    code = "ST99"
    name = "broken"

    def check(self, view: RunView) -> Outcome:
        raise ZeroDivisionError("a defect of ours")


def test_a_broken_rule_is_kept_and_costs_only_its_own_answer() -> None:
    diagnosis = diagnose(make_run(KNOWN[Verdict.DIVERGENCE]), rules=(_Broken(), *RULES))  # type: ignore[arg-type]
    assert diagnosis.verdict is Verdict.DIVERGENCE
    failed = diagnosis.outcomes[0]
    assert failed.status is Status.FAILED
    assert "a defect of ours" in failed.reason


def _outcome(name: str, probability: float) -> Outcome:
    return Outcome("XX00", name, Status.CLEAR, probability=probability)


def test_soft_decision_list() -> None:
    assert weigh([]).verdict is Verdict.HEALTHY
    assert weigh([]).confidence == 0.99
    weighed = weigh([_outcome("overfitting", 0.7), _outcome("loss_spike", 0.9)])
    assert weighed.verdict is Verdict.OVERFITTING
    assert weighed.confidence == pytest.approx(0.7)
    assert weighed.runner_up is Verdict.SPIKE_RECOVERED
    near_miss = weigh([_outcome("divergence", 0.4)])
    assert near_miss.verdict is Verdict.HEALTHY
    assert near_miss.confidence == pytest.approx(0.6)
    assert near_miss.runner_up is Verdict.DIVERGENCE


def test_precedence_names_rules_that_exist_and_their_verdicts() -> None:
    by_name = {r.name: r.verdict for r in RULES if r.verdict}
    assert {name: str(verdict) for name, verdict in PRECEDENCE} == by_name


def test_explained_findings_are_set_aside_with_the_reason() -> None:
    run = make_run({"train": CurveSpec(n=300, end=0.3, tau=0.05, noise=0.01, rise_at=0.5, rise_to=1e30)})
    diagnosis = diagnose(run)
    assert diagnosis.verdict is Verdict.DIVERGENCE
    assert [f.name for f in diagnosis.findings] == ["divergence"]
    aside = {o.name: o.reason for o in diagnosis.outcomes if o.reason.startswith("explained by")}
    assert aside
    assert set(aside.values()) == {"explained by divergence (ST02)"}


def test_the_deciding_finding_comes_first() -> None:
    diagnosis = diagnose(make_run(KNOWN[Verdict.DIVERGENCE]))  # type: ignore[arg-type]
    assert diagnosis.decided_by == "non_finite"
    assert diagnosis.findings[0].name == "non_finite"


def test_a_run_by_epochs_is_spoken_of_in_epochs() -> None:
    run = make_run(KNOWN[Verdict.OVERFITTING], step_unit="epoch")  # type: ignore[arg-type]
    diagnosis = diagnose(run)
    assert "at epoch " in diagnosis.sentence.render()
    said = [str(finding.message) for finding in diagnosis.findings]
    said += [argument.text for cause in diagnosis.causes for argument in cause.arguments_for]
    assert any("epoch" in text for text in said)
    assert not [text for text in said if re.search(r"step \d", text)]


def test_a_rising_elbo_is_no_loss_and_a_falling_one_is() -> None:
    rising = make_run({"train": CurveSpec(start=-2.3, end=-0.2, tau=0.1, noise=0.01)})
    (series,), (role,) = rising.series, rising.roles

    def called(tag: str, sign: float) -> Verdict:
        named = Series(tag, series.steps, sign * series.values, series.wall_times)
        return diagnose(
            dataclasses.replace(rising, series=(named,), roles=(dataclasses.replace(role, tag=tag),))
        ).verdict

    assert called("train/elbo", 1.0) is Verdict.NOT_CLASSIFIABLE
    assert called("train/elbo", -1.0) is Verdict.HEALTHY
    assert called("train/neg_elbo", 1.0) is not Verdict.NOT_CLASSIFIABLE
    assert called("train/-ELBO", 1.0) is not Verdict.NOT_CLASSIFIABLE
    blown = make_run({"train": CurveSpec(start=500, end=120, tau=0.1, rise_at=0.6, rise_to=5000)})
    named = Series("elbo", blown.series[0].steps, blown.series[0].values)
    failed = dataclasses.replace(blown, series=(named,), roles=(dataclasses.replace(role, tag="elbo"),))
    assert diagnose(failed).verdict is Verdict.DIVERGENCE

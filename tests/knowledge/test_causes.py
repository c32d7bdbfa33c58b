"""Ranking: the right cause first on clear cases, every score explained by its parts, nothing on healthy runs."""

from __future__ import annotations

import math
import pickle
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from lossdoctor.findings import Severity, Verdict
from lossdoctor.knowledge import causes as ranking
from lossdoctor.knowledge.answer import Answer
from lossdoctor.knowledge.case import Case
from lossdoctor.knowledge.catalogue import EvidenceEntry, causes_by_id, load_causes
from lossdoctor.knowledge.causes import MAX_CAUSES, SIDE_FINDING, interview, prior_of, rank_causes, rank_interviewed
from lossdoctor.knowledge.checklist import build_checklist
from lossdoctor.knowledge.neighbours import as_sibling
from lossdoctor.knowledge.predicates import PREDICATES
from lossdoctor.knowledge.vocabulary import FINDINGS
from lossdoctor.runs import Run
from tests.knowledge.builders import falling, flat, make_run, outcome
from tests.knowledge.test_predicates import MEMORISED, NAN, SAW, SPIKED, STOPPED, SUDDEN

BASE: dict[str, Any] = {"learning_rate": 1e-3, "optimizer": "adam", "batch_size": 64, "activation": "relu"}
CLEAR: dict[str, tuple[Verdict, str, Run, str]] = {
    "Adam at 0.5": (
        Verdict.DIVERGENCE, "divergence",
        make_run(train=np.linspace(2.3, 9, 60), config=BASE | {"learning_rate": 0.5}), "lr_too_high",
    ),
    "rate 1e-7": (
        Verdict.UNDERFITTING, "not_converging",
        make_run(train=np.linspace(2.3, 2.1, 60), config=BASE | {"learning_rate": 1e-7}), "lr_too_low",
    ),
    "decay at a fifth": (
        Verdict.PLATEAU, "plateau",
        make_run(train=STOPPED, lr=np.r_[np.full(20, 1e-3), np.full(80, 1e-6)]), "lr_decayed_too_early",
    ),
    "dropout 0.9": (
        Verdict.UNDERFITTING, "not_converging",
        make_run(train=falling(50, 2.3, 1.8), val=falling(50, 2.3, 1.3), config=BASE | {"dropout": 0.9}), "over_regularised",
    ),
    "clip 0.01": (
        Verdict.PLATEAU, "plateau",
        make_run(train=np.linspace(2.3, 2.0, 60), grad_norm=np.full(60, 1.5), config=BASE | {"max_grad_norm": 0.01}),
        "clipping_hides_lr",
    ),
    "validation constant": (
        Verdict.UNDERFITTING, "stuck_at_chance", make_run(train=flat(), val=np.full(10, 2.2981)), "optimizer_not_stepping",
    ),
    "memorised": (
        Verdict.OVERFITTING, "overfitting", make_run(train=MEMORISED, val=np.linspace(2.3, 5, 50)), "shuffled_labels",
    ),
    "sorted data": (
        Verdict.OSCILLATING, "periodic_loss", make_run(train=SAW, epoch=np.arange(300) / 15), "not_shuffled",
    ),
    "one spike": (Verdict.SPIKE_RECOVERED, "loss_spike", make_run(train=SPIKED), "bad_batch"),
    "fp16": (
        Verdict.DIVERGENCE, "non_finite", make_run(train=SUDDEN, config=BASE | {"fp16": True}), "nan_from_overflow",
    ),
    "double softmax": (
        Verdict.PLATEAU, "plateau",
        make_run(train=falling(end=1.4905), train_metric=np.linspace(0.1, 1.2, 100).clip(0, 0.97)), "wrong_output_activation",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("verdict", "finding", "run", "cause"), CLEAR.values(), ids=CLEAR.keys())
def test_clear_cases_come_first(verdict: Verdict, finding: str, run: Run, cause: str) -> None:
    ranked = rank_causes(run, verdict, (outcome(finding),))
    assert ranked[0].id == cause, [(c.id, round(c.score, 2)) for c in ranked]
    assert ranked[0].arguments_for, "the first place must be explained"


@pytest.mark.parametrize(("verdict", "finding", "run", "cause"), CLEAR.values(), ids=CLEAR.keys())
def test_every_score_is_prior_plus_arguments(verdict: Verdict, finding: str, run: Run, cause: str) -> None:
    outcomes = (outcome(finding),)
    for ranked in rank_causes(run, verdict, outcomes):
        prior = prior_of(causes_by_id()[ranked.id], verdict, outcomes[0].findings)
        assert prior is not None
        log_odds = prior + sum(a.weight for a in ranked.arguments_for + ranked.arguments_against)
        assert ranked.score == pytest.approx(1 / (1 + math.exp(-log_odds)))
        assert all(a.weight > 0 for a in ranked.arguments_for)
        assert all(a.weight < 0 for a in ranked.arguments_against)
        for arguments in (ranked.arguments_for, ranked.arguments_against):
            assert all(abs(a.weight) >= abs(b.weight) for a, b in pairwise(arguments))
            assert all(a.text and a.source and "{" not in a.text for a in arguments)


def test_ranking_is_sorted_bounded_and_repeatable() -> None:
    run = make_run(train=flat(), val=flat(20), config=BASE)
    first = rank_causes(run, Verdict.UNDERFITTING, (outcome("not_converging"),))
    assert first == rank_causes(run, Verdict.UNDERFITTING, (outcome("not_converging"),))
    assert 0 < len(first) <= MAX_CAUSES
    assert all((-a.score, a.id) < (-b.score, b.id) for a, b in pairwise(first))


@pytest.mark.parametrize("verdict", [Verdict.HEALTHY, Verdict.TOO_SHORT, Verdict.NOT_CLASSIFIABLE])
def test_no_cause_where_nothing_is_wrong_or_known(verdict: Verdict) -> None:
    run = make_run(train=falling(), config=BASE | {"learning_rate": 5.0})
    assert rank_causes(run, verdict, (outcome("loss_spike"),)) == ()


@pytest.mark.parametrize(
    "verdict", [v for v in Verdict if v not in (Verdict.HEALTHY, Verdict.TOO_SHORT, Verdict.NOT_CLASSIFIABLE)]
)
def test_every_other_verdict_has_causes_even_without_outcomes_or_series(verdict: Verdict) -> None:
    assert len(rank_causes(make_run(), verdict, ())) >= 3


def test_missing_logs_are_neutral_and_named() -> None:
    run = make_run(train=np.linspace(2.3, 9, 60))
    (cause,) = [c for c in rank_causes(run, Verdict.DIVERGENCE, (outcome("divergence"),)) if c.id == "lr_too_high"]
    assert any("learning rate" in text or "`lr`" in text for text in cause.missing)
    informed = make_run(train=np.linspace(2.3, 9, 60), config=BASE)
    (known,) = [c for c in rank_causes(informed, Verdict.DIVERGENCE, (outcome("divergence"),)) if c.id == "lr_too_high"]
    assert known.score < cause.score, "an ordinary rate speaks against it; an unknown one does not"


def test_findings_of_the_verdict_outrank_its_name_and_side_findings_come_later() -> None:
    overflow = causes_by_id()["nan_from_overflow"]
    priors = dict(overflow.explains)
    nan, diverged, spike = (outcome(n).findings for n in ("non_finite", "divergence", "loss_spike"))
    assert prior_of(overflow, Verdict.DIVERGENCE, nan) == priors["non_finite"]
    assert prior_of(overflow, Verdict.DIVERGENCE, diverged) == priors["divergence"]
    bad_batch = causes_by_id()["bad_batch"]
    assert prior_of(bad_batch, Verdict.PLATEAU, spike) == dict(bad_batch.explains)["loss_spike"] + SIDE_FINDING
    low = outcome("loss_spike", Severity.LOW).findings
    assert prior_of(bad_batch, Verdict.PLATEAU, low) is None
    assert prior_of(overflow, Verdict.OVERFITTING, ()) is None


def test_causes_name_the_codes_they_explain() -> None:
    run = make_run(train=SPIKED)
    ranked = rank_causes(run, Verdict.SPIKE_RECOVERED, (outcome("loss_spike", code="ST03"),))
    assert ranked[0].explains == ("ST03",)


def test_siblings_decide() -> None:
    config: dict[str, Any] = BASE | {"learning_rate": 0.008}
    run = make_run(id="sweep/a", train=flat(noise=0.05), config=config)
    twin = make_run(id="sweep/b", train=falling(), config=config | {"learning_rate": 0.001})

    def score(siblings: list[Run]) -> float:
        ranked = rank_causes(run, Verdict.UNDERFITTING, (outcome("not_converging"),), siblings)
        return next((cause.score for cause in ranked if cause.id == "lr_too_high"), 0.0)

    assert score([twin]) > 0.5 > score([])
    assert score([run]) == score([])


def test_checklist_puts_cheap_likely_experiments_first_under_stable_ids() -> None:
    run = make_run(train=flat(), val=flat(20), config=BASE)
    causes = rank_causes(run, Verdict.UNDERFITTING, (outcome("not_converging"),))
    items = build_checklist(causes)
    assert sorted(item.id for item in items) == sorted(cause.id for cause in causes)
    assert all(a.value >= b.value for a, b in pairwise(items))
    assert {item.id for item in items} <= {cause.id for cause in load_causes()}
    assert all(item.why and item.experiment and item.fix for item in items)


def test_checklist_of_nothing_is_empty() -> None:
    assert build_checklist(()) == ()


def test_random_runs_never_break_the_ranking() -> None:
    """Any mixture of missing, tiny, huge and non-finite series gives scores in [0, 1] and whole sentences."""
    rng = np.random.default_rng(0)
    names = ("train", "val", "lr", "grad_norm", "val_metric", "train_metric", "loss_scale", "epoch")
    for _ in range(60):
        tracks: dict[str, Any] = {}
        for name in names:
            if rng.random() < 0.7:
                values = rng.normal(size=int(rng.choice([0, 1, 2, 3, 5, 8, 12, 33, 200])))
                values = (np.abs(values) if rng.random() < 0.5 else values) * rng.choice([1e-300, 1e-9, 1, 1e30, 1e300])
                if values.size and rng.random() < 0.4:
                    values[rng.integers(0, values.size, max(values.size // 4, 1))] = rng.choice([NAN, math.inf, 0.0])
                tracks[name] = values
        keys = ("lr", "dropout", "wd", "clip", "bs", "num_classes", "momentum", "max_steps", "warmup_steps")
        config = {key: float(rng.choice([0, 1e-9, 0.5, 1, 1e9])) for key in keys if rng.random() < 0.5}
        run = make_run(config=config, step_unit=str(rng.choice(["step", "epoch"])), **tracks)
        siblings = [make_run(id=f"runs/{i}", config=config | {"lr": 0.1 * i}, **tracks) for i in range(4)]
        for verdict in Verdict:
            for cause in rank_causes(run, verdict, (outcome(str(rng.choice(FINDINGS))),), siblings):
                assert 0 <= cause.score <= 1
                assert all(a.text and "{" not in a.text for a in cause.arguments_for + cause.arguments_against)


def test_reduced_siblings_rank_like_whole_ones() -> None:
    config: dict[str, Any] = {"lr": 0.3, "optimizer": "adam", "model": "x"}
    nan_tail = np.where(np.arange(400) > 350, np.nan, 2.3)
    tails = (np.full(400, 2.3), nan_tail, np.r_[np.inf, np.full(399, 2.0)], np.linspace(2.3, 0.1, 400), np.array([1.0]))
    siblings = [
        make_run(id=f"runs/{i}", config=config | {"lr": 0.1 * i}, train=values) for i, values in enumerate(tails)
    ]
    compared = 0
    for run in siblings:
        about = interview(run, Verdict.UNDERFITTING, (outcome("not_converging"),))
        ranked = rank_causes(run, Verdict.UNDERFITTING, (outcome("not_converging"),), siblings)
        assert rank_interviewed(pickle.loads(pickle.dumps(about)), [as_sibling(s) for s in siblings]) == ranked
        compared += rank_interviewed(about) != ranked
    assert compared  # the siblings did change something


def test_what_an_interview_asks_does_not_depend_on_siblings(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(train=flat(), config={"lr": 0.3})
    about = interview(run, Verdict.UNDERFITTING, (outcome("not_converging"),))
    assert about.asked
    assert not any(PREDICATES[name].compares for name, _ in about.asked)
    asked: list[str] = []

    def spy(entry: EvidenceEntry, case: Case, known: ranking.Asked) -> Answer:
        if (entry.predicate, entry.args) not in known:
            asked.append(entry.predicate)
        return real(entry, case, known)

    real = ranking._ask
    monkeypatch.setattr(ranking, "_ask", spy)
    rank_interviewed(about, [run])
    assert {PREDICATES[name].compares for name in asked} == {True}

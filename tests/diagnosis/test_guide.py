"""The guided path: every step says what the log knows, answers are kept apart from causes, and move on."""

from __future__ import annotations

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.diagnosis.guide import Answer, guide, mark_of, next_step
from lossdoctor.knowledge.catalogue import load_order
from lossdoctor.knowledge.marks import Mark, Standing
from lossdoctor.rules.registry import RULES, rule
from lossdoctor.synth import CurveSpec, make_run

FLAT = diagnose(make_run({"train": CurveSpec(n=200, start=2.3, end=2.29, noise=0.01)}))


def test_the_steps_look_at_rules_that_exist_and_every_rule_but_time_and_metric_is_looked_at() -> None:
    looked = {code for step in load_order() for code in step.look}
    assert all(rule(code) is not None for code in looked)
    assert {r.code for r in RULES} - looked == {"IM02", "GN06", "TP01"}


def test_findings_stand_first_and_what_is_not_known_has_a_reason() -> None:
    steps = guide(FLAT, {})
    assert steps[0].said[0].startswith("Underfitting: ")
    assert steps[1].said[0].startswith("Not converging: ")
    assert "Divergence" in steps[4].unseen
    assert "Gradient norm explodes: no gradient norm was logged" in steps[4].unknown


def test_the_causes_of_a_step_are_those_of_the_run() -> None:
    steps = guide(FLAT, {})
    offered = {cause.id for cause in FLAT.causes}
    assert offered
    assert {cause.id for step in steps for cause in step.causes} == offered
    for step in steps:
        assert {cause.id for cause in step.causes} <= set(step.step.causes)


def test_an_answer_is_kept_with_its_note_and_the_next_step_moves_on() -> None:
    order = load_order()
    item, mark = mark_of(order[0], Answer.FINE, {"guide:look_at_curves": Mark(note="both from one run")})
    assert mark == Mark(Standing.RULED_OUT, "both from one run")
    steps = guide(FLAT, {item: mark})
    assert steps[0].answer is Answer.FINE
    ahead = next_step(steps)
    assert ahead is not None
    assert ahead.step.id == "small_sample"
    everything = dict(mark_of(step, Answer.WRONG, {}) for step in order)
    assert next_step(guide(FLAT, everything)) is None


def test_answers_leave_the_causes_as_they_are() -> None:
    everything = dict(mark_of(step, Answer.WRONG, {}) for step in load_order())
    scores = [[cause.score for cause in step.causes] for step in guide(FLAT, {})]
    assert [[cause.score for cause in step.causes] for step in guide(FLAT, everything)] == scores


def test_a_cause_that_was_ruled_out_stands_last() -> None:
    steps = guide(FLAT, {})
    several = next(step for step in steps if len(step.causes) > 1)
    first = several.causes[0].id
    again = guide(FLAT, {first: Mark(Standing.RULED_OUT)})[several.number - 1]
    assert again.causes[-1].id == first
    assert again.causes[-1].score == 0

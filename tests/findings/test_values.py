"""Findings are values: equal by content (NaN included), pickled, worded with formatted numbers."""

from __future__ import annotations

import pickle

import pytest

from lossdoctor.findings import Direction, Level, Line, Measurement, Message, Pair, Point, Severity, Span, Verdict
from lossdoctor.settings import Setting

NAN = float("nan")


@pytest.mark.parametrize(
    "value",
    [
        Span(1, 2, "a"), Point(1, NAN, "a"), Level(NAN, "a"), Line(1, 2, 3, NAN, "a"), Pair(1, 2, NAN, "a"),
        Measurement("m", NAN), Message.of("x {v:num}", v=NAN),
    ],
)  # fmt: skip
def test_content_equality_survives_pickling(value: object) -> None:
    copy = pickle.loads(pickle.dumps(value))
    assert copy == value
    assert hash(copy) == hash(value)
    assert value != "something else"


def test_measurement_says_its_threshold() -> None:
    rise = Measurement("rise", 0.0713, "%", 0.05, Direction.AT_LEAST, "overfitting.rise_of_level")
    assert rise.met
    assert rise.sentence() == "rise 7.1 % (fires at ≥ 5 %)"
    points = Measurement("points", 12, "points", 5.5, Direction.AT_MOST)
    assert not points.met
    assert points.sentence() == "points 12 points (fires at ≤ 5.5 points)"
    assert not Measurement("x", NAN, "", 1.0, Direction.AT_LEAST).met
    assert Measurement("period", 12500, "step").sentence() == "period 12\N{NARROW NO-BREAK SPACE}500"


def test_message_formats_and_translates_at_the_edge() -> None:
    message = Message.of("{tag} rose {rise:pct} at {step:step} to {v:num}", tag="a<b\n", rise=0.5, step=1000, v=0.12345)
    assert message.render() == "a<b⏎ rose 50 % at 1\N{NARROW NO-BREAK SPACE}000 to 0.123"
    assert message.render(lambda template: template.replace("rose", "stieg")).split()[1] == "stieg"
    assert str(message) == message.render()


def test_severities_and_verdicts_are_ordered_and_labelled() -> None:
    assert [s.rank for s in Severity] == [0, 1, 2, 3]
    assert all(v.label for v in Verdict)
    assert Verdict("spike_recovered").label == "Spike, recovered"


def test_a_setting_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        Setting("a.b", 5, 0, 1, "", "help", "source")


def test_a_sentence_in_what_the_run_counts() -> None:
    template = "{tag} fell from step {a:step} to step {b:step}, {n:step} points apart, every {p:step} steps"
    message = Message.of(template, tag="step {loss}", a=1, b=2, n=3, p=4)
    assert message.in_unit("step") == message
    assert (
        message.in_unit("epoch").render() == "step {loss} fell from epoch 1 to epoch 2, 3 points apart, every 4 epochs"
    )

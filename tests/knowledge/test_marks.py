"""Ruling a cause out or confirming it re-ranks the rest at once, in the direction a person would expect."""

from __future__ import annotations

from typing import Any

import pytest

from lossdoctor.knowledge.marks import Mark, Standing, overlap, reconsider
from lossdoctor.knowledge.ranked import Argument, RankedCause


def cause(id: str, score: float, signs: tuple[str, ...] = (), explains: tuple[str, ...] = ("GN01",)) -> RankedCause:
    arguments = tuple(Argument(sign, 1.0, sign=sign) for sign in signs)
    empty: dict[str, Any] = {"explanation": "", "missing": (), "experiment": "", "fix": ""}
    return RankedCause(id, id, score, arguments_for=arguments, arguments_against=(), explains=explains, **empty)


A, B, C = cause("a", 0.6, ("x", "y")), cause("b", 0.3, ("x",)), cause("c", 0.35, ("z",), ("OT01",))
OUT, YES = Mark(Standing.RULED_OUT), Mark(Standing.CONFIRMED)


def test_without_findings_nothing_changes() -> None:
    marks = {"a": Mark(Standing.DONE, "tried"), "unknown": OUT}
    assert reconsider([A, C, B], marks) == (A, C, B)


def test_ruled_out_goes_last_and_lifts_what_explains_the_same() -> None:
    ranked = reconsider([A, C, B], {"a": OUT})
    assert [item.id for item in ranked] == ["b", "c", "a"]
    scores = {item.id: item.score for item in ranked}
    assert scores["a"] == 0
    assert scores["b"] > B.score
    assert scores["c"] == pytest.approx(C.score)


def test_confirmed_goes_first_and_explains_the_rest_away() -> None:
    ranked = reconsider([A, C, B], {"b": YES})
    assert ranked[0].id == "b"
    scores = {item.id: item.score for item in ranked}
    assert scores["b"] == 1
    assert scores["a"] < A.score
    assert scores["c"] == pytest.approx(C.score)


def test_scores_stay_probabilities() -> None:
    items = [cause(str(i), s, ("x",)) for i, s in enumerate((0.999, 1.0, 0.97, 0.5))]
    for marks in ({"0": OUT, "1": OUT, "2": OUT}, {"0": YES, "1": OUT}):
        assert all(0 <= item.score <= 1 for item in reconsider(items, marks))


def test_overlap_lies_between_0_and_1() -> None:
    assert overlap(B, A) == 1
    assert overlap(A, B) == pytest.approx(0.75)
    assert overlap(A, C) == 0

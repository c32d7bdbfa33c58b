"""The quick writer of JSON writes what the standard library writes."""

from __future__ import annotations

import json
from enum import IntEnum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossdoctor.workspace.json_text import indented

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner)
)


@given(VALUES)
def test_every_byte_is_as_the_standard_library_writes_it(value: object) -> None:
    assert indented(value) == json.dumps(value, indent=2, allow_nan=False)


def test_subclasses_of_plain_values_are_written_like_them() -> None:
    value = {"a": StrEnum("Word", ["YES"]).YES, "b": [IntEnum("Number", ["ONE"]).ONE]}  # type: ignore[attr-defined]
    assert indented(value) == json.dumps(value, indent=2)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [-float("inf")], {"a": {"b": float("nan")}}])
def test_numbers_that_json_does_not_have_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="JSON"):
        indented(value)


def test_other_values_are_refused() -> None:
    with pytest.raises(TypeError):
        indented({"a": object()})

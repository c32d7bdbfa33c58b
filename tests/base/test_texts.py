"""formatting and safe_text: numbers as a person writes them, names that do nothing wherever they are shown."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossdoctor import formatting, safe_text

THIN = "\N{NARROW NO-BREAK SPACE}"
HOSTILE = [
    "<img src=x>",
    "a&b",
    "\x1b[31mred\x1b[0m",
    "line\nbreak",
    "\u202eevil",
    "=1+1",
    "../../etc/passwd",
    "\x00",
    "\ud800",
]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (0.5, "0.5"), (0.04123, "0.0412"), (120.0, "120"), (1340.2, f"1{THIN}340"), (-2.5, "−2.5"),
        (0.0000621, "6.2e-5"), (6.2e12, "6.2e12"), (math.nan, "NaN"), (math.inf, "∞"), (-math.inf, "−∞"), (2.302585, "2.3"),
        (9.999e6, f"9{THIN}999{THIN}000"), (999.96, f"1{THIN}000"), (0.99999, "1"),
    ],
)  # fmt: skip
def test_number(value: float, text: str) -> None:
    assert formatting.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0713, "7.1 %"),
        (0.42, "42 %"),
        (12, f"1{THIN}200 %"),
        (0, "0 %"),
        (0.0005, "< 0.1 %"),
        (-0.0005, "> −0.1 %"),
        (-0.05, "−5 %"),
        (math.nan, "NaN"),
    ],
)
def test_percent(value: float, text: str) -> None:
    assert formatting.percent(value) == text


def test_step_count_and_size() -> None:
    assert formatting.step(12500) == f"12{THIN}500"
    assert formatting.step(0.25) == "0.25"
    assert formatting.count(1, "run") == "1 run"
    assert formatting.count(3, "run") == "3 runs"
    assert formatting.count(2, "entry", "entries") == "2 entries"
    assert [formatting.size(n) for n in (0, 999, 1500, 264_000, 3_200_000_000)] == [
        "0 B",
        "999 B",
        "1.5 kB",
        "264 kB",
        "3.2 GB",
    ]


@given(st.floats(-1e300, 1e300) | st.sampled_from([math.nan, math.inf, -math.inf]))
def test_every_number_has_a_text_that_reads_back_near(value: float) -> None:
    text = formatting.number(value)
    if math.isfinite(value):
        back = float(text.replace(THIN, "").replace("−", "-"))
        assert math.isclose(back, value, rel_tol=0.06, abs_tol=1e-300)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_do_nothing_anywhere(name: str) -> None:
    shown = safe_text.plain(name)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or 0x202A <= ord(c) <= 0x202E for c in shown)
    shown.encode("utf-8")
    assert "<" not in safe_text.html(name)
    assert "&b" not in safe_text.html(name)
    assert "\x1b" not in safe_text.terminal(name)
    assert not safe_text.csv_cell(name).startswith(("=", "+", "-", "@"))
    stem = safe_text.file_stem(name)
    assert stem
    assert "/" not in stem
    assert not stem.startswith(".")
    assert safe_text.menu("a&b") == "a&&b"
    assert safe_text.markdown("<b>*x*") == "\\<b\\>\\*x\\*"


def test_long_names_keep_their_end() -> None:
    name = "experiment_" + "x" * 1000 + "_lr1e-3"
    shown = safe_text.plain(name, 40)
    assert len(shown) == 40
    assert shown.startswith("experiment_")
    assert shown.endswith("_lr1e-3")
    assert safe_text.elide_middle("abc", 1) == "…"
    assert safe_text.elide_middle("abc", 0) == ""


@given(st.text(max_size=50))
def test_plain_text_never_grows_control_characters(text: str) -> None:
    assert safe_text.plain(safe_text.plain(text)) == safe_text.plain(text)

from __future__ import annotations

import itertools

import pytest

from lossdoctor.figures.shapes import Shape, outlines
from lossdoctor.figures.theme import SERIES, THEMES, Theme, load_theme
from lossdoctor.findings import Level, Severity, Verdict
from lossdoctor.runs import Role

TEXT, GRAPHICS = 4.5, 3.0  # WCAG 2.2, success criteria 1.4.3 and 1.4.11


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=THEMES)
def theme(request: pytest.FixtureRequest) -> Theme:
    return load_theme(request.param)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("paper", ["panel", "window", "raised"])
def test_text_is_readable(theme: Theme, paper: str) -> None:
    inks = [theme.surface("text"), theme.surface("muted")]
    inks += [theme.severity(severity).colour for severity in Severity]
    inks += [theme.verdict(verdict).text for verdict in Verdict]
    for ink in inks:
        assert contrast(ink, theme.surface(paper)) >= TEXT, (ink, paper)


def test_verdict_text_is_readable_on_its_badge(theme: Theme) -> None:
    for verdict in Verdict:
        style = theme.verdict(verdict)
        assert contrast(style.text, style.background) >= TEXT, verdict
    assert contrast(theme.surface("accent_text"), theme.surface("accent")) >= TEXT
    assert contrast(theme.surface("selection_text"), theme.surface("selection")) >= TEXT


def test_lines_and_marks_stand_out_from_the_panel(theme: Theme) -> None:
    drawn = {k: c for k, c in theme.colours.items() if k.startswith(("series.", "mark.", "surface.ax", "surface.acc"))}
    del drawn["surface.accent_text"]
    assert len(drawn) > 12
    for meaning, ink in drawn.items():
        assert contrast(ink, theme.surface("panel")) >= GRAPHICS, meaning


def test_nothing_is_told_by_colour_alone(theme: Theme) -> None:
    verdicts = [theme.verdict(verdict) for verdict in Verdict]
    severities = [theme.severity(severity) for severity in Severity]
    assert len({style.shape for style in verdicts}) == len(Verdict)
    assert len({style.word for style in verdicts}) == len(Verdict)
    assert len({(style.shape, style.word) for style in severities}) == len(Severity)
    drawn_together = [theme.series(role).dash for role in (Role.TRAIN_LOSS, Role.VAL_LOSS, Role.TEST_LOSS)]
    assert len(set(drawn_together)) == 3


def test_every_role_has_a_line(theme: Theme) -> None:
    assert {theme.series(role).name for role in Role} == {*SERIES, "other"}


def test_the_cycle_never_repeats_a_line_within_two_turns(theme: Theme) -> None:
    styles = [theme.series(Role.OTHER, index) for index in range(12)]
    assert len({(style.colour, style.dash) for style in styles}) == 12


def test_marks_have_a_colour_by_shape(theme: Theme) -> None:
    assert theme.mark(Level(1.0, "x")) == theme.colour("mark.level")


def test_both_themes_know_the_same_meanings() -> None:
    light, dark = (load_theme(name) for name in THEMES)
    assert light.colours.keys() == dark.colours.keys()


def test_an_unknown_theme_is_named() -> None:
    with pytest.raises(ValueError, match="sepia"):
        load_theme("sepia")


@pytest.mark.parametrize("shape", Shape)
def test_shapes_stay_in_the_unit_square(shape: Shape) -> None:
    parts = outlines(shape)
    assert parts
    for coordinate in itertools.chain.from_iterable(point for part in parts for point in part.points):
        assert -0.01 <= coordinate <= 1.01

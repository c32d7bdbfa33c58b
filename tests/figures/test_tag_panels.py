from __future__ import annotations

from lossdoctor.figures.overlay import build_overlay
from lossdoctor.figures.spec import FigureSpec
from lossdoctor.figures.tag_panels import other_tags, with_tags
from lossdoctor.runs import Run, Series


def run(name: str, *tags: str) -> Run:
    return Run(name, f"/x/{name}", name, "csv", tuple(Series(tag, [0, 50], [1.0, 2.0]) for tag in tags))


EMPTY = FigureSpec("t", "step", ())


def test_a_panel_for_each_tag_that_a_run_has() -> None:
    spec = with_tags(EMPTY, [run("a", "gpu/mem", "loss")], ["gpu/mem", "nobody"])
    assert [(panel.title, panel.lines[0].label) for panel in spec.panels] == [("gpu/mem", "gpu/mem")]
    assert spec.x_range == (0.0, 50.0)


def test_several_runs_keep_their_colours() -> None:
    runs = [run("a", "mem"), run("b"), run("c", "mem")]
    spec = with_tags(build_overlay(runs, "abc"), runs, ["mem"], [3, 4, 5])
    assert [(line.label, line.slot) for line in spec.panels[0].lines] == [("a", 3), ("c", 5)]


def test_nothing_asked_nothing_changed() -> None:
    assert with_tags(EMPTY, [run("a", "mem")], ["x"]) is EMPTY


def test_other_tags_are_those_not_drawn() -> None:
    runs = [run("a", "mem", "loss"), run("b", "temp", "mem")]
    spec = with_tags(EMPTY, runs, ["mem"])
    assert other_tags(runs, spec) == ["loss", "temp"]

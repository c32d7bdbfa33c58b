from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from lossdoctor.findings import Verdict
from lossdoctor.gui.models.problems_model import ProblemColumn, ProblemsModel
from lossdoctor.gui.models.run_columns import span_text
from lossdoctor.gui.models.run_query import RunQuery
from lossdoctor.gui.models.runs_model import URGENCY, Column, RunsModel
from lossdoctor.runs import Problem, ProblemLevel
from lossdoctor.workspace.results import DiagnosedRun
from tests.gui.builders import diagnosed

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def model(qapp: Any) -> RunsModel:
    runs = RunsModel()
    runs.tester = QAbstractItemModelTester(runs, FATAL)  # type: ignore[attr-defined]
    return runs


def names(model: RunsModel) -> list[str]:
    return [str(model.index(row, Column.NAME).data()) for row in range(model.rowCount())]


def test_urgency_knows_every_verdict() -> None:
    assert set(URGENCY) == set(Verdict)


def test_the_most_urgent_comes_first_and_ties_are_by_natural_name(model: RunsModel) -> None:
    model.add([diagnosed("run10", Verdict.HEALTHY), diagnosed("run2", Verdict.HEALTHY)])
    model.add([diagnosed("z", Verdict.DIVERGENCE), diagnosed("a", Verdict.OVERFITTING)])
    assert names(model) == ["z", "a", "run2", "run10"]


@pytest.mark.parametrize("column", list(Column))
@pytest.mark.parametrize("order", [UP, DOWN])
def test_every_column_sorts_and_persistent_indices_stay_on_their_runs(
    model: RunsModel, column: Column, order: Qt.SortOrder
) -> None:
    model.add(
        [diagnosed(f"r{i}", v, i / 10) for i, v in enumerate([Verdict.HEALTHY, Verdict.PLATEAU, Verdict.HEALTHY])]
    )
    kept = {name: QPersistentModelIndex(model.index(row, Column.NAME)) for row, name in enumerate(names(model))}
    model.sort(column, order)
    assert {name: index.data() for name, index in kept.items()} == {name: name for name in kept}
    assert sorted(names(model)) == ["r0", "r1", "r2"]


def test_sorting_by_confidence_both_ways(model: RunsModel) -> None:
    model.add([diagnosed("a", confidence=0.5), diagnosed("b", confidence=0.9), diagnosed("c", confidence=0.7)])
    model.sort(Column.CONFIDENCE, UP)
    assert names(model) == ["a", "c", "b"]
    model.sort(Column.CONFIDENCE, DOWN)
    assert names(model) == ["b", "c", "a"]


def test_a_run_without_losses_is_last_whichever_way_losses_are_sorted(model: RunsModel) -> None:
    model.add([diagnosed("empty", points=0), diagnosed("full")])
    for order in (UP, DOWN):
        model.sort(Column.BEST_LOSS, order)
        assert names(model) == ["full", "empty"]
    assert model.index(1, Column.BEST_LOSS).data() == "–"
    assert model.index(1, Column.STEPS).data() == "–"


def test_filter_needs_every_word_somewhere(model: RunsModel) -> None:
    model.add([diagnosed("lr1e3_a", Verdict.HEALTHY), diagnosed("lr1e3_b"), diagnosed("other")])
    model.set_filter("LR1E3 over")
    assert names(model) == ["lr1e3_b"]
    model.set_filter("csv")
    assert model.rowCount() == 3
    model.set_filter("no such thing")
    assert model.rowCount() == 0
    model.add([diagnosed("late")])
    assert model.rowCount() == 0
    assert model.total == 4
    model.set_filter("")
    assert model.rowCount() == 4


def test_adding_keeps_filter_and_order(model: RunsModel) -> None:
    model.set_filter("keep")
    model.sort(Column.NAME, DOWN)
    model.add([diagnosed("keep1"), diagnosed("drop")])
    model.add([diagnosed("keep3"), diagnosed("keep2")])
    assert names(model) == ["keep3", "keep2", "keep1"]
    assert model.row_of("keep2") == 1
    assert model.row_of("drop") is None


def test_texts(model: RunsModel) -> None:
    model.add([diagnosed("exp1", confidence=0.876)])
    texts = [model.index(0, column).data() for column in Column]
    assert texts == ["Overfitting", "exp1", "88 %", "0.472", "0.734", "100", "–", "–", "csv"]
    assert model.headerData(Column.VERDICT, Qt.Orientation.Horizontal) == "Verdict"


def test_names_are_literal_and_tooltips_escaped(model: RunsModel) -> None:
    model.add([diagnosed("<img src=x>a<b\n\u202e")])
    assert model.index(0, Column.NAME).data() == "<img src=x>a<b⏎\\u202e"
    tip = str(model.index(0, Column.NAME).data(Qt.ItemDataRole.ToolTipRole))
    assert "<" not in tip


def test_clearing(model: RunsModel) -> None:
    model.add([diagnosed("a")])
    model.clear()
    assert model.rowCount() == 0
    assert model.all_runs() == []


def test_ten_thousand_rows_sort_at_once(qapp: Any) -> None:
    model = RunsModel()
    model.add([diagnosed(f"r{i}", confidence=i % 97 / 97, points=3) for i in range(10_000)])
    begun = time.perf_counter()
    model.sort(Column.CONFIDENCE, DOWN)
    # Some milliseconds; the limit only has to tell them from the seconds of a proxy model.
    assert time.perf_counter() - begun < 0.5
    assert model.index(0, Column.CONFIDENCE).data() == "99 %"


def test_problems_are_sorted_worst_first_and_copied_as_lines(qapp: Any) -> None:
    model = ProblemsModel()
    tester = QAbstractItemModelTester(model, FATAL)
    model.set_problems([
        Problem("a", ProblemLevel.INFO, "/x/b", "a restart was found."),
        Problem("b", ProblemLevel.ERROR, "/x/<b>", "it cannot be read.", "Check it.", "offset 3"),
    ])  # fmt: skip
    assert [model.index(row, ProblemColumn.LEVEL).data() for row in range(2)] == ["Error", "Note"]
    assert model.index(0, ProblemColumn.MESSAGE).data() == "it cannot be read. Check it."
    assert "<" not in str(model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole))
    assert model.as_text() == (
        "error: /x/<b>, offset 3: it cannot be read. Check it.\ninfo: /x/b: a restart was found."
    )
    assert model.as_text([1]) == "info: /x/b: a restart was found."
    assert tester.model() is model


SGD: dict[str, str | float | None] = {"optimizer.lr": 0.2, "optimizer.name": "SGD"}


def with_config(run_id: str, **config: str | float | None) -> DiagnosedRun:
    item = diagnosed(run_id, Verdict.HEALTHY)
    return replace(item, run=replace(item.run, config=config))


def test_settings_become_columns_sorted_by_number_then_text(model: RunsModel) -> None:
    model.add([with_config("a", lr=0.1), with_config("b", lr=0.003), with_config("c", lr="auto"), with_config("d")])
    assert model.known_config_keys() == ["lr"]
    model.set_config_keys(["lr"])
    column = model.columnCount() - 1
    assert model.headerData(column, Qt.Orientation.Horizontal) == "lr"
    model.sort(column, UP)
    assert names(model) == ["b", "a", "c", "d"]
    assert [model.index(row, column).data() for row in range(4)] == ["0.003", "0.1", "auto", "–"]
    model.set_config_keys([])
    assert model.columnCount() == len(Column)
    assert model.rowCount() == 4


def test_settings_that_differ_between_runs_are_offered_first(model: RunsModel) -> None:
    model.add([with_config("a", lr=0.1, batch=8), with_config("b", lr=0.2, batch=8)])
    assert model.known_config_keys() == ["lr", "batch"]


def test_groups_stay_together_under_one_heading(model: RunsModel) -> None:
    model.add([diagnosed("x/r1", confidence=0.9), diagnosed("y/r2", confidence=0.8), diagnosed("x/r3", confidence=0.1)])
    model.set_group_by("/")
    model.sort(Column.CONFIDENCE, DOWN)
    assert names(model) == ["x/r1", "x/r3", "y/r2"]
    assert model.group_titles() == {0: "x · 2 runs", 2: "y · 1 run"}
    model.set_group_by("")
    assert names(model) == ["x/r1", "y/r2", "x/r3"]
    assert model.group_titles() == {}


def test_groups_by_a_setting_that_some_lack(model: RunsModel) -> None:
    model.add([with_config("a"), with_config("b", lr=0.2), with_config("c", lr=0.1), with_config("d")])
    model.set_group_by("lr")
    assert model.group_titles() == {0: "lr = 0.1 · 1 run", 1: "lr = 0.2 · 1 run", 2: "lr = – · 2 runs"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("lr<0.15", ["a"]),
        ("lr>=0.2", ["b"]),
        ("optimizer.lr=0.1", ["a"]),
        ("name=sgd", ["b"]),
        ("name!=sgd", ["a", "c"]),
        ("confidence>50%", ["a", "b", "c"]),
        ("best<0.1", []),
        ("steps=100 lr=0.2", ["b"]),
    ],
)
def test_comparisons_in_the_filter(model: RunsModel, text: str, shown: list[str]) -> None:
    model.add([
        with_config("a", **{"optimizer.lr": 0.1}), with_config("b", **SGD),
        with_config("c"),
    ])  # fmt: skip
    model.set_filter(text)
    assert names(model) == shown


def test_a_pattern_and_verdicts(model: RunsModel) -> None:
    model.add([diagnosed("seed1"), diagnosed("seed12", Verdict.HEALTHY), diagnosed("other", Verdict.HEALTHY)])
    model.set_query(RunQuery.parse(r"^SEED\d+$", regex=True))
    assert sorted(names(model)) == ["seed1", "seed12"]
    model.set_query(RunQuery.parse("", verdicts=frozenset({Verdict.HEALTHY})))
    assert sorted(names(model)) == ["other", "seed12"]
    assert model.verdict_counts() == {Verdict.OVERFITTING: 1, Verdict.HEALTHY: 2}
    with pytest.raises(ValueError, match="character 1"):
        RunQuery.parse("*a", regex=True)


def test_ignored_runs_are_left_out_or_marked(model: RunsModel) -> None:
    model.add([diagnosed("a"), diagnosed("b")])
    model.set_ignored(frozenset({"b"}))
    assert names(model) == ["a"]
    assert model.verdict_counts() == {Verdict.OVERFITTING: 1}
    model.set_ignored(frozenset({"b"}), shown=True)
    assert names(model) == ["a", "(ignored) b"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (3599, "1 h"), (3540, "59 min"), (12000, "3 h 20 min"), (90000, "1 d 1 h"), (-5, "0 s")],
)
def test_time_spans(seconds: float, text: str) -> None:
    assert span_text(seconds) == text

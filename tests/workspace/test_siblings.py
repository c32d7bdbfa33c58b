"""Siblings: folders beside folders, files that stand for their folder, tables of one folder."""

from __future__ import annotations

from lossdoctor.runs import Run
from lossdoctor.workspace.siblings import sibling_groups


def groups(*ids: str) -> dict[str, list[str]]:
    runs = [Run(id_, id_, id_, "csv", ()) for id_ in ids]
    return {id_: [run.id for run in found] for id_, found in sibling_groups(runs).items()}


def test_folders_beside_each_other() -> None:
    found = groups("sweep/a", "sweep/b", "other/c")
    assert found["sweep/a"] == ["sweep/a", "sweep/b"]
    assert found["other/c"] == ["other/c"]


def test_a_file_alone_stands_for_its_folder() -> None:
    found = groups("sweep/lr1/metrics.csv", "sweep/lr2/metrics.csv", "sweep/lr3")
    assert found["sweep/lr1/metrics.csv"] == ["sweep/lr1/metrics.csv", "sweep/lr2/metrics.csv", "sweep/lr3"]


def test_tables_of_one_folder_are_each_others() -> None:
    found = groups("logs/a.csv", "logs/b.csv", "c.csv")
    assert found["logs/a.csv"] == ["logs/a.csv", "logs/b.csv"]
    assert found["c.csv"] == ["c.csv"]


def test_a_loggers_own_folders_mean_the_run_above_them() -> None:
    beside = groups("s/a/version_0", "s/b/version_0", "s/c/lightning_logs/version_0", "s/d/tb", "s/e/training.csv")
    assert set(map(tuple, beside.values())) == {tuple(beside)}


def test_versions_side_by_side_are_runs_of_their_own() -> None:
    beside = groups("s/a/version_0", "s/a/version_1", "s/b/version_0")
    assert beside["s/a/version_0"] == ["s/a/version_0", "s/a/version_1"]
    assert beside["s/b/version_0"] == ["s/b/version_0"]


def test_a_lone_version_at_the_top_stays_where_it_is() -> None:
    assert groups("version_0") == {"version_0": ["version_0"]}

"""Ids stay unique and independent of order, however the scanned folders overlap."""

from __future__ import annotations

from itertools import permutations

from lossdoctor.runs import Run
from lossdoctor.workspace.run_ids import RootedRun, unique_runs


def rooted(root: str, run_id: str, name: str = "") -> RootedRun:
    return RootedRun(root, Run(run_id, f"{root}/{run_id}", name or run_id, "csv", ()))


def ids(*found: RootedRun) -> list[str]:
    return [run.id for run in unique_runs(found)]


def test_ids_without_conflict_stay_as_they_are() -> None:
    assert ids(rooted("/x/b", "r2"), rooted("/x/a", "r1")) == ["r1", "r2"]


def test_folders_that_share_an_id_show_their_names() -> None:
    assert ids(rooted("/x/a", "r1"), rooted("/x/b", "r1"), rooted("/x/b", "r2")) == ["a/r1", "b/r1", "r2"]


def test_folders_that_share_their_name_too_show_their_paths() -> None:
    assert ids(rooted("/x/logs", "r1"), rooted("/y/logs", "r1")) == ["x/logs/r1", "y/logs/r1"]


def test_runs_of_one_folder_with_one_id_are_numbered() -> None:
    assert ids(rooted("/x", "r1", "first"), rooted("/x", "r1", "second")) == ["r1", "r1 (2)"]


def test_a_number_that_is_taken_is_skipped() -> None:
    assert sorted(ids(rooted("/x", "r"), rooted("/x", "r", "b"), rooted("/x", "r (2)"))) == ["r", "r (2)", "r (2) (2)"]


def test_every_order_gives_the_same_runs() -> None:
    found = [rooted("/x/a", "r"), rooted("/x/b", "r"), rooted("/x/b", "r", "z"), rooted("/y/b", "r"), rooted("/y", "q")]
    results = {
        unique_runs(order)[i].path + "=" + unique_runs(order)[i].id for order in permutations(found) for i in range(5)
    }
    assert len(results) == 5

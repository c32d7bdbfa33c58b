"""Roles and columns chosen in the window: remembered per run and file, applied on top of everything else."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.importers.options import ColumnMap, ReadOptions, RoleRule
from lossdoctor.importers.roles import assign_roles
from lossdoctor.runs import Role
from lossdoctor.synth import CurveSpec, make_run
from lossdoctor.workspace.checklists import ChecklistStore
from lossdoctor.workspace.results import DiagnosedRun
from lossdoctor.workspace.understanding import Understanding, judged_again, with_remembered

MADE = make_run({"train": CurveSpec(n=200), "val": CurveSpec(n=200, end=0.9)})
RUN = replace(MADE, roles=assign_roles(MADE.series))
TAGS = [series.tag for series in RUN.series]


def test_roles_are_remembered_per_run_and_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "choices.sqlite3"
    with ChecklistStore(path) as store:
        assert store.with_choices(RUN) is RUN
        assert store.set_role(RUN, TAGS[1], Role.OTHER)
        assert store.set_role(RUN, TAGS[1], Role.TEST_LOSS)
        assert store.set_role(RUN, "gone", Role.VAL_LOSS)
    with ChecklistStore(path) as store:
        assert store.roles(RUN) == {TAGS[1]: Role.TEST_LOSS, "gone": Role.VAL_LOSS}
        assert store.roles(replace(RUN, path="/elsewhere")) == {}
        chosen = next(item for item in store.with_choices(RUN).roles if item.tag == TAGS[1])
        assert (chosen.role, chosen.primary, chosen.reason) == (Role.TEST_LOSS, True, "chosen by you")
        assert store.set_role(RUN, TAGS[1], None)
        assert store.roles(RUN) == {"gone": Role.VAL_LOSS}
        assert store.forget_roles(RUN)
        assert store.roles(RUN) == {}


def test_the_last_choice_for_a_role_is_the_primary_one(tmp_path: Path) -> None:
    with ChecklistStore(tmp_path / "c") as store:
        store.set_role(RUN, TAGS[0], Role.VAL_LOSS)
        store.set_role(RUN, TAGS[1], Role.VAL_LOSS)
        primary = store.with_choices(RUN).primary(Role.VAL_LOSS)
        assert primary is not None
        assert primary.tag == TAGS[1]


def test_a_file_of_an_older_version_gets_the_new_tables_and_keeps_its_ticks(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    with ChecklistStore(path) as store:
        store.set_ticked(RUN, "no_dropout", True)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE roles")
        connection.execute("DROP TABLE maps")
    connection.close()
    with ChecklistStore(path) as store:
        assert store.notice == ""
        assert store.ticks(RUN) == {"no_dropout"}
        assert store.set_role(RUN, TAGS[0], Role.OTHER)


def test_column_maps_by_path_and_damage_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "maps.sqlite3"
    with ChecklistStore(path) as store:
        assert store.set_column_map("/logs/a.csv", (("step", "iter"), ("train_loss", "L")))
        assert store.set_column_map("/logs/b.csv", (("step", "n"),))
        assert store.set_column_map("/logs/b.csv", ())
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO maps VALUES ('/logs/c.csv', '{', 0), ('/logs/d.csv', '[1]', 0)")
    connection.close()
    with ChecklistStore(path) as store:
        [found] = store.column_maps()
        assert (found.path, found.columns) == ("/logs/a.csv", (("step", "iter"), ("train_loss", "L")))
        own = ColumnMap((("step", "x"),))
        assert with_remembered(Understanding(ReadOptions(maps=(own,))), store).read.maps == (found, own)


def test_judging_again_starts_from_the_tags_and_ends_with_the_choice(tmp_path: Path) -> None:
    item = DiagnosedRun(RUN, diagnose(RUN))
    known = Understanding(ReadOptions(roles=(RoleRule(Role.TEST_LOSS, TAGS[1], "x"),)))
    with ChecklistStore(tmp_path / "c") as store:
        ruled = judged_again(item.run, (), known, store)
        assert ruled.run.role_of(TAGS[1]) is Role.TEST_LOSS
        store.set_role(RUN, TAGS[0], Role.OTHER)
        store.set_role(RUN, TAGS[1], Role.OTHER)
        chosen = judged_again(ruled.run, (), known, store)
        assert str(chosen.diagnosis.verdict) == "not_classifiable"
        store.forget_roles(RUN)
        assert judged_again(chosen.run, (), Understanding(), store) == item


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChecklistStore(tmp_path / "c") as store:
        store._connection.execute("PRAGMA query_only = ON")
        assert not store.set_role(RUN, TAGS[0], Role.OTHER)
        assert "The role could not be saved" in store.notice

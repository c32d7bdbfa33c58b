"""Following running trainings: new points and runs appear, the verdict follows, the view stays, closing ends it at once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel

from lossdoctor.gui.desk import Desk
from tests.gui.conftest import Desks
from tests.gui.test_window import opened


def write(folder: Path, values: np.ndarray) -> Path:
    """A log as a training leaves it after so many steps, appended to what is there."""
    folder.mkdir(exist_ok=True)
    path = folder / "metrics.csv"
    before = path.read_text().count("\n") - 1 if path.exists() else 0
    with path.open("a") as file:
        if not before:
            file.write("step,train_loss\n")
        file.writelines(f"{step},{values[step]:.6g}\n" for step in range(max(before, 0), len(values)))
    return path


def falling(steps: int) -> np.ndarray:
    noise = np.random.default_rng(0).normal(size=2_000)
    at = np.arange(2_000)
    return (0.1 + 2.0 * np.exp(-at / 150) + 0.01 * noise)[:steps]


@pytest.fixture
def following(desk: Desk, qtbot: Any, tmp_path: Path) -> Path:
    """A window that follows a folder with one training of 400 steps."""
    folder = tmp_path / "runs"
    folder.mkdir()
    write(folder / "a", falling(400))
    opened(desk, qtbot, folder, 1)
    desk.window.runs.choose(desk.runs_model.all_runs()[0].run.id)
    desk.window.actions_by_id["file.follow"].trigger()
    assert desk.live.following.is_on
    return folder


def points(desk: Desk) -> int:
    return desk.runs_model.all_runs()[0].run.points


def test_new_points_and_a_new_verdict_appear_and_the_zoom_stays(desk: Desk, qtbot: Any, following: Path) -> None:
    stack = desk.window.plot.stack
    stack.look_at(((100.0, 200.0), *stack.view[1:]))
    values = np.concatenate([falling(400), np.full(200, np.nan)])
    write(following / "a", values)
    qtbot.waitUntil(lambda: points(desk) == 600, timeout=15_000)
    item = desk.selection.run
    assert item is not None
    assert str(item.diagnosis.verdict) == "divergence"
    assert item.diagnosis.nan_step == 400
    qtbot.waitUntil(lambda: not desk.jobs.is_busy("figure"), timeout=5_000)
    assert stack.step_window == pytest.approx((100.0, 200.0))
    assert stack.spec is not None
    assert stack.spec.panels[0].lines[0].series.steps[-1] == 599
    assert desk.session.result is not None
    assert desk.session.result.runs[0].run.points == 600
    assert any("400" in label.text() for label in desk.window.messages.findChildren(QLabel))


def test_a_view_of_the_whole_run_grows_with_it(desk: Desk, qtbot: Any, following: Path) -> None:
    write(following / "a", falling(800))
    qtbot.waitUntil(lambda: points(desk) == 800, timeout=15_000)
    qtbot.waitUntil(lambda: not desk.jobs.is_busy("figure"), timeout=5_000)
    assert desk.window.plot.stack.step_window[1] >= 799


def test_a_new_run_comes_into_the_list(desk: Desk, qtbot: Any, following: Path) -> None:
    write(following / "b", falling(500))
    qtbot.waitUntil(lambda: desk.runs_model.total == 2, timeout=15_000)
    ids = [item.run.id for item in desk.runs_model.all_runs()]
    assert len(set(ids)) == 2
    assert desk.session.result is not None
    assert len(desk.session.result.runs) == 2


def test_off_means_off(desk: Desk, qtbot: Any, following: Path) -> None:
    desk.window.actions_by_id["file.follow"].trigger()
    assert not desk.live.following.is_on
    write(following / "a", falling(600))
    qtbot.wait(1_500)
    assert points(desk) == 400


def test_reloading_goes_on_following(desk: Desk, qtbot: Any, following: Path) -> None:
    desk.commands.reload()
    qtbot.waitUntil(lambda: not desk.session.is_scanning and desk.runs_model.total == 1, timeout=10_000)
    assert desk.live.following.is_on
    write(following / "a", falling(700))
    qtbot.waitUntil(lambda: points(desk) == 700, timeout=15_000)


def test_the_folder_may_go(desk: Desk, qtbot: Any, following: Path) -> None:
    (following / "a" / "metrics.csv").unlink()
    (following / "a").rmdir()
    following.rmdir()
    qtbot.wait(1_500)
    assert desk.runs_model.total == 1
    assert points(desk) == 400


def test_closing_while_following_ends_at_once(desks: Desks, qtbot: Any, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    for name in range(20):
        write(folder / str(name), falling(2_000))
    desk = desks.open()
    opened(desk, qtbot, folder, 20)
    desk.window.actions_by_id["file.follow"].trigger()
    begin = time.monotonic()
    desks.close(desk)
    assert time.monotonic() - begin < 1.0


def test_the_step_from_which_a_verdict_was_clear_appears_as_a_run_grows(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    at = np.arange(300)
    train = 2.0 * np.exp(-at / 40) + 0.02
    val = 2.0 * np.exp(-np.minimum(at, 60) / 40) + 0.2 + 0.01 * np.maximum(at - 60, 0)
    log = tmp_path / "runs" / "a" / "metrics.csv"
    log.parent.mkdir(parents=True)

    def write_rows(rows: range) -> None:
        with log.open("a") as file:
            file.writelines(f"{i},{train[i]:.5f},{val[i]:.5f}\n" for i in rows)

    log.write_text("step,train_loss,val_loss\n")
    write_rows(range(70))
    opened(desk, qtbot, tmp_path / "runs", 1)
    desk.window.runs.choose(desk.runs_model.all_runs()[0].run.id)
    stack = desk.window.plot.stack
    qtbot.waitUntil(lambda: bool(stack.panels), timeout=10_000)
    assert stack.panels[0].known_step is None
    desk.window.actions_by_id["file.follow"].trigger()
    write_rows(range(70, 300))
    qtbot.waitUntil(lambda: bool(stack.panels) and stack.panels[0].known_step is not None, timeout=15_000)
    assert 60 < (stack.panels[0].known_step or 0) < 150

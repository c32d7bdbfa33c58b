"""What is kept from one session to the next, a run read again, and a second start of the program."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lossdoctor.gui.app import receive
from lossdoctor.gui.desk import Desk
from lossdoctor.gui.place_memory import _read
from lossdoctor.gui.session import judge_channel
from lossdoctor.gui.single_instance import SingleInstance, hand_over, socket_path
from lossdoctor.resources import resource
from tests.gui.conftest import Desks
from tests.gui.test_window import choose, keras_csv, opened

PLATEAU = "05-plateau"


def settled(desk: Desk, qtbot: Any) -> None:
    channels = ("figure", *(judge_channel(item.run) for item in desk.runs_model.all_runs()))
    qtbot.waitUntil(lambda: not any(desk.jobs.is_busy(channel) for channel in channels), timeout=10_000)


def zoomed(desk: Desk, qtbot: Any, low: float, high: float) -> None:
    desk.window.plot.stack.panels[0].box.setXRange(low, high, padding=0)
    assert desk.window.plot.stack.step_window == pytest.approx((low, high))


def run_in_view(desk: Desk) -> str:
    assert desk.selection.run is not None
    return desk.selection.run.run.id


def test_the_run_and_the_zoom_come_back_in_the_next_session(desks: Desks, qtbot: Any) -> None:
    first = desks.open()
    opened(first, qtbot, resource("examples"), 6)
    chosen = next(item.run.id for item in first.runs_model.all_runs() if item.run.id.startswith(PLATEAU))
    choose(first, qtbot, chosen)
    zoomed(first, qtbot, 100, 200)
    first.window.plot.stack._splitter.setSizes([300, 150, 150])
    first.window.plot.stack._keep_sizes()
    sizes = first.window.plot.stack._splitter.sizes()
    desks.close(first)

    second = desks.open()
    opened(second, qtbot, resource("examples"), 6)
    settled(second, qtbot)
    assert run_in_view(second) == chosen
    assert second.window.plot.stack.step_window == pytest.approx((100, 200))
    assert second.window.plot.stack.panel_sizes[len(sizes)] == sizes


def test_another_folder_is_another_place_and_reload_keeps_it(
    desks: Desks, desk: Desk, qtbot: Any, tmp_path: Path
) -> None:
    keras_csv(tmp_path)
    opened(desk, qtbot, resource("examples"), 6)
    choose(desk, qtbot, next(i.run.id for i in desk.runs_model.all_runs() if i.run.id.startswith(PLATEAU)))
    zoomed(desk, qtbot, 100, 200)
    opened(desk, qtbot, tmp_path / "training.csv", 1)
    settled(desk, qtbot)
    assert run_in_view(desk) == "training.csv"
    opened(desk, qtbot, resource("examples"), 6)
    settled(desk, qtbot)
    assert run_in_view(desk).startswith(PLATEAU)
    assert desk.window.plot.stack.step_window == pytest.approx((100, 200))
    desk.commands.reload()
    qtbot.waitUntil(lambda: desk.runs_model.total == 6 and not desk.session.is_scanning, timeout=20_000)
    qtbot.waitUntil(lambda: desk.window.plot.stack.step_window == pytest.approx((100, 200)), timeout=5_000)


@pytest.mark.parametrize("line", ["", "{", "[]", "3", '{"paths": 1}', '{"paths": "a", "run": "b", "view": [1]}'])
def test_places_written_by_something_else_are_passed_over(line: str) -> None:
    good = json.dumps({"paths": "a", "run": "b", "view": [[0, 1], [2, 3]], "axes": ["Step", "Linear"]})
    assert [place.view for place in _read([line, good])] == [((0.0, 1.0), (2.0, 3.0))]


def test_a_view_is_for_the_axes_it_was_taken_on(desk: Desk, qtbot: Any) -> None:
    opened(desk, qtbot, resource("examples", "01-healthy"), 1)
    settled(desk, qtbot)
    stack = desk.window.plot.stack
    whole = stack.view
    part = ((10.0, 20.0), *((0.0, 0.5) for _ in whole[1:]))
    other = ("Relative time", *stack.axes[1:])
    stack.look_at(part, other)
    assert stack.view == whole, "steps are no seconds"
    stack.look_at(part, (stack.axes[0], *("another scale" for _ in stack.axes[1:])))
    assert stack.step_window == pytest.approx((10, 20))
    assert stack.view[1] != pytest.approx((0.0, 0.5))
    stack.look_at(part, stack.axes)
    assert stack.view[1] == pytest.approx((0.0, 0.5))


def test_one_run_is_read_again(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    log = keras_csv(tmp_path / "a")
    keras_csv(tmp_path / "b")
    opened(desk, qtbot, tmp_path, 2)
    other = next(item for item in desk.runs_model.all_runs() if item.run.id.startswith("b/"))
    desk.window.runs.choose("a/training.csv")
    settled(desk, qtbot)
    zoomed(desk, qtbot, 10, 20)
    with log.open("a", encoding="utf-8") as file:
        file.writelines(f"{epoch},0.03,{2.2 + epoch / 100}\n" for epoch in range(40, 60))
    desk.window.actions_by_id["edit.read_again"].trigger()
    qtbot.waitUntil(lambda: desk.selection.run is not None and desk.selection.run.run.series[0].steps[-1] == 59)
    settled(desk, qtbot)
    assert run_in_view(desk) == "a/training.csv"
    assert desk.window.plot.stack.step_window == pytest.approx((10, 20))
    assert any(item is other for item in desk.runs_model.all_runs())


def test_a_run_that_is_gone_is_told(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    log = keras_csv(tmp_path)
    opened(desk, qtbot, tmp_path, 1)
    log.unlink()
    desk.run_commands.read_again()
    qtbot.waitUntil(lambda: "no longer there" in desk.window.messages._text.text(), timeout=5_000)
    assert desk.runs_model.total == 1


def test_the_run_in_view_has_its_causes_once_all_are_read(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    keras_csv(tmp_path)
    opened(desk, qtbot, tmp_path, 1)
    assert desk.selection.run is desk.runs_model.all_runs()[0]
    assert desk.selection.run is not None
    assert desk.selection.run.diagnosis.causes
    assert desk.window.diagnosis.cause_cards


# --- a second start ---


@pytest.fixture
def place() -> Iterator[Path]:
    """Where a socket may lie; pytest's own folders are too deep for its address."""
    with tempfile.TemporaryDirectory(prefix="ld") as folder:
        yield Path(folder) / "window.sock"


_SECOND = """
import sys
from pathlib import Path
from lossdoctor.gui.single_instance import hand_over
sys.exit(0 if hand_over([Path(word) for word in sys.argv[2:]], Path(sys.argv[1])) else 7)
"""


def second_start(qtbot: Any, paths: list[Path], place: Path) -> int:
    """The exit status of a process that hands paths over: 0 when they were taken."""
    process = subprocess.Popen([sys.executable, "-c", _SECOND, str(place), *map(str, paths)])
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=20_000)
    return int(process.returncode)


def test_a_second_start_hands_its_paths_over(desk: Desk, qtbot: Any, tmp_path: Path, place: Path) -> None:
    log = keras_csv(tmp_path)
    instance = SingleInstance(place, desk)
    instance.paths_received.connect(lambda paths: receive(desk, paths))
    assert instance.listen()
    assert second_start(qtbot, [log], place) == 0
    qtbot.waitUntil(lambda: desk.runs_model.total == 1, timeout=10_000)
    assert second_start(qtbot, [], place) == 0
    assert desk.runs_model.total == 1
    instance.close()
    assert not place.exists()
    assert not hand_over([log], place)


def test_nobody_listens(qapp: Any, place: Path) -> None:
    assert not hand_over([Path("/x")], place)


def test_what_a_crash_left_behind_is_taken_over_and_a_living_window_is_not(qapp: Any, qtbot: Any, place: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(place))
    left.close()
    first, second = SingleInstance(place), SingleInstance(place)
    assert first.listen()
    assert not second.listen(), "the first one lives, however busy it is"
    second.close()
    got: list[object] = []
    first.paths_received.connect(got.append)
    assert second_start(qtbot, [Path("/x")], place) == 0
    assert got == [[Path("/x")]]
    first.close()


def test_paths_of_a_start_that_gave_up_are_not_opened_twice(qapp: Any, qtbot: Any, place: Path) -> None:
    instance = SingleInstance(place)
    got: list[object] = []
    instance.paths_received.connect(got.append)
    assert instance.listen()
    assert not hand_over([Path("/x")], place), "no event loop runs here, so nothing answers"
    qtbot.wait(150)
    assert got == []
    instance.close()


@pytest.mark.parametrize(
    "message", [b"\n", b"[]\n", b'{"paths": [1]}\n', b'{"paths": "x"}\n', b"\xff\xfe\n", b"x" * 1_100_000]
)
def test_other_messages_are_ignored(qtbot: Any, qapp: Any, place: Path, message: bytes) -> None:
    instance = SingleInstance(place)
    received: list[object] = []
    instance.paths_received.connect(received.append)
    assert instance.listen()
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(0.1)
        client.connect(str(place))
        with contextlib.suppress(OSError):
            client.sendall(message)
        qtbot.wait(150)
    assert received == []
    instance.close()
    qtbot.wait(20)


def test_the_socket_lies_where_nobody_else_can_put_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="ld") as short:
        runtime, state = Path(short, "run"), Path(short, "state")
        runtime.mkdir(mode=0o700)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
        monkeypatch.setenv("XDG_STATE_HOME", str(state))
        first = socket_path()
        assert first is not None
        assert first.parent == runtime
        monkeypatch.setenv("XDG_CONFIG_HOME", "/elsewhere")
        assert socket_path() != first
        runtime.chmod(0o777)
        fallback = socket_path()
        assert fallback is not None
        assert fallback.parent == state / "lossdoctor" / "run"
        assert fallback.parent.stat().st_mode & 0o777 == 0o700
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / ("long" * 40)))
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert socket_path() is None

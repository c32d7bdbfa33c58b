from __future__ import annotations

import functools
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject, QThread, Signal

from lossdoctor.errors import InputError
from lossdoctor.gui.jobs import JobError, JobRunner
from lossdoctor.progress import Cancelled


@pytest.fixture
def jobs(qtbot: Any) -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    assert runner.shutdown(5.0)


def _number(i: int, cancel: object, progress: object) -> int:
    return i


class Emitter(QObject):
    happened = Signal(bool)


def test_two_thousand_emits_do_not_end_the_process(qtbot: Any) -> None:
    # PySide6 6.12.0 on CPython <= 3.11 loses a reference to True with every emit and aborts after about 570.
    emitter = Emitter()
    seen: list[bool] = []
    emitter.happened.connect(seen.append)
    for _ in range(2000):
        emitter.happened.emit(True)
    assert len(seen) == 2000


def test_result_arrives_on_the_ui_thread(jobs: JobRunner, qtbot: Any) -> None:
    seen: list[tuple[object, bool]] = []
    here = threading.current_thread()
    jobs.submit("a", lambda cancel, progress: threading.current_thread(),
                lambda worker: seen.append((worker, threading.current_thread() is here)))  # fmt: skip
    qtbot.waitUntil(lambda: bool(seen))
    worker, on_ui_thread = seen[0]
    assert worker is not here
    assert on_ui_thread
    assert QThread.currentThread() is jobs.thread()
    assert not jobs.is_busy("a")


def test_every_one_of_300_results_arrives(jobs: JobRunner, qtbot: Any) -> None:
    seen: list[int] = []
    for i in range(300):
        jobs.submit(f"channel {i}", functools.partial(_number, i), seen.append)
    qtbot.waitUntil(lambda: len(seen) == 300, timeout=10000)
    assert sorted(seen) == list(range(300))


def test_the_newest_job_of_a_channel_wins(jobs: JobRunner, qtbot: Any) -> None:
    seen: list[str] = []
    gate = threading.Event()

    def old(cancel: Any, progress: Any) -> str:
        gate.wait(5)
        return "old"

    jobs.submit("scan", old, seen.append)
    jobs.submit("scan", lambda cancel, progress: "new", seen.append)
    gate.set()
    qtbot.waitUntil(lambda: bool(seen))
    qtbot.wait(100)
    assert seen == ["new"]


def test_late_result_of_a_finished_old_job_is_dropped(jobs: JobRunner, qtbot: Any) -> None:
    seen: list[str] = []
    jobs.submit("scan", lambda cancel, progress: "old", seen.append)
    # The old job's thread is over, its result still under way to this thread.
    time.sleep(0.1)
    jobs.submit("scan", lambda cancel, progress: "new", seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    qtbot.wait(50)
    assert seen == ["new"]


def test_cancelled_work_reaches_nobody(jobs: JobRunner, qtbot: Any) -> None:
    seen: list[object] = []
    started = threading.Event()

    def work(cancel: Any, progress: Any) -> None:
        started.set()
        while not cancel():
            time.sleep(0.005)
        raise Cancelled

    jobs.submit("scan", work, seen.append, seen.append)
    assert started.wait(5)
    jobs.cancel("scan")
    qtbot.wait(100)
    assert seen == []


def test_our_errors_keep_their_hint_and_defects_their_traceback(jobs: JobRunner, qtbot: Any, caplog: Any) -> None:
    errors: list[JobError] = []

    def refused(cancel: Any, progress: Any) -> None:
        raise InputError("x.csv: no numbers.", "Open another file.")

    jobs.submit("a", refused, on_error=errors.append)
    qtbot.waitUntil(lambda: len(errors) == 1)
    jobs.submit("b", lambda cancel, progress: 1 / 0, on_error=errors.append)
    qtbot.waitUntil(lambda: len(errors) == 2)
    assert errors[0] == JobError("x.csv: no numbers.", "Open another file.", "")
    assert "ZeroDivisionError" in errors[1].details


def test_items_arrive_in_order_and_before_the_result(jobs: JobRunner, qtbot: Any) -> None:
    seen: list[object] = []

    def work(cancel: Any, progress: Any, item: Any) -> str:
        for i in range(1000):
            item(i)
        return "done"

    jobs.submit_stream("scan", work, seen.append, on_items=seen.extend)
    qtbot.waitUntil(lambda: "done" in seen)
    assert seen == [*range(1000), "done"]


def test_ten_thousand_progress_reports_are_few_on_the_ui_thread(jobs: JobRunner, qtbot: Any) -> None:
    reports: list[int] = []
    done: list[object] = []

    def work(cancel: Any, progress: Any) -> None:
        for i in range(10_000):
            progress(i, 10_000, "file")
        time.sleep(0.2)

    jobs.submit("scan", work, done.append, on_progress=lambda i, n, what: reports.append(i))
    qtbot.waitUntil(lambda: bool(done))
    assert 1 <= len(reports) <= 12
    assert reports[-1] == 9999


def test_shutdown_does_not_wait_for_work_that_never_asks(qtbot: Any) -> None:
    runner = JobRunner()
    release = threading.Event()
    runner.submit("scan", lambda cancel, progress: release.wait(10))
    begun = time.monotonic()
    assert not runner.shutdown(0.2)
    assert time.monotonic() - begun < 1.0
    release.set()
    assert runner.shutdown(5.0)
    with pytest.raises(RuntimeError):
        runner.submit("scan", lambda cancel, progress: None)

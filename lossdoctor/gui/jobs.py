"""JobRunner: runs work off the UI thread and hands its result back on it; per channel the newest job wins.

Why it is built this way (each point was measured or met in the wild): signals owned by tasks lose results, so there is
one relay that lives on the UI thread; a finished worker's queued result may arrive after a newer job was submitted, so
results are dropped by job id; ten thousand progress reports must not mean ten thousand repaints, so workers only fill a
mailbox, which the UI thread empties twenty times a second.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from lossdoctor.errors import LossdoctorError
from lossdoctor.progress import Cancel, Cancelled, Progress

MAILBOX_INTERVAL_MS = 50
SHUTDOWN_SECONDS = 0.7

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed.

    Attributes:
        message: one sentence for the user.
        hint: what to do about it; may be empty.
        details: the traceback when the failure is a defect of ours; empty when the user can act on it.
    """

    message: str
    hint: str = ""
    details: str = ""


Work = Callable[[Cancel, Progress], Any]
StreamingWork = Callable[[Cancel, Progress, Callable[[Any], None]], Any]


def _ignore(*_: object) -> None:
    """A receiver that wants nothing."""


@dataclass(slots=True, eq=False)
class _Job:
    number: int
    channel: str
    work: StreamingWork
    on_done: Callable[[Any], None]
    on_error: Callable[[JobError], None]
    on_progress: Callable[[int, int, str], None]
    on_items: Callable[[Sequence[Any]], None]
    cancelled: threading.Event = field(default_factory=threading.Event)
    items: deque[Any] = field(default_factory=deque)
    progress: tuple[int, int, str] | None = None
    thread: threading.Thread | None = None


class _Relay(QObject):
    """Carries one finished job's outcome from its thread to the UI thread."""

    finished = Signal(object, object)  # _Job, its result or JobError or Cancelled


class JobRunner(QObject):
    """Runs plain functions in threads.

    `work(cancel, progress)` runs in a thread of its own and touches no widget; every callback runs on the UI thread. A
    cancelled job reaches nobody. Call `shutdown` before the program ends.

    Signals:
        busy_changed(channel, busy): a channel got its first job or lost its last one.
    """

    busy_changed = Signal(str, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, _Job] = {}
        self._threads: list[threading.Thread] = []
        self._numbers = itertools.count(1)
        # Guards the relay: a thread that outlives the shutdown must not emit through a deleted object.
        self._gate = threading.Lock()
        self._open = True
        self._relay = _Relay(self)
        self._relay.finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(MAILBOX_INTERVAL_MS)
        self._timer.timeout.connect(self._empty_mailboxes)

    def submit(
        self,
        channel: str,
        work: Work,
        on_done: Callable[[Any], None] = _ignore,
        on_error: Callable[[JobError], None] = _ignore,
        on_progress: Callable[[int, int, str], None] = _ignore,
    ) -> int:
        """Starts `work(cancel, progress)`; an older job of the same channel is cancelled. Returns the job's number."""
        return self.submit_stream(
            channel, lambda cancel, progress, _item: work(cancel, progress), on_done, on_error, on_progress
        )

    def submit_stream(
        self,
        channel: str,
        work: StreamingWork,
        on_done: Callable[[Any], None] = _ignore,
        on_error: Callable[[JobError], None] = _ignore,
        on_progress: Callable[[int, int, str], None] = _ignore,
        on_items: Callable[[Sequence[Any]], None] = _ignore,
    ) -> int:
        """Like `submit` for `work(cancel, progress, item)`; what it passes to `item` arrives in batches, in order."""
        if not self._open:
            raise RuntimeError("the job runner was shut down")
        self.cancel(channel)
        job = _Job(next(self._numbers), channel, work, on_done, on_error, on_progress, on_items)
        self._jobs[channel] = job
        # A daemon: work that does not ask `cancel` for a long time must not keep the closed program alive.
        job.thread = threading.Thread(target=self._run, args=(job,), name=f"job-{channel}-{job.number}", daemon=True)
        self._threads = [thread for thread in self._threads if thread.is_alive()] + [job.thread]
        self._timer.start()
        self.busy_changed.emit(channel, True)
        job.thread.start()
        return job.number

    def cancel(self, channel: str) -> None:
        """Stops the channel's job, if any; neither its result nor its error will be delivered."""
        job = self._jobs.pop(channel, None)
        if job is None:
            return
        job.cancelled.set()
        self._timer_follows()
        self.busy_changed.emit(channel, False)

    def is_busy(self, channel: str) -> bool:
        """True while the channel has a job whose result is still to come."""
        return channel in self._jobs

    def shutdown(self, seconds: float = SHUTDOWN_SECONDS) -> bool:
        """Cancels everything and waits at most `seconds` in total; True when every thread has ended."""
        with self._gate:
            self._open = False
        self._timer.stop()
        for job in self._jobs.values():
            job.cancelled.set()
        self._jobs.clear()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        return not self._threads

    def _run(self, job: _Job) -> None:
        def report(done: int, total: int, what: str) -> None:
            job.progress = (done, total, what)

        outcome: object
        try:
            outcome = job.work(job.cancelled.is_set, report, job.items.append)
        except Cancelled as cancelled:
            outcome = cancelled
        except LossdoctorError as error:
            outcome = JobError(error.message, error.hint)
        except Exception as error:  # noqa: BLE001  # the one place where a defect in a job is caught, to be shown
            _log.exception("job %s failed", job.channel)
            outcome = JobError(f"{type(error).__name__}: {error}", "", traceback.format_exc())
        with self._gate:
            if self._open:
                self._relay.finished.emit(job, outcome)

    def _deliver(self, job: _Job, outcome: object) -> None:
        if self._jobs.get(job.channel) is not job:
            return
        self._empty_mailbox(job)
        # A callback may have submitted a newer job while the last items were handed over.
        if self._jobs.get(job.channel) is not job:
            return
        del self._jobs[job.channel]
        self._timer_follows()
        self.busy_changed.emit(job.channel, False)
        if isinstance(outcome, JobError):
            job.on_error(outcome)
        elif not isinstance(outcome, Cancelled):
            job.on_done(outcome)

    def _empty_mailboxes(self) -> None:
        for job in list(self._jobs.values()):
            self._empty_mailbox(job)

    def _empty_mailbox(self, job: _Job) -> None:
        batch = [job.items.popleft() for _ in range(len(job.items))]
        if batch:
            job.on_items(batch)
        progress, job.progress = job.progress, None
        if progress is not None:
            job.on_progress(*progress)

    def _timer_follows(self) -> None:
        if not self._jobs:
            self._timer.stop()

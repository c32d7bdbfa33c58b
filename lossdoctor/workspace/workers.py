"""Examines sources in several processes; one that crashes or hangs costs the source in hand and is replaced.

The processes are started afresh (not forked: a fork of a program with threads may lock up) and run a module of their own,
so that a script or notebook that scans needs no `if __name__ == "__main__"`. Pickles go over their pipes; they are as
trusted as the program itself.
"""

from __future__ import annotations

import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, TypeAlias, cast

from lossdoctor.errors import LossdoctorError
from lossdoctor.importers.base import Source
from lossdoctor.runs import Problem
from lossdoctor.workspace.chunks import Chunk
from lossdoctor.workspace.examined import HowToExamine, SourceResult
from lossdoctor.workspace.guard import allowance, crashed, took_too_long
from lossdoctor.workspace.memory import environment

COMMAND = (sys.executable, "-m", "lossdoctor.workspace.worker")
READY = "ready"
_TICK = 0.2
_STARTUP_SECONDS = 60.0


class WorkerStartError(LossdoctorError):
    """No process for reading could be started."""

    exit_code = 70


class _Ended:
    """What the listener says when a worker's answers have come to an end."""


_Message: TypeAlias = tuple[int, SourceResult | Exception] | _Ended | str | None


class _Worker:
    """One process, the chunk it works on, and the thread that waits for its answers."""

    def __init__(self, how: HowToExamine, memory: int, inbox: queue.SimpleQueue[tuple[_Worker, _Message]]) -> None:
        self.process = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, env=environment(memory)
        )
        self.ready = False
        self._todo: list[tuple[int, Source]] = []
        self._since = time.monotonic()
        self._inbox = inbox
        self._send(how)
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def in_hand(self) -> tuple[int, Source] | None:
        """The source being examined, with its index; None for an idle worker."""
        return self._todo[0] if self._todo else None

    @property
    def left(self) -> Chunk:
        """What of the chunk comes after the source in hand."""
        return tuple(self._todo[1:])

    def greeted(self) -> None:
        """Notes that the process is up; from now on the time of the source in hand runs."""
        self.ready, self._since = True, time.monotonic()

    def start(self, chunk: Chunk) -> None:
        """Sends a chunk to an idle worker."""
        self._todo, self._since = list(chunk), time.monotonic()
        self._send(chunk)

    def answered(self) -> None:
        """Notes that the source in hand is done, so that the next one is."""
        self._todo.pop(0)
        self._since = time.monotonic()

    def overdue(self, timeout: float) -> float:
        """The time limit of the source in hand when it is exceeded, else 0."""
        if self.in_hand is None:
            return 0.0
        limit = allowance(timeout, self.in_hand[1].total_bytes) if self.ready else _STARTUP_SECONDS
        return limit if limit and time.monotonic() - self._since > limit else 0.0

    def end(self, *, waits: float = 0.0) -> int:
        """Ends the process and returns its exit status; one that died by itself within `waits` seconds keeps its own."""
        with suppress(OSError):
            cast(BinaryIO, self.process.stdin).close()
        with suppress(subprocess.TimeoutExpired):
            return self.process.wait(waits)
        self.process.kill()
        return self.process.wait()

    def _send(self, message: object) -> None:
        # A worker that died is noticed where its answers are read.
        with suppress(OSError):
            pipe = cast(BinaryIO, self.process.stdin)
            pipe.write(pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL))
            pipe.flush()

    def _listen(self) -> None:
        with cast(BinaryIO, self.process.stdout) as pipe:
            while True:
                try:
                    message = pickle.load(pipe)
                except Exception:  # noqa: BLE001  # a process that died amid an answer leaves any half of a pickle
                    self._inbox.put((self, _Ended()))
                    return
                self._inbox.put((self, message))


class Workers:
    """Processes that examine sources.

    Args:
        how: what every source is examined with.
        jobs: number of processes, at least 1.
        timeout: seconds that one source may take, more for large ones; 0 for no limit.
        memory: bytes that each process may use; 0 for no bound. A source that needs more becomes a problem.
    """

    def __init__(self, how: HowToExamine, jobs: int, timeout: float, memory: int = 0) -> None:
        self._how, self._jobs, self._timeout, self._memory = how, jobs, timeout, memory
        self._inbox: queue.SimpleQueue[tuple[_Worker, _Message]] = queue.SimpleQueue()
        self._workers: list[_Worker] = []
        self._waiting: list[Chunk] = []

    def examine(self, chunks: Sequence[Chunk]) -> Iterator[tuple[int, SourceResult] | None]:
        """Index and result of every source in the order of completion; None now and then while nothing happens.

        Raises:
            WorkerStartError: a process ended before it could do anything.
            Exception: one that a worker met and every source would meet.

        All processes are ended then, and also when the iteration is given up.
        """
        self._waiting = list(reversed(chunks))
        try:
            for _ in range(min(self._jobs, len(self._waiting))):
                self._hire()
            while self._workers:
                yield from self._next()
                yield from self._give_up_slow()
        finally:
            for worker in self._workers:
                worker.end()

    def _next(self) -> Iterator[tuple[int, SourceResult] | None]:
        try:
            worker, message = self._inbox.get(timeout=_TICK)
        except queue.Empty:
            yield None
            return
        if worker not in self._workers:
            return  # the last words of one that was given up
        match message:
            case str():
                worker.greeted()
            case None:
                self._employ(worker)
            case _Ended():
                yield from self._replace(worker)
            case (_, Exception() as error):
                raise error
            case (index, result):
                worker.answered()
                yield index, result

    def _hire(self) -> None:
        worker = _Worker(self._how, self._memory, self._inbox)
        self._workers.append(worker)
        worker.start(self._waiting.pop())

    def _employ(self, worker: _Worker) -> None:
        if self._waiting:
            worker.start(self._waiting.pop())
        else:
            self._workers.remove(worker)
            worker.end()

    def _give_up_slow(self) -> Iterator[tuple[int, SourceResult]]:
        for worker in tuple(self._workers):
            if limit := worker.overdue(self._timeout):
                yield from self._replace(worker, limit)

    def _replace(self, worker: _Worker, limit: float = 0.0) -> Iterator[tuple[int, SourceResult]]:
        """Ends a worker, blames the source in hand, and puts the rest of its chunk back."""
        self._workers.remove(worker)
        status = worker.end(waits=0.0 if limit else 0.5)
        if not worker.ready:
            raise WorkerStartError("A process for reading could not be started.", "Try `--jobs 1`.")
        if worker.left:
            self._waiting.append(worker.left)
        if worker.in_hand is not None:
            index, source = worker.in_hand
            yield index, SourceResult((), (_problem(source, status, limit),))
        if self._waiting:
            self._hire()


def _problem(source: Source, status: int, limit: float) -> Problem:
    return took_too_long(source.path, limit) if limit else crashed(source.path, status)

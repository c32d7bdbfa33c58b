"""Calls a function in a process of its own, with limits on memory and time."""

from __future__ import annotations

import multiprocessing as mp
import resource
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_context = mp.get_context("fork")
_BACKSTOP = 4 << 30


@dataclass(frozen=True)
class Outcome:
    """What a call came to.

    Attributes:
        value: what it returned; picklable.
        error: the traceback of the exception that it raised; "" for none.
        status: exit status of its process, minus the signal that ended it; 0 when it came to its end.
        seconds: how long it took.
        peak: bytes of memory that it took beside what there was before.
    """

    value: Any
    error: str
    status: int
    seconds: float
    peak: int


def bounded(work: Callable[..., Any], *args: Any, seconds: float = 20.0) -> Outcome:
    """Runs `work` in a fork of this process; killed after `seconds`, and refused more than 4 GB on top.

    Raises:
        TimeoutError: it took longer.
    """
    receiving, sending = _context.Pipe(duplex=False)
    process = _context.Process(target=_run, args=(sending, work, args), daemon=True)
    begin = time.monotonic()
    process.start()
    sending.close()
    if not receiving.poll(seconds):
        process.kill()
        process.join()
        raise TimeoutError(f"{work} took longer than {seconds} s")
    try:
        value, error, peak = receiving.recv()
    except EOFError:
        value, error, peak = None, "", 0
    process.join()
    receiving.close()
    return Outcome(value, error, process.exitcode or 0, time.monotonic() - begin, peak)


def _run(sending: Connection, work: Callable[..., Any], args: tuple[Any, ...]) -> None:
    now = _status("VmSize") + _BACKSTOP
    resource.setrlimit(resource.RLIMIT_AS, (now, now))
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    value, error = None, ""
    try:
        value = work(*args)
    except BaseException:  # noqa: BLE001  # the parent says what it was
        error = traceback.format_exc()
    peak = max(_status("VmHWM") - before, 0)
    sending.send((value, error, peak))


def _status(name: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) << 10

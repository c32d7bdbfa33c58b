"""Keeps what one source does from ending a scan: its errors become problems, and its time is limited."""

from __future__ import annotations

import ctypes
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import ParamSpec, TypeVar

from lossdoctor import safe_text
from lossdoctor.errors import LossdoctorError
from lossdoctor.progress import Cancelled
from lossdoctor.runs import Problem, ProblemLevel

_P = ParamSpec("_P")
_T = TypeVar("_T")

_log = logging.getLogger(__name__)

_REPORT_HINT = "This is a defect of lossdoctor, not of your log; please report it with this file."
# Reading slower than this is no reading: a network share that hangs, or a parser caught in a loop.
SLOWEST_BYTES_PER_SECOND = 250_000


class TooSlowError(Exception):
    """A source took longer than its time limit."""


def guarded(path: str, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T | Problem:
    """The result of `work`, or the problem that it ran into; nothing one file holds may end the scan."""
    try:
        return work(*args, **kwargs)
    except Cancelled:
        raise
    except TooSlowError as error:
        return took_too_long(path, float(str(error)))
    except LossdoctorError as error:
        return Problem("unreadable", ProblemLevel.ERROR, path, error.message, error.hint)
    except MemoryError:
        return out_of_memory(path)
    except OSError as error:
        hint = "Check that the file exists and that you may read it."
        return Problem("unreadable", ProblemLevel.ERROR, path, f"cannot be read: {error.strerror or error}.", hint)
    except Exception as error:  # noqa: BLE001  # a defect met by one file of thousands must not cost the others
        return defect(path, error)


def defect(path: str, error: Exception) -> Problem:
    """The problem for an error that is our own."""
    _log.debug("failed on %s", path, exc_info=error)
    message = f"lossdoctor failed on this input ({type(error).__name__}: {safe_text.plain(error, 120)})."
    return Problem("internal_error", ProblemLevel.ERROR, path, message, _REPORT_HINT)


def crashed(path: str, status: int | None) -> Problem:
    """The problem for a source whose process ended while reading it; `status` is that process' exit status."""
    how = f"signal {-status}" if status is not None and status < 0 else f"exit status {status}"
    message = f"ended the process that read it ({how}); the other files were read."
    return Problem("crashed", ProblemLevel.ERROR, path, message, _REPORT_HINT)


def took_too_long(path: str, seconds: float) -> Problem:
    """The problem for a source that was given up."""
    message = f"was given up after {seconds:.3g} s; the other files were read."
    hint = "Give it more time (--timeout), or look whether its disk or network share answers."
    return Problem("too_slow", ProblemLevel.ERROR, path, message, hint)


def out_of_memory(path: str) -> Problem:
    """The problem for a source that does not fit in the memory that there is, or that the scan may use."""
    message = "does not fit in the memory that may be used; the other files were read."
    hint = "Allow more (--max-memory), close other programs, or read it on a larger machine."
    return Problem("out_of_memory", ProblemLevel.ERROR, path, message, hint)


def allowance(seconds: float, size_bytes: int) -> float:
    """The time limit of a source in seconds: at least `seconds`, more for one that is large; 0 means none."""
    return max(seconds, size_bytes / SLOWEST_BYTES_PER_SECOND) if seconds > 0 else 0.0


def within(seconds: float, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """The result of `work`, done in a thread of its own that is given up after so many seconds; 0 means no limit.

    For where `time_limit` has no say: in the threads of a cluster's workers. A thread that runs Python is ended, one that
    waits for a disk or a network is left behind and ends when that answers.

    Raises:
        TooSlowError: it was given up.
        Exception: whatever `work` raised.
    """
    if seconds <= 0:
        return work(*args, **kwargs)
    found: list[_T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001  # raised again where the result is waited for
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if found:
        return found[0]
    if raised:
        raise raised[0]
    if thread.ident is not None:
        _end(thread.ident, seconds)
    raise TooSlowError(str(seconds))


def _end(thread: int, seconds: float) -> None:
    """Raises TooSlowError in another thread, at the next step that it makes in Python."""

    class EndedError(TooSlowError):
        def __init__(self) -> None:
            super().__init__(str(seconds))

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(EndedError))


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises TooSlowError in the block after so many seconds; 0 means no limit.

    Works in a main thread of a system with interval timers, where nobody else uses them; elsewhere there is no limit. A
    call that never comes back from C code is not interrupted: for that the scan has processes.
    """
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if seconds <= 0 or not usable or signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise TooSlowError(str(seconds))

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

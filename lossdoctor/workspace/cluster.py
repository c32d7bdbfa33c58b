"""Examines sources on a Dask cluster: chunks by bytes as tasks; one whose worker died is tried elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lossdoctor.errors import InputError, UsageError
from lossdoctor.importers.base import Source
from lossdoctor.workspace.chunks import Chunk
from lossdoctor.workspace.examined import HowToExamine, SourceResult
from lossdoctor.workspace.guard import TooSlowError, allowance, crashed, took_too_long, within
from lossdoctor.workspace.reach import examine_anywhere

INSTALL = 'pip install "lossdoctor[distributed]"'
_CONNECT_SECONDS = 20
_RETRIES = 2


def examine_chunk(chunk: Chunk, how: HowToExamine, timeout: float = 0.0) -> list[tuple[int, SourceResult | Exception]]:
    """One task: every source of a chunk, each given up after `timeout` seconds (more for a large one); 0 for never.

    An exception in place of a result is one that every source would meet. It is returned, not raised: Dask would send its
    traceback along, and whoever waits for one that cannot be sent waits for ever.
    """
    return [(index, _in_time(source, how, allowance(timeout, source.total_bytes))) for index, source in chunk]


def _in_time(source: Source, how: HowToExamine, limit: float) -> SourceResult | Exception:
    try:
        return within(limit, examine_anywhere, source, how)
    except TooSlowError:
        return SourceResult((), (took_too_long(source.path, limit),))
    except Exception as error:  # noqa: BLE001  # the scan raises it where the user sees it
        return error.with_traceback(None)


def examine_on_cluster(
    chunks: Sequence[Chunk], how: HowToExamine, address: str, timeout: float = 0.0
) -> Iterator[tuple[int, SourceResult] | None]:
    """Index and result of every source in the order of completion.

    A chunk that fails again and again is taken apart, so that a file that kills its worker costs that file only.

    Args:
        chunks: what to examine. Paths must mean the same on every worker: a shared file system, or URLs.
        how: what every source is examined with.
        address: of the scheduler, such as tcp://host:8786.
        timeout: seconds that one source may take on its worker, more for large ones; 0 for no limit.

    Raises:
        UsageError: dask is not installed.
        InputError: no scheduler answers at the address.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise UsageError("A scan on a cluster needs the package distributed.", f"Install it: `{INSTALL}`.") from error
    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(f"{address}: no Dask scheduler answers there.", "It looks like tcp://host:8786.") from error
    with client:
        pending: dict[Any, Chunk] = {}

        def submit(chunk: Chunk) -> Any:
            future = client.submit(examine_chunk, chunk, how, timeout, pure=False, retries=_RETRIES)
            pending[future] = chunk
            return future

        running = as_completed([submit(chunk) for chunk in chunks], loop=client.loop)
        for future in running:
            chunk = pending.pop(future)
            if future.status == "finished":
                yield from _results(future.result())
            elif len(chunk) > 1:
                for item in chunk:
                    running.add(submit((item,)))
            else:
                yield _lost(chunk, future)


def _results(answers: list[tuple[int, SourceResult | Exception]]) -> Iterator[tuple[int, SourceResult]]:
    for index, answer in answers:
        if isinstance(answer, Exception):
            raise answer
        yield index, answer


def _lost(chunk: Chunk, future: Any) -> tuple[int, SourceResult]:
    """What is said of a source that no worker could examine; an error that every source would meet is raised."""
    from distributed.scheduler import KilledWorker

    [(index, source)] = chunk
    error = future.exception()
    if not isinstance(error, KilledWorker):
        raise error
    return index, SourceResult((), (crashed(source.path, None),))

"""Examines sources on a Dask cluster: chunks by bytes as tasks; one whose worker died is tried elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lossdoctor.errors import InputError, UsageError
from lossdoctor.workspace.chunks import Chunk
from lossdoctor.workspace.examined import HowToExamine, SourceResult
from lossdoctor.workspace.guard import crashed
from lossdoctor.workspace.reach import examine_anywhere

INSTALL = 'pip install "lossdoctor[distributed]"'
_CONNECT_SECONDS = 20
_RETRIES = 2


def examine_chunk(chunk: Chunk, how: HowToExamine) -> list[tuple[int, SourceResult]]:
    """One task: every source of a chunk."""
    return [(index, examine_anywhere(source, how)) for index, source in chunk]


def examine_on_cluster(
    chunks: Sequence[Chunk], how: HowToExamine, address: str
) -> Iterator[tuple[int, SourceResult] | None]:
    """Index and result of every source in the order of completion.

    A chunk that fails again and again is taken apart, so that a file that kills its worker costs that file only.

    Args:
        chunks: what to examine. Paths must mean the same on every worker: a shared file system, or URLs.
        how: what every source is examined with.
        address: of the scheduler, such as tcp://host:8786.

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
            future = client.submit(examine_chunk, chunk, how, pure=False, retries=_RETRIES)
            pending[future] = chunk
            return future

        running = as_completed([submit(chunk) for chunk in chunks], loop=client.loop)
        for future in running:
            chunk = pending.pop(future)
            if future.status == "finished":
                yield from future.result()
            elif len(chunk) > 1:
                for item in chunk:
                    running.add(submit((item,)))
            else:
                yield _lost(chunk, future)


def _lost(chunk: Chunk, future: Any) -> tuple[int, SourceResult]:
    """What is said of a source that no worker could examine; an error that every source would meet is raised."""
    from distributed.scheduler import KilledWorker

    [(index, source)] = chunk
    error = future.exception()
    if not isinstance(error, KilledWorker):
        raise error
    return index, SourceResult((), (crashed(source.path, None),))

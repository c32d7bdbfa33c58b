"""Cuts the sources of a scan into chunks of about equal bytes, and says how many processes they are worth."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeAlias

from lossdoctor.importers.base import Source

Chunk: TypeAlias = tuple[tuple[int, Source], ...]

# Opening, recognising and judging a small file costs about as much as reading so many bytes.
FILE_COST = 150_000
# A second process pays from here on: starting it takes about as long as reading this much.
BYTES_PER_JOB = 16_000_000
MAX_JOBS = 16
# Small enough that the last chunk does not keep the others waiting, large enough that handing over costs nothing.
_CHUNKS_PER_JOB = 12
_LARGEST_CHUNK = 16_000_000


def cost(source: Source) -> int:
    """What reading a source costs, in bytes of a large file."""
    return source.total_bytes + FILE_COST * len(source.every_file)


def jobs_for(sources: Sequence[Source]) -> int:
    """How many processes a scan of these is worth; 1 means that it stays in this one."""
    worth = sum(map(cost, sources)) // BYTES_PER_JOB
    return max(1, min(_processors(), MAX_JOBS, len(sources), worth))


def make_chunks(sources: Sequence[Source], jobs: int) -> list[Chunk]:
    """Every source with its index, in chunks of about equal cost, the largest sources first and by themselves."""
    limit = min(_LARGEST_CHUNK, sum(map(cost, sources)) // (jobs * _CHUNKS_PER_JOB) + 1)
    chunks: list[Chunk] = []
    chunk: list[tuple[int, Source]] = []
    filled = 0
    for index, source in sorted(enumerate(sources), key=lambda item: (-cost(item[1]), item[0])):
        if chunk and filled + cost(source) > limit:
            chunks.append(tuple(chunk))
            chunk, filled = [], 0
        chunk.append((index, source))
        filled += cost(source)
    return [*chunks, tuple(chunk)] if chunk else chunks


def _processors() -> int:
    """Processors that this process may use (a batch system may have given it fewer than the machine has)."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1

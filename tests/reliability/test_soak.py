"""A short soak of following, and that a leak would be seen; the long one is `python -m tests.bench.soak`."""

from __future__ import annotations

import contextlib
import mmap
import os
from collections.abc import Iterator
from pathlib import Path

from tests.bench.soak import Look, leaks, soak, watcher


def test_following_leaves_nothing_behind() -> None:
    readings = soak(120, every=20)
    assert leaks(readings) == []
    assert readings[-1].points > 100


@contextlib.contextmanager
def leaking(folder: Path) -> Iterator[Look]:
    kept: list[object] = []
    with watcher(folder) as look:

        def worse() -> int:
            kept.append(os.open(folder, os.O_RDONLY))
            # Memory of its own: what the heap got back from other tests would hide a leak of ordinary objects.
            block = mmap.mmap(-1, 1 << 20)
            block.write(b"\x01" * (1 << 20))
            kept.append(block)
            return look()

        yield worse
    for item in kept:
        if isinstance(item, int):
            os.close(item)
        elif isinstance(item, mmap.mmap):
            item.close()


def test_a_leak_would_be_seen() -> None:
    found = " ".join(leaks(soak(40, leaking)))
    assert "memory" in found
    assert "files" in found

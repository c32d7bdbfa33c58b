"""A short soak of the window that follows; the long one is `python -m tests.bench.soak --window`."""

from __future__ import annotations

from tests.bench.soak import leaks, soak, window


def test_the_window_leaves_nothing_behind_while_it_follows() -> None:
    assert leaks(soak(16, window, every=4)) == []

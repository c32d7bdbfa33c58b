from __future__ import annotations

from typing import Any

import pytest

from tests.bench.gui import lost_spikes


@pytest.mark.parametrize("points", [5_000, 400_000])
def test_spikes_of_one_point_are_all_seen_in_the_pixels(qapp: Any, points: int) -> None:
    assert lost_spikes(points) == 0

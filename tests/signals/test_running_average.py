"""Running averages that start again each epoch, and losses that repeat for another reason."""

from __future__ import annotations

import numpy as np
import pytest

from lossdoctor.signals.running_average import decay_of_moves

EPOCH = 40


def batches(seed: int, epochs: int = 12) -> np.ndarray:
    """Losses of single batches that fall and are noisy."""
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 1, EPOCH * epochs)
    return 0.5 + 2.0 * np.exp(-4 * t) + 0.1 * rng.standard_normal(t.size)


def averaged(losses: np.ndarray) -> np.ndarray:
    """The mean since the last epoch began, one value after the other."""
    out = []
    for i in range(losses.size):
        first = i - i % EPOCH
        out.append(sum(losses[first : i + 1]) / (i + 1 - first))
    return np.array(out)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e5])
def test_moves_of_a_running_average_die_like_one_over_k(seed: int, scale: float) -> None:
    assert decay_of_moves(scale * averaged(batches(seed)), EPOCH) < -0.7


@pytest.mark.parametrize("seed", range(5))
def test_moves_of_a_loss_in_the_order_of_its_data_do_not(seed: int) -> None:
    losses = batches(seed)
    sorted_data = losses + 0.5 * (np.arange(losses.size) % EPOCH) / EPOCH
    assert decay_of_moves(sorted_data, EPOCH) > -0.4
    blocks = losses + 0.8 * ((np.arange(losses.size) % EPOCH) // 10)
    assert decay_of_moves(blocks, EPOCH) > -0.4


def test_short_periods_and_few_repetitions_are_not_judged() -> None:
    assert np.isnan(decay_of_moves(np.ones(100), 5))
    assert np.isnan(decay_of_moves(np.ones(100), 30))
    assert np.isnan(decay_of_moves(np.ones(400), 40))


@pytest.mark.parametrize("seed", range(5))
def test_a_fixed_order_whose_moves_die_by_chance_is_no_average(seed: int) -> None:
    """Every epoch goes through the same ups and downs, large ones first."""
    rng = np.random.default_rng(seed)
    pattern = np.cumsum(rng.choice([-1.0, 1.0], EPOCH) / np.arange(1, EPOCH + 1))
    values = np.tile(pattern, 12) + 0.005 * rng.standard_normal(12 * EPOCH)
    assert not decay_of_moves(values, EPOCH) < -0.6

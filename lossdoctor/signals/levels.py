"""Levels a loss sits at when nothing was learned: ln C for cross-entropy, and the floors of well-known mistakes."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Class counts that occur in the wild: binary, CIFAR-10, CIFAR-100, ImageNet, character sets, GPT-2 and BERT vocabularies.
COMMON_CLASSES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 26, 27, 65, 100, 200, 256, 1000, 10000, 30522, 32000, 50257)


@dataclass(frozen=True, slots=True)
class ChanceLevel:
    """A trivial level that a loss matches.

    Attributes:
        value: the level.
        classes: the number of classes C it belongs to.
        distance: |loss - level| / level.
    """

    value: float
    classes: int
    distance: float


# Counts usual enough to be guessed from a first loss without further evidence.
USUAL_CLASSES = (2, 3, 4, 5, 10, 20, 100, 1000)


def starts_at_chance(loss: float, tolerance: float = 0.03) -> bool:
    """True when a first loss looks like that of an untrained network: ln C for a usual C, or 1 (a standardised target)."""
    if abs(loss - 1.0) <= 0.15:
        return True
    return any(chance_level(loss, classes, tolerance) is not None for classes in USUAL_CLASSES)


def chance_level(loss: float, classes: int | None = None, tolerance: float = 0.02) -> ChanceLevel | None:
    """The cross-entropy ln C of a uniform guess that `loss` matches within `tolerance`, or None.

    Args:
        loss: a loss level in nats.
        classes: the number of classes when known; only its level is then tried.
        tolerance: largest relative distance.

    Source: ln C is the cross-entropy of the uniform distribution over C classes (Cover & Thomas, Elements of
    Information Theory, ch. 2); comparing the first loss with it is Karpathy's advice in "A Recipe for Training
    Neural Networks", 2019.
    """
    if not math.isfinite(loss) or loss <= 0:
        return None
    candidates = (classes,) if classes and classes > 1 else COMMON_CLASSES
    levels = [ChanceLevel(math.log(c), c, abs(loss - math.log(c)) / math.log(c)) for c in candidates]
    best = min(levels, key=lambda level: level.distance)
    return best if best.distance <= tolerance else None


def double_softmax_floor(classes: int) -> float:
    """Lowest cross-entropy reachable when softmax is applied twice: ln(1 + (C - 1) / e).

    After the second softmax the largest probability is e / (e + C - 1), reached when the first gives a one-hot vector.

    Raises:
        ValueError: fewer than 2 classes.
    """
    if classes < 2:
        raise ValueError(f"{classes} classes")
    return math.log(1.0 + (classes - 1) / math.e)

"""Abbreviations that only a run's other tags explain: `t_loss` beside `v_loss`, `L_total` where nothing is a loss."""

from __future__ import annotations

import re
from collections.abc import Sequence

# A short word for a split, its partner, and what both mean. Alone "v_loss" is a value loss, "cv_loss" a coefficient of
# variation, "te" anything: only the pair of otherwise equal tags says what is meant.
_PAIRS = (
    ("t", "v", "train", "val"),
    ("tr", "v", "train", "val"),
    ("tr", "cv", "train", "val"),
    ("train", "cv", "train", "val"),
    ("train", "vld", "train", "val"),
    ("trn", "vld", "train", "val"),
    ("tr", "vl", "train", "val"),
    ("tr", "te", "train", "test"),
    ("train", "te", "train", "test"),
    ("tloss", "vloss", "train loss", "val loss"),
)
# A log of more tags is no training log written by hand, and looking for pairs would take longer than reading it.
MANY = 5000
_WORD = r"(?<![A-Za-z]){}(?![A-Za-z])"
# A loss by its letter, as in papers; not a norm (L_inf, L_p) nor a score (ROUGE's L_f).
_CAPITAL_L = re.compile(
    r"(?:(?<=/)|(?<=val_)|(?<=train_)|(?<=test_)|^)L(?=_(?!inf|norm|bfgs|f\b|p\b|r\b|recall|precision)[A-Za-z])"
)


def spelled_out(tags: Sequence[str], *, has_loss: bool) -> dict[str, str]:
    """Tags that can be spelled out, each with how it reads then; empty for a run without such abbreviations.

    Args:
        tags: every tag of the run.
        has_loss: whether one of them reads as a loss already; then an L is no loss.
    """
    found: dict[str, str] = {}
    if len(tags) > MANY:
        return found
    known = {tag.lower(): tag for tag in tags}
    words = set(re.findall("[a-z]+", " ".join(known)))
    for short, partner, first, second in _PAIRS:
        if short not in words or partner not in words:
            continue
        for tag in tags:
            lower = tag.lower()
            other = re.sub(_WORD.format(short), partner, lower, count=1)
            if other != lower and other in known:
                found[tag] = re.sub(_WORD.format(short), first, lower, count=1)
                found[known[other]] = re.sub(_WORD.format(short), second, lower, count=1)
    if not has_loss:
        for tag in tags:
            if _CAPITAL_L.search(tag):
                found[tag] = _CAPITAL_L.sub("loss", tag, count=1)
    return found

"""What one tag says by itself: the quantity, the split, and which words are left over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from lossdoctor.importers import role_words as w
from lossdoctor.importers.role_words import Split
from lossdoctor.importers.tag_words import words


class Quantity(Enum):
    """What a series measures. The values read as words in a reason."""

    LOSS = "a loss"
    LOSS_FUNCTION = "a loss function"
    METRIC = "a metric, larger is better"
    ERROR = "an error, smaller is better"
    LEARNING_RATE = "the learning rate"
    GRAD_NORM = "a gradient norm"
    EPOCH = "the epoch"
    THROUGHPUT = "a speed"
    LOSS_SCALE = "the loss scale of mixed precision"
    REWARD = "a reward"
    ADVERSARIAL = "one side of an adversarial pair"
    OTHER = "nothing lossdoctor judges"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One tag, read.

    Attributes:
        quantity: what is measured.
        split: on which data; None when the tag does not say.
        word: the word that named the quantity.
        split_word: the word that named the split.
        extras: words that set it apart from others of its kind: {"box"} in train/box_loss.
        side: "generator", "discriminator", "actor", "critic" or "".
        side_word: the word that names the side, as it stands in the tag.
        is_total: a word says that it is the whole.
        per_epoch: a word says that a point stands for an epoch: train_loss_epoch beside train_loss_step.
        weakness: points off as a loss: it is named by a loss function, or smoothed.
    """

    quantity: Quantity
    split: Split | None = None
    word: str = ""
    split_word: str = ""
    extras: frozenset[str] = frozenset()
    side: str = ""
    side_word: str = ""
    is_total: bool = False
    per_epoch: bool = False
    weakness: float = 0.0

    @property
    def proper_loss(self) -> bool:
        """Named by a function that is minimised as it is, whose level may stand beside a loss."""
        return self.word not in ("mae", "l1", "rmse", "ppl", "perplexity", "bpb", "bpc")

    @property
    def is_accuracy(self) -> bool:
        """An accuracy rather than some other metric."""
        return self.word in w.PLAIN_METRICS

    @property
    def may_be_adversarial(self) -> bool:
        """A loss of one side; "gen_accuracy" or "disc_lr" is none."""
        return self.quantity is Quantity.LOSS or (self.quantity is Quantity.OTHER and self.side != "")

    @property
    def plainly_adversarial(self) -> bool:
        """A loss of one side in whole words: a lone "g" or "d" may be anything."""
        return (
            self.may_be_adversarial and self.side in ("generator", "discriminator") and self.side_word not in ("g", "d")
        )

    def as_quantity(self, quantity: Quantity) -> Meaning:
        """The same tag read as another quantity."""
        return replace(self, quantity=quantity)

    def reason(self) -> str:
        """Why, in words for the user."""
        if self.quantity is Quantity.OTHER:
            return "no word in the tag names a quantity that is judged"
        if self.quantity is Quantity.ADVERSARIAL:
            return f"{self.side} loss: it falls and rises with its opponent's"
        said = " and ".join(f"“{word}”" for word in (self.split_word, self.word) if word)
        return f"tag says {said}: {self.quantity.value}"


@lru_cache(maxsize=20_000)
def describe(tag: str) -> Meaning:
    """Reads one tag. The same tag always means the same."""
    found = words(tag)
    have = frozenset(found)
    if not found or found[0] in ("hparams", "hparam") or have >= {"hp", "metric"}:
        return Meaning(Quantity.OTHER)
    split_at = max((i for i, word in enumerate(found) if word in w.SPLITS), default=-1)
    split = w.SPLITS[found[split_at]] if split_at >= 0 else None
    split_word = found[split_at] if split_at >= 0 else ""
    quantity, word = _quantity(found, have)
    side, side_word = _side(have)
    extras = frozenset(_extras(found, quantity, word))
    meaning = Meaning(quantity, split, word, split_word, extras, side, side_word, bool(have & w.TOTAL_WORDS))
    return replace(meaning, per_epoch=bool(have & w.EPOCH_WORDS), weakness=_weakness(meaning, have))


def _quantity(found: tuple[str, ...], have: frozenset[str]) -> tuple[Quantity, str]:
    for quantity, decide in _DECISIONS:
        word = decide(found, have)
        if word:
            return quantity, word
    return Quantity.OTHER, ""


def _first(found: Sequence[str], wanted: frozenset[str]) -> str:
    return next((word for word in found if word in wanted), "")


def _last(found: Sequence[str], wanted: frozenset[str]) -> str:
    return next((word for word in reversed(found) if word in wanted), "")


def _loss_scale(found: tuple[str, ...], have: frozenset[str]) -> str:
    if not have & w.SCALE_WORDS:
        return ""
    alone = have - w.SCALE_WORDS - w.DECORATION - frozenset(w.SPLITS)
    amp = {"amp", "fp16", "grad", "gradient", "loss", "dynamic", "mixed", "precision"}
    return "loss scale" if alone <= amp else ""


def _learning_rate(found: tuple[str, ...], have: frozenset[str]) -> str:
    if have & w.LOSS_WORDS:
        return ""
    if have & {"lr", "lrs"} or any(word.startswith("lr") and word[2:].isdigit() for word in found):
        return "lr"
    return "learning rate" if {"learning", "rate"} <= have or "learningrate" in have else ""


def _grad_norm(found: tuple[str, ...], have: frozenset[str]) -> str:
    if have & w.LOSS_WORDS:
        return ""
    if (have & w.GRADIENT_WORDS and have & w.NORM_WORDS) or have & w.GRAD_NORM_WORDS:
        return "gradient norm"
    return "global norm" if {"global", "norm"} <= have else ""


def _throughput(found: tuple[str, ...], have: frozenset[str]) -> str:
    if have & (w.LOSS_WORDS | w.METRIC_WORDS):
        return ""
    if word := _first(found, w.RATE_WORDS):
        return word
    return "per second" if have & w.PER_SECOND and have & w.RATED else ""


def _epoch(found: tuple[str, ...], have: frozenset[str]) -> str:
    rest = [word for word in found if word not in w.SPLITS and word not in ("trainer", "current", "time", "progress")]
    return "epoch" if len(rest) == 1 and rest[0] in w.EPOCH_WORDS else ""


def _reward(found: tuple[str, ...], have: frozenset[str]) -> str:
    if have & w.PREFERENCE_WORDS or have & w.LOSS_WORDS:
        return ""
    return _first(found, w.REWARD_WORDS)


_EMPTY_WORDS = w.DECORATION | w.TOTAL_WORDS | frozenset(w.SPLITS) | {"value", "function", "fn"}


def _loss(found: tuple[str, ...], have: frozenset[str]) -> str:
    word = _last(found, w.LOSS_WORDS)
    if not word or have & (w.NEVER_A_LOSS | w.PERPLEXITY_WORDS):
        return ""
    behind = found[len(found) - found[::-1].index(word) :]
    if any(item in w.NOT_A_LOSS_AFTER for item in behind):
        return ""
    if word in w.VAGUE_LOSS_WORDS and not set(behind) <= _EMPTY_WORDS:
        return ""
    head = _last(found, w.LOSS_WORDS | w.PLAIN_METRICS)
    return word if head in w.LOSS_WORDS else ""


def _loss_function(found: tuple[str, ...], have: frozenset[str]) -> str:
    if have & (w.NEVER_A_LOSS | w.NOT_A_LOSS_AFTER):
        return ""
    if {"cross", "entropy"} <= have:
        return "cross_entropy"
    if {"log", "loss"} <= have:
        return "logloss"
    return _last(found, frozenset(w.LOSS_FUNCTIONS))


def _metric(found: tuple[str, ...], have: frozenset[str]) -> str:
    if have & {"loss", "losses"} and not have & w.PLAIN_METRICS:
        return ""
    if have & w.EXTREMES or have & {"gap"}:
        return ""
    if "top" in have and any(word.isdigit() for word in found):
        return "top"
    return _last(found, w.METRIC_WORDS)


def _error(found: tuple[str, ...], have: frozenset[str]) -> str:
    if have & w.EXTREMES:
        return ""
    return _last(found, w.ERROR_WORDS)


# In order: the first that recognises its words wins.
_DECISIONS = (
    (Quantity.LOSS_SCALE, _loss_scale),
    (Quantity.LEARNING_RATE, _learning_rate),
    (Quantity.GRAD_NORM, _grad_norm),
    (Quantity.THROUGHPUT, _throughput),
    (Quantity.EPOCH, _epoch),
    (Quantity.REWARD, _reward),
    (Quantity.LOSS, _loss),
    (Quantity.METRIC, _metric),
    (Quantity.LOSS_FUNCTION, _loss_function),
    (Quantity.ERROR, _error),
)


def _side(have: frozenset[str]) -> tuple[str, str]:
    for side, names in (
        ("generator", w.GENERATOR_WORDS),
        ("discriminator", w.DISCRIMINATOR_WORDS),
        ("actor", w.ACTOR_WORDS),
        ("critic", w.CRITIC_WORDS),
    ):
        if spoken := have & names:
            return side, max(spoken, key=len)
    return "", ""


def _extras(found: tuple[str, ...], quantity: Quantity, word: str) -> list[str]:
    named = w.LOSS_WORDS | w.DECORATION | w.TOTAL_WORDS | frozenset(w.SPLITS) | frozenset(word.split())
    if quantity is Quantity.METRIC:
        named |= {word}
    if quantity in (Quantity.GRAD_NORM, Quantity.LEARNING_RATE):
        named |= w.GRADIENT_WORDS | w.NORM_WORDS | w.GRAD_NORM_WORDS | {"lr", "global", "learning", "rate"}
    if quantity is Quantity.LOSS_FUNCTION:
        named -= {word}  # an MSE and an MAE are different losses
    if "vs" in found:
        found = found[: found.index("vs")]
    return [item for item in found if item not in named and not _is_index(item, quantity)]


def _is_index(item: str, quantity: Quantity) -> bool:
    # "grad_2.0_norm" names the norm's order; "loss_1" and "loss_2" are different losses.
    return item.isdigit() and quantity is Quantity.GRAD_NORM


def _weakness(meaning: Meaning, have: frozenset[str]) -> float:
    points = 0.0
    if meaning.quantity is Quantity.LOSS_FUNCTION and meaning.word in w.LOSS_FUNCTIONS:
        points += 10.0 + w.LOSS_FUNCTIONS.index(meaning.word) / 2
    if have & {"ema", "smooth", "smoothed", "running"}:
        points += 4.0
    if have & {"vs"}:
        points += 6.0
    return points

"""Predicates over the run's settings: is a value above, below, within, equal to, or not set."""

from __future__ import annotations

from lossdoctor.knowledge.answer import Answer
from lossdoctor.knowledge.case import Case

_ADAPTIVE = ("adam", "rmsprop", "lion", "adagrad", "adafactor", "lamb", "novograd", "sophia")
# Usual ranges of the base rate (low, high). Adam: the top from UMLAUT (CHI 2021), whose own limit is 0.01; SGD: the
# article's range 1e-4 to 0.1, a step wider at the top because SGD with 0.1 and momentum is the ResNet recipe.
# The bottom for Adam is the highest rate that fine-tuning recipes use (BERT: 2e-5 to 5e-5); from scratch it is low.
_RANGES = {"adaptive": (5e-5, 1e-2), "sgd": (1e-3, 0.3)}


def _number(case: Case, setting: str) -> float | None:
    value = case.config.get(setting)
    if setting == "lr" and value is None:
        value = case.peak_lr
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def config_above(case: Case, setting: str, limit: float) -> Answer:
    """The setting is larger than `limit`."""
    value = _number(case, setting)
    if value is None:
        return Answer.unknown(f"config.{setting}")
    return Answer.of(value > limit, value=value, limit=limit, key=case.config.key(setting))


def config_below(case: Case, setting: str, limit: float) -> Answer:
    """The setting is smaller than `limit`."""
    value = _number(case, setting)
    if value is None:
        return Answer.unknown(f"config.{setting}")
    return Answer.of(value < limit, value=value, limit=limit, key=case.config.key(setting))


def config_within(case: Case, setting: str, low: float, high: float) -> Answer:
    """The setting lies in (low, high]: for settings where 0 means "off"."""
    value = _number(case, setting)
    if value is None:
        return Answer.unknown(f"config.{setting}")
    return Answer.of(low < value <= high, value=value, low=low, high=high, key=case.config.key(setting))


def config_equals(case: Case, setting: str, words: tuple[str, ...]) -> Answer:
    """The setting is one of `words` (text without regard to case; a flag compares as "true" or "false")."""
    value = case.config.get(setting)
    if value is None:
        return Answer.unknown(f"config.{setting}")
    return Answer.of(str(value).lower() in words, value=str(value), key=case.config.key(setting))


def config_missing(case: Case, setting: str) -> Answer:
    """Other settings were recorded, this one was not: probably left at its default."""
    if not case.config:
        return Answer.unknown(f"config.{setting}")
    return Answer.of(case.config.get(setting) is None, key=setting)


def no_regularisation_set(case: Case) -> Answer:
    """Dropout and weight decay are both recorded, and both 0 (weight decay up to 1e-4 counts as none)."""
    dropout, decay = case.config.dropout, case.config.weight_decay
    if dropout is None or decay is None:
        return Answer.unknown("config.dropout" if dropout is None else "config.weight_decay")
    return Answer.of(dropout <= 0 and decay <= 1e-4, dropout=dropout, decay=decay)


def lr_for_optimiser(case: Case, side: str, times: float = 1.0) -> Answer:
    """The learning rate lies above (or below) the usual range of its optimiser, by a factor of `times` or more."""
    rate = case.config.lr or case.peak_lr
    if rate is None:
        return Answer.unknown("lr")
    name = case.config.optimizer
    if name is None:
        return _lr_for_any_optimiser(rate, side, times)
    low, high = _RANGES["adaptive" if any(word in name for word in _ADAPTIVE) else "sgd"]
    if side == "above":
        return Answer.of(rate > times * high, lr=rate, limit=high, optimizer=name)
    return Answer.of(times * rate < low, lr=rate, limit=low, optimizer=name)


def lr_high_unless_sgd(case: Case) -> Answer:
    """The optimiser is not recorded, and the rate is above the top for Adam though possible for plain SGD."""
    rate = case.config.lr or case.peak_lr
    if rate is None or case.config.optimizer is not None:
        return Answer.unknown()
    low, high = _RANGES["adaptive"][1], _RANGES["sgd"][1]
    return Answer.of(low < rate <= high, lr=rate, limit=low)


def _lr_for_any_optimiser(rate: float, side: str, times: float) -> Answer:
    """With the optimiser unknown only a rate that lies on one side of every optimiser's limit decides."""
    lows, highs = zip(*_RANGES.values(), strict=True)
    limits = sorted(highs if side == "above" else lows)
    factor = times if side == "above" else 1 / times
    if factor * limits[0] < rate <= factor * limits[-1]:
        return Answer.unknown("config.optimizer")
    outside = (rate > factor * limits[-1]) if side == "above" else (rate <= factor * limits[0])
    limit = limits[-1] if rate > limits[-1] else limits[0]
    return Answer.of(outside, lr=rate, limit=limit, optimizer="any optimiser")

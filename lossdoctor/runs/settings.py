"""run_settings: everything known of a run's settings: its config, its name (`lr1e-3_bs32`), its logged learning rate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import numpy as np

from lossdoctor.runs.config import NUMBERS, StandardConfig, standard_config
from lossdoctor.runs.roles import Role
from lossdoctor.runs.run import ConfigValue, Run

# Short forms that occur in names only; as keys of a config they would be too vague.
_SHORT: dict[str, str] = {
    "b": "batch_size", "batch": "batch_size", "do": "dropout", "drop": "dropout", "gc": "clip", "wu": "warmup_steps",
    "mom": "momentum", "ls": "label_smoothing",
}  # fmt: skip
_ALIASES: dict[str, str] = {alias: name for name, aliases in NUMBERS.items() for alias in aliases} | _SHORT
_WORDS = "|".join(sorted((re.escape(word) for word in _ALIASES), key=len, reverse=True))
# `lr1e-3`, `lr=0.001`, `lr_1e-3`, `bs-32`, `dropout.5`; the word must not be the tail of another one (`color3`).
_NUMBER = re.compile(
    rf"(?<![a-z])(?P<word>{_WORDS})(?:\s*[=:]\s*|[_-])?(?P<value>(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?![0-9a-z.]*[a-z])",
    re.IGNORECASE,
)
_OPTIMISERS = re.compile(
    r"(?<![a-z])(adamw|adamax|nadam|radam|adam|sgd|rmsprop|adagrad|adadelta|adafactor|lion|lamb|lars)(?![a-z])",
    re.IGNORECASE,
)
# Keys that tell runs apart without making them different experiments.
_NO_SETTING = re.compile(
    r"(^|[._/-])(seed|random_seed|name|run_name|run_id|id|uuid|group|tags?|notes?|project|entity|version|host(name)?|user|pid|"
    r"(out(put)?|log|save|work|ckpt|checkpoint|data|cache|root|model)_?(dir|path|folder|file)|dir|path|devices?|gpus?|"
    r"num_workers|workers|time(stamp)?|date|created(_at)?|started(_at)?|git\w*|commit|_wandb|wandb)([._/-]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Described:
    """What config and name say: standard settings, and entries without a standard name (no seed, path or machine)."""

    settings: StandardConfig
    other: dict[str, ConfigValue]


# A folder's runs are compared pair by pair; reading the same config for each pair would cost more than the comparison.
# Keyed by content, so a run that grew under the same id is read anew; emptied when full.
_CACHE: dict[tuple[str, str, str], _Described] = {}
_MOST_CACHED = 10_000


def run_settings(run: Run) -> StandardConfig:
    """Settings under standard names: the config's first, then what the run's name says, then the peak of the logged rate.

    `keys` says where each comes from; "run name" and the tag of the rate stand for the latter two.
    """
    settings = _described(run).settings
    rate = run.primary(Role.LEARNING_RATE) if settings.lr is None else None
    if rate is None or not np.isfinite(rate.values).any():
        return settings
    peak = float(rate.values[np.isfinite(rate.values)].max())
    return replace(settings, lr=peak, keys=(*settings.keys, ("lr", rate.tag)))


def _described(run: Run) -> _Described:
    key = (run.id, run.name, repr(dict(run.config)))
    if key not in _CACHE:
        if len(_CACHE) >= _MOST_CACHED:
            _CACHE.clear()
        _CACHE[key] = _describe(run)
    return _CACHE[key]


def _describe(run: Run) -> _Described:
    standard = standard_config(run.config)
    values, keys = dict(standard.items()), dict(standard.keys)
    for name, value in name_settings(full_name(run)).items():
        if name not in values:
            values[name], keys[name] = value, "run name"
    known = {key for _, key in standard.keys}
    other = {key: value for key, value in run.config.items() if key not in known and not _NO_SETTING.search(key)}
    settings = StandardConfig(**values, keys=tuple(keys.items()))  # type: ignore[arg-type]  # each field's own type
    return _Described(settings, other)


def full_name(run: Run) -> str:
    """The run's name with its folder, where settings are spelled out as often: `lr1e-3/metrics.csv`, `bs32/version_0`."""
    parts = PurePosixPath(run.id).parts[-2:]
    return "/".join(parts if run.name in parts else (*parts, run.name))


def call_name(run: Run) -> str:
    """What to call a run beside others: its name, with its folder where it is a file (`lr1e-3/metrics.csv`)."""
    parts = PurePosixPath(run.id).parts
    return "/".join(parts[-2:]) if parts and parts[-1].startswith(f"{run.name}.") else run.name


def name_settings(name: str) -> dict[str, float | str]:
    """Settings that a run's name spells out: `sweep/lr1e-3_bs32_adamw` has lr, batch size and optimiser.

    The first mention counts. A value that cannot be meant (`lr 3`, a rate above 100; `dropout 5`) is left out.
    """
    found: dict[str, float | str] = {}
    for match in _NUMBER.finditer(name):
        setting, value = _ALIASES[match["word"].lower()], float(match["value"])
        if setting not in found and _plausible(setting, value):
            found[setting] = value
    optimiser = _OPTIMISERS.search(name)
    if optimiser is not None:
        found["optimizer"] = optimiser[1].lower()
    return found


def _plausible(setting: str, value: float) -> bool:
    if setting == "lr":
        return 0 < value <= 100
    if setting in ("dropout", "label_smoothing", "momentum", "warmup_ratio"):
        return 0 <= value <= 1
    return value >= 0


def further_settings(run: Run) -> dict[str, ConfigValue]:
    """The entries of the config that have no standard name and are settings: no seed, path, name or machine."""
    return dict(_described(run).other)


def differences(one: Run, other: Run) -> dict[str, tuple[ConfigValue, ConfigValue]]:
    """Settings in which two runs differ: name -> (value of `one`, value of `other`), as `settings_apart`."""
    return settings_apart(run_settings(one), run_settings(other), _described(one).other, _described(other).other)


def settings_apart(
    one: StandardConfig, other: StandardConfig, left: Mapping[str, ConfigValue], right: Mapping[str, ConfigValue]
) -> dict[str, tuple[ConfigValue, ConfigValue]]:
    """Settings in which two runs differ: name -> (value of `one`, value of `other`); None where it is not recorded.

    Seeds, names, paths and machines are no settings. Settings that only one run recorded count as well, since runs of
    one program record the same.

    Args:
        one: settings under standard names.
        other: those of the other run.
        left: further settings of the first run.
        right: those of the other run.
    """
    mine = {**dict(one.items()), **left}
    theirs = {**dict(other.items()), **right}
    return {
        key: (mine.get(key), theirs.get(key))
        for key in dict.fromkeys((*mine, *theirs))
        if key != "seed" and mine.get(key) != theirs.get(key)
    }

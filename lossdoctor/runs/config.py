"""StandardConfig: the hyper-parameters a diagnosis asks about, found under the many names trainers give them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TypeAlias

from lossdoctor.runs.run import ConfigValue

# The order within a line is the order of preference when a config holds several of them. A name with a dot is matched
# against the last two parts of the key ("optimizer.name"), one without against the last part only.
NUMBERS: dict[str, tuple[str, ...]] = {
    "lr": ("learning_rate", "lr", "base_lr", "init_lr", "initial_lr", "peak_lr", "max_lr", "lr0", "learningrate"),
    "batch_size": (
        "batch_size", "train_batch_size", "per_device_train_batch_size", "per_gpu_train_batch_size", "batchsize",
        "mini_batch_size", "micro_batch_size", "global_batch_size", "total_batch_size", "bs",
    ),
    "dropout": (
        "dropout", "dropout_rate", "dropout_prob", "dropout_p", "p_drop", "drop_rate", "hidden_dropout_prob",
        "resid_pdrop", "p_dropout", "dropout_probability",
    ),
    "weight_decay": ("weight_decay", "wd", "weight_decay_rate", "l2", "l2_reg", "l2_lambda", "weightdecay"),
    "clip": (
        "gradient_clip_val", "max_grad_norm", "grad_clip", "gradient_clip", "clip_grad_norm", "grad_clip_norm",
        "gradient_clipping", "clip_grad", "clip_norm", "clipnorm", "global_clipnorm", "clipvalue", "max_norm", "clip",
    ),
    "warmup_steps": (
        "warmup_steps", "num_warmup_steps", "n_warmup_steps", "lr_warmup_steps", "warmup_iters", "warmup_updates",
        "warmup",
    ),
    "warmup_ratio": ("warmup_ratio", "warmup_fraction", "warmup_proportion", "pct_start"),
    "classes": ("num_classes", "n_classes", "nb_classes", "num_labels", "num_class", "classes", "vocab_size", "n_vocab"),
    "seed": ("seed", "random_seed", "rng_seed", "seed_everything", "manual_seed"),
    "max_epochs": ("max_epochs", "num_train_epochs", "num_epochs", "n_epochs", "nb_epochs", "total_epochs", "epochs"),
    "max_steps": (
        "max_steps", "num_train_steps", "total_steps", "train_steps", "num_steps", "n_steps", "max_iters", "max_updates",
        "num_iterations", "iterations",
    ),
    "momentum": ("momentum", "sgd_momentum"),
    "label_smoothing": ("label_smoothing", "label_smoothing_factor", "label_smooth", "smoothing"),
}  # fmt: skip
TEXTS: dict[str, tuple[str, ...]] = {
    "optimizer": (
        "optimizer.name", "optimizer.type", "optimizer.class_path", "optimizer._target_", "optimizer.class_name",
        "optim.name", "optim.type", "optimizer", "optimiser", "optim", "opt", "optimizer_name", "optimizer_type",
    ),
    "schedule": (
        "lr_scheduler_type", "scheduler.name", "scheduler.type", "scheduler.class_path", "scheduler._target_",
        "lr_scheduler.name", "lr_scheduler.type", "lr_scheduler.class_path", "scheduler", "lr_scheduler", "lr_schedule",
        "schedule", "sched", "lr_policy", "scheduler_name",
    ),
    "precision": ("precision", "mixed_precision", "amp_dtype", "torch_dtype", "dtype", "fp16", "bf16", "use_amp", "amp"),
    "activation": (
        "activation", "activation_function", "hidden_act", "activation_fn", "act_fn", "nonlinearity", "act",
    ),
    "init": ("init", "initializer", "kernel_initializer", "weight_init", "init_method", "init_type", "initialization"),
    "model": (
        "model.name", "model.type", "model.class_path", "model._target_", "model_name_or_path", "model_name", "model",
        "arch", "architecture", "model_type", "backbone", "network", "net",
    ),
}  # fmt: skip
FLAGS: dict[str, tuple[str, ...]] = {
    "shuffle": ("shuffle", "shuffle_train", "train_shuffle", "shuffle_data"),
    "normalise": (
        "normalize", "normalise", "normalize_inputs", "normalise_inputs", "standardize", "standardise", "scale_inputs",
    ),
}  # fmt: skip

# Below these parts a key speaks of something else: `scheduler.lr` is a target rate, `val.batch_size` an evaluation's.
_FOREIGN = frozenset(
    {
        "scheduler", "lr_scheduler", "sched", "warmup", "eval", "evaluation", "val", "valid", "validation", "test",
        "predict", "discriminator", "critic", "teacher", "ema", "augmentation", "early_stopping",
    }
)  # fmt: skip
_UNSET = frozenset({"", "none", "null", "nan", "default", "auto"})
_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# -1 and 0 mean "not used" in these (HF writes max_steps = -1, Keras vocab 0); in the others 0 is a real value.
_POSITIVE = frozenset({"lr", "batch_size", "classes", "max_epochs", "max_steps"})

_Entry: TypeAlias = tuple[int, str, ConfigValue]  # depth, key, value


@dataclass(frozen=True, slots=True)
class StandardConfig:
    """Hyper-parameters under one name each; None where the run's config does not hold them.

    Attributes:
        lr: learning rate, the base or peak one.
        optimizer: lower case, without module path: "adamw", "sgd".
        batch_size: samples a step (on one device when only that is written).
        dropout: probability in [0, 1].
        weight_decay: coefficient.
        clip: gradient-norm limit; 0 means off.
        warmup_steps: steps of learning-rate warm-up.
        warmup_ratio: warm-up as a share of the run.
        schedule: lower case.
        precision: "fp16", "bf16", "16-mixed", "32", ... lower case; flags such as `fp16: true` become their name.
        activation: lower case.
        init: lower case.
        model: as written.
        classes: number of classes, or of tokens.
        seed: random seed.
        max_epochs: planned epochs.
        max_steps: planned steps.
        shuffle: whether training data are shuffled.
        momentum: of SGD.
        label_smoothing: in [0, 1].
        normalise: whether inputs are normalised.
        keys: (standard name, key in the run's config) of everything found.
    """

    lr: float | None = None
    optimizer: str | None = None
    batch_size: float | None = None
    dropout: float | None = None
    weight_decay: float | None = None
    clip: float | None = None
    warmup_steps: float | None = None
    warmup_ratio: float | None = None
    schedule: str | None = None
    precision: str | None = None
    activation: str | None = None
    init: str | None = None
    model: str | None = None
    classes: float | None = None
    seed: float | None = None
    max_epochs: float | None = None
    max_steps: float | None = None
    shuffle: bool | None = None
    momentum: float | None = None
    label_smoothing: float | None = None
    normalise: bool | None = None
    keys: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> float | str | bool | None:
        """The value under a standard name.

        Raises:
            KeyError: `name` is no standard name.
        """
        if name not in STANDARD_NAMES:
            raise KeyError(name)
        value: float | str | bool | None = getattr(self, name)
        return value

    def key(self, name: str) -> str:
        """The key under which the run's config holds `name`; the name itself when it does not."""
        return dict(self.keys).get(name, name)

    def items(self) -> Iterator[tuple[str, float | str | bool]]:
        """(standard name, value) of everything found, in the order of the fields."""
        for name in STANDARD_NAMES:
            value = self.get(name)
            if value is not None:
                yield name, value

    def __bool__(self) -> bool:
        return bool(self.keys)


STANDARD_NAMES: tuple[str, ...] = tuple(field.name for field in fields(StandardConfig) if field.name != "keys")


def standard_config(config: Mapping[str, ConfigValue]) -> StandardConfig:
    """Find the standard names in a run's config.

    Keys are compared without regard to case, camel case, dashes and what stands before the last dot or slash, except
    that parts such as `scheduler` or `val` disqualify a key. Of several candidates the preferred alias wins, then the
    shallowest key, then the first. Numbers may be written as text ("1e-3"); unusable values count as absent.

    Args:
        config: flattened hyper-parameters as the trainer named them.

    Returns:
        What was found; empty (and false) when nothing was.
    """
    entries = _by_ending(config)
    found: dict[str, float | str | bool] = {}
    keys: list[tuple[str, str]] = []
    for name in STANDARD_NAMES:
        for key, value in _candidates(name, entries):
            parsed = _parse(name, key, value)
            if parsed is not None:
                found[name] = parsed
                keys.append((name, key))
                break
    return StandardConfig(**found, keys=tuple(keys))  # type: ignore[arg-type]  # _parse returns each field's own type


def _parts(key: str) -> tuple[str, ...]:
    snake = _CAMEL.sub("_", str(key)).lower().replace("-", "_")
    return tuple(part for part in re.split(r"[./:]", snake) if part)


def _aliases(name: str) -> tuple[str, ...]:
    return NUMBERS.get(name) or TEXTS.get(name) or FLAGS[name]


def _by_ending(config: Mapping[str, ConfigValue]) -> dict[str, list[_Entry]]:
    """Entries by the last part and by the last two parts of their key, the shallowest first, then in config order."""
    endings: dict[str, list[_Entry]] = {}
    for key, value in config.items():
        parts = _parts(key)
        if value is None or not parts:
            continue
        for length in (1, 2):
            if len(parts) >= length and not _FOREIGN.intersection(parts[:-length]):
                endings.setdefault(".".join(parts[-length:]), []).append((len(parts), key, value))
    for entries in endings.values():
        entries.sort(key=lambda entry: entry[0])
    return endings


def _candidates(name: str, entries: Mapping[str, list[_Entry]]) -> Iterator[tuple[str, ConfigValue]]:
    for alias in _aliases(name):
        for _, key, value in entries.get(alias, ()):
            yield key, value


def _parse(name: str, key: str, value: ConfigValue) -> float | str | bool | None:
    if name in NUMBERS:
        return _number(name, value)
    if name in FLAGS:
        return _flag(value)
    return _text(name, key, value)


def _number(name: str, value: ConfigValue) -> float | None:
    # bool is an int to Python, but `clip: true` names no limit.
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    if not math.isfinite(number) or (name in _POSITIVE and number <= 0):
        return None
    return number


def _flag(value: ConfigValue) -> bool | None:
    word = str(value).strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


def _text(name: str, key: str, value: ConfigValue) -> str | None:
    word = str(value).strip()
    if name == "precision" and (isinstance(value, bool) or word.lower() in {"true", "false"}):
        # `fp16: true` says its precision by its name; `fp16: false` says nothing about what is used instead.
        return _parts(key)[-1].removeprefix("use_") if word.lower() == "true" else None
    if isinstance(value, bool) or word.lower() in _UNSET:
        return None
    if name == "model":
        return word
    # "torch.optim.AdamW" -> "adamw"; a precision such as "16-mixed" or a number has no module path to take off.
    return word.lower() if name == "precision" else word.rsplit(".", 1)[-1].lower()

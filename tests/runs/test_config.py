"""Standard names are found under the names trainers use, and only where they mean the same."""

from __future__ import annotations

from typing import Any

import pytest

from lossdoctor.runs import STANDARD_NAMES, StandardConfig, standard_config
from lossdoctor.runs.config import FLAGS, NUMBERS, TEXTS

FOUND: list[tuple[dict[str, Any], str, Any]] = [
    ({"learning_rate": 1e-3}, "lr", 1e-3),
    ({"lr": "3e-4"}, "lr", 3e-4),
    ({"optimizer.lr": 0.1}, "lr", 0.1),
    ({"args/lr": 0.1}, "lr", 0.1),
    ({"learningRate": 0.1}, "lr", 0.1),
    ({"model.optimizer.init_args.lr": "1e-2"}, "lr", 1e-2),
    ({"per_device_train_batch_size": 8}, "batch_size", 8),
    ({"batch-size": "128"}, "batch_size", 128),
    ({"p_drop": 0.5}, "dropout", 0.5),
    ({"model.layers.0.dropout": 0.1}, "dropout", 0.1),
    ({"wd": 0}, "weight_decay", 0),
    ({"max_grad_norm": 1.0}, "clip", 1.0),
    ({"trainer.gradient_clip_val": 0.5}, "clip", 0.5),
    ({"grad_clip": 0.0}, "clip", 0.0),
    ({"num_warmup_steps": 500}, "warmup_steps", 500),
    ({"lr_scheduler_type": "COSINE"}, "schedule", "cosine"),
    ({"scheduler.name": "OneCycle"}, "schedule", "onecycle"),
    ({"optimizer": "AdamW"}, "optimizer", "adamw"),
    ({"optimizer.class_path": "torch.optim.SGD"}, "optimizer", "sgd"),
    ({"optim": "adamw_torch"}, "optimizer", "adamw_torch"),
    ({"precision": "16-mixed"}, "precision", "16-mixed"),
    ({"precision": 32}, "precision", "32"),
    ({"fp16": True}, "precision", "fp16"),
    ({"fp16": "True"}, "precision", "fp16"),
    ({"fp16": False, "bf16": True}, "precision", "bf16"),
    ({"use_amp": True}, "precision", "amp"),
    ({"num_labels": 3}, "classes", 3),
    ({"num_train_epochs": "3.0"}, "max_epochs", 3.0),
    ({"max_steps": 700}, "max_steps", 700),
    ({"shuffle": "False"}, "shuffle", False),
    ({"data.shuffle": 1}, "shuffle", True),
    ({"normalize": True}, "normalise", True),
    ({"label_smoothing_factor": 0.1}, "label_smoothing", 0.1),
    ({"model": "ResNet.v2"}, "model", "ResNet.v2"),
    ({"hidden_act": "GELU"}, "activation", "gelu"),
    ({"kernel_initializer": "he_normal"}, "init", "he_normal"),
    ({"momentum": 0.9}, "momentum", 0.9),
    ({"seed": 0}, "seed", 0),
]


@pytest.mark.parametrize(("config", "name", "value"), FOUND, ids=[next(iter(c[0])) + f"={c[2]}" for c in FOUND])
def test_found(config: dict[str, Any], name: str, value: Any) -> None:
    found = standard_config(config)
    assert found.get(name) == value
    assert type(found.get(name)) is type(value) or isinstance(value, (int, float))
    assert found.key(name) in config
    assert found


NOT_FOUND: list[tuple[dict[str, Any], str]] = [
    ({"scheduler.lr_min": 1e-6}, "lr"),
    ({"scheduler.lr": 1e-6}, "lr"),
    ({"val.batch_size": 512}, "batch_size"),
    ({"eval_batch_size": 512}, "batch_size"),
    ({"discriminator.dropout": 0.5}, "dropout"),
    ({"lr": "auto"}, "lr"),
    ({"lr": None}, "lr"),
    ({"lr": True}, "lr"),
    ({"lr": float("nan")}, "lr"),
    ({"lr": -1.0}, "lr"),
    ({"lr": ""}, "lr"),
    ({"max_steps": -1}, "max_steps"),
    ({"optimizer": "None"}, "optimizer"),
    ({"fp16": False}, "precision"),
    ({"shuffle": "sometimes"}, "shuffle"),
    ({"lrx": 1, "xlr": 2}, "lr"),
    ({}, "lr"),
]


@pytest.mark.parametrize(("config", "name"), NOT_FOUND, ids=[str(c[0]) for c in NOT_FOUND])
def test_not_found(config: dict[str, Any], name: str) -> None:
    assert standard_config(config).get(name) is None


def test_preferred_alias_then_shallow_key_then_first_wins() -> None:
    assert standard_config({"lr": 1, "learning_rate": 2}).lr == 2
    assert standard_config({"a.b.lr": 1, "lr": 2}).lr == 2
    assert standard_config({"a.lr": 1, "b.lr": 2}).lr == 1
    assert standard_config({"learning_rate": "auto", "lr": 3}).lr == 3


def test_keys_are_kept_and_an_empty_config_is_false() -> None:
    config = standard_config({"trainer.max_epochs": 5, "weird": 1})
    assert config.keys == (("max_epochs", "trainer.max_epochs"),)
    assert dict(config.items()) == {"max_epochs": 5}
    assert config.key("lr") == "lr"
    assert not standard_config({"weird": 1})


def test_unknown_standard_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        StandardConfig().get("learning_rate")


def test_every_standard_name_has_aliases_and_no_alias_means_two_things() -> None:
    tables = NUMBERS | TEXTS | FLAGS
    assert set(tables) == set(STANDARD_NAMES)
    aliases = [alias for names in tables.values() for alias in names]
    assert len(set(aliases)) == len(aliases)

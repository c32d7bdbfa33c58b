"""Settings of a run from its config, its name and its logged rate, and in what two runs differ."""

from __future__ import annotations

from typing import Any

import pytest

from lossdoctor.runs import differences, name_settings, run_settings
from tests.knowledge.builders import make_run

NAMES: list[tuple[str, dict[str, Any]]] = [
    ("lr1e-3_bs32", {"lr": 1e-3, "batch_size": 32}),
    ("sweep/lr=0.001,bs=64,wd=0.1", {"lr": 1e-3, "batch_size": 64, "weight_decay": 0.1}),
    ("resnet-lr_3e-4-dropout0.5-adamw", {"lr": 3e-4, "dropout": 0.5, "optimizer": "adamw"}),
    ("SGD_LR0.1_momentum0.9", {"optimizer": "sgd", "lr": 0.1, "momentum": 0.9}),
    ("dropout.5", {"dropout": 0.5}),
    ("lr1e-3", {"lr": 1e-3}),
    ("color3_run7", {}),
    ("resnet50", {}),
    ("lr3epochs", {}),
    ("dropout5", {}),
    ("2024-01-05_12-30-11", {}),
    ("version_0", {}),
    ("", {}),
]


@pytest.mark.parametrize(("name", "expected"), NAMES, ids=[name for name, _ in NAMES])
def test_settings_in_a_name(name: str, expected: dict[str, Any]) -> None:
    assert name_settings(name) == expected


def test_config_before_name_before_logged_rate() -> None:
    run = make_run(id="runs/lr1e-3_bs32", lr=[0.1, 0.2, 0.1], config={"learning_rate": 0.5})
    assert (run_settings(run).lr, run_settings(run).batch_size) == (0.5, 32)
    assert run_settings(make_run(id="runs/a", lr=[0.1, 0.2, float("nan")])).lr == 0.2
    assert run_settings(make_run(id="runs/a", lr=[0.1])).key("lr") == "lr"
    assert run_settings(make_run(id="runs/bs32")).key("batch_size") == "run name"


def test_differences_name_settings_and_nothing_else() -> None:
    one = make_run(config={"lr": 0.1, "hidden": 64, "seed": 1, "output_dir": "a", "run_name": "x"})
    other = make_run(config={"learning_rate": 0.1, "hidden": 32, "seed": 2, "output_dir": "b", "run_name": "y"})
    assert differences(one, other) == {"hidden": (64, 32)}
    assert differences(one, one) == {}
    assert differences(one, make_run(config={"lr": 0.1})) == {"hidden": (64, None)}

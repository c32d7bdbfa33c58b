"""The monitor inside a training loop: news in time, never an error, hardly any time; and the frameworks' callbacks."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest

import lossdoctor
from lossdoctor.api.monitor import REST_SECONDS
from lossdoctor.workspace.live_judge import News


def trained(monitor: lossdoctor.Monitor, steps: int, val: Any, train: Any = None) -> int:
    """Logs until the monitor stops it; the number of steps made."""
    for step in range(steps):
        loss = train(step) if train else 2 * math.exp(-step / 60) + 0.1
        monitor.log(step, {"train/loss": loss, "val/loss": val(step)})
        if monitor.should_stop:
            return step + 1
    return steps


def falling(step: int) -> float:
    return 2 * math.exp(-step / 60) + 0.15


def rising(step: int) -> float:
    return falling(step) + 0.004 * max(0, step - 150)


def test_overfitting_stops_the_training_in_time() -> None:
    news: list[News] = []
    monitor = lossdoctor.Monitor("mine", on_finding=news.append, stop_on="medium", rest=0)
    made = trained(monitor, 1000, rising)
    assert 150 < made < 400
    assert [item.finding.name for item in news] == ["overfitting"]
    assert monitor.told == news
    found = monitor.diagnose()
    assert found.verdict == "overfitting"
    assert "<svg" in found._repr_html_()


def test_a_healthy_training_is_left_alone() -> None:
    monitor = lossdoctor.Monitor(stop_on="low", rest=0)
    assert trained(monitor, 600, falling) == 600
    assert monitor.told == []


def test_not_a_number_is_told_at_once_although_it_rests(capsys: pytest.CaptureFixture[str]) -> None:
    monitor = lossdoctor.Monitor("mine", stop_on="high", rest=1000)
    assert trained(monitor, 600, falling, lambda step: math.nan if step == 300 else 2 * math.exp(-step / 60)) == 301
    assert capsys.readouterr().err.startswith("lossdoctor: high: mine at step 300: ST01 ")


def test_nothing_that_goes_wrong_reaches_the_training(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(news: News) -> None:
        raise ZeroDivisionError("a hook of mine")

    monitor = lossdoctor.Monitor(on_finding=broken, rest=0)
    trained(monitor, 400, falling, lambda step: math.nan)
    err = capsys.readouterr().err
    assert err.count("stopped watching") == 1
    assert "a hook of mine" in err
    with pytest.raises(ValueError, match="loud"):
        lossdoctor.Monitor(stop_on="loud")


def test_what_is_no_number_is_passed_over() -> None:
    monitor = lossdoctor.Monitor(rest=0)
    values = {
        "loss": np.float32(1.5),
        "array": np.ones(3),
        "text": "1.5",
        "none": None,
        "flag": True,
        "zero-d": np.array(2),
    }
    for step in range(3):
        monitor.log(step, values)
    assert [series.tag for series in monitor.run().series] == ["loss", "zero-d"]
    assert lossdoctor.Monitor().diagnose().verdict == "not_classifiable"


def test_it_takes_little_time() -> None:
    monitor = lossdoctor.Monitor(rest=REST_SECONDS)
    start = time.process_time()
    trained(monitor, 20_000, falling)
    assert (time.process_time() - start) / 20_000 < 100e-6


@pytest.mark.filterwarnings("ignore")
def test_keras_is_stopped_by_a_diverging_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    pytest.importorskip("jax")
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=1e3), loss="mse")
    x = np.linspace(1, 2, 64).reshape(-1, 1)
    monitor = lossdoctor.Monitor(stop_on="high", rest=0)
    history = model.fit(x, 3 * x, epochs=60, batch_size=8, verbose=0, callbacks=[lossdoctor.keras_callback(monitor)])
    assert len(history.history["loss"]) < 60
    assert monitor.told[0].finding.name == "non_finite"


@pytest.mark.filterwarnings("ignore")
def test_the_trainer_of_transformers_is_stopped() -> None:
    transformers = pytest.importorskip("transformers")
    monitor = lossdoctor.Monitor(stop_on="high", rest=0)
    handler = transformers.trainer_callback.CallbackHandler(
        [lossdoctor.transformers_callback(monitor)], None, None, None, None
    )
    state, control = transformers.TrainerState(), transformers.TrainerControl()
    for step in range(1, 200):
        state.global_step = step
        loss = 2 * math.exp(-step / 40) if step < 150 else math.nan
        control = handler.on_log(None, state, control, {"loss": loss, "learning_rate": 1e-3, "epoch": step / 100})
        if control.should_training_stop:
            break
    assert state.global_step == 150
    handler.on_log(None, state, control, {"train_runtime": 1.0, "train_loss": 1.0})
    assert "train_loss" not in [series.tag for series in monitor.run().series]

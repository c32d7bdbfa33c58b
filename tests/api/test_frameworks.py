"""The callbacks inside real trainings: what the frameworks hand over, and that they stop when told to.

Runs where the frameworks are installed, which the test extra does not do:
`pip install torch lightning transformers accelerate keras tensorflow-cpu`, then `pytest tests/api/test_frameworks.py`.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lossdoctor

# The frameworks warn about their own parts and about small models.
pytestmark = pytest.mark.filterwarnings("ignore")
EXPLODES = 1e4


def tags(monitor: lossdoctor.Monitor) -> dict[str, list[int]]:
    return {series.tag: series.steps.tolist() for series in monitor.run().series}


def watcher() -> lossdoctor.Monitor:
    return lossdoctor.Monitor("mine", on_finding=lambda news: None, stop_on="high", rest=0)


# Lightning


def lightning_module(rate: float, *, logs: bool = True) -> Any:
    torch = pytest.importorskip("torch")
    pl = pytest.importorskip("lightning.pytorch")

    class Line(pl.LightningModule):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(1, 1)

        def training_step(self, batch: Any, index: int) -> Any:
            loss = torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])
            if logs:
                self.log("train_loss", loss, on_step=True, on_epoch=True)
            return loss

        def validation_step(self, batch: Any, index: int) -> None:
            self.log("val_loss", torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1]))

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=rate)

    torch.manual_seed(0)
    x = torch.linspace(1, 2, 64).reshape(-1, 1)
    data = torch.utils.data.TensorDataset(x, 3 * x)
    return Line(), torch.utils.data.DataLoader(data, 8), torch.utils.data.DataLoader(data, 64)


def fitted(folder: Path, rate: float, epochs: int, *, logs: bool = True, **options: Any) -> tuple[Any, Any]:
    module, train, val = lightning_module(rate, logs=logs)
    pl = pytest.importorskip("lightning.pytorch")
    monitor = watcher()
    trainer = pl.Trainer(
        max_epochs=epochs, callbacks=[lossdoctor.lightning_callback(monitor)], logger=False, accelerator="cpu",
        enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False, default_root_dir=folder,
        **({"log_every_n_steps": 1} | options),
    )  # fmt: skip
    trainer.fit(module, train, val)
    return trainer, monitor


def test_lightning_hands_over_every_metric_once_where_it_belongs(tmp_path: Path) -> None:
    trainer, monitor = fitted(tmp_path, 0.1, 5)
    assert trainer.global_step == 40
    epochs = [8, 16, 24, 32, 40]
    assert tags(monitor) == {
        "train_loss_step": list(range(1, 41)),
        "lr": list(range(1, 41)),
        "val_loss": epochs,
        "train_loss_epoch": epochs,
    }
    losses = {series.tag: series.values for series in monitor.run().series}
    assert losses["train_loss_epoch"][0] == pytest.approx(losses["train_loss_step"][:8].mean())
    assert set(losses["lr"]) == {0.1}
    assert not monitor.should_stop


def test_lightning_is_stopped_by_a_diverging_loss(tmp_path: Path) -> None:
    trainer, monitor = fitted(tmp_path, EXPLODES, 60)
    assert monitor.told[0].finding.name == "non_finite"
    assert trainer.global_step < 60 * 8


def test_lightning_takes_the_loss_that_a_module_does_not_log(tmp_path: Path) -> None:
    trainer, monitor = fitted(tmp_path, 0.01, 4, logs=False, log_every_n_steps=2, accumulate_grad_batches=2)
    assert tags(monitor)["train/loss"] == list(range(2, 17, 2))
    assert monitor.run().series[0].values[0] == pytest.approx(16, abs=12)  # that of a batch, not a part of it
    assert trainer.global_step == 16


# The Trainer of Hugging Face transformers


def hugging_face(folder: Path, rate: float, steps: int) -> tuple[Any, Any]:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("accelerate")

    class Line(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(1, 1)

        def forward(self, x: Any, labels: Any) -> Any:
            out = self.layer(x)
            return {"loss": torch.nn.functional.mse_loss(out, labels), "logits": out}

    data = [{"x": torch.tensor([1 + i / 64]), "labels": torch.tensor([3 + 3 * i / 64])} for i in range(64)]
    options = transformers.TrainingArguments(
        output_dir=str(folder), max_steps=steps, per_device_train_batch_size=8, learning_rate=rate, logging_steps=1,
        eval_strategy="steps", eval_steps=10, report_to=[], save_strategy="no", use_cpu=True, optim="sgd",
        lr_scheduler_type="constant", max_grad_norm=0.0, logging_nan_inf_filter=False, disable_tqdm=True, seed=0,
    )  # fmt: skip
    monitor = watcher()
    trainer = transformers.Trainer(model=Line(), args=options, train_dataset=data, eval_dataset=data)
    trainer.add_callback(lossdoctor.transformers_callback(monitor))
    trainer.train()
    return trainer, monitor


def test_the_trainer_hands_over_what_it_logs(tmp_path: Path) -> None:
    trainer, monitor = hugging_face(tmp_path, 0.05, 40)
    assert trainer.state.global_step == 40
    found = tags(monitor)
    assert found["loss"] == found["learning_rate"] == list(range(1, 41))
    assert found["eval_loss"] == [10, 20, 30, 40]
    assert not {"train_loss", "train_runtime", "total_flos"} & set(found)
    roles = {role.tag: str(role.role) for role in monitor.run().roles if role.primary}
    assert (roles["loss"], roles["eval_loss"]) == ("train_loss", "val_loss")
    assert not monitor.should_stop


def test_the_trainer_is_stopped_by_a_diverging_loss(tmp_path: Path) -> None:
    trainer, monitor = hugging_face(tmp_path, EXPLODES, 300)
    assert monitor.told[0].finding.name == "non_finite"
    assert trainer.state.global_step < 300


# Keras, on whichever backend it finds


def keras_model(rate: float) -> tuple[Any, Any]:
    try:
        keras = pytest.importorskip("keras")
    except ModuleNotFoundError:
        pytest.skip("keras has no backend")
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=rate), loss="mse", metrics=["mae"])
    return model, np.linspace(1, 2, 64, dtype="float32").reshape(-1, 1)


@pytest.mark.parametrize(("rate", "epochs"), [(0.01, 30), (EXPLODES, 60)])
def test_keras_hands_over_its_epochs(rate: float, epochs: int) -> None:
    model, x = keras_model(rate)
    monitor = watcher()
    history = model.fit(
        x, 3 * x, validation_data=(x, 3 * x), epochs=epochs, batch_size=8, verbose=0,
        callbacks=[lossdoctor.keras_callback(monitor)],
    )  # fmt: skip
    made = len(history.history["loss"])
    found = tags(monitor)
    assert set(found) >= {"loss", "mae", "val_loss", "val_mae"}
    assert found["loss"] == found["val_loss"] == list(range(made))
    if rate == EXPLODES:
        assert made < epochs
        assert monitor.told[0].finding.name == "non_finite"
        assert not math.isfinite(history.history["loss"][-1])
    else:
        assert made == epochs
        assert not monitor.should_stop

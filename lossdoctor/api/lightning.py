"""The callback for Lightning around a Monitor; Lightning is imported when the callback is made."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from lossdoctor.api.monitor import Monitor


class LoggedMetrics:
    """Tells which of Lightning's metrics are new: it keeps the last value of every one of them, whenever it was logged.

    A metric belongs to the moment at which it was first seen: after a batch, a validation or an epoch.
    """

    def __init__(self) -> None:
        self._batch: set[str] = set()
        self._later: set[str] = set()

    def of_batch(self, metrics: Mapping[str, Any]) -> dict[str, Any]:
        """Those that a training step logs."""
        self._batch |= set(metrics) - self._later
        # Logged on step and on epoch, a metric is there three times: under its name and with either ending.
        twice = {name for name in self._batch if f"{name}_step" in self._batch}
        return {name: metrics[name] for name in metrics if name in self._batch - twice}

    def of_later(self, metrics: Mapping[str, Any]) -> dict[str, Any]:
        """Those that no training step logs: of the validation, or of the whole epoch."""
        found = {name: value for name, value in metrics.items() if name not in self._batch}
        self._later |= set(found)
        return found


class WhatLightningLogs:
    """Hands a trainer's metrics to a monitor at the moments at which they are new.

    Args:
        monitor: what watches the training.
    """

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self._logged = LoggedMetrics()
        self._step = -1
        self._given: dict[str, int] = {}  # name: step at which it was handed on last

    def after_batch(self, trainer: Any, outputs: Any) -> None:
        """Takes loss, metrics and learning rate, as often as Lightning itself logs: reading them waits for the GPU."""
        step = trainer.global_step
        # Batches of which several make a step leave the number of steps as it is.
        if step in (0, self._step) or step % max(trainer.log_every_n_steps, 1):
            return
        self._step = step
        values = self._logged.of_batch(trainer.callback_metrics)
        if not any("loss" in name.lower() for name in values) and (loss := _loss(outputs)) is not None:
            values["train/loss"] = loss * trainer.accumulate_grad_batches
        if trainer.optimizers:
            values["lr"] = trainer.optimizers[0].param_groups[0]["lr"]
        self._monitor.log(step, values)

    def after_part(self, trainer: Any) -> None:
        """Takes what is only known after a validation or an epoch."""
        if trainer.sanity_checking or trainer.state.fn != "fit":
            return
        found = self._logged.of_later(trainer.callback_metrics)
        # After an epoch the validation's values are still there; once is enough.
        new = {name: value for name, value in found.items() if self._given.get(name) != trainer.global_step}
        self._given |= dict.fromkeys(new, trainer.global_step)
        if new:
            self._monitor.log(trainer.global_step, new)


def _loss(outputs: Any) -> Any:
    return outputs.get("loss") if isinstance(outputs, Mapping) else outputs


def lightning_callback(monitor: Monitor | None = None) -> Any:
    """A callback for the Trainer of Lightning (or pytorch_lightning): takes what a module logs, and its training loss.

        Trainer(callbacks=[lossdoctor.lightning_callback(lossdoctor.Monitor(stop_on="high"))])

    Values are taken every `log_every_n_steps` steps, after each validation and each epoch; on several devices by the
    first process, and all of them stop together.

    Args:
        monitor: by default one that prints findings and never stops the training.

    Raises:
        ImportError: neither package is installed.
    """
    watching = Monitor() if monitor is None else monitor
    taking = WhatLightningLogs(watching)

    class LossdoctorCallback(_package().Callback):  # type: ignore[misc]
        """Takes what the Trainer logs."""

        def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
            """Takes the values of the step."""
            if trainer.is_global_zero:
                taking.after_batch(trainer, outputs)
            if not trainer.global_step % max(trainer.log_every_n_steps, 1):
                _stop_together(trainer, watching)

        def on_validation_end(self, trainer: Any, module: Any) -> None:
            """Takes the values of the validation."""
            if trainer.is_global_zero:
                taking.after_part(trainer)

        def on_train_epoch_end(self, trainer: Any, module: Any) -> None:
            """Takes the values of the epoch."""
            if trainer.is_global_zero:
                taking.after_part(trainer)
            _stop_together(trainer, watching)

    return LossdoctorCallback()


def _stop_together(trainer: Any, monitor: Monitor) -> None:
    """Every process asks, because all of them wait for the answer."""
    if trainer.strategy.reduce_boolean_decision(monitor.should_stop, all=False):
        trainer.should_stop = True


def _package() -> Any:
    try:
        return import_module("lightning.pytorch")
    except ImportError:
        return import_module("pytorch_lightning")

"""Callbacks for training frameworks, each around a Monitor; a framework is imported when its callback is made."""

from __future__ import annotations

from typing import Any

from lossdoctor.api.monitor import Monitor


def keras_callback(monitor: Monitor | None = None) -> Any:
    """A Keras callback that logs every epoch and ends the training when the monitor says so.

        model.fit(..., callbacks=[lossdoctor.keras_callback(lossdoctor.Monitor(stop_on="high"))])

    Args:
        monitor: by default one that prints findings and never stops the training.

    Raises:
        ImportError: Keras is not installed.
    """
    import keras

    watching = Monitor() if monitor is None else monitor

    class LossdoctorCallback(keras.callbacks.Callback):  # type: ignore[misc]
        """Logs every epoch."""

        def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
            """Takes the epoch's losses and metrics."""
            watching.log(epoch, logs or {})
            if watching.should_stop:
                self.model.stop_training = True

    return LossdoctorCallback()


def transformers_callback(monitor: Monitor | None = None) -> Any:
    """A callback for the Trainer of Hugging Face transformers: takes what it logs, ends the training when told to.

        trainer.add_callback(lossdoctor.transformers_callback(lossdoctor.Monitor(stop_on="high")))

    Args:
        monitor: by default one that prints findings and never stops the training.

    Raises:
        ImportError: transformers is not installed.
    """
    from transformers import TrainerCallback

    watching = Monitor() if monitor is None else monitor

    class LossdoctorCallback(TrainerCallback):  # type: ignore[misc]
        """Takes what the Trainer logs."""

        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
            """Takes losses, learning rate and gradient norm; the totals logged at the end are none."""
            if logs and "train_runtime" not in logs:
                watching.log(state.global_step, logs)
            if watching.should_stop:
                control.should_training_stop = True

    return LossdoctorCallback()

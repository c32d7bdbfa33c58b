"""Role: what a series means for a diagnosis. Which tag plays which role is decided in `lossdoctor.importers.roles`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The meaning of one series. The values are part of the JSON contract (`"roles": {role: tag}`)."""

    TRAIN_LOSS = "train_loss"
    VAL_LOSS = "val_loss"
    TEST_LOSS = "test_loss"
    TRAIN_METRIC = "train_metric"  # accuracy-like: a larger value is better
    VAL_METRIC = "val_metric"
    TEST_METRIC = "test_metric"
    TRAIN_ERROR = "train_error"  # error-like besides the loss itself (WER, MAE beside an MSE loss): smaller is better
    VAL_ERROR = "val_error"
    LEARNING_RATE = "lr"
    GRAD_NORM = "grad_norm"
    EPOCH = "epoch"
    THROUGHPUT = "throughput"
    LOSS_SCALE = "loss_scale"
    LOSS_COMPONENT = "loss_component"  # one term of a total loss that is logged as well
    ADVERSARIAL_LOSS = "adversarial_loss"  # generator / discriminator: rising and falling are both normal
    REWARD = "reward"  # reinforcement learning; such a run's losses are no learning curves
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """One series of a run in one role.

    Attributes:
        role: the meaning.
        tag: the series' tag.
        primary: true for the one series a run is judged by in this role.
        reason: why this role, for the user who wonders: "tag says train, loss".
    """

    role: Role
    tag: str
    primary: bool
    reason: str

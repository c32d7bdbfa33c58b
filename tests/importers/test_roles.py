"""Which series is the training loss, which the validation loss, and what the others are, in the namings of many trainers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from lossdoctor.importers.roles import assign_roles
from lossdoctor.importers.tag_words import words
from lossdoctor.runs import Role, Series


def series(tag: str, points: int = 50, last_step: int | None = None, value: float | None = None) -> Series:
    steps = np.linspace(0, (last_step or points) - 1, points).astype(int)
    return Series(tag, steps, np.linspace(2, 1, points) if value is None else np.full(points, value))


def primaries(*items: str | Series) -> dict[str, str]:
    made = [series(item) if isinstance(item, str) else item for item in items]
    return {r.role.value: r.tag for r in assign_roles(made) if r.primary}


def role_of(tag: str, *others: str) -> Role:
    return next(r.role for r in assign_roles([series(t) for t in (tag, *others)]) if r.tag == tag)


# (trainer, tags, training loss, validation loss)
NAMINGS = [
    ("slash", ["train/loss", "val/loss", "lr"], "train/loss", "val/loss"),
    ("loss first", ["loss/train", "loss/val", "lr"], "loss/train", "loss/val"),
    ("tutorial", ["Loss/train", "Accuracy/train", "Loss/test", "Accuracy/test"], "Loss/train", "Loss/test"),
    ("underscore", ["train_loss", "val_loss", "train_acc", "val_acc"], "train_loss", "val_loss"),
    ("suffix", ["loss_train", "loss_val", "acc_train", "acc_val"], "loss_train", "loss_val"),
    ("keras csv", ["accuracy", "loss", "val_accuracy", "val_loss"], "loss", "val_loss"),
    ("keras folders", ["train/epoch_loss", "train/epoch_accuracy", "validation/evaluation_loss_vs_iterations",
                       "validation/epoch_loss"], "train/epoch_loss", "validation/epoch_loss"),
    ("keras test folder", ["train/epoch_loss", "test/epoch_loss"], "train/epoch_loss", "test/epoch_loss"),
    ("hf", ["loss", "grad_norm", "learning_rate", "epoch", "eval_loss", "eval_accuracy"], "loss", "eval_loss"),
    ("hf events", ["train/loss", "train/learning_rate", "eval/loss", "eval/runtime"], "train/loss", "eval/loss"),
    ("timm", ["epoch", "train_loss", "eval_loss", "eval_top1", "eval_top5", "lr"], "train_loss", "eval_loss"),
    ("fastai", ["train_loss", "valid_loss", "accuracy"], "train_loss", "valid_loss"),
    ("nanogpt", ["iter", "train/loss", "val/loss", "lr", "mfu"], "train/loss", "val/loss"),
    ("megatron", ["lm loss", "lm loss vs samples", "lm loss validation", "lm loss validation ppl", "loss-scale"],
     "lm loss", "lm loss validation"),
    ("detectron2", ["total_loss", "loss_cls", "loss_box_reg", "loss_rpn_cls", "lr"], "total_loss", None),
    ("mmengine", ["lr", "loss", "loss_cls", "loss_bbox", "grad_norm"], "loss", None),
    ("mmseg", ["loss", "decode.loss_ce", "decode.acc_seg"], "loss", None),
    ("ultralytics", ["train/box_loss", "train/cls_loss", "train/dfl_loss", "val/box_loss", "val/cls_loss",
                     "metrics/mAP50(B)"], "train/box_loss", "val/box_loss"),
    ("nnU-Net", ["train_losses", "val_losses", "mean_fg_dice"], "train_losses", "val_losses"),
    ("camel", ["TrainLoss", "ValLoss", "trainAcc"], "TrainLoss", "ValLoss"),
    ("glued", ["trainloss", "valloss", "trainacc"], "trainloss", "valloss"),
    ("spaces", ["Train Loss", "Validation Loss", "Learning Rate"], "Train Loss", "Validation Loss"),
    ("dots", ["train.loss", "train.loss.ce", "valid.loss", "valid.loss.ce"], "train.loss", "valid.loss"),
    ("dev", ["trn_loss", "dev_loss", "dev_f1"], "trn_loss", "dev_loss"),
    ("long words", ["training_loss", "validation_loss", "train_perplexity"], "training_loss", "validation_loss"),
    ("short", ["tr_loss", "va_loss"], "tr_loss", "va_loss"),
    ("gbm", ["training's rmse", "valid's rmse"], "training's rmse", "valid's rmse"),
    ("catboost", ["Logloss"], "Logloss", None),
    ("nll", ["train/nll", "val/nll", "val/accuracy"], "train/nll", "val/nll"),
    ("ce", ["CE", "val_CE"], "CE", "val_CE"),
    ("mse", ["mse", "val_mse", "mae", "val_mae"], "mse", "val_mse"),
    ("composer", ["loss/train/total", "metrics/train/CrossEntropy", "metrics/eval/CrossEntropy"],
     "loss/train/total", "metrics/eval/CrossEntropy"),
    ("cost", ["cost", "val_cost"], "cost", "val_cost"),
    ("t beside v", ["t_loss", "v_loss"], "t_loss", "v_loss"),
    ("v alone is a value loss", ["policy_loss", "v_loss", "loss"], "loss", None),
    ("Kaldi's cv", ["Train_Loss", "Cv_Loss"], "Train_Loss", "Cv_Loss"),
    ("te beside tr", ["tr_loss", "te_loss"], "tr_loss", "te_loss"),
    ("vld beside trn", ["trn_loss", "vld_loss"], "trn_loss", "vld_loss"),
    ("L of ROUGE and of norms is none", ["nll", "grad_L_inf", "rouge_L_f"], "nll", None),
    ("L for loss", ["L_total", "L_kl", "val_L_total"], "L_total", "val_L_total"),
    ("elbo", ["train_elbo", "val_elbo", "train_kl"], "train_elbo", "val_elbo"),
    ("components with a total", ["train/recon_loss", "train/kl_loss", "train/loss", "val/loss", "val/kl_loss"],
     "train/loss", "val/loss"),
    ("total by name", ["Loss/train_kl", "Loss/train_total", "Loss/val_kl", "Loss/val_total"],
     "Loss/train_total", "Loss/val_total"),
    ("one kind on both sides", ["train/l1_loss", "val/l1_loss"], "train/l1_loss", "val/l1_loss"),
    ("only validation", ["valid_loss", "valid_acc"], None, "valid_loss"),
    ("three splits", ["train/loss", "val/loss", "test/loss"], "train/loss", "val/loss"),
    ("dpo", ["loss", "rewards/chosen", "rewards/rejected", "eval_loss"], "loss", "eval_loss"),
    ("best so far", ["train_loss", "val_loss", "best_val_loss", "min_loss"], "train_loss", "val_loss"),
    ("lossless", ["train_loss", "val_loss", "val_lossless", "val_lossless_acc"], "train_loss", "val_loss"),
    ("yolo in a train folder", ["train/train/box_loss", "train/val/box_loss"],
     "train/train/box_loss", "train/val/box_loss"),
    ("rllib", ["info/learner/default_policy/learner_stats/total_loss",
               "info/learner/default_policy/learner_stats/vf_loss"],
     "info/learner/default_policy/learner_stats/total_loss", None),
    ("weights are none", ["loss", "loss_weight", "loss_ratio", "loss/std"], "loss", None),
    ("no loss at all", ["accuracy", "lr", "epoch"], None, None),
]  # fmt: skip


@pytest.mark.parametrize(("trainer", "tags", "train", "val"), NAMINGS, ids=[case[0] for case in NAMINGS])
def test_namings(trainer: str, tags: list[str], train: str | None, val: str | None) -> None:
    found = primaries(*tags)
    assert (found.get("train_loss"), found.get("val_loss")) == (train, val)


@pytest.mark.parametrize(("trainer", "tags", "train", "val"), NAMINGS, ids=[case[0] for case in NAMINGS])
def test_every_series_has_one_role_with_a_reason(
    trainer: str, tags: list[str], train: str | None, val: str | None
) -> None:
    roles = assign_roles([series(tag) for tag in tags])
    assert [r.tag for r in roles] == tags
    assert all(r.reason for r in roles)
    for role in Role:
        assert sum(r.primary for r in roles if r.role is role) <= 1


@pytest.mark.parametrize("tags", [["train/loss", "val/loss", "lr", "acc"], ["loss/D", "loss/G"], ["train_a_loss", "b"]])
def test_order_of_series_does_not_matter_where_names_decide(tags: list[str]) -> None:
    answers = {
        frozenset((r.tag, r.role, r.primary) for r in assign_roles([series(t) for t in order if "D" not in t]))
        for order in itertools.permutations(tags)
    }
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("tag", "role"),
    [
        ("lr", Role.LEARNING_RATE), ("lr-Adam", Role.LEARNING_RATE), ("Learning rate", Role.LEARNING_RATE),
        ("train/learning_rate", Role.LEARNING_RATE), ("lr/pg0", Role.LEARNING_RATE), ("lr0", Role.LEARNING_RATE),
        ("train/epoch_learning_rate", Role.LEARNING_RATE), ("learning-rate vs samples", Role.LEARNING_RATE),
        ("grad_norm", Role.GRAD_NORM), ("grad_2.0_norm_total", Role.GRAD_NORM), ("grad/norm", Role.GRAD_NORM),
        ("Grad norm", Role.GRAD_NORM), ("gnorm", Role.GRAD_NORM), ("train/gradient_norm", Role.GRAD_NORM),
        ("loss_scale", Role.LOSS_SCALE), ("train/loss_scale", Role.LOSS_SCALE), ("amp/scaler", Role.LOSS_SCALE),
        ("time/fps", Role.THROUGHPUT), ("train_samples_per_second", Role.THROUGHPUT), ("it/s", Role.THROUGHPUT),
        ("tokens_per_sec", Role.THROUGHPUT), ("epoch", Role.EPOCH), ("train/epoch", Role.EPOCH),
        ("val_accuracy", Role.VAL_METRIC), ("Accuracy/train", Role.TRAIN_METRIC), ("eval_top1", Role.VAL_METRIC),
        ("metrics/mAP50(B)", Role.VAL_METRIC), ("val/wer", Role.VAL_ERROR), ("train_error", Role.TRAIN_ERROR),
        ("rollout/ep_rew_mean", Role.REWARD), ("episode_return", Role.REWARD), ("hp_metric", Role.OTHER),
        ("hparams/loss", Role.OTHER), ("", Role.OTHER), ("rewards/chosen", Role.OTHER), ("best_val_acc", Role.OTHER),
        ("lossless_mode", Role.OTHER), ("iteration_time", Role.OTHER), ("loss/accuracy", Role.TRAIN_METRIC),
        ("learning_rate/loss_lr", Role.OTHER),
    ],
)  # fmt: skip
def test_single_tags(tag: str, role: Role) -> None:
    if tag == "learning_rate/loss_lr":
        assert role_of(tag, "loss") is not Role.LEARNING_RATE
    else:
        assert role_of(tag, "loss") is role


@pytest.mark.parametrize(
    "pair",
    [("loss/D", "loss/G"), ("errD", "errG"), ("d_loss", "g_loss"), ("gen_loss", "disc_loss"), ("loss_G", "loss_D"),
     ("Generator loss", "Discriminator loss"), ("train/actor_loss", "train/critic_loss"), ("G_A", "D_A")],
)  # fmt: skip
def test_opponents(pair: tuple[str, str]) -> None:
    found = primaries(*pair, "lr")
    assert found["adversarial_loss"] in pair
    assert "train_loss" not in found


def test_parts_of_an_adversarial_training_are_not_its_loss() -> None:
    assert "train_loss" not in primaries("loss_G", "loss_D", "loss_cycle", "loss_idt")
    assert primaries("loss_G", "loss_D", "loss")["train_loss"] == "loss"


def test_one_side_alone_is_a_loss() -> None:
    assert primaries("d_loss", "val/d_loss")["val_loss"] == "val/d_loss"


def test_long_step_series_is_preferred_to_its_epoch_average() -> None:
    found = primaries(series("train_loss_step", 5000, 5000), series("train_loss_epoch", 10, 5000),
                      series("val_loss", 10, 5000))  # fmt: skip
    assert found["train_loss"] == "train_loss_step"


def test_epoch_average_is_preferred_where_it_matches_validation_and_little_is_lost() -> None:
    found = primaries(series("train_loss_step", 30, 300), series("train_loss_epoch", 10, 300),
                      series("val_loss", 10, 300))  # fmt: skip
    assert found["train_loss"] == "train_loss_epoch"


def test_batch_counter_and_epoch_counter_do_not_share_an_axis() -> None:
    found = primaries(series("batch_loss", 40_000, 40_000), series("epoch_loss", 20), series("epoch_val_loss", 20))
    assert found["train_loss"] == "epoch_loss"


def test_summary_point_is_not_the_curve() -> None:
    found = primaries(series("train/train_loss", 1), series("train/loss", 40))
    assert found["train_loss"] == "train/loss"


def test_constant_zero_component_is_not_judged() -> None:
    assert primaries(series("aux_loss", value=0.0), series("main_loss"))["train_loss"] == "main_loss"
    assert primaries(series("obj_loss", value=0.0), series("box_loss"))["train_loss"] == "box_loss"


def test_missing_total_is_mentioned() -> None:
    roles = {r.tag: r for r in assign_roles([series("box_loss"), series("cls_loss")])}
    assert roles["box_loss"].primary
    assert "no total loss" in roles["box_loss"].reason
    assert roles["cls_loss"].role is Role.LOSS_COMPONENT


def test_words() -> None:
    assert words("Train/BoxLoss_epoch") == ("train", "box", "loss", "epoch")
    assert words("metrics/mAP50-95(B)") == ("metrics", "map50", "95", "b")
    assert words("valloss") == ("val", "loss")
    assert words("lossless") == ("lossless",)
    assert words("grad_2.0_norm") == ("grad", "2", "0", "norm")
    assert words("") == ()
    assert len(words("a/" * 10_000)) <= 250


def test_one_side_alone_is_adversarial_when_it_says_so_in_words() -> None:
    assert role_of("checkpoint_dis_loss") is Role.ADVERSARIAL_LOSS
    assert role_of("generator_loss") is Role.ADVERSARIAL_LOSS
    assert role_of("g_loss") is Role.TRAIN_LOSS

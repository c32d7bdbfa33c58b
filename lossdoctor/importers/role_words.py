"""The vocabulary of tag names: which words mean a split, a loss, a metric, and which only decorate."""

from __future__ import annotations

from enum import StrEnum


class Split(StrEnum):
    """Which data a series was measured on."""

    TRAIN = "train"
    VAL = "validation"
    TEST = "test"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SPLITS: dict[str, Split] = {
    **dict.fromkeys(("train", "training", "trn", "tr", "trains", "trainer"), Split.TRAIN),
    **dict.fromkeys(
        ("val", "valid", "validation", "validate", "validating", "vali", "va", "eval", "evaluation", "evaluate", "dev",
         "holdout", "heldout"), Split.VAL,
    ),
    **dict.fromkeys(("test", "testing", "tst"), Split.TEST),
}  # fmt: skip

# Words that name a loss outright.
LOSS_WORDS = frozenset({"loss", "losses", "cost", "objective", "criterion"})
# These are also headings ("objective/kl"), so nothing that is measured may follow them.
VAGUE_LOSS_WORDS = frozenset({"cost", "objective", "criterion"})
# Loss functions whose name alone is used as a tag. Judged as a loss only when no series is called a loss.
# In the order of preference.
LOSS_FUNCTIONS = (
    "nll", "ce", "xent", "crossentropy", "cross_entropy", "bce", "logloss", "multilogloss", "binary_logloss", "mlogloss",
    "elbo", "nelbo", "bpb", "bpc", "mse", "l2", "huber", "rmse", "mae", "l1", "ppl", "perplexity",
)  # fmt: skip
PERPLEXITY_WORDS = frozenset({"ppl", "perplexity"})
TOTAL_WORDS = frozenset({"total", "overall", "sum", "all", "combined", "full", "main", "final", "joint"})

# Say nothing about what is measured. "inner" is fairseq's per-update log, "lm" Megatron's, "global" Lightning's.
DECORATION = _words(
    "step steps epoch epochs iter iters iteration iterations batch batches batchwise minibatch per avg average averaged "
    "mean running smooth smoothed ema inner lm model net network scalar scalars metric metrics stats stat log logs "
    "history summary summaries curve curves plot plots info learner default trainer optim optimizer opt scheduler phase "
    "set data dataset split current curr raw end on by each monitoring performance run runs result results"
)
# A number about a loss that is not the loss over time, wherever the word stands: best_val_loss, min_loss.
NEVER_A_LOSS = _words(
    "min max minimum maximum best lowest num count delta improvement landscape patience target lossless"
)
# The same when it follows: loss_weight and loss/std, but variance_loss and multi_scale_loss are losses.
NOT_A_LOSS_AFTER = _words(
    "scale scaler scaling weight weights coef coeff coefficient ratio lambda number std var variance diff difference gap "
    "change threshold percent percentage time"
)
# Extremes of a curve rather than the curve.
EXTREMES = frozenset({"min", "max", "best", "lowest", "std", "var"})

METRIC_WORDS = _words(
    "accuracy acc accuracies top1 top5 acc1 acc5 prec1 prec5 f1 auc auroc auprc roc ap map map50 map75 ap50 ap75 ap5095 "
    "precision recall iou miou giou dice bleu sacrebleu rouge rouge1 rouge2 rougel meteor cider psnr ssim r2 score mcc "
    "kappa sensitivity specificity hit hits ndcg mrr em exact match correct jaccard pck mrecall maccuracy aacc macc fwiou "
    "hellaswag mmlu passrate"
)
# Measured on a validation set whether the tag says so or not.
VALIDATION_METRICS = _words(
    "map map50 map75 ap50 ap75 ap5095 ap bleu sacrebleu rouge rouge1 rouge2 rougel meteor cider"
)
# These beat the word "loss" in one tag: "loss/accuracy" is an accuracy, but "loss_iou" and "dice_loss" are losses.
PLAIN_METRICS = frozenset({"accuracy", "acc", "accuracies", "top1", "top5", "acc1", "acc5", "f1", "auc", "auroc"})
ERROR_WORDS = _words(
    "error errors err wer cer mae mape smape rmse mse msle fid kid lpips epe rmsle top1err top5err eer ter mer deviation"
)

GRADIENT_WORDS = frozenset({"grad", "grads", "gradient", "gradients"})
NORM_WORDS = frozenset({"norm", "norms", "l2norm", "norm2"})
GRAD_NORM_WORDS = frozenset({"gnorm", "gradnorm", "gradientnorm"})
SCALE_WORDS = frozenset({"scale", "scaler", "scaling", "lossscale"})

RATE_WORDS = _words(
    "throughput fps wps ups sps tps qps mfu tflops samples_per_second tokens_per_second steps_per_second "
    "tokens_per_sec samples_per_sec it_per_sec examples_per_second images_per_sec its"
)
PER_SECOND = frozenset({"sec", "second", "seconds", "s"})
RATED = _words(
    "samples sample tokens token steps step examples example images image img it its iter iters iterations batches "
    "frames words sentences"
)

GENERATOR_WORDS = frozenset({"g", "gen", "generator", "netg", "errg", "lossg"})
DISCRIMINATOR_WORDS = frozenset({"d", "disc", "discriminator", "netd", "errd", "lossd", "discrim", "dis"})
ACTOR_WORDS = frozenset({"actor"})
CRITIC_WORDS = frozenset({"critic"})

REWARD_WORDS = frozenset({"reward", "rewards", "rew", "return", "returns", "episodic", "episode_reward"})
# DPO and its kin log "rewards" of answers; their loss is an ordinary learning curve.
PREFERENCE_WORDS = frozenset({"chosen", "rejected", "margins", "margin", "accuracies", "logps", "logits"})

EPOCH_WORDS = frozenset({"epoch", "epochs"})

VOCABULARY = frozenset().union(
    SPLITS, LOSS_WORDS, LOSS_FUNCTIONS, TOTAL_WORDS, DECORATION, NEVER_A_LOSS, NOT_A_LOSS_AFTER, METRIC_WORDS,
    ERROR_WORDS, GRADIENT_WORDS, NORM_WORDS, GRAD_NORM_WORDS, SCALE_WORDS, RATE_WORDS, PER_SECOND, RATED,
    GENERATOR_WORDS, DISCRIMINATOR_WORDS, ACTOR_WORDS, CRITIC_WORDS, REWARD_WORDS, PREFERENCE_WORDS,
    {"lr", "lrs", "learning", "rate", "hp", "hparam", "hparams"},
)  # fmt: skip
# Words that occur glued to "loss" or to a split without any separator: valloss, trainacc, boxloss, losstrain.
GLUED_ENDS = ("losses", "loss", "accuracy", "acc")
GLUED_STARTS = ("loss", "train", "valid", "val", "test", "eval")

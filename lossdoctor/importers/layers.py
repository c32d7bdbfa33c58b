"""Reads the tag of a histogram: which layer it speaks of, and whether it shows gradients, weights or activations."""

from __future__ import annotations

import re
from typing import NamedTuple

from lossdoctor.runs import HistogramKind

# Words of a tag's parts. torch users write `gradients/fc1.weight` or `fc1.weight.grad`, Keras `dense/kernel_0` and
# `dense/kernel/histogram`, W&B's watch() `gradients/fc1.weight` and `parameters/fc1.weight`, TF1 `conv1/weights_1`.
_GRADIENT = frozenset({"grad", "grads", "gradient", "gradients", "dw", "db", "dldw"})
_ACTIVATION = frozenset(
    {
        "act",
        "acts",
        "activation",
        "activations",
        "output",
        "outputs",
        "preact",
        "preactivation",
        "preactivations",
        "out",
    }
)
_WEIGHT = frozenset(
    {"weight", "weights", "kernel", "kernels", "embeddings", "param", "params", "parameter", "parameters", "w"}
)
_BIAS = frozenset({"bias", "biases", "b"})
_NORMALISATION = frozenset({"gamma", "beta", "running_mean", "running_var", "moving_mean", "moving_variance"})
# Words that say what is measured; a layer is what remains. `out` and `w` stay: they may be a layer's own name.
_DROPPED = (_GRADIENT | _WEIGHT | _BIAS | _NORMALISATION | (_ACTIVATION - {"out", "output", "outputs"})) - {"w", "b"}
_HIST = frozenset({"histogram", "histograms", "hist", "distribution", "distributions", "train", "training"})
_PART = re.compile(r"[/.:|]+")
_COUNTER = re.compile(r"_\d+$")
_NORM_LAYER = re.compile(r"(^|_)(bn|batch_?norm(alization)?|layer_?norm(alization)?|ln|group_?norm|norm)\d*(_|$)", re.I)


class LayerTag(NamedTuple):
    """What a histogram's tag says: the layer's name and the kind of its values."""

    layer: str
    kind: HistogramKind


def read_layer_tag(tag: str) -> LayerTag:
    """The layer and kind a tag names; `OTHER` and the whole tag when it names neither."""
    parts = [part for part in _PART.split(tag) if part]
    words = [_COUNTER.sub("", part.lower()) for part in parts]
    kept = [part for part, word in zip(parts, words, strict=True) if word not in _DROPPED and word not in _HIST]
    layer = ".".join(kept) or tag
    return LayerTag(layer, _kind(words, kept))


def _kind(words: list[str], layer: list[str]) -> HistogramKind:
    pieces = {piece for word in words for piece in (word, *word.split("_"))}
    if pieces & _GRADIENT:
        return HistogramKind.GRADIENT
    if pieces & _NORMALISATION or set(words) & _NORMALISATION:
        return HistogramKind.NORMALISATION
    parameters = pieces & (_WEIGHT | _BIAS)
    if parameters and any(_NORM_LAYER.search(part) for part in layer):
        return HistogramKind.NORMALISATION
    if pieces & _BIAS:
        return HistogramKind.BIAS
    # `output` may be a layer's own name, as in `output.dense.weight`; `activation` never is.
    if parameters and not pieces & {"act", "acts", "activation", "activations"}:
        return HistogramKind.WEIGHT
    return HistogramKind.ACTIVATION if pieces & _ACTIVATION else HistogramKind.OTHER

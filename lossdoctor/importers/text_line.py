"""Takes one line of a text log apart: what precedes the message, the counters, and the named numbers.

`PATTERNS` lists the line shapes that are understood, with an example of each; the tests read it, and the format's page
of help names them all. A line counts only when it names a step or an epoch *and* at least one measured number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from lossdoctor.importers.role_words import PLAIN_METRICS, SPLITS
from lossdoctor.importers.tag_meaning import Quantity, describe
from lossdoctor.importers.tag_words import words

# What is understood, each with an example line and the tags it gives.
PATTERNS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("named numbers", "epoch 3 loss 0.41 val_loss 0.5", ("loss", "val_loss")),
    ("named numbers with commas", "Epoch 1/35, Train Loss: 1.6, Test Acc: 59%", ("train_loss", "test_acc")),
    ("nanoGPT evaluation", "step 100: train loss 4.2, val loss 4.3", ("train_loss", "val_loss")),
    ("nanoGPT iteration", "iter 100: loss 3.1, time 23.4ms, mfu 5.0%", ("loss", "time", "mfu")),
    ("PyTorch ImageNet example", "Epoch: [0][ 10/500]\tLoss 6.9 (7.0)\tAcc@1 0.1 (0.2)", ("loss", "acc@1")),
    ("epoch and step", "Epoch [1/5], Step [100/600], Loss: 0.3", ("loss",)),
    ("mmcv text log", "Epoch [1][50/500] lr: 2.0e-03, eta: 1:02:03, loss: 0.4", ("lr", "loss")),
    ("mmengine", "Epoch(train)  [1][  50/500]  lr: 2.0e-03  eta: 1:02:03  loss: 0.4", ("lr", "loss")),
    (
        "mmengine and mmcv validation",
        "Epoch(val) [1][500/500]    accuracy/top1: 76.5  time: 0.1",
        ("val/accuracy/top1", "val/time"),
    ),
    ("Caffe", "Iteration 100 (2.5 iter/s, 40s/100 iters), loss = 0.3", ("loss",)),
    ("fairseq", "| epoch 001 | loss 9.1 | num_updates 350 | lr 0.0001", ("loss", "lr")),
    ("fairseq validation", "| epoch 001 | valid on 'valid' subset | loss 8.5 | num_updates 350", ("valid/loss",)),
    ("progress bar of tqdm or Lightning", "Epoch 3: 100%|###| 50/50 [00:12<00:00, 8.2it/s, loss=0.31]", ("loss",)),
)

MAX_NUMBERS = 200
_NAME_SPAN = 120  # a name stands within so many characters before its number
_NUMBER = re.compile(
    r"(?<![\w.@])([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf|infinity)\b)"
    r"(?=(?P<unit>%|[a-zA-Z]{1,4}(?:/[a-zA-Z]{1,6})?)?(?:[\s,;|)\]}/<>'\"]|$|[.:](?:\s|$)))",
    re.IGNORECASE,
)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_LEVEL = r"(?:DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL)"
_PREFIXES = (
    re.compile(r"[IWEF]\d{4} \d\d:\d\d:\d\d(?:\.\d+)?\s+\d+ [^\]\s]{1,80}\]\s?"),  # glog, as Caffe uses it
    re.compile(
        r"\[?\d{4}[-/]\d\d[-/]\d\d[ T_]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?"
        rf"(?:[\s|,:-]*(?:\[?{_LEVEL}\]?|[\w.]{{1,40}} (?:- |\| )?\[?{_LEVEL}\]?)\b\]?)?[\s|:>-]*"
    ),
    re.compile(r"\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]?[\s|:>-]+"),
    re.compile(rf"\[?{_LEVEL}\]?:(?:[\w.]{{1,40}}:)?\s?|\[{_LEVEL}\]\s?"),
)
_EPOCH = frozenset({"epoch", "epochs", "ep"})
_STEP = frozenset(
    {"step", "steps", "iter", "iters", "iteration", "iterations", "global_step", "globalstep", "update", "updates",
     "num_updates", "it", "train_step"}
)  # fmt: skip
_INNER = frozenset({"batch", "minibatch", "mini-batch"})
# Numbers about the machine or the clock.
_NOT_MEASURED = frozenset(
    {"eta", "rank", "gpu", "port", "pid", "v_num", "version", "world_size", "seed", "wall", "elapsed", "at", "in", "of",
     "for", "to", "from", "best", "patience", "counter", "line"}
)  # fmt: skip
# Words that lead a sentence to a name, and words after which a number is no measurement of what stands before.
_LEADS = frozenset(
    {"then", "and", "the", "with", "current", "has", "got", "is", "a", "done", "finished", "end", "after"}
)
_PIECES = re.compile(r"[,;|\t()\[\]{}<>]|\s[-–—]+\s|:\s+(?=\S)|\.\s|['\"]")
_NAME = re.compile(r"[A-Za-z_][\w.@/%+-]*(?: [A-Za-z_][\w.@/%+-]*){0,2}")
_BAR = re.compile(r"%\||^\d+/\d+ - |\d/\d+ \[[=>.]|\d/\d+ [━╸╺\x1b]|\[[=#>.-]{5,}\]")
_SPLIT = re.compile(r"(?<![\w/.])(train|training|val|valid|validation|validate|eval|evaluation|test|testing)(?![\w/.])",
                    re.IGNORECASE)  # fmt: skip
# The bracket that opens the lines of PyTorch's first tutorial: [epoch, batch].
_EPOCH_BATCH = re.compile(r"\[(\d{1,9}), +(\d{1,12})\] ")
# mmcv and mmengine name the split with the counter: Epoch(train) [epoch][iteration/total], Iter(val) [iterations].
_MM = re.compile(
    r"(?P<unit>Epoch|Iter)\((?P<split>train|val|test)\)\s+\[\s*(?P<first>\d{1,12})(?:/\d+)?\]"
    r"(?:\[\s*(?P<inner>\d{1,12})(?:/(?P<total>\d{1,12}))?\])?\s+"
)
_SPEAKS = re.compile(r"epoch|\bep\b|step|iter|\bit\b|update|batch", re.IGNORECASE)


@dataclass(slots=True)
class Line:
    """What one line says.

    Attributes:
        epoch: the epoch it names, as written.
        step: the step, iteration or update it names.
        inner: a counter within the epoch ("[10/500]"), with its total in `total`.
        numbers: measured numbers by tag, in their order.
        bar: it is one state of a progress bar: later states of the same epoch replace it.
        split: the split that a name of several words spoke of last ("Train Loss"), for "Acc" behind it.
        follows: it names no counter of the training and stands at the last step before it.
    """

    epoch: int | None = None
    step: int | None = None
    inner: int | None = None
    total: int | None = None
    numbers: dict[str, float] = field(default_factory=dict)
    bar: bool = False
    split: str = ""
    follows: bool = False

    @property
    def counted(self) -> bool:
        """Whether it names a step or an epoch."""
        return self.epoch is not None or self.step is not None


def message(line: str) -> str:
    """The line without colours, without overwritten progress states, and without date, level and logger's name."""
    if "\x1b" in line:
        line = _ANSI.sub("", line)
    if "\r" in line:
        line = next((state for state in reversed(line.split("\r")) if state.strip()), "")
    line = line.strip()
    for prefix in _PREFIXES:
        if found := prefix.match(line):
            line = line[found.end() :]
    return line


def read_line(text: str) -> Line | None:
    """A message taken apart; None when it names neither a counter nor numbers."""
    line = Line(bar=bool(_BAR.search(text)))
    last, end, first_number = "", 0, -1
    if opening := _EPOCH_BATCH.match(text):
        line.epoch, line.inner, end = int(opening[1]), int(opening[2]), opening.end()
    elif opening := _MM.match(text):
        _open_mm(line, opening)
        end = opening.end()
    elif not line.bar and not _SPEAKS.search(text) and not continues(text):
        return None
    for index, found in enumerate(_NUMBER.finditer(text, end)):
        if index >= MAX_NUMBERS:
            return None
        between = text[end : found.start()]
        end = found.end() + len(found["unit"] or "")
        kind = _take(line, found, between, last)
        if kind == "number" and first_number < 0:
            first_number = found.start()
        last = kind
    if opening is not None and opening.re is _MM:
        _close_mm(line, opening["split"])
    else:
        _split(line, text[:first_number] if first_number > 0 else "")
    return line if line.counted or line.numbers else None


def _open_mm(line: Line, opening: re.Match[str]) -> None:
    """The counters of mmcv's and mmengine's lines; what a validation counts are its own batches."""
    training = opening["split"] == "train"
    if opening["unit"] == "Epoch":
        line.epoch = int(opening["first"])
        if training and opening["inner"]:
            line.inner, line.total = int(opening["inner"]), int(opening["total"] or 0) or None
    elif training:
        line.step = int(opening["first"])
    else:
        line.follows = True


def _close_mm(line: Line, split: str) -> None:
    """Puts the split before every tag of a validation, speeds included; lines of its progress measure nothing."""
    if split == "train":
        return
    if not measures(line.numbers):
        line.numbers = {}
    line.numbers = {
        tag if describe(tag).split is not None else f"{split}/{tag}": value for tag, value in line.numbers.items()
    }


def continues(text: str) -> bool:
    """Whether a line that names no counter belongs to the epoch or step named before it: "val loss: 0.5"."""
    return bool(_SPLIT.match(text.lstrip("=->*[( ")) or _BAR.search(text))


def _take(line: Line, found: re.Match[str], between: str, last: str) -> str:
    """Files one number under what stands before it; the kind of number it was."""
    digits = found.group(1)
    whole = int(digits) if digits.isdigit() and len(digits) < 19 else None
    bare = between.strip(" \t")
    if bare in ("/", "of") and whole is not None:
        if last == "inner":
            line.total = whole
        elif last == "number" and bare == "/" and whole > 0:
            # "Accuracy: 98/100" is a share, not 98.
            tag = next(reversed(line.numbers))
            line.numbers[tag] = line.numbers[tag] / whole
        return "total"
    head = between.rstrip(" \t:=#[(")
    name = _name(head[-_NAME_SPAN:])
    low = name.lower().replace(" ", "_")
    if whole is not None and not found["unit"]:
        word = low.rsplit("_", 1)[-1] if low not in _STEP else low
        if word in _EPOCH and line.epoch is None:
            line.epoch = whole
            return "epoch"
        if (word in _STEP or low in _STEP) and line.step is None:
            line.step = whole
            return "inner" if line.epoch is not None else "step"
        ahead = found.string[found.end() : found.end() + 3].lstrip()[:1]
        if word in _INNER or (not name and last in ("epoch", "total") and line.inner is None and ahead == "/"):
            line.inner = whole
            return "inner"
    if (
        not name
        or low.rsplit("_", 1)[-1] in _NOT_MEASURED
        or low in _NOT_MEASURED
        or not _separated(between, head, low)
    ):
        return ""
    tag = low if " " in name else _tag(name)
    first = name.split(" ")[0].lower()
    if " " in name and first in SPLITS:
        line.split = first
    elif line.split and _measures(tag) and describe(tag).split is None:
        tag = f"{line.split}_{tag}"
    line.numbers.setdefault(tag, float(digits))
    return "number"


@lru_cache(maxsize=4096)
def _name(head: str) -> str:
    """The name that ends the text before a number: the last piece, at most three words."""
    piece = _PIECES.split(head)[-1].strip(" -*>") if not head.endswith((",", ";", "|", ")", "]")) else ""
    found = None
    for found in _NAME.finditer(piece):  # noqa: B007
        pass
    if found is None or found.end() != len(piece):
        return ""
    parts = found.group().split(" ")
    while len(parts) > 1 and parts[0].lower() in _LEADS:
        parts = parts[1:]
    return " ".join(parts)


def _tag(name: str) -> str:
    return name.lower() if (name[:1].isupper() and name[1:].islower()) or "@" in name else name


def _separated(between: str, head: str, low: str) -> bool:
    """Whether a name and its number belong together: a colon or equals sign, or a name that is a measured thing."""
    sign = between[len(head) :]
    if "==" in sign:
        return False  # a comparison or a version, no statement
    if ":" in sign or "=" in sign:
        return True
    return describe(low).quantity is not Quantity.OTHER or low in ("time", "mfu", "ppl", "norm", "dt")


def _split(line: Line, before: str) -> None:
    """Puts the split that a line is headed by ("valid | loss 8.5") before tags that do not name one themselves."""
    found = _SPLIT.search(before)
    if not found or not line.numbers:
        return
    word = found.group().lower()
    first = next(iter(line.numbers))
    if word in first.lower():
        return
    line.numbers = {
        tag if describe(tag).split is not None or not _measures(tag) else f"{word}/{tag}": value
        for tag, value in line.numbers.items()
    }


def _measures(tag: str) -> bool:
    measured = (Quantity.LOSS, Quantity.LOSS_FUNCTION, Quantity.METRIC, Quantity.ERROR)
    return describe(tag).quantity in measured


def tells_training(numbers: dict[str, float]) -> bool:
    """Whether any of the tags is a loss or an accuracy: solvers and tests print errors and scores by step as well."""
    for tag in numbers:
        quantity = describe(tag).quantity
        if quantity in (Quantity.LOSS, Quantity.LOSS_FUNCTION):
            return True
        if quantity is Quantity.METRIC and PLAIN_METRICS.intersection(words(tag)):
            return True
    return False


def measures(numbers: dict[str, float]) -> bool:
    """Whether any of the tags is a loss, a metric or an error."""
    return any(_measures(tag) for tag in numbers)

"""Every option that is no rule's threshold. Reading this file is reading the truth."""

from __future__ import annotations

from lossdoctor.settings.option import Kind, Option

# The names of `lossdoctor.runs.Role`, which lies above this package (a test compares them), with words for people.
ROLE_WORDS = {
    "train_loss": "training loss",
    "val_loss": "validation loss",
    "test_loss": "test loss",
    "train_metric": "training metric",
    "val_metric": "validation metric",
    "test_metric": "test metric",
    "train_error": "training error",
    "val_error": "validation error",
    "lr": "learning rate",
    "grad_norm": "gradient norm",
    "epoch": "epoch",
    "throughput": "throughput",
    "loss_scale": "loss scale",
    "loss_component": "part of the loss",
    "adversarial_loss": "adversarial loss",
    "reward": "reward",
    "other": "not judged",
}
ROLE_NAMES = tuple(ROLE_WORDS)
# What a column of a table may be besides a series in one of the roles.
AXES = {
    "step": "The column that counts steps (or iterations).",
    "epoch": "The column that counts epochs; the x axis when there is no step column.",
}
_ROLE_FLAGS = {"train_loss": "--train-loss", "val_loss": "--val-loss"}


def _role(role: str) -> Option:
    words = ROLE_WORDS[role]
    told = f"the {words}" if role != "other" else "shown but not judged"
    text = f"Series whose tag one of these regular expressions finds are {told}."
    return Option(f"roles.{role}", Kind.PATTERNS, (), words.capitalize(), text, flag=_ROLE_FLAGS.get(role, ""))


def _column(name: str) -> Option:
    words = ROLE_WORDS.get(name, name)
    text = AXES.get(name) or ("Columns to leave out." if name == "ignore" else f"The columns that are the {words}.")
    text = "Columns that are shown but not judged." if name == "other" else text
    return Option(f"map.{name}", Kind.NAMES, (), words.capitalize(), text, flag="--map")


MAP_NAMES = (*AXES, *(role for role in ROLE_NAMES if role != "epoch"), "ignore")

OPTIONS: tuple[Option, ...] = (
    Option("select", Kind.NAMES, (), "Look for",
           "Codes, beginnings of codes or names of the rules to ask; empty asks all.", flag="--select"),
    Option("ignore", Kind.NAMES, (), "Do not look for",
           "Codes, beginnings of codes or names of the rules not to ask.", flag="--ignore"),
    Option("pattern", Kind.PATTERN, "", "Line pattern",
           "Regular expression with named groups that reads the lines of plain text logs.", flag="--pattern"),
    Option("scan.format", Kind.CHOICE, "text", "Output of a scan", "What `lossdoctor scan` prints.",
           ("text", "json", "jsonl", "csv", "markdown", "html", "junit", "sarif", "github"), flag="--format"),
    Option("scan.fail_on", Kind.CHOICE, "high", "Exit with 1 from",
           "`lossdoctor scan` exits with 1 when a finding is at least this severe.",
           ("info", "low", "medium", "high", "never"), flag="--fail-on"),
    *(_role(role) for role in ROLE_NAMES),
    *(_column(name) for name in MAP_NAMES),
)  # fmt: skip

BY_KEY = {option.key: option for option in OPTIONS}


def option(key: str) -> Option:
    """The option with this key.

    Raises:
        KeyError: there is none.
    """
    return BY_KEY[key]

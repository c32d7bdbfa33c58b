"""Whether every public log reads as the reference readers read it: `python -m tests.bench.conformance ../shared/corpus/real`.

Reads each file of the corpus by itself and compares rows, tags, first and last step, NaN and infinite values, and
truncation with facts.jsonl. Prints counts by format, the reason class of every difference that has one, what each file
that is no log was told, and whatever is left unexplained. A reason is given only where the numbers bear it out. Exits
with 1 when anything is unexplained or raises. Formats without an importer are counted apart, as unread.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
import traceback
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.step_axis import STEP_COLUMNS, step_key
from lossdoctor.runs import Problem, Run, Series

# What a difference may come from, and why ours is right.
REASONS = {
    "axis": "the reference lists the step, row number or wall-time column as a tag; here it is the axis",
    "file_name": "the tag stands in the file's or folder's name only, which the reference did not use",
    "shared_folder": "the reference keeps the log folder before each tag",
    "run_column": "the reference keeps the run's name before the metric; here each run is a run",
    "mode": "the reference puts mmcv's mode before each tag; here only val is",
    "own_axis": "the reference counts rows or mixes epochs with iterations; here the file's own steps are used",
    "headerless": "the reference took the first value for a header",
    "summary_row": "the reference counts the closing row of totals as points",
    "stepless_row": "the reference numbers rows without a step by their position in the log",
    "not_numbers": "the reference reads True and False as 1 and 0",
    "constant": "the value is no measurement: bookkeeping of the writer",
    "no_exit": "the reference calls a run without exit record truncated; all its records are sound",
    "not_a_curve": "the table holds one row a run or rewards of episodes, and the user is told so",
}
_NOT_CURVES = frozenset({"sb3_monitor", "runs_table", "no_step_column"})
_BOOKKEEPING = frozenset({"iter", "epoch", "seed", "step", "_step", "_runtime", "_timestamp"})
_UNREAD = frozenset({"not_a_log", "wandb_binary"})
_COMPARED = ("n", "first", "last", "nan", "inf")

Fact = Mapping[str, Any]


@dataclass
class Verdict:
    """How one file compares."""

    path: str
    format: str
    kind: str  # equal, explained, unread, unexplained, traceback, no_facts
    reasons: Counter[str] = field(default_factory=Counter)
    details: list[str] = field(default_factory=list)
    told: tuple[Problem, ...] = ()
    read: str = "nothing"


def measured(series: Series) -> dict[str, Any]:
    """A series in the words of facts.jsonl."""
    values = series.values
    return {
        "n": len(series),
        "first": float(series.steps[0]) if len(series) else None,
        "last": float(series.steps[-1]) if len(series) else None,
        "nan": int((values != values).sum()),
        "inf": int((abs(values) == math.inf).sum()),
    }


def compare(root: Path, fact: Fact) -> Verdict:
    """One file against its facts; never raises."""
    path = root / fact["path"]
    verdict = Verdict(fact["path"], fact.get("format", ""), "equal")
    try:
        found = find_sources(path)
        results = [read_source(source) for source in found.sources]
    except Exception:  # noqa: BLE001 - what the bench is there to find
        verdict.kind, verdict.details = "traceback", [traceback.format_exc(limit=-3)]
        return verdict
    runs = [run for result in results for run in result.runs]
    problems = [
        *found.problems,
        *(p for result in results for p in result.problems),
        *(p for r in runs for p in r.problems),
    ]
    verdict.told = tuple(problems)
    series = [(run, item) for run in runs for item in run.series]
    if series:
        verdict.read = f"{len(runs)} runs, {len(series)} series, {sum(len(item) for _, item in series)} points"
    tags: Mapping[str, Fact] | None = fact.get("tags")
    if tags is None:
        _without_tags(verdict, fact, [item for _, item in series])
    elif not series:
        _nothing_read(verdict, tags)
    else:
        _compare_tags(verdict, _Context(fact, path, series), tags)
        _compare_end(verdict, fact)
    if verdict.kind == "equal" and verdict.reasons:
        verdict.kind = "explained"
    return verdict


def _without_tags(verdict: Verdict, fact: Fact, series: Sequence[Series]) -> None:
    """Configuration, summaries, pointers: nothing is read from them alone, and the user is told what they are."""
    if "format" not in fact:
        verdict.kind = "no_facts"
    elif series or not verdict.told:
        verdict.kind = "unexplained"
        verdict.details.append(f"{len(series)} series read from a file that holds none")


def _nothing_read(verdict: Verdict, tags: Mapping[str, Fact]) -> None:
    codes = {problem.code for problem in verdict.told}
    if not any(fact["n"] for tag, fact in tags.items() if tag not in _BOOKKEEPING):
        if not codes:
            verdict.kind = "unexplained"
            verdict.details.append("passed over in silence")
        elif tags:
            verdict.reasons["constant"] += len(tags)
    elif codes & _NOT_CURVES:
        verdict.reasons["not_a_curve"] += len(tags)
    elif codes <= _UNREAD:
        verdict.kind = "unread"
    else:
        verdict.kind = "unexplained"
        verdict.details.append(f"nothing read, {len(tags)} tags expected; told {', '.join(sorted(codes))}")


class _Context:
    """One file's facts and what was read from it, for the reasons to look at."""

    def __init__(self, fact: Fact, path: Path, series: Sequence[tuple[Run, Series]]) -> None:
        self.fact, self.path, self.format = fact, path, fact["format"]
        self.series = series
        self.left = {id(item): (run, item) for run, item in series}
        self._rows: list[dict[str, Any]] | None = None

    def take(self, tag: str) -> Series | None:
        """The series with this very tag, used up."""
        for key, (_, item) in self.left.items():
            if item.tag == tag:
                del self.left[key]
                return item
        return None

    def renamed(self, tag: str, fact: Fact) -> str:
        """The reason why a tag has another name here: a series left over with the same numbers and a name that says so."""
        for key, (run, item) in list(self.left.items()):
            reason = self._name_reason(tag, fact, run, item)
            if reason:
                del self.left[key]
                return reason
        return ""

    def _name_reason(self, tag: str, fact: Fact, run: Run, item: Series) -> str:
        ours = measured(item)
        same = all(ours[key] == fact[key] for key in _COMPARED if key in fact)
        alike = all(ours[key] == fact[key] for key in ("n", "nan", "inf") if key in fact)
        if same and tag.lower() == "value" and item.tag in self.path.name:
            return "file_name"
        if same and item.tag.endswith(f"/{tag}") and item.tag.split("/")[0] in self.path.parts:
            return "file_name"
        if same and tag.replace("\\", "/").endswith("/" + item.tag):
            return "shared_folder"
        if same and tag == f"{run.name} - {item.tag}":
            return "run_column"
        if alike and self.format == "mm_log_json" and tag == f"train/{item.tag}":
            return "mode" if same else "own_axis"
        if _is_number(tag) and item.tag == self.path.stem and ours["n"] in (fact["n"], fact["n"] + 1):
            return "headerless"
        return ""

    def rows(self) -> list[dict[str, Any]]:
        """The rows of a trainer state."""
        if self._rows is None:
            self._rows = json.loads(self.path.read_text())["log_history"]
        return self._rows

    def training_steps(self) -> set[int]:
        """Every step at which a training loss was logged."""
        return {step for _, item in self.series if item.tag == "loss" for step in item.steps.tolist()}

    def longest(self) -> int:
        return max((len(item) for _, item in self.series), default=0)


def _compare_tags(verdict: Verdict, context: _Context, tags: Mapping[str, Fact]) -> None:
    missing: list[tuple[str, Fact]] = []
    for name, fact in tags.items():
        tag = name.strip()
        item = context.take(tag)
        if item is None:
            missing.append((tag, fact))
            continue
        ours = measured(item)
        if all(ours[key] == fact[key] for key in _COMPARED if key in fact):
            continue
        _note(verdict, _differs(context, tag, fact, item), f"{tag}: {dict(fact)} but read {ours}")
    for tag, fact in missing:
        _note(verdict, context.renamed(tag, fact) or _absent(context, tag, fact), f"{tag}: not read, {dict(fact)}")
    for _, item in context.left.values():
        _note(verdict, "", f"{item.tag}: read, but not in the facts ({len(item)} points)")


def _note(verdict: Verdict, reason: str, detail: str) -> None:
    if reason:
        verdict.reasons[reason] += 1
    else:
        verdict.kind = "unexplained"
        verdict.details.append(detail)


def _differs(context: _Context, tag: str, fact: Fact, item: Series) -> str:
    """Why a tag that both have differs."""
    ours = measured(item)
    alike = all(ours[key] == fact[key] for key in ("n", "nan", "inf") if key in fact)
    if context.format == "hf_trainer_state":
        totals = sum("train_runtime" in row and tag in row for row in context.rows())
        if totals and ours["n"] + totals == fact["n"] and ours["first"] == fact["first"]:
            return "summary_row"
        if alike and any(tag in row and "step" not in row for row in context.rows()):
            return "stepless_row"
        return ""
    if alike and context.format in ("mmengine_scalars", "mm_log_json"):
        # Evaluation rows count epochs in the file; here each stands at a training step.
        return "own_axis" if set(item.steps.tolist()) <= context.training_steps() else ""
    if alike and context.fact.get("x_column", "") is None:
        return "own_axis"
    return ""


def _absent(context: _Context, tag: str, fact: Fact) -> str:
    """Why a tag is not among the series."""
    plain = tag.split("/")[-1] if context.format == "mm_log_json" else tag
    index = tag.startswith("Unnamed: ") or plain.lower() in ("wall time", "_timestamp", "timestamp", "index")
    if (index or step_key(plain) in STEP_COLUMNS) and fact["n"] <= context.longest():
        return "axis"
    if context.format == "hf_trainer_state" and all("train_runtime" in row for row in context.rows() if tag in row):
        return "summary_row"
    if context.path.suffix == ".csv" and _says_true_or_false(context.path, tag):
        return "not_numbers"
    return ""


def _says_true_or_false(path: Path, tag: str) -> bool:
    with path.open(newline="", errors="replace") as lines:
        cells = {str(row.get(tag)).strip().lower() for row in csv.DictReader(lines)}
    return bool(cells) and cells <= {"true", "false", ""}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _compare_end(verdict: Verdict, fact: Fact) -> None:
    told = {problem.code for problem in verdict.told}
    if not fact.get("truncated") or told & {"truncated", "unterminated"}:
        return
    reason = "no_exit" if fact["truncated"] == "no_exit_record" else ""
    _note(verdict, reason, f"truncated ({fact['truncated']}), but nothing was said")


def listed(root: Path) -> list[Fact]:
    """Every file of the corpus with its facts; files that have none carry their path only."""
    facts = {
        fact["path"]: fact for line in (root / "facts.jsonl").read_text().splitlines() if (fact := json.loads(line))
    }
    files = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file() and path.parent != root}
    return [facts.get(path, {"path": path}) for path in sorted(files | set(facts)) if (root / path).exists()]


def report(verdicts: Sequence[Verdict], *, details: bool = False) -> str:
    """Counts by format, reasons, what files that are no logs were told, and what is left."""
    kinds = ("equal", "explained", "unread", "no_facts", "unexplained", "traceback")
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for verdict in verdicts:
        counts[verdict.format or verdict.path.split("/")[0] + " (no facts)"][verdict.kind] += 1
    lines = [f"{'format':34}" + "".join(f"{kind:>12}" for kind in kinds)]
    lines += [
        f"{name:34}" + "".join(f"{row[kind] or '':>12}" for kind in kinds) for name, row in sorted(counts.items())
    ]
    total = Counter(verdict.kind for verdict in verdicts)
    lines += [
        f"{f'all {len(verdicts)} files':34}" + "".join(f"{total[kind]:>12}" for kind in kinds),
        "",
        "Reasons (files):",
    ]
    files = Counter(reason for verdict in verdicts for reason in verdict.reasons)
    lines += [f"  {number:4}  {reason}: {REASONS[reason]}" for reason, number in files.most_common()]
    lines += ["", "What files without a curve were told (files, sentence of the first):", *_told(verdicts)]
    lines += ["", "Files without facts:"]
    lines += [
        f"  {v.path}: {v.read}{'; told ' if v.told else ''}{', '.join(sorted({problem.code for problem in v.told}))}"
        for v in verdicts
        if v.kind == "no_facts"
    ]
    wrong = [verdict for verdict in verdicts if verdict.kind in ("unexplained", "traceback")]
    shown = verdicts if details else wrong
    if wrong:
        lines += ["", "Not explained:"]
    lines += [f"  {v.path}: {text}" for v in shown for text in v.details[: None if details else 4]]
    return "\n".join(lines)


def _told(verdicts: Sequence[Verdict]) -> list[str]:
    told: dict[tuple[str, str], list[str]] = defaultdict(list)
    for verdict in verdicts:
        for problem in verdict.told:
            if problem.level == "error" or problem.code in ("no_scalars", "no_rows", "empty"):
                told[problem.code, verdict.format].append(f"{problem.message} {problem.hint}".strip())
    return [f"  {len(texts):4}  {code} ({name}): {texts[0][:150]}" for (code, name), texts in sorted(told.items())]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path, help="folder with facts.jsonl")
    parser.add_argument("--details", action="store_true", help="list every detail")
    options = parser.parse_args(arguments)
    verdicts = [compare(options.root, fact) for fact in listed(options.root)]
    print(report(verdicts, details=options.details))
    return int(any(verdict.kind in ("unexplained", "traceback") for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())

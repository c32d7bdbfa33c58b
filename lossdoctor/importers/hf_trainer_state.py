"""The importer of trainer_state.json, the log that the Hugging Face Trainer saves with every checkpoint."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lossdoctor.formatting import count
from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.files import read_bytes, relative_id, shown, unreadable
from lossdoctor.importers.json_numbers import json_integer, json_number, json_value
from lossdoctor.importers.reading import build_run
from lossdoctor.runs import ConfigValue, Problem, ProblemLevel, Series

MAX_BYTES = 1 << 30
_CHECKPOINT = re.compile(r"checkpoint-(\d+)")
_GLOBAL_STEP = re.compile(rb'"global_step"\s*:\s*(\d{1,18})')
# The closing row of train(): totals, not a point of any curve.
_SUMMARY = "train_runtime"
_CONFIG_KEYS = (
    "train_batch_size", "logging_steps", "eval_steps", "save_steps", "max_steps", "num_train_epochs", "best_metric",
    "best_global_step", "total_flos", "num_input_tokens_seen", "trial_name",
)  # fmt: skip


class TrainerStateImporter:
    """trainer_state.json of the Hugging Face Trainer, TRL and Axolotl."""

    name = "hf_trainer_state"
    title = "Hugging Face trainer_state.json"
    patterns = ("trainer_state.json",)
    help = (
        "Saved by the Hugging Face Trainer (and TRL, Axolotl, LLaMA-Factory) in the output folder and in each "
        "checkpoint. A folder with several checkpoints is one run, read from the newest state. The closing row with "
        "train_runtime becomes configuration, not a point; bare NaN and Infinity are read as they are."
    )

    def probe(self, head: FileHead) -> Match | None:
        """A JSON object with `log_history`; in long files the keys that stand before it."""
        data = head.head.lstrip()
        if not data.startswith(b"{"):
            return None
        if b'"log_history"' in data:
            return Match(0.95, "holds log_history")
        if head.name == "trainer_state.json" and b'"global_step"' in data:
            return Match(0.8, "is named trainer_state.json and holds global_step")
        return None

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source for each output folder: the state with the largest step; older states are noted."""
        runs: dict[str, list[FileHead]] = {}
        for head in heads:
            runs.setdefault(_run_folder(head.path, root), []).append(head)
        sources, problems = [], []
        for folder, states in sorted(runs.items()):
            newest = max(states, key=lambda head: (_step(head), -len(head.path), head.path))
            sources.append(_source(folder, newest, root))
            if len(states) > 1:
                text = f"holds {count(len(states), 'trainer state')}; the newest ({_relative(newest, folder)}) is read."
                problems.append(Problem("older_checkpoints", ProblemLevel.INFO, shown(folder), text))
        return Grouping(tuple(sources), tuple(problems))

    def read(self, source: Source) -> ImportResult:
        """The run of one trainer state."""
        path = source.files[0]
        try:
            data, whole = read_bytes(path, MAX_BYTES)
        except OSError as error:
            return ImportResult((), (unreadable(path, error),))
        state, problems = _parse(data, whole, path)
        if state is None:
            return ImportResult((), tuple(problems))
        rows = [row for row in state.get("log_history") or () if isinstance(row, dict)]
        series, summary = history_series(rows, shown(os.path.basename(path)))
        config = {key: value for key in _CONFIG_KEYS if _is_plain(value := state.get(key))}
        if not series:
            text = "holds a trainer state without any logged rows."
            problems.append(Problem("no_rows", ProblemLevel.INFO, shown(path), text))
        run = build_run(source, series, config={**config, **summary}, problems=problems)
        return ImportResult((run,))


def _run_folder(path: str, root: str) -> str:
    folder = os.path.dirname(path)
    if _CHECKPOINT.fullmatch(os.path.basename(folder)) and folder != root:
        return os.path.dirname(folder)
    return folder


def _step(head: FileHead) -> int:
    found = _GLOBAL_STEP.search(head.head)
    if found:
        return int(found.group(1))
    name = _CHECKPOINT.fullmatch(os.path.basename(os.path.dirname(head.path)))
    return int(name.group(1)) if name else -1


def _relative(head: FileHead, folder: str) -> str:
    return shown(os.path.relpath(head.path, folder))


def _source(folder: str, head: FileHead, root: str) -> Source:
    return Source("hf_trainer_state", relative_id(folder, root), folder, (head.path,), head.size_bytes)


def _parse(data: bytes, whole: bool, path: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    text = data.decode("utf-8-sig", "replace")
    try:
        state = json_value(text)
    except (ValueError, RecursionError) as error:
        return _rescue(text, path, error, whole)
    if not isinstance(state, dict) or not isinstance(state.get("log_history"), list):
        problem = Problem("no_history", ProblemLevel.ERROR, shown(path), "holds no log_history list.",
                          "Check that it was written by the Trainer.")  # fmt: skip
        return None, [problem]
    return state, []


def _rescue(text: str, path: str, error: Exception, whole: bool) -> tuple[dict[str, Any] | None, list[Problem]]:
    """What stands before the damage: rows of log_history are decoded one by one until one is broken."""
    place = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
    start = text.find('"log_history"')
    start = text.find("[", start) + 1 if start >= 0 else 0
    decoder, rows, position = json.JSONDecoder(parse_int=json_integer), [], start
    while start and (brace := text.find("{", position)) >= 0:
        try:
            row, position = decoder.raw_decode(text, brace)
        except (ValueError, RecursionError):
            break
        rows.append(row)
    what = "is larger than 1 GB" if not whole else "is no valid JSON: cut off or edited"
    kept = f"{count(len(rows), 'row')} before the damage are kept." if rows else "nothing of it could be read."
    level = ProblemLevel.WARNING if rows else ProblemLevel.ERROR
    problem = Problem(
        "bad_json", level, shown(path), f"{what}; {kept}", "Take the state of an older checkpoint.", place
    )
    return ({"log_history": rows} if rows else None), [problem]


def history_series(rows: Sequence[Mapping[str, Any]], source: str) -> tuple[list[Series], dict[str, ConfigValue]]:
    """Rows of log_history as series over `step`, and the closing summary row as configuration."""
    points: dict[str, tuple[list[int], list[float]]] = {}
    summary: dict[str, ConfigValue] = {}
    step = 0
    for row in rows:
        step = _row_step(row, step)
        if _SUMMARY in row:
            summary.update({f"summary.{key}": value for key, value in row.items() if _is_plain(value)})
            continue
        for key, value in row.items():
            number = json_number(value, texts=True)
            if key != "step" and number is not None:
                steps, values = points.setdefault(str(key), ([], []))
                steps.append(step)
                values.append(number)
    series = [Series(tag, np.array(s, np.int64), np.array(v), None, source) for tag, (s, v) in points.items()]
    return series, summary


def _row_step(row: Mapping[str, Any], before: int) -> int:
    number = json_number(row.get("step"), texts=True)
    if number is None or number != number or abs(number) >= 2**63:
        return before
    return int(number)


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool)

"""Reads W&B's table of runs, one row a run: its configuration columns, for the charts of these runs beside it."""

from __future__ import annotations

import csv
import io
import re

from lossdoctor.formatting import count
from lossdoctor.importers.base import FileHead
from lossdoctor.importers.config_files import MAX_KEYS, plain_value
from lossdoctor.importers.dialect import decode, first_lines, number, split_cells
from lossdoctor.importers.files import read_bytes, shown, unreadable
from lossdoctor.importers.step_axis import step_column
from lossdoctor.importers.tag_meaning import Quantity, describe
from lossdoctor.runs import ConfigValue, Problem, ProblemLevel

MAX_BYTES = 256 << 20
_ALWAYS = frozenset({"name", "state", "created", "runtime"})
# W&B's own columns, about the account and the machine rather than the training.
_OWN = frozenset(
    {"name", "state", "notes", "user", "tags", "created", "runtime", "sweep", "id", "commit", "github", "description",
     "group", "job type", "hostname", "host", "start time", "end time", "updated", "gpu count", "gpu type"}
)  # fmt: skip
_RESULTS = (Quantity.LOSS, Quantity.LOSS_FUNCTION, Quantity.METRIC, Quantity.ERROR, Quantity.REWARD)
_BEST = re.compile(r"^(best|final|last|max|min)[ _./-]")
_SAMPLE_LINES = 8

Configs = dict[str, dict[str, ConfigValue]]


def is_runs_table(head: FileHead) -> bool:
    """W&B's own columns, or quoted rows that begin with a name and hold results but no step."""
    if not head.head[:64].lstrip(b'\xef\xbb\xbf\xff\xfe\x00 \r\n"').lower().startswith(b"n"):
        return False
    lines = first_lines(head.head, _SAMPLE_LINES)
    if not lines or "," not in lines[0]:
        return False
    names = [cell.strip().lower() for cell in split_cells(lines[0], ",")]
    if names[0] != "name":
        return False
    if set(names) >= _ALWAYS:
        return True
    quoted = all(line.startswith('"') for line in lines) and lines[0].count('"') == 2 * len(names)
    results = any(map(_is_result, names[1:]))
    return quoted and results and step_column(names) is None and " - " not in lines[0]


def read_runs_table(path: str, problems: list[Problem]) -> Configs:
    """The configuration of each run by its name; what cannot be read becomes a problem.

    Of a name that several rows carry only what all of them say is kept. Columns of results, and those that W&B keeps
    itself, are no configuration.
    """
    try:
        data, whole = read_bytes(path, MAX_BYTES)
    except OSError as error:
        problems.append(unreadable(path, error))
        return {}
    configs: Configs = {}
    try:
        for row in csv.DictReader(io.StringIO(decode(data).replace("\x00", ""), newline="")):
            name = next((str(value) for key, value in row.items() if key and key.strip().lower() == "name"), "")
            config = _config(row)
            known = configs.get(name)
            configs[name] = config if known is None else {k: v for k, v in config.items() if known.get(k) == v}
    except csv.Error as error:
        text = f"is no sound table from here on ({error}); the rows before are kept."
        problems.append(Problem("bad_table", ProblemLevel.WARNING, shown(path), text, "", f"row {len(configs) + 1}"))
    if not whole:
        text = f"is larger than {MAX_BYTES >> 20} MB; the rest was not read."
        problems.append(Problem("too_large", ProblemLevel.WARNING, shown(path), text))
    return configs


def no_curves(head: FileHead) -> Problem:
    """The problem of a runs table on its own."""
    text = "is a W&B table with one row for each run: configuration and last values, no curves."
    hint = "Export charts of these runs into the same folder: they are read, with the configuration from this table."
    return Problem("runs_table", ProblemLevel.INFO, shown(head.path), text, hint)


def without_charts(path: str, missing: int, rows: int) -> Problem:
    """The problem of a runs table of which some runs are in no chart beside it."""
    text = f"names {count(missing, 'run')} (of {rows}) that no chart in this folder shows."
    return Problem("no_curves", ProblemLevel.INFO, shown(path), text, "Export charts that show these runs as well.")


def _is_result(name: str) -> bool:
    """Whether a column is named like a loss or metric, or the best or last one of it."""
    return describe(_BEST.sub("", name.lower())).quantity in _RESULTS


def _config(row: dict[str | None, str | list[str] | None]) -> dict[str, ConfigValue]:
    config: dict[str, ConfigValue] = {}
    for key, cell in row.items():
        # None: cells beyond the header, or missing at the end of a row.
        if key is None or not isinstance(cell, str) or cell in ("", "-") or len(config) >= MAX_KEYS:
            continue
        name = key.strip()
        if name.startswith("_") or name.lower() in _OWN or not name:
            continue
        if number(cell) is not None and _is_result(name):
            continue
        config[name] = plain_value(cell)
    return config

"""Reads configuration that lies beside a run: hparams.yaml, config.json, args.yaml, .hydra/config.yaml and the like.

These files are written by strangers. YAML goes through the event stream of the pure Python parser, without aliases,
merge keys or tags: the C loader crashes on 100 000 nested brackets, and a kilobyte of merge keys takes minutes.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from lossdoctor.importers.files import read_bytes, shown
from lossdoctor.importers.json_numbers import json_value
from lossdoctor.runs import ConfigValue, Problem, ProblemLevel

MAX_BYTES = 1 << 20
MAX_DEPTH = 64
MAX_KEYS = 10_000
_MAX_EVENTS = 50_000
_MAX_TEXT = 2000
# In the order of trust: a later file overrides an earlier one.
NAMES = (
    ".hydra/config.yaml", "params.json", "params.yaml", "opt.yaml", "args.yaml", "args.yml", "args.json",
    "config.toml", "config.yaml", "config.yml", "config.json", "hparams.json", "hparams.yaml", "hparams.yml",
)  # fmt: skip


class BadConfigError(ValueError):
    """The file is no configuration that can be read safely; the text says why."""


def config_beside(folder: str) -> tuple[dict[str, ConfigValue], tuple[Problem, ...]]:
    """The configuration files in a run's folder, flattened with dots, and problems with those that cannot be read."""
    config: dict[str, ConfigValue] = {}
    problems: list[Problem] = []
    for name in NAMES:
        path = os.path.join(folder, *name.split("/"))
        if not os.path.isfile(path):
            continue
        try:
            config.update(read_config(path))
        except OSError as error:
            problems.append(_problem(path, f"cannot be read ({error.strerror})."))
        except BadConfigError as error:
            problems.append(_problem(path, f"is left out as configuration: {error}."))
    return config, tuple(problems)


def _problem(path: str, message: str) -> Problem:
    return Problem("bad_config", ProblemLevel.WARNING, shown(path), message, "The curves do not depend on it.")


def read_config(path: str) -> dict[str, ConfigValue]:
    """One configuration file, flattened with dots.

    Raises:
        OSError: it cannot be read.
        BadConfigError: it is too large, too deep, or not what its name says.
    """
    data, whole = read_bytes(path, MAX_BYTES)
    if not whole:
        raise BadConfigError("it is larger than 1 MB")
    text = data.decode("utf-8-sig", "replace")
    ending = os.path.splitext(path)[1].lower()
    try:
        if ending == ".json":
            return flatten(json_value(text) if text.strip() else {})
        if ending == ".toml":
            return flatten(tomllib.loads(text))
    except RecursionError:
        raise BadConfigError("it is nested too deeply") from None
    except ValueError as error:
        raise BadConfigError(str(error).split("\n", 1)[0]) from None
    return flatten(parse_yaml(text))


def flatten(tree: object) -> dict[str, ConfigValue]:
    """A nested mapping as one level with dotted names.

    Lists of plain values become text ("[0.9, 0.999]"); W&B's `{key: {desc: ..., value: ...}}` is unwrapped; keys
    deeper than `MAX_DEPTH` or beyond `MAX_KEYS` are left out.
    """
    flat: dict[str, ConfigValue] = {}
    if not isinstance(tree, Mapping):
        return flat
    stack: list[tuple[str, Any, int]] = [("", tree, 0)]
    while stack and len(flat) < MAX_KEYS:
        prefix, node, depth = stack.pop()
        if isinstance(node, Mapping):
            if prefix and "value" in node and set(node) <= {"value", "desc"}:
                stack.append((prefix, node["value"], depth + 1))
            elif depth < MAX_DEPTH:
                children = [(f"{prefix}.{key}" if prefix else str(key), value) for key, value in node.items()]
                stack.extend((name, value, depth + 1) for name, value in reversed(children) if not _internal(name))
        elif prefix:
            flat[prefix] = _plain(node)
    return flat


def _internal(name: str) -> bool:
    return name in ("_wandb", "wandb_version")


def _plain(value: object) -> ConfigValue:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list):
        short = [item if isinstance(item, str | int | float | bool) or item is None else "..." for item in value[:100]]
        return json.dumps(short)[:_MAX_TEXT]
    return str(value)[:_MAX_TEXT]


def parse_yaml(text: str) -> object:
    """A YAML document as dicts, lists and plain values, out of the parser's events.

    Raises:
        BadConfigError: it is no YAML, nested deeper than `MAX_DEPTH`, uses aliases, or is too long.
    """
    import yaml

    # Bounded before the scanner runs: the pure scanner itself slows down on endless flow nesting.
    opening = 0
    for char in text:
        opening += (char in "[{") - (char in "]}")
        if opening > MAX_DEPTH * 4:
            raise BadConfigError("it is nested too deeply")
    try:
        return _build(yaml.parse(text, Loader=yaml.SafeLoader), yaml)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise BadConfigError(f"it is not valid YAML{where}") from None
    except RecursionError:
        raise BadConfigError("it is nested too deeply") from None


def _build(events: Any, yaml: Any) -> object:
    root: list[object] = []
    stack: list[tuple[object, object]] = [(root, None)]  # (container, key waiting for its value)
    waiting: object = None
    for number, event in enumerate(events):
        if number > _MAX_EVENTS:
            raise BadConfigError("it has too many entries")
        if isinstance(event, yaml.AliasEvent):
            raise BadConfigError("it uses aliases, which can stand for endless data")
        if isinstance(event, yaml.ScalarEvent):
            waiting = _put(stack[-1][0], waiting, _scalar(event))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(stack) > MAX_DEPTH:
                raise BadConfigError("it is nested too deeply")
            child: object = {} if isinstance(event, yaml.MappingStartEvent) else []
            stack.append((child, waiting))
            waiting = None
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            child, waiting = stack.pop()
            waiting = _put(stack[-1][0], waiting, child)
        elif isinstance(event, yaml.DocumentEndEvent):
            break  # further documents are not the configuration
    return root[0] if root else None


def _put(container: object, waiting: object, value: object) -> object:
    """Adds a value; in a mapping the first of two is the key. Returns the key that waits, None when none does."""
    if isinstance(container, list):
        container.append(value)
        return None
    assert isinstance(container, dict)
    if waiting is None:
        return _Key(value if isinstance(value, str | int | float | bool) else str(value))
    assert isinstance(waiting, _Key)
    container[str(waiting.name)] = value
    return None


class _Key:
    """A mapping key that has no value yet."""

    __slots__ = ("name",)

    def __init__(self, name: str | int | float | bool) -> None:
        self.name = name


_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,18})")
_FLOAT = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, ConfigValue] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan"),
}  # fmt: skip


def _scalar(event: Any) -> ConfigValue:
    text = str(event.value)
    if event.style or event.tag is not None:  # quoted, or with a tag that is not ours to resolve
        return text
    return plain_value(text)


def plain_value(text: str) -> ConfigValue:
    """What an unquoted text stands for: null, a truth value, a number (`1e-3` too), or itself, shortened."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    # PyYAML reads 1e-3 as text, for YAML 1.1 wants 1.0e-3; every trainer means the number.
    if len(text) < 64 and _FLOAT.fullmatch(text):
        return float(text)
    return text[:_MAX_TEXT]

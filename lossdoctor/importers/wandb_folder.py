"""What a W&B run folder says besides its history: config.yaml and the arguments of the program in wandb-metadata.json.

New SDKs keep these in `files/`, those of 2019 beside the history. Of the metadata nothing else is taken: it names the
user, the host and the repository.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence

from lossdoctor.importers.config_files import MAX_BYTES, BadConfigError, plain_value, read_config
from lossdoctor.importers.files import read_bytes, shown, unreadable
from lossdoctor.runs import ConfigValue, Problem, ProblemLevel

# wandb/run-20240101_120000-1a2b3c4d, also offline-run-..., dryrun-... and run-20190614_133846-pgmkjezb.
RUN_FOLDER = re.compile(r"(offline-|dry)?run-(\d{8}_\d{6}-)?\w+")
_KEY = re.compile(r"[A-Za-z][\w.\-/]*")
_SECRET = re.compile(r"key|token|secret|passw|credential", re.IGNORECASE)


def folder_config(folder: str, problems: list[Problem]) -> dict[str, ConfigValue]:
    """What lies in `files` of a run folder, and the program's arguments, which config.yaml overrides.

    A config.yaml in the run folder itself is found like that of any other run.

    Args:
        folder: the run folder.
        problems: files that cannot be read are added here.
    """
    config: dict[str, ConfigValue] = {}
    for place in (os.path.join(folder, "files"), folder):
        config.update(_arguments_in(os.path.join(place, "wandb-metadata.json"), problems))
    path = os.path.join(folder, "files", "config.yaml")
    if not os.path.isfile(path):
        return config
    try:
        config.update(read_config(path))
    except OSError as error:
        problems.append(unreadable(path, error))
    except BadConfigError as error:
        problems.append(_bad_config(path, f"is left out as configuration: {error}."))
    return config


def _arguments_in(path: str, problems: list[Problem]) -> dict[str, ConfigValue]:
    if not os.path.isfile(path):
        return {}
    try:
        metadata = json.loads(read_bytes(path, MAX_BYTES)[0])
    except OSError as error:
        problems.append(unreadable(path, error))
        return {}
    except (ValueError, RecursionError):
        problems.append(_bad_config(path, "is no valid JSON, so the program's arguments are left out."))
        return {}
    words = metadata.get("args") if isinstance(metadata, dict) else None
    return arguments(words) if isinstance(words, list) else {}


def _bad_config(path: str, text: str) -> Problem:
    return Problem("bad_config", ProblemLevel.WARNING, shown(path), text, "The curves do not depend on it.")


def arguments(words: Sequence[object]) -> dict[str, ConfigValue]:
    """A command line as configuration: `--lr 0.1`, `--lr=0.1`, `lr=0.1` and `--amp`; what may be a secret is left out."""
    return {key: value for key, value in _pairs([str(word) for word in words]) if not _SECRET.search(key)}


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, ConfigValue]]:
    waiting = ""
    for word in words:
        option = word.startswith("--")
        key, equals, value = word.lstrip("-").partition("=")
        named = _KEY.fullmatch(key) is not None
        if waiting and not option:
            yield waiting, plain_value(word)
            waiting = ""
            continue
        if waiting:
            yield waiting, True
        waiting = key if option and named and not equals else ""
        if equals and named:
            yield key, plain_value(value)
    if waiting:
        yield waiting, True

"""What an MLflow run folder says besides its metrics: the run's name, its params, and whether it was deleted."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from lossdoctor.importers.config_files import MAX_KEYS, BadConfigError, plain_value, read_config
from lossdoctor.importers.files import read_bytes, shown, unreadable
from lossdoctor.runs import ConfigValue, Problem, ProblemLevel

METRICS = re.compile(r"[/\\]metrics[/\\]")
_META = "meta.yaml"
# MLflow itself takes no longer parameter than 6000 characters.
_MAX_VALUE = 16 << 10


@dataclass(slots=True)
class RunDetails:
    """What a run folder says about its run; empty where it says nothing."""

    name: str = ""
    config: dict[str, ConfigValue] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def split_metric(path: str) -> tuple[str, str]:
    """The run folder of a metric file, and the metric's name: its path below `metrics`.

    Names may hold slashes and folders above may be called metrics as well: the folder with meta.yaml decides, and
    where there is none, the last `metrics` of the path.
    """
    places = list(METRICS.finditer(path))
    if not places:
        return os.path.dirname(path), shown(os.path.basename(path))
    place = next((at for at in places if os.path.isfile(os.path.join(path[: at.start()], _META))), places[-1])
    return path[: place.start()], shown(path[place.end() :].replace(os.sep, "/"))


def details(folder: str) -> RunDetails:
    """Name, params and state of the run in a folder; what cannot be read becomes a problem."""
    about = RunDetails()
    about.config = _params(folder, about.problems)
    path = os.path.join(folder, _META)
    if os.path.isfile(path):
        try:
            _take_meta(about, read_config(path), path)
        except OSError as error:
            about.problems.append(unreadable(path, error))
        except BadConfigError as error:
            text = f"is left out: {error}. The run's name may be missing."
            about.problems.append(Problem("bad_config", ProblemLevel.WARNING, shown(path), text))
    # MLflow before 1.30 kept the name in a tag only.
    about.name = about.name or _text(os.path.join(folder, "tags", "mlflow.runName"), about.problems).strip()
    return about


def _take_meta(about: RunDetails, meta: dict[str, ConfigValue], path: str) -> None:
    about.name = str(meta.get("run_name") or meta.get("name") or "")
    if meta.get("lifecycle_stage") == "deleted":
        text = "says that the run was deleted in MLflow; its files are still there and are read."
        about.problems.append(Problem("deleted_run", ProblemLevel.INFO, shown(path), text))


def _params(folder: str, problems: list[Problem]) -> dict[str, ConfigValue]:
    """The files below `params` by their path, in sorted order."""
    top = os.path.join(folder, "params")
    config: dict[str, ConfigValue] = {}
    for below, folders, files in os.walk(top):
        folders.sort()
        for name in sorted(files):
            if len(config) >= MAX_KEYS:
                return config
            path = os.path.join(below, name)
            key = shown(os.path.relpath(path, top).replace(os.sep, "/"))
            text = _text(path, problems)
            config[key] = None if text == "None" else plain_value(text)  # MLflow writes str(value)
    return config


def _text(path: str, problems: list[Problem]) -> str:
    if not os.path.lexists(path):
        return ""
    try:
        return read_bytes(path, _MAX_VALUE)[0].decode("utf-8", "replace")
    except OSError as error:
        problems.append(unreadable(path, error))
        return ""

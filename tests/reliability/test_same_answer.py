"""The same logs give the same bytes, whatever the locale, time zone, hash seed and number of processes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lossdoctor.resources import resource

ENVIRONMENTS = (
    {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Kolkata"},
    {"PYTHONHASHSEED": "2", "LC_ALL": "C", "TZ": "America/St_Johns", "PYTHONUTF8": "1"},
)


def output(environment: dict[str, str], home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "lossdoctor", *arguments],
        env={**os.environ, **environment, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return re.sub(r'"(seconds|duration_s|elapsed)": [0-9.e-]+', r'"\1": 0', done.stdout)


@pytest.mark.parametrize("form", ["json", "csv", "markdown"])
def test_locale_time_zone_hash_seed_and_jobs_change_nothing(form: str, tmp_path: Path) -> None:
    examples = str(resource("examples"))
    answers = {
        output(environment, tmp_path, "scan", examples, "--format", form, "--no-cache", "--jobs", str(1 + index % 2))
        for index, environment in enumerate(ENVIRONMENTS)
    }
    assert len(answers) == 1


def test_cached_and_fresh_answers_are_the_same_bytes(tmp_path: Path) -> None:
    examples = str(resource("examples"))
    first, again = (output(ENVIRONMENTS[0], tmp_path, "scan", examples, "--format", "json") for _ in range(2))
    fresh = output(ENVIRONMENTS[0], tmp_path, "scan", examples, "--format", "json", "--no-cache")
    assert first == again == fresh

"""The shell scripts are sound and agree with the Python side."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lossdoctor.cli.display import DEBIAN_PACKAGES

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ("packaging/run", "packaging/test", ".ci/run", "packaging/environment.sh", "packaging/test_deb.sh")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_bash_understands_it(script: str) -> None:
    subprocess.run(["bash", "-n", str(ROOT / script)], check=True)


@pytest.mark.parametrize("script", SCRIPTS)
def test_shellcheck_has_nothing_to_say(script: str) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("NOT TESTED: shellcheck is not installed")
    done = subprocess.run(
        ["shellcheck", "-x", str(ROOT / script)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.stdout == ""


@pytest.mark.parametrize("script", ["packaging/run", "packaging/test", ".ci/run", "packaging/test_deb.sh"])
def test_it_can_be_started(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111


def test_the_ci_runs_what_a_developer_runs() -> None:
    assert "/../packaging/test" in (ROOT / ".ci/run").read_text()


def test_shell_and_program_name_the_same_debian_packages() -> None:
    text = (ROOT / "packaging/environment.sh").read_text()
    [block] = re.findall(r"QT_LIBRARIES=\((.*?)\n\)", text, re.DOTALL)
    from_shell = [entry.split(":")[1] for entry in block.split()]
    assert (*from_shell, "fonts-dejavu-core") == DEBIAN_PACKAGES


def pinned() -> dict[str, Requirement]:
    lines = (ROOT / "packaging/constraints.txt").read_text().splitlines()
    wanted = [Requirement(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]
    return {canonicalize_name(item.name): item for item in wanted if item.marker is None or item.marker.evaluate()}


def test_every_dependency_is_pinned_inside_its_range() -> None:
    pins = pinned()
    for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]:
        wanted = Requirement(text)
        [pin] = pins[canonicalize_name(wanted.name)].specifier
        assert pin.operator == "=="
        assert wanted.specifier.contains(pin.version), f"{text}: {pin}"


def test_the_broken_qt_is_shut_out() -> None:
    [qt] = [Requirement(text) for text in PROJECT["dependencies"] if text.startswith("PySide6")]
    assert not qt.specifier.contains("6.12.0")
    assert qt.specifier.contains("6.11.3")

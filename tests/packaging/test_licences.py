"""The licences of everything that is needed are in the repository, and are what the installed packages say."""

from __future__ import annotations

import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.packaging.documents import ROOT

# A script beside the package, not a part of it.
sys.path.insert(0, str(ROOT / "packaging"))
import licences

PACKAGES = tomllib.loads(licences.INDEX.read_text(encoding="utf-8"))["package"]


def test_every_dependency_is_listed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {canonicalize_name(re.split(r"[^\w.-]", text, maxsplit=1)[0]) for text in project["dependencies"]}
    assert wanted <= {canonicalize_name(item["name"]) for item in PACKAGES}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda item: item["name"])
def test_a_package_has_a_licence_and_its_text(package: dict[str, str]) -> None:
    text = (licences.FOLDER / "packages" / package["file"]).read_text(encoding="utf-8")
    assert package["home"].startswith("https://")
    assert text.startswith(f"{package['name']} {package['version']}\n{package['licence']}\n")
    whole = text + "".join((licences.FOLDER / name).read_text() for name in re.findall(r"[\w.-]+-\d\.0\.txt", text))
    assert len(whole) > 600
    assert re.search("copyright|licen[cs]e", whole, re.IGNORECASE)


def test_the_window_lists_the_versions_that_were_tested() -> None:
    wanted = licences.constrained()
    assert {item["name"]: item["version"] for item in PACKAGES} == {
        item["name"]: wanted[canonicalize_name(item["name"])] for item in PACKAGES
    }


def test_a_package_that_says_nothing_is_refused(tmp_path: Path) -> None:
    silent = tmp_path / "silent-1.dist-info"
    silent.mkdir()
    (silent / "METADATA").write_text("Metadata-Version: 2.1\nName: silent\nVersion: 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="silent 1 does not say its licence"):
        licences.component(importlib.metadata.Distribution.at(silent))

"""The resource locator finds the files of a checkout and those of an installed wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lossdoctor.resources import resource

ROOT = Path(__file__).resolve().parents[2]


def located(site: Path, *parts: str, cwd: Path) -> Path:
    """What `resource` answers in a process that has only `site` on its path."""
    code = f"import sys; sys.path.insert(0, {str(site)!r}); import lossdoctor.resources as r; print(r.resource(*{parts!r}))"
    command = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=cwd)
    return Path(done.stdout.strip())


def test_in_this_checkout() -> None:
    assert resource("examples", "README.md") == ROOT / "resources" / "examples" / "README.md"


def test_in_a_bare_copy_without_any_install(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "lossdoctor", tmp_path / "lossdoctor", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "resources", tmp_path / "resources")
    assert located(tmp_path, "themes", cwd=tmp_path) == tmp_path / "resources" / "themes"


def test_in_the_wheel(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [wheel] = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    assert located(site, "examples", "README.md", cwd=tmp_path) == site / "lossdoctor/resources/examples/README.md"
    packed = {
        str(path.relative_to(site / "lossdoctor" / "resources"))
        for path in (site / "lossdoctor/resources").rglob("*")
        if path.is_file()
    }
    here = {str(path.relative_to(ROOT / "resources")) for path in (ROOT / "resources").rglob("*") if path.is_file()}
    ours = {name for name in here if "__pycache__" not in name}
    assert ours - packed == set()


def test_a_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"knowledge/no_such\.toml is missing"):
        resource("knowledge", "no_such.toml")

"""The wheel installs by pip, uv and pipx, each into a place of its own, and every way to start it works.

    LOSSDOCTOR_INSTALL=1 python -m pytest tests/packaging/test_install.py

Fetches the dependencies from PyPI, once for each way; uv and pipx are tried where they are installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.documents import ROOT

pytestmark = pytest.mark.skipif(
    not os.environ.get("LOSSDOCTOR_INSTALL"), reason="NOT TESTED: installing the wheel; LOSSDOCTOR_INSTALL=1 does it"
)
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    ran([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)], ROOT)
    [built] = out.glob("*.whl")
    return built


def ran(command: list[str], where: Path, **environment: str) -> str:
    kept = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")
    } | environment
    done = subprocess.run(command, cwd=where, env=kept, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def by_pip(wheel: Path, place: Path) -> Path:
    ran([sys.executable, "-m", "venv", str(place / "environment")], place)
    tools = place / "environment" / "bin"
    ran([str(tools / "python"), "-m", "pip", "install", "-q", "-c", str(CONSTRAINTS), str(wheel)], place)
    assert "lossdoctor" in ran([str(tools / "python"), "-m", "lossdoctor", "--version"], place)
    return tools


def by_uv(wheel: Path, place: Path) -> Path:
    uv = shutil.which("uv") or pytest.skip("NOT TESTED with uv: it is not installed")
    # --no-python-downloads: the Python of this test and no other.
    install = [
        uv,
        "tool",
        "install",
        "--no-python-downloads",
        "--python",
        sys.executable,
        "--constraints",
        str(CONSTRAINTS),
    ]
    places = {
        "UV_TOOL_DIR": str(place / "tools"),
        "UV_TOOL_BIN_DIR": str(place / "bin"),
        "UV_CACHE_DIR": str(place / "cache"),
    }
    ran([*install, str(wheel)], place, **places)
    return place / "bin"


def by_pipx(wheel: Path, place: Path) -> Path:
    pipx = shutil.which("pipx") or pytest.skip("NOT TESTED with pipx: it is not installed")
    places = {
        "PIPX_HOME": str(place / "home"),
        "PIPX_BIN_DIR": str(place / "bin"),
        "PIPX_DEFAULT_PYTHON": sys.executable,
    }
    ran([pipx, "install", "--pip-args", f"-c {CONSTRAINTS}", str(wheel)], place, **places)
    return place / "bin"


@pytest.mark.parametrize("install", [by_pip, by_uv, by_pipx], ids=lambda way: way.__name__)
def test_the_installed_program_works(install, wheel: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    tools = install(wheel, tmp_path)
    program = str(tools / "lossdoctor")
    assert ran([program, "--version"], tmp_path).startswith("lossdoctor ")
    ran([str(tools / "lossdoctor-gui"), "--help"], tmp_path)
    # The examples, the knowledge, the fonts and the licences are inside.
    said = ran([program, "doctor"], tmp_path)
    assert str(tmp_path) in next(line for line in said.splitlines() if " resources " in line)
    assert "6 bundled examples read" in said
    ran([program, "help", "licences"], tmp_path)
    resources = Path(next(line.split()[-1] for line in said.splitlines() if " resources " in line))
    ran([program, "report", str(resources / "examples"), "-o", "out.pdf"], tmp_path)
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")
    code = "import sys; from lossdoctor.gui import app; from PySide6.QtCore import QTimer; a = app.make_application(); " \
        "QTimer.singleShot(1500, a.closeAllWindows); sys.exit(app.run_window([]))"  # fmt: skip
    python = Path(os.path.realpath(program)).parent / "python"
    ran([str(python), "-c", code], tmp_path, QT_QPA_PLATFORM="offscreen", HOME=str(tmp_path))

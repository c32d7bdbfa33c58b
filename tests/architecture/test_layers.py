"""The layers and the other import contracts of pyproject.toml hold."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]


def test_every_contract_holds(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(CONFIG['contracts'])} kept, 0 broken" in done.stdout


def test_every_package_has_its_layer() -> None:
    packages = {path.parent.name for path in (ROOT / "lossdoctor").glob("*/__init__.py")}
    modules = {path.stem for path in (ROOT / "lossdoctor").glob("*.py")} - {"__init__", "__main__"}
    [layers] = [contract["layers"] for contract in CONFIG["contracts"] if contract["id"] == "layers"]
    listed = {name.strip().removeprefix("lossdoctor.") for layer in layers for name in layer.split("|")}
    assert listed == packages | modules


def test_every_package_but_gui_and_cli_is_kept_from_qt() -> None:
    packages = {path.parent.name for path in (ROOT / "lossdoctor").glob("*/__init__.py")}
    [sources] = [c["source_modules"] for c in CONFIG["contracts"] if c["id"] == "qt-only-in-gui"]
    # The cli asks Qt whether a window can be opened; tests/architecture/test_loaded_modules.py watches what it loads.
    assert packages - {"gui", "cli"} <= {name.removeprefix("lossdoctor.") for name in sources}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "lossdoctor").rglob("*.py")
        if not path.read_text(encoding="utf-8").lstrip().startswith(('"""', 'r"""'))
        or "To be described" in path.read_text()
    ]
    assert silent == []

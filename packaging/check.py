"""The one command that checks everything: `python packaging/check.py [--fast] [pytest arguments]`.

May be started from any Python: it goes on with the environment that packaging/test makes. `--fast` leaves out what
takes longer than seconds: the tests and the wheel.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
ESSENTIAL_FILES = ("resources/knowledge/verdicts.toml", "resources/themes/light.toml", "resources/examples/README.md")


def main(args: Sequence[str]) -> int:
    """Runs the checks one after the other, all of them even when one fails; 0 when every one passed."""
    fast = "--fast" in args
    pytest_args = [arg for arg in args if arg != "--fast"]
    checks: list[tuple[str, Callable[[], int]]] = [
        ("format", lambda: tool("ruff", "format", "--check", "--quiet", ".")),
        ("lint", lambda: tool("ruff", "check", "--quiet", ".")),
        ("layers", lambda: tool("lint-imports", "--no-cache", quiet=True)),
        ("README", lambda: python("packaging/generate.py", "--check")),
        ("types", lambda: python("-m", "mypy", quiet=True)),
    ]
    if not fast:
        checks += [("tests", lambda: tests(pytest_args)), ("wheel", wheel)]
    failed = [name for name, check in checks if not passes(name, check)]
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nall checks passed", flush=True)
    return 1 if failed else 0


def passes(name: str, check: Callable[[], int]) -> bool:
    """Runs one check and prints how it went."""
    started = time.perf_counter()
    status = check()
    print(f"{'ok  ' if status == 0 else 'FAIL'} {name:<8} {time.perf_counter() - started:6.1f} s", flush=True)
    return status == 0


def tool(name: str, *args: str, quiet: bool = False) -> int:
    """Runs a program of the environment."""
    return run([str(PYTHON.parent / name), *args], quiet=quiet)


def python(*args: str, quiet: bool = False) -> int:
    """Runs the environment's Python."""
    return run([str(PYTHON), *args], quiet=quiet)


def run(command: list[str], *, quiet: bool = False, cwd: Path = ROOT, env: dict[str, str] | None = None) -> int:
    """Runs a command and returns its exit status; `quiet` shows its output only when it fails."""
    if not quiet:
        return subprocess.run(command, cwd=cwd, env=env, check=False).returncode
    done = subprocess.run(command, cwd=cwd, env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode


def tests(pytest_args: list[str]) -> int:
    """The tests; where Qt cannot be loaded those of the window are left out, loudly."""
    probe = run([str(PYTHON), "-c", "import PySide6.QtWidgets, PySide6.QtTest"], quiet=True)
    if probe == 0:
        return python("-m", "pytest", "-q", *pytest_args)
    print("!! NOT TESTED: the window. Qt cannot be loaded here; ./packaging/test says which packages are missing.")
    return python("-m", "pytest", "-q", "-p", "no:pytest-qt", "--ignore=tests/gui", *pytest_args)


def wheel() -> int:
    """Builds the wheel and uses it from outside the checkout: version, resources, a scan of the examples."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        build = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(out / "dist"), str(ROOT)]
        if python(*build, quiet=True):
            return 1
        [built] = (out / "dist").glob("*.whl")
        install = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--no-index"]
        if python(*install, "--target", str(out / "site"), str(built), quiet=True):
            return 1
        return _use_wheel(out)


def _use_wheel(out: Path) -> int:
    missing = [name for name in ESSENTIAL_FILES if not (out / "site" / "lossdoctor" / name).exists()]
    if missing:
        print(f"the wheel lacks {missing}")
        return 1
    env = os.environ | {"PYTHONPATH": str(out / "site")}
    # The installed copy must win over the editable install, or this would test the checkout once more.
    where = "import lossdoctor, sys; sys.exit(not lossdoctor.__file__.startswith(sys.argv[1]))"
    examples = str(out / "site" / "lossdoctor" / "resources" / "examples")
    commands = (
        ["-c", where, str(out / "site")],
        ["-m", "lossdoctor", "--version"],
        ["-m", "lossdoctor", "explain", "overfitting"],
        ["-m", "lossdoctor", "scan", "--fail-on", "never", examples],
        ["-m", "lossdoctor", "report", examples, "-o", str(out / "examples.pdf")],
    )
    return max(run([str(PYTHON), *command], quiet=True, cwd=out, env=env) for command in commands)


def in_environment() -> bool:
    """True when the Python that runs this is the environment's."""
    return Path(sys.prefix).resolve() == PYTHON.parent.parent.resolve()


if __name__ == "__main__":
    if not PYTHON.exists():
        sys.exit("There is no environment yet; ./packaging/test makes it and then runs this.")
    if not in_environment():
        os.execv(PYTHON, [str(PYTHON), str(Path(__file__).resolve()), *sys.argv[1:]])
    sys.exit(main(sys.argv[1:]))

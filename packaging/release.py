"""Releases: `python packaging/release.py --check`, `--changes`, or `VERSION`.

--check    is this tree fit to be released? Clean, all checks pass, wheel and source archive are built twice and are the same
           byte for byte, the wheel comes out of the source archive too, and installed in a new environment it works. Needs
           the network for the last. `--without-tests` leaves out the checks that the CI has run.
--changes  shows what the changelog would say.
VERSION    writes the version into lossdoctor/__init__.py and the changes into CHANGELOG.md; commit, check, tag and publish
           are yours.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import changelog

ROOT = Path(__file__).resolve().parent.parent
VERSION_FILE = ROOT / "lossdoctor" / "__init__.py"
CHANGELOG = ROOT / "CHANGELOG.md"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


class NotFitError(Exception):
    """Why this tree cannot be released."""


def main(args: list[str]) -> int:
    """Does what was asked; 0 when it worked."""
    parser = argparse.ArgumentParser(prog="packaging/release.py", usage=__doc__)
    parser.add_argument("version", nargs="?")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--changes", action="store_true")
    parser.add_argument("--without-tests", action="store_true")
    options = parser.parse_args(args)
    try:
        if options.changes:
            print(changelog.section(CHANGELOG.read_text(encoding="utf-8"), changelog.fragments()))
        elif options.check:
            return check(tests=not options.without_tests)
        elif options.version:
            prepare(options.version)
        else:
            parser.error("say --check, --changes, or a version")
    except (NotFitError, ValueError) as error:
        print(f"release.py: {error}.", file=sys.stderr)
        return 1
    return 0


# --- preparing ---


def prepare(version: str) -> None:
    """Writes version and changelog.

    Raises:
        ValueError: no version as PEP 440 has it, or one before the present one.
        NotFitError: there are changes that are not committed.
    """
    from packaging.version import InvalidVersion, Version

    text = VERSION_FILE.read_text(encoding="utf-8")
    try:
        new, old = Version(version), Version(present_version())
    except InvalidVersion as error:
        raise ValueError(str(error)) from error
    if new < old:
        raise ValueError(f"{version} is before {old}")
    clean()
    found = changelog.fragments()
    changed = changelog.released(CHANGELOG.read_text(encoding="utf-8"), found, version, datetime.now(UTC).date())
    CHANGELOG.write_text(changed, encoding="utf-8")
    VERSION_FILE.write_text(_VERSION.sub(f'__version__ = "{version}"', text), encoding="utf-8")
    for path in (path for paths in found.values() for path in paths):
        path.unlink()
    print(f"{version} is written. Read CHANGELOG.md, commit, then run: python packaging/release.py --check")


def present_version() -> str:
    """The version in the one place where it stands."""
    found = _VERSION.search(VERSION_FILE.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{VERSION_FILE} has no version")
    return found[1]


# --- checking ---


def check(*, tests: bool) -> int:
    """Every check, all of them even when one fails; 0 when every one passed."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        checks: list[tuple[str, Callable[[], None]]] = [
            ("clean tree", clean),
            ("changes", sound_changes),
            ("checks", lambda: run(sys.executable, "packaging/check.py", *([] if tests else ["--fast"]))),
            ("built twice", lambda: build_twice(work)),
            ("contents", lambda: look_inside(work / "first")),
            ("installed", lambda: try_installed(work)),
        ]
        failed = [name for name, what in checks if not passes(name, what)]
    print(f"\nnot fit: {', '.join(failed)}" if failed else f"\nfit to be released as {present_version()}")
    return 1 if failed else 0


def passes(name: str, what: Callable[[], None]) -> bool:
    """Runs one check and prints how it went."""
    started, why = time.perf_counter(), ""
    try:
        what()
    except (NotFitError, ValueError, OSError) as error:
        why = f": {error}"
    print(f"{'FAIL' if why else 'ok  '} {name:<12} {time.perf_counter() - started:6.1f} s{why}", flush=True)
    return not why


def clean() -> None:
    """Nothing is changed or forgotten."""
    changed = output("git", "status", "--porcelain")
    if changed:
        raise NotFitError(f"not committed: {', '.join(line[3:] for line in changed.splitlines()[:5])}")


def sound_changes() -> None:
    """Every file of the changes is named and written as it must be."""
    changelog.fragments()


def build_twice(work: Path) -> None:
    """Wheel and source archive, from two copies of the last commit; the second wheel out of the source archive."""
    time_of_commit = output("git", "log", "-1", "--format=%ct")
    for name in ("first", "second"):
        source = work / f"{name}-source"
        run("git", "clone", "-q", str(ROOT), str(source))
        build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(work / name), str(source)]
        run(*build, SOURCE_DATE_EPOCH=time_of_commit)
    files = sorted(path.name for path in (work / "first").iterdir())
    _, different, missing = filecmp.cmpfiles(work / "first", work / "second", files, shallow=False)
    if different or missing or len(files) != 2:
        raise NotFitError(f"two builds differ: {', '.join([*different, *missing]) or files}")


def look_inside(built: Path) -> None:
    """What must be in the wheel and in the source archive is there, and what must not be is not."""
    [wheel], [archive] = built.glob("*.whl"), built.glob("*.tar.gz")
    inside = zipfile.ZipFile(wheel).namelist()
    require("the wheel", inside, (
        "lossdoctor/resources/knowledge/verdicts.toml", "lossdoctor/resources/licences/LGPL-3.0.txt", "lossdoctor/py.typed",
        "lossdoctor/resources/help/index.md", "dist-info/licenses/LICENSE",
    ))  # fmt: skip
    strange = [name for name in inside if not name.startswith("lossdoctor") or "__pycache__" in name]
    if strange:
        raise NotFitError(f"the wheel holds {', '.join(strange[:3])}")
    with tarfile.open(archive) as opened:
        names = opened.getnames()
    require(
        "the source archive",
        names,
        ("pyproject.toml", "packaging/check.py", "tests/conftest.py", "resources/icons/lossdoctor.svg"),
    )


def require(what: str, names: list[str], wanted: tuple[str, ...]) -> None:
    """Every wanted name ends one of the names."""
    missing = [name for name in wanted if not any(entry.endswith(name) for entry in names)]
    if missing:
        raise NotFitError(f"{what} lacks {', '.join(missing)}")


def try_installed(work: Path) -> None:
    """The wheel in an environment of its own, from outside the tree."""
    [wheel] = (work / "first").glob("*.whl")
    place = work / "environment"
    venv.create(place, with_pip=True)
    tools = place / ("Scripts" if os.name == "nt" else "bin")
    run(
        str(tools / "python"),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "-c",
        str(CONSTRAINTS),
        str(wheel),
    )
    smoke(tools, work)


def smoke(tools: Path, where: Path) -> None:
    """Every way to start it, and each use once."""
    python, program = str(tools / "python"), str(tools / "lossdoctor")
    find = "from lossdoctor.resources import resource; print(resource('examples'))"
    examples = output(python, "-c", find, cwd=where)
    if str(where) not in examples:
        raise NotFitError(f"the installed program reads {examples}")
    for command in (
        [program, "--version"], [python, "-m", "lossdoctor", "--version"], [str(tools / "lossdoctor-gui"), "--help"],
        [program, "doctor"], [program, "scan", "--fail-on", "never", "--no-cache", "--jobs", "2", examples],
        [program, "report", examples, "-o", "out.pdf"], [program, "help", "licences"],
    ):  # fmt: skip
        run(*command, cwd=where)


def run(*command: str, cwd: Path = ROOT, **environment: str) -> None:
    """Runs a program, quietly.

    Raises:
        NotFitError: it failed; with the end of what it said.
    """
    done = subprocess.run(command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotFitError(f"{' '.join(command)[:200]} failed:\n{(done.stdout + done.stderr)[-3000:]}")


def output(*command: str, cwd: Path = ROOT) -> str:
    """What a program prints.

    Raises:
        NotFitError: it failed.
    """
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotFitError(f"{' '.join(command)[:200]} failed: {done.stderr[-500:]}")
    return done.stdout.rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A scan writes nothing beside its output and cache, opens no socket, starts no program, unpickles nothing."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers import logs

# Runs the command line with an audit hook: every event that would break the promise is printed and fails the process.
GUARDED = """
import os, sys
allowed = tuple(sys.argv[1].split(os.pathsep))
broken = []
def watch(event, args):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system", "pickle.find_class",
                 "os.exec", "os.posix_spawn", "ftplib.connect", "urllib.Request", "webbrowser.open"):
        broken.append(f"{event} {args!r}"[:300])
    elif event == "open" and isinstance(args[0], (str, bytes)):
        path, mode, flags = os.fsdecode(args[0]), args[1], args[2]
        writes = any(letter in mode for letter in "wax+") if isinstance(mode, str) else flags & (os.O_WRONLY | os.O_RDWR)
        if writes and path != os.devnull and not os.path.abspath(path).startswith(allowed):
            broken.append(f"open for writing {path}")
    elif event in ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "shutil.rmtree"):
        path = os.path.abspath(os.fsdecode(args[0]))
        if not path.startswith(allowed):
            broken.append(f"{event} {path}")
sys.addaudithook(watch)
from lossdoctor.cli.main import main
sys.argv = ["lossdoctor", *sys.argv[2:]]
try:
    main()
except SystemExit as ended:
    code = ended.code or 0
if broken:
    print("\\n".join(broken), file=sys.stderr)
    sys.exit(99)
sys.exit(code)
"""


@pytest.fixture
def experiments(tmp_path: Path) -> Path:
    """A run in several formats, a damaged one, and a configuration that must not be executed."""
    folder = tmp_path / "experiments"
    losses = [2.0 * 0.9**step for step in range(40)]
    logs.event_file(folder / "tb", logs.curve("train/loss", losses))
    (folder / "csv").mkdir()
    (folder / "csv" / "log.csv").write_text("epoch,loss\n" + "".join(f"{i},{v}\n" for i, v in enumerate(losses)))
    (folder / "csv" / "config.yaml").write_text("!!python/object/apply:os.system ['touch /tmp/lossdoctor-was-here']\n")
    logs.trainer_state(folder / "hf" / "trainer_state.json", [{"loss": v, "step": i} for i, v in enumerate(losses)])
    (folder / "bad.tfevents").write_bytes(b"\x18" * 500)
    return folder


def fingerprint(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("command", [["scan", "--format", "json"], ["scan"], ["report", "-o", "OUT/report.html"]])
def test_reading_leaves_no_trace(experiments: Path, tmp_path: Path, command: list[str]) -> None:
    before = fingerprint(experiments)
    out = tmp_path / "out"
    out.mkdir()
    home = tmp_path / "home"
    home.mkdir()
    arguments = [argument.replace("OUT", str(out)) for argument in command]
    allowed = ":".join(str(path) for path in (out, home, "/tmp/lossdoctor-"))
    done = subprocess.run(
        [sys.executable, "-c", GUARDED, allowed, arguments[0], str(experiments), *arguments[1:]],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 1, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert fingerprint(experiments) == before
    assert not Path("/tmp/lossdoctor-was-here").exists()
    if "json" in command:
        assert json.loads(done.stdout)["summary"]["runs"] >= 3

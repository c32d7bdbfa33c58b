"""Neither a scan, nor a report, nor the window asks the network for anything; they work where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# Every way out that Python knows of is shut, and the ways of Qt are not even loaded.
SHUT = """
import socket, sys
tried = []
def watch(event, args):
    if event.startswith(("socket.getaddrinfo", "socket.gethostby", "urllib.Request", "http.client", "ftplib", "smtplib",
                         "webbrowser.open")):
        tried.append(f"{event} {args!r}"[:200])
    if event in ("socket.connect", "socket.bind", "socket.sendto"):
        if args[0].family in (socket.AF_INET, socket.AF_INET6):
            tried.append(f"{event} {args[1]!r}")
sys.addaudithook(watch)
"""
ENDS = """
import sys
loaded = [line for line in open("/proc/self/maps") if "QtNetwork" in line or "Qt6Network" in line or "WebEngine" in line]
internet = [line for name in ("tcp", "tcp6", "udp", "udp6") for line in open(f"/proc/self/net/{name}").readlines()[1:]]
if tried or loaded:
    sys.exit(f"{tried} {loaded[:1]}")
if "--no-network" in sys.argv and internet:
    sys.exit(f"sockets: {internet}")
print("done", flush=True)
"""
COMMANDS = """
from pathlib import Path
from lossdoctor.cli.main import run
logs, out = sys.argv[1:3]
assert run(["scan", logs, "--format", "json", "-o", out + "/scan.json"]) in (0, 1)
assert run(["scan", logs, "--format", "html", "-o", out + "/scan.html", "--jobs", "2", "--no-cache"]) in (0, 1)
for ending in ("pdf", "html", "md"):
    assert run(["report", logs, "-o", f"{out}/report.{ending}"]) == 0
assert run(["convert", logs, "-o", out + "/all.csv"]) == 0
assert run(["doctor"]) in (0, 1)
assert run(["help"]) == 0
"""
WINDOW = """
import time
from pathlib import Path
from PySide6.QtWidgets import QApplication
from lossdoctor.gui import app
from lossdoctor.gui.desk import Desk
real = QApplication.exec
def drive(app):
    (window,) = [widget for widget in QApplication.topLevelWidgets() if type(widget).__name__ == "MainWindow"]
    end = time.monotonic() + 60
    while time.monotonic() < end and not (window.plot.stack.panels and len(window.diagnosis.cause_cards)):
        QApplication.processEvents()
    assert window.plot.stack.panels
    window.actions_by_id["help.contents"].trigger()
    window.actions_by_id["help.about"].trigger()
    for _ in range(50):
        QApplication.processEvents()
        time.sleep(0.01)
    for widget in QApplication.topLevelWidgets():
        widget.close()
    return 0
QApplication.exec = drive
assert app.run_window([Path(sys.argv[1])]) == 0
"""


def isolated(command: list[str]) -> list[str]:
    """The command in a namespace without any network, where the system lets us; else the command itself."""
    unshare = shutil.which("unshare")
    if unshare and subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode == 0:
        return [unshare, "-rn", *command, "--no-network"]
    return command


@pytest.mark.parametrize("what", [COMMANDS, WINDOW], ids=["commands", "window"])
def test_without_a_network(what: str, examples: Path, tmp_path: Path) -> None:
    if what is WINDOW:
        pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
    home = {name: str(tmp_path / name) for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    for folder in home.values():
        Path(folder).mkdir(mode=0o700)
    done = subprocess.run(
        isolated([sys.executable, "-c", SHUT + what + ENDS, str(examples), str(tmp_path)]),
        env={**os.environ, **home, "QT_QPA_PLATFORM": "offscreen"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.stdout.rstrip().endswith("done"), done.stderr[-2000:]
    assert done.returncode == 0


def test_an_attempt_would_be_seen(tmp_path: Path) -> None:
    attempt = "import socket\ntry: socket.create_connection(('127.0.0.1', 9), 0.1)\nexcept OSError: pass\n"
    command = [sys.executable, "-c", SHUT + attempt + ENDS]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "127.0.0.1" in done.stderr

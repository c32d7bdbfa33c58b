"""Guards for every test: own settings, cache and data folders, no network, no window on the developer's screen."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "resources" / "examples"
CORPUS = ROOT.parent / "shared" / "corpus"

# Before any test module imports Qt. A test that wants a real display sets its own in a subprocess.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

_FOLDERS = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")
_TERMINAL = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LOSSDOCTOR_DEBUG")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Without pytest-qt (no Qt libraries) its options in pyproject.toml must not be errors."""
    if not pluginmanager.has_plugin("pytest-qt"):
        for name in ("qt_api", "qt_log_level_fail"):
            parser.addini(name, "an option of pytest-qt, which is not loaded")


@pytest.fixture(autouse=True)
def fresh_user_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing a test stores reaches the user's folders or the next test."""
    home = tmp_path_factory.mktemp("user")
    for name in _FOLDERS:
        folder = home / name.lower()
        folder.mkdir(mode=0o700)
        monkeypatch.setenv(name, str(folder))
    for name in _TERMINAL:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anything but this machine fails the test."""
    real = {"connect": socket.socket.connect, "connect_ex": socket.socket.connect_ex}

    def guarded(name: str) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
                raise AssertionError(f"a test tried to reach {address}")
            return real[name](self, address)

        return connect

    for name in real:
        monkeypatch.setattr(socket.socket, name, guarded(name))


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


@pytest.fixture
def examples() -> Path:
    """The bundled example runs."""
    return EXAMPLES


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The shared corpus of training logs; tests that use it are marked `corpus`."""
    if not CORPUS.is_dir():
        pytest.skip(f"NOT TESTED: {CORPUS} is not there")
    return CORPUS

"""SingleInstance: a second start hands its paths to the window that is there already, over a socket on this computer.

The socket is a file in a folder that only the user may enter; nothing goes over a network, and Qt's network library is not
loaded. Where the system has no such sockets every start opens a window of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSocketNotifier, Signal

_WAIT = 1.5  # seconds; a window that has not answered by then is too busy to be handed anything
_MOST_BYTES = 1_000_000
_TAKEN = b"taken\n"
# The address of a socket has room for about so many bytes (108 on Linux, 104 on macOS).
_LONGEST = 100


def socket_path() -> Path | None:
    """Where the socket lies: another one for each settings folder and display; None where there is no safe place.

    In the user's runtime folder, else in a private folder beside the program's state. A folder that others may write to
    is not used: who puts a socket there would be told the paths.
    """
    if not hasattr(socket, "AF_UNIX"):
        return None
    places = (os.environ.get(name, "") for name in ("XDG_CONFIG_HOME", "WAYLAND_DISPLAY", "DISPLAY"))
    name = f"lossdoctor-{hashlib.sha256(chr(10).join(places).encode()).hexdigest()[:16]}.sock"
    folder = _private_folder()
    path = None if folder is None else folder / name
    return path if path is not None and len(os.fsencode(path)) <= _LONGEST else None


def _private_folder() -> Path | None:
    from platformdirs import user_state_path

    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and _is_private(Path(runtime)):
        return Path(runtime)
    folder = user_state_path("lossdoctor", appauthor=False) / "run"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder if _is_private(folder) else None


def _is_private(folder: Path) -> bool:
    """Whether a folder is the user's own and nobody else may write to it."""
    try:
        status = folder.stat()
    except OSError:
        return False
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def hand_over(paths: Sequence[Path], path: Path) -> bool:
    """Gives paths to the window that listens at a socket; False when none does, or it does not answer in time."""
    message = json.dumps({"paths": [str(given.absolute()) for given in paths]}).encode() + b"\n"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(_WAIT)
            client.connect(os.fspath(path))
            client.sendall(message)
            # A window that hangs must not swallow the paths: it says that it has them.
            return client.recv(len(_TAKEN)) == _TAKEN
    except OSError:
        return False


class SingleInstance(QObject):
    """Listens for later starts of the program.

    Signals:
        paths_received(paths): a later start was given these paths; none asks for the window only.
    """

    paths_received = Signal(object)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._server: socket.socket | None = None
        self._notifiers: dict[socket.socket, QSocketNotifier] = {}
        self._parts: dict[socket.socket, bytes] = {}

    def listen(self) -> bool:
        """Begins to listen; False when that is not possible, which only means that later starts open windows of their own."""
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._bind(server)
            server.listen(4)
        except OSError:
            server.close()
            return False
        server.setblocking(False)
        self._server = server
        self._notify(server, self._connected)
        return True

    def _bind(self, server: socket.socket) -> None:
        try:
            server.bind(os.fspath(self._path))
            return
        except OSError:
            # A window that lives but was too busy to answer keeps its socket.
            if _answers(self._path):
                raise
        # What a program that crashed left behind.
        self._path.unlink(missing_ok=True)
        server.bind(os.fspath(self._path))

    def close(self) -> None:
        """Listens no more."""
        if self._server is None:
            return
        for connection in list(self._notifiers):
            self._drop(connection)
        self._server = None
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _notify(self, connection: socket.socket, call: object) -> None:
        notifier = QSocketNotifier(connection.fileno(), QSocketNotifier.Type.Read, self)
        notifier.activated.connect(call)
        self._notifiers[connection] = notifier

    def _connected(self, *_: object) -> None:
        if self._server is None:
            return
        with contextlib.suppress(OSError):
            connection, _address = self._server.accept()
            connection.setblocking(False)
            self._parts[connection] = b""
            self._notify(connection, lambda *_: self._read(connection))

    def _drop(self, connection: socket.socket) -> None:
        notifier = self._notifiers.pop(connection, None)
        if notifier is not None:
            notifier.setEnabled(False)
            notifier.deleteLater()
        self._parts.pop(connection, None)
        connection.close()

    def _read(self, connection: socket.socket) -> None:
        if connection not in self._parts:
            return
        self._parts[connection] += (received := _received(connection))
        line, ended, _ = self._parts[connection].partition(b"\n")
        if ended and not _has_gone(connection):
            paths = _paths_of(line)
            with contextlib.suppress(OSError):
                if paths is not None:
                    connection.sendall(_TAKEN)
            self._drop(connection)
            if paths is not None:
                self.paths_received.emit(paths)
        elif ended or not received or len(line) > _MOST_BYTES:
            self._drop(connection)


def _answers(path: Path) -> bool:
    """Whether somebody listens at a socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_WAIT)
        try:
            probe.connect(os.fspath(path))
        except OSError:
            return False
    return True


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except OSError:
        return b""


def _has_gone(connection: socket.socket) -> bool:
    """Whether the sender has given up: it has opened the paths itself by now."""
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _paths_of(line: bytes) -> list[Path] | None:
    """The paths of a message; None when it is none."""
    try:
        found = json.loads(line)["paths"]
    except (ValueError, TypeError, KeyError):
        return None
    good = isinstance(found, list) and all(isinstance(path, str) and "\0" not in path for path in found)
    return [Path(path) for path in found] if good else None

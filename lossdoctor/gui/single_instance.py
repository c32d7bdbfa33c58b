"""SingleInstance: a second start hands its paths to the window that is there already, over a socket on this computer.

The socket is a local one that only the user's own account may open; nothing goes over a network.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_WAIT_MS = 1500
_MOST_BYTES = 1_000_000
_TAKEN = b"taken\n"


def server_name() -> str:
    """The socket's name: another one for each user, settings folder and display.

    Where there is a runtime folder it is a path in that: nobody else can put a socket there and take the paths.
    """
    user = str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()
    places = (os.environ.get(name, "") for name in ("XDG_CONFIG_HOME", "WAYLAND_DISPLAY", "DISPLAY"))
    name = f"lossdoctor-{hashlib.sha256(chr(10).join((user, *places)).encode()).hexdigest()[:16]}"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return os.path.join(runtime, name) if os.path.isdir(runtime) else name


def hand_over(paths: Sequence[Path], name: str) -> bool:
    """Gives paths to the window that listens under a name; False when none does, or it does not answer."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_WAIT_MS):
        return False
    socket.write(json.dumps({"paths": [str(path.absolute()) for path in paths]}).encode() + b"\n")
    # A window that hangs must not swallow the paths: it says that it has them.
    while socket.bytesToWrite() and socket.waitForBytesWritten(_WAIT_MS):
        pass
    taken = (socket.bytesAvailable() > 0 or socket.waitForReadyRead(_WAIT_MS)) and socket.readAll().data() == _TAKEN
    socket.disconnectFromServer()
    return taken


class SingleInstance(QObject):
    """Listens for later starts of the program.

    Signals:
        paths_received(paths): a later start was given these paths; none asks for the window only.
    """

    paths_received = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        self._parts: dict[QLocalSocket, bytes] = {}

    def listen(self) -> bool:
        """Begins to listen; False when that is not possible, which only means that later starts open windows of their own."""
        if self._server.listen(self._name):
            return True
        # What a program that crashed left behind; one that lives has answered `hand_over` before.
        QLocalServer.removeServer(self._name)
        return bool(self._server.listen(self._name))

    def close(self) -> None:
        """Listens no more."""
        self._server.close()

    def _connected(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._parts[socket] = b""
            socket.readyRead.connect(lambda s=socket: self._read(s))
            socket.disconnected.connect(lambda s=socket: self._gone(s))
            self._read(socket)

    def _gone(self, socket: QLocalSocket) -> None:
        self._parts.pop(socket, None)
        socket.deleteLater()

    def _read(self, socket: QLocalSocket) -> None:
        if socket not in self._parts:
            return
        self._parts[socket] += bytes(socket.readAll().data())
        line, ended, _ = self._parts[socket].partition(b"\n")
        if len(line) > _MOST_BYTES:
            socket.abort()
        elif ended:
            self._parts[socket] = b""
            paths = _paths_of(line)
            if paths is not None:
                socket.write(_TAKEN)
                socket.flush()
                self.paths_received.emit(paths)


def _paths_of(line: bytes) -> list[Path] | None:
    """The paths of a message; None when it is none."""
    try:
        found = json.loads(line)["paths"]
    except (ValueError, TypeError, KeyError):
        return None
    good = isinstance(found, list) and all(isinstance(path, str) and "\0" not in path for path in found)
    return [Path(path) for path in found] if good else None

"""What happens when lossdoctor itself is at fault: the details go to a log file and to a dialog that can be copied."""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from lossdoctor.gui.dialogs.about import versions
from lossdoctor.gui.plain_label import PlainLabel

_log = logging.getLogger("lossdoctor")


def log_path() -> Path:
    """The log file: the user's log folder, as the platform defines it."""
    from platformdirs import user_log_path

    return user_log_path("lossdoctor", appauthor=False) / "lossdoctor.log"


def start_log(path: Path) -> logging.Handler | None:
    """Writes warnings and worse to `path`, five files of 1 MB at most; None when the folder cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=1_000_000, backupCount=4, encoding="utf-8")
    except OSError:
        return None
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    _log.addHandler(handler)
    return handler


class CrashDialog(QDialog):
    """Tells that something of ours went wrong; the work can go on."""

    def __init__(self, details: str, log: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("lossdoctor: something went wrong")
        self.details = f"{versions()}\nLog file: {log}\n\n{details}"
        text = QPlainTextEdit(self.details)
        text.setReadOnly(True)
        text.setAccessibleName("Details of the defect")
        text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        buttons = QDialogButtonBox()
        copy = buttons.addButton("Copy details", QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton("Continue", QDialogButtonBox.ButtonRole.RejectRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.details))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(PlainLabel("This is a defect of lossdoctor, not of your logs.", tone="title"))
        layout.addWidget(PlainLabel("Your logs are untouched and you can go on working. Please report the details below; "
                                    "they hold file names but no log content, and nothing is sent by itself.",
                                    wrap=True))  # fmt: skip
        layout.addWidget(text, 1)
        layout.addWidget(buttons)
        self.resize(720, 440)


class CrashReporter(QObject):
    """Takes over `sys.excepthook` and `threading.excepthook` while the window runs; one dialog at a time."""

    _happened = Signal(str)

    def __init__(self, log: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._log_path = log
        self._open = False
        self.seen: list[str] = []
        # Queued: the dialog must not run inside the event handler that failed, nor in a worker thread.
        self._happened.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Starts catching."""
        sys.excepthook = self.handle
        threading.excepthook = lambda args: self.handle(args.exc_type, args.exc_value, args.exc_traceback)

    def uninstall(self) -> None:
        """Gives the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def handle(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        """Logs and shows one exception; Ctrl+C in the terminal stays what it is."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        _log.error("unexpected exception\n%s", details)
        self._happened.emit(details)

    def _show(self, details: str) -> None:
        self.seen.append(details)
        # A defect in painting would come back at every repaint, and one dialog about it is enough.
        if self._open:
            return
        self._open = True
        try:
            CrashDialog(details, self._log_path).exec()
        finally:
            self._open = False

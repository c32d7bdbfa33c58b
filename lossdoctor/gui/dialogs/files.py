"""FileDialogs: asks for folders and files; an object of its own so that tests answer instead of a person."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

_LOGS = "Training logs (*tfevents* *.csv *.json *.jsonl);;All files (*)"

# What the save dialog offers, and the ending a name without one gets.
_REPORT_FORMATS = {"PDF (*.pdf)": ".pdf", "HTML (*.html)": ".html", "Markdown (*.md)": ".md"}
_REPORT_ENDINGS = {".pdf", ".html", ".htm", ".md", ".markdown"}


class FileDialogs:
    """The platform's own dialogs."""

    def ask_folder(self, parent: QWidget, start: str) -> Path | None:
        """A folder to scan; None when the user changed their mind."""
        chosen = QFileDialog.getExistingDirectory(parent, "Open a folder of training logs", start)
        return Path(chosen) if chosen else None

    def ask_files(self, parent: QWidget, start: str) -> list[Path]:
        """Files to read; empty when the user changed their mind."""
        chosen, _ = QFileDialog.getOpenFileNames(parent, "Open log files", start, _LOGS)
        return [Path(name) for name in chosen]

    def ask_report_path(self, parent: QWidget, suggestion: str) -> Path | None:
        """Where to write a report; None when the user changed their mind."""
        formats = ";;".join(_REPORT_FORMATS)
        chosen, kind = QFileDialog.getSaveFileName(parent, "Export report", suggestion, formats)
        if not chosen:
            return None
        path = Path(chosen)
        ending = _REPORT_FORMATS.get(kind, ".pdf")
        return path if path.suffix.lower() in _REPORT_ENDINGS else path.with_name(path.name + ending)

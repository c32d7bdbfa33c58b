"""FileDialogs: asks for folders and files; an object of its own so that tests answer instead of a person."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

_LOGS = "Training logs (*tfevents* *.csv *.json *.jsonl);;All files (*)"

# What the save dialog offers, and the ending a name without one gets.
_REPORT_FORMATS = {"PDF (*.pdf)": ".pdf", "HTML (*.html)": ".html", "Markdown (*.md)": ".md"}
_REPORT_ENDINGS = {".pdf", ".html", ".htm", ".md", ".markdown"}


_PLOT_FORMATS = {
    "SVG, for papers and the web (*.svg)": ".svg",
    "PDF (*.pdf)": ".pdf",
    "PNG picture (*.png)": ".png",
    "CSV of the points on the screen (*.csv)": ".csv",
}


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

    def ask_note(self, parent: QWidget, where: str) -> str:
        """The text of a note; "" when the user changed their mind."""
        text, _ = QInputDialog.getText(parent, "Add a note", f"Note at {where}:")
        return text.strip()

    def ask_plot_path(self, parent: QWidget, suggestion: str) -> Path | None:
        """Where to write a plot; None when the user changed their mind."""
        chosen, kind = QFileDialog.getSaveFileName(parent, "Export plot", suggestion, ";;".join(_PLOT_FORMATS))
        if not chosen:
            return None
        path = Path(chosen)
        known = path.suffix.lower() in _PLOT_FORMATS.values()
        return path if known else path.with_name(path.name + _PLOT_FORMATS.get(kind, ".svg"))

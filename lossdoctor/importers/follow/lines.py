"""JSON-lines and text logs that grow: whole lines are read as they come."""

from __future__ import annotations

from lossdoctor.importers.base import ImportResult, Source
from lossdoctor.importers.json_lines import JsonLinesImporter, JsonRows
from lossdoctor.importers.text_log import TextLogImporter, text_lines
from lossdoctor.importers.text_rows import TextReader
from lossdoctor.importers.whole_lines import WholeLines


class JsonTail:
    """The rows of one JSON-lines file as far as it was written."""

    def __init__(self, path: str) -> None:
        del path
        self._lines = WholeLines()
        self._rows = JsonRows()

    def feed(self, data: bytes) -> None:
        """Takes the next bytes."""
        self._rows.take(self._lines.feed(data), ended=False)

    def rows(self) -> JsonRows:
        """Every row. An object whose brackets close is whole, also without a line end behind it."""
        rows = self._rows.copy()
        rows.take(self._lines.rest, ended=True)
        return rows


def json_result(source: Source, tails: list[JsonTail], *, ended: bool) -> ImportResult:
    """The run of a JSON-lines file."""
    del ended
    return JsonLinesImporter().result(source, tails[0].rows())


class TextTail:
    """The rows of one text log as far as it was written."""

    def __init__(self, path: str) -> None:
        del path
        self._lines = WholeLines()
        self._reader = TextReader()

    def feed(self, data: bytes) -> None:
        """Takes the next bytes."""
        whole = self._lines.feed(data)
        if whole:
            self._reader.take(text_lines(whole, begins=not self._reader.lines)[:-1])

    def result(self, source: Source, *, ended: bool) -> ImportResult:
        """The run of the whole lines; of an unfinished one too when nothing more will come."""
        reader, rest = self._reader.copy(), self._lines.rest if ended else b""
        cut = 0
        if rest:
            # A writer that was killed may leave a NUL behind a whole line.
            whole = rest.endswith(b"\r") or (rest == b"\x00" and reader.lines > 0)
            cut = 0 if whole else reader.lines + 1
            reader.take(text_lines(rest, begins=not reader.lines))
        return TextLogImporter().result(source, reader.finish(), cut=cut)


def text_result(source: Source, tails: list[TextTail], *, ended: bool) -> ImportResult:
    """The run of a text log."""
    return tails[0].result(source, ended=ended)

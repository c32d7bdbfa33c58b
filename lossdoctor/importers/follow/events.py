"""An event file that grows: whole records are read as they come, an unfinished one waits."""

from __future__ import annotations

from lossdoctor.importers.base import ImportResult, Source
from lossdoctor.importers.tensorboard.importer import TensorBoardImporter
from lossdoctor.importers.tensorboard.reader import MAX_RECORD, EventFile, EventReading

# How much may still come is not known; a record of any declared length may become whole.
_MORE = 1 << 62


class EventTail:
    """The records of one event file as far as it was written."""

    def __init__(self, path: str) -> None:
        self._reading = EventReading(path)
        self._rest = b""
        self._offset = 0
        self._skip = 0

    def feed(self, data: bytes) -> None:
        """Takes the next bytes."""
        skipped = min(self._skip, len(data))
        self._skip -= skipped
        self._offset += skipped
        self._rest += data[skipped:]
        used = self._reading.window(self._rest, self._offset, _MORE)
        if not used and len(self._rest) > MAX_RECORD:
            self._skip = self._reading.pass_over(self._rest, self._offset) - len(self._rest)
            used = len(self._rest)
        self._offset += used
        self._rest = self._rest[used:]

    def file(self) -> EventFile:
        """What the file holds, an unfinished record at its end being told as a truncation."""
        return self._reading.ended_by(self._rest, self._offset)


def event_result(source: Source, tails: list[EventTail], *, ended: bool) -> ImportResult:
    """The run of event files. A record is whole or not, so that the end of the writing changes nothing."""
    del ended
    return TensorBoardImporter().result(source, [tail.file() for tail in tails])

"""A .wandb file that grows: whole records are read as they come, an unfinished one waits."""

from __future__ import annotations

from lossdoctor.importers.base import ImportResult, Source
from lossdoctor.importers.wandb_binary.framing import Framing
from lossdoctor.importers.wandb_binary.importer import WandbBinaryImporter
from lossdoctor.importers.wandb_binary.messages import WandbRun, read_run


class WandbTail:
    """The records of one .wandb file as far as it was written."""

    def __init__(self, path: str) -> None:
        del path
        self._framing = Framing()
        self._run = WandbRun()

    def feed(self, data: bytes) -> None:
        """Takes the next bytes."""
        read_run(self._framing.feed(data), self._run)

    def result(self, source: Source) -> ImportResult:
        """The run of every whole record."""
        return WandbBinaryImporter().result(source, self._framing.ended([]), self._run)


def wandb_result(source: Source, tails: list[WandbTail], *, ended: bool) -> ImportResult:
    """The run of a .wandb file. A record is whole or not, so that the end of the writing changes nothing."""
    del ended
    return tails[0].result(source)

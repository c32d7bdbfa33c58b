"""What a scan knows already: the cache and the fingerprints of its sources, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lossdoctor.importers.base import Source
from lossdoctor.workspace.examined import HowToExamine, SourceResult


class Nothing:
    """Knows nothing and remembers nothing."""

    def get(self, source: Source) -> SourceResult | None:
        """None."""
        return None

    def put(self, source: Source, result: SourceResult) -> None:
        """Forgets it."""


class Known(Nothing):
    """Results of sources that have not changed since.

    Args:
        path: the cache's file.
        sources: all sources of the scan.
        how: what they are examined with.
    """

    def __init__(self, path: Path, sources: Sequence[Source], how: HowToExamine) -> None:
        from lossdoctor.workspace.cache import ResultCache
        from lossdoctor.workspace.fingerprint import Fingerprints

        self._prints = Fingerprints(sources, how)
        self._cache = ResultCache(path)
        # Taken before a source is read: what is written to it meanwhile makes the next fingerprint another one.
        self._before: dict[tuple[str, ...], tuple[bytes, bytes]] = {}

    def get(self, source: Source) -> SourceResult | None:
        """What is known of it."""
        place, fingerprint = self._prints.place(source), self._prints.of(source)
        if fingerprint is None:
            return None
        self._before[(source.format, *source.every_file)] = (place, fingerprint)
        return self._cache.get(place, fingerprint)

    def put(self, source: Source, result: SourceResult) -> None:
        """Remembers it under the fingerprint that it had when it was asked for."""
        if (before := self._before.pop((source.format, *source.every_file), None)) is not None:
            self._cache.put(*before, result)

    def close(self) -> None:
        """Writes what is still to be written."""
        self._cache.close()


@contextmanager
def known_results(path: Path | None, sources: Sequence[Source], how: HowToExamine) -> Iterator[Nothing]:
    """What is known of some sources, from the cache in `path`; nothing without one."""
    if path is None:
        yield Nothing()
        return
    known = Known(path, sources, how)
    try:
        yield known
    finally:
        known.close()

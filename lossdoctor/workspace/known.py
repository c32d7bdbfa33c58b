"""What a scan knows already: the cache and the fingerprints of its sources, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from lossdoctor.importers.base import Source
from lossdoctor.workspace.examined import HowToExamine, SourceResult

if TYPE_CHECKING:
    from lossdoctor.workspace.fingerprint import Fingerprints


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
        prints: the fingerprints of all sources of the scan.
    """

    def __init__(self, path: Path, prints: Fingerprints) -> None:
        from lossdoctor.workspace.cache import ResultCache

        self._prints = prints
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
def known_results(
    path: Path | None,
    sources: Sequence[Source],
    how: HowToExamine,
    remotes: Sequence[tuple[str, str]] = (),
    versions: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Nothing]:
    """What is known of some sources, from the cache in `path`; nothing without one. The rest is as for `Fingerprints`."""
    if path is None:
        yield Nothing()
        return
    from lossdoctor.workspace.fingerprint import Fingerprints

    known = Known(path, Fingerprints(sources, how, remotes, versions))
    try:
        yield known
    finally:
        known.close()

"""The importer of DVCLive's plots folder: one TSV a metric."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.files import relative_id, shown
from lossdoctor.importers.step_axis import STEP_COLUMNS
from lossdoctor.importers.tag_files import read_tag_files

_METRICS = re.compile(r"[/\\]plots[/\\]metrics[/\\]")


class DvcLiveImporter:
    """DVCLive's `dvclive/plots/metrics` folder."""

    name = "dvclive"
    title = "DVCLive plots"
    patterns = ("*.tsv",)
    help = (
        "DVCLive keeps one TSV a metric below `plots/metrics`, with sub-folders for slashes in its name. The folder "
        "that holds `plots` is one run; params.yaml beside it becomes configuration."
    )

    def probe(self, head: FileHead) -> Match | None:
        """A TSV with a step column and one metric, below plots/metrics."""
        if not _METRICS.search(head.path):
            return None
        cells = head.head.split(b"\n", 1)[0].strip().split(b"\t")
        steps = {name.encode() for name in STEP_COLUMNS} | {b"timestamp"}
        if len(cells) in (2, 3) and cells[0] in steps:
            return Match(0.95, "is a metric below plots/metrics")
        return None

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source for each folder that holds `plots`."""
        runs: dict[str, list[FileHead]] = {}
        for head in heads:
            folder = _METRICS.split(head.path)[0]
            # The folder that was scanned may lie below plots/.
            inside = os.path.commonpath([folder, root]) == os.path.normpath(root)
            runs.setdefault(folder if inside else root, []).append(head)
        sources = []
        for folder, files in sorted(runs.items()):
            paths = tuple(sorted(head.path for head in files))
            size = sum(head.size_bytes for head in files)
            sources.append(Source(self.name, relative_id(folder, root), folder, paths, size))
        return Grouping(tuple(sources))

    def read(self, source: Source) -> ImportResult:
        """The run: one series a file, named by its path below plots/metrics."""
        tags = [_METRICS.split(path)[-1].replace(os.sep, "/") for path in source.files]
        return read_tag_files(source, [shown(os.path.splitext(tag)[0]) for tag in tags])

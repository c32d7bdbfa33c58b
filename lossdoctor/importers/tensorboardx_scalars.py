"""The importer of all_scalars.json, which tensorboardX's export_scalars_to_json writes."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from typing import Any

from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.files import relative_id, shown, unreadable
from lossdoctor.importers.json_document import glimpse, read_document
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.wall_step_value import is_triples, triples_series
from lossdoctor.runs import Problem, ProblemLevel, Series


class TensorboardXScalarsImporter:
    """all_scalars.json of tensorboardX."""

    name = "tensorboardx_scalars"
    title = "tensorboardX all_scalars.json"
    patterns = ("all_scalars.json",)
    help = (
        "What tensorboardX's export_scalars_to_json writes: an object of lists of [wall time, step, value], one for each "
        "tag of add_scalars. The tags begin with the path of the log folder on the machine that trained, which is "
        "taken off."
    )

    def probe(self, head: FileHead) -> Match | None:
        """An object whose values are lists of [wall time, step, value]."""
        if not head.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") or b"[[" not in head.head.replace(b" ", b""):
            return None
        value = glimpse(head)
        if not isinstance(value, dict) or not value:
            return None
        lists = list(value.values())
        sure = any(map(is_triples, lists)) and all(map(_scalars, lists))
        return Match(0.9, "holds lists of [wall time, step, value]") if sure else None

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source a file."""
        return Grouping(
            tuple(Source(self.name, relative_id(h.path, root), h.path, (h.path,), h.size_bytes) for h in heads)
        )

    def read(self, source: Source) -> ImportResult:
        """The run of one file: a series for each key that holds rows."""
        path = source.files[0]
        try:
            document = read_document(path)
        except OSError as error:
            return ImportResult((), (unreadable(path, error),))
        if not isinstance(document.value, dict):
            return ImportResult((), tuple(document.problems))
        keys = [key for key, rows in document.value.items() if isinstance(rows, list)]
        problems = list(document.problems)
        series: list[Series] = []
        for key, tag in zip(keys, _tags(keys), strict=True):
            found, bad = triples_series(tag, document.value[key], shown(os.path.basename(path)), shown(path))
            series.append(found)
            problems += bad
        if not any(len(item) for item in series):
            text = "holds no points yet."
            problems.append(Problem("no_rows", ProblemLevel.INFO, shown(path), text))
        return ImportResult((build_run(source, series, problems=problems),))


def _scalars(value: Any) -> bool:
    # A list may be empty, or cut off by the end of the head.
    return isinstance(value, list) and (is_triples(value) or len(value) <= 1)


def _tags(keys: Sequence[str]) -> list[str]:
    """Keys without the folders that all of them share, except the last: "runs/a/loss/train" is "loss/train"."""
    split = [key.replace("\\", "/").split("/") for key in keys]
    folders = zip(*(parts[:-1] for parts in split), strict=False)
    shared = sum(1 for _ in itertools.takewhile(lambda names: len(set(names)) == 1, folders))
    drop = max(shared - 1, 0)
    return ["/".join(parts[drop:]) for parts in split]

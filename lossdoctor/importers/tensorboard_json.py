"""The importer of single charts that were downloaded as JSON from the TensorBoard page."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.files import relative_id, shown, unreadable
from lossdoctor.importers.json_document import glimpse, read_document
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.wall_step_value import is_triples, triples_series
from lossdoctor.runs import Problem, ProblemLevel, Series

_NAME = re.compile(r"run-(?P<run>.+?)-tag-(?P<tag>.+)\.json", re.IGNORECASE)
# The page samples every series down to this many points.
_LIMIT = 1000


class TensorBoardJsonImporter:
    """JSON downloads of single charts from the TensorBoard page."""

    name = "tensorboard_json"
    title = "TensorBoard chart downloads (JSON)"
    patterns = ("run-*-tag-*.json",)
    help = (
        "What the JSON link of a TensorBoard chart saves: a list of [wall time, step, value]. Run and tag stand only in "
        "the file name; files of one run in one folder are joined, and renamed files keep their new name as tag. The "
        "page samples each series to 1000 points, so single spikes may be missing."
    )

    def probe(self, head: FileHead) -> Match | None:
        """A list of triples whose first is a wall time and whose second is whole."""
        if not head.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
            return None
        return Match(0.9, "is a list of [wall time, step, value]") if is_triples(glimpse(head)) else None

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source for each run that a folder's file names speak of."""
        runs: dict[tuple[str, str], list[FileHead]] = {}
        for head in heads:
            named = _NAME.fullmatch(head.name)
            run = named["run"] if named and named["run"] != "." else ""
            runs.setdefault((os.path.dirname(head.path), run), []).append(head)
        sources = []
        for (folder, run), files in sorted(runs.items()):
            path = files[0].path if len(files) == 1 else folder
            run_id = relative_id(path, root)
            if run and len(files) > 1:
                run_id = f"{run_id}/{shown(run)}"
            paths = tuple(sorted(head.path for head in files))
            sources.append(Source(self.name, run_id, path, paths, sum(head.size_bytes for head in files)))
        return Grouping(tuple(sources))

    def read(self, source: Source) -> ImportResult:
        """The run: one series a file."""
        series: dict[str, Series] = {}
        problems: list[Problem] = []
        for path in source.files:
            try:
                document = read_document(path)
            except OSError as error:
                problems.append(unreadable(path, error))
                continue
            problems += document.problems
            if not isinstance(document.value, list):
                continue
            tag = _tag(path)
            tag = tag if tag not in series else f"{tag} ({shown(os.path.basename(path))})"
            series[tag], bad = triples_series(tag, document.value, shown(os.path.basename(path)), shown(path))
            problems += [*bad, *_sampled(series[tag], path)]
        if not series:
            return ImportResult((), tuple(problems))
        return ImportResult((build_run(source, series.values(), problems=problems),))


def _tag(path: str) -> str:
    name = os.path.basename(path)
    named = _NAME.fullmatch(name)
    return shown(named["tag"]) if named else shown(os.path.splitext(name)[0])


def _sampled(series: Series, path: str) -> list[Problem]:
    if len(series) != _LIMIT:
        return []
    text = f"holds exactly {_LIMIT} points: the page has sampled a longer series, spikes may be missing."
    hint = "Open the event files instead."
    return [Problem("sampled", ProblemLevel.INFO, shown(path), text, hint, f"tag {series.tag[:60]}")]

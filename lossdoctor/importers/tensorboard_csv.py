"""The importer of single charts that were downloaded as CSV from the TensorBoard page."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace

from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.files import relative_id, shown
from lossdoctor.importers.tag_files import read_tag_files
from lossdoctor.runs import Problem, ProblemLevel, Run

_HEADER = b"Wall time,Step,Value"
_NAME = re.compile(r"run-(?P<run>.+?)-tag-(?P<tag>.+)\.csv(\.\d+)?", re.IGNORECASE)
# The page samples every series down to this many points.
_LIMIT = 1000


class TensorBoardCsvImporter:
    """CSV downloads of single charts from the TensorBoard page."""

    name = "tensorboard_csv"
    title = "TensorBoard chart downloads (CSV)"
    patterns = ("run-*-tag-*.csv",)
    help = (
        "What the download button of a TensorBoard chart saves: wall time, step and value of one tag, whose name and "
        "run stand only in the file name. Files of one run in one folder are joined; renamed files keep their new "
        "name as tag. The page samples each series to 1000 points, so single spikes may be missing."
    )

    def probe(self, head: FileHead) -> Match | None:
        """The header is always the same three names."""
        first = head.head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].strip()
        return Match(0.98, "has TensorBoard's download header") if first == _HEADER else None

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source for each run that a folder's file names speak of; renamed files of a folder together."""
        runs: dict[tuple[str, str], list[FileHead]] = {}
        for head in heads:
            named = _NAME.fullmatch(head.name)
            run = named["run"] if named and named["run"] != "." else ""
            runs.setdefault((os.path.dirname(head.path), run), []).append(head)
        sources = []
        for (folder, run), files in sorted(runs.items()):
            single = len(files) == 1
            path = files[0].path if single else folder
            run_id = relative_id(path, root)
            if run and not single:
                run_id = f"{run_id}/{shown(run)}"
            paths = tuple(sorted(head.path for head in files))
            sources.append(Source(self.name, run_id, path, paths, sum(head.size_bytes for head in files)))
        return Grouping(tuple(sources))

    def read(self, source: Source) -> ImportResult:
        """The run: one series a file."""
        result = read_tag_files(source, [_download_tag(path) for path in source.files])
        return replace(result, runs=tuple(_sampled(run) for run in result.runs))


def _download_tag(path: str) -> str:
    name = os.path.basename(path)
    named = _NAME.fullmatch(name)
    return shown(named["tag"]) if named else shown(os.path.splitext(name)[0])


def _sampled(run: Run) -> Run:
    """The run with a note where a series is as long as the page allows."""
    full = next((series for series in run.series if len(series) == _LIMIT), None)
    if full is None:
        return run
    text = f"holds exactly {_LIMIT} points: the page has sampled a longer series, spikes may be missing."
    problem = Problem("sampled", ProblemLevel.INFO, run.path, text, "Open the event files instead.", f"tag {full.tag}")
    return replace(run, problems=(*run.problems, problem))

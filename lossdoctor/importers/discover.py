"""Finds the logs below a path: walks, looks at the beginning of each file, and groups files into sources."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from lossdoctor.formatting import count
from lossdoctor.importers.base import Discovery, FileHead, Importer, Source
from lossdoctor.importers.copies import without_copies
from lossdoctor.importers.files import NotAFileError, read_head, shown, unreadable
from lossdoctor.importers.folding import bundled
from lossdoctor.importers.lookalikes import explain
from lossdoctor.importers.mapped_table import MappedTableImporter
from lossdoctor.importers.options import AS_THEY_SAY, ReadOptions
from lossdoctor.importers.registry import IMPORTERS, recognise, titles
from lossdoctor.importers.text_log import TextLogImporter, compile_pattern
from lossdoctor.importers.walk import walk
from lossdoctor.importers.where import EVERYWHERE, Where
from lossdoctor.runs import Problem, ProblemLevel

# In a folder, files with these endings are counted but not opened: none is a log, and weights and videos abound.
_NEVER_LOGS_TEXT = (
    ".png .jpg .jpeg .gif .bmp .webp .tif .tiff .svg .ico .pdf .mp4 .avi .mov .mp3 .wav .flac .ogg "
    ".pt .pth .ckpt .safetensors .bin .onnx .h5 .hdf5 .keras .pb .tflite .pkl .pickle .joblib .npy .npz .mat "
    ".zip .tar .tgz .bz2 .xz .7z .whl .so .dll .dylib .exe .o .a .pyc .class .jar "
    ".py .ipynb .c .cc .cpp .cu .h .hpp .js .ts .css .html .htm .md .rst .tex .sh .bat .go .rs .java .r .lock"
)
_NEVER_LOGS = frozenset(_NEVER_LOGS_TEXT.split())

_MAX_NEAR_MISSES = 5


def find_sources(path: Path, options: ReadOptions = AS_THEY_SAY, where: Where = EVERYWHERE) -> Discovery:
    """Everything below a folder, or one file, that looks like a training log.

    Only the beginnings of regular files are read. The same tree gives the same answer, whatever order the file
    system lists it in.

    Args:
        path: a folder or a file. A file that was named is always explained, also when it is no log.
        options: with a `pattern`, text files with a line that it fits are read by it, others as without it; with
            `maps`, tables that have the columns of one are read by it, whatever else they look like.
        where: which files below a folder to look at.

    Returns:
        Sources sorted by id, ids unique and relative to the folder (to the file's parent for a file). A path that
        cannot be read or holds no log gives one problem at level ERROR that says so.

    Raises:
        LossdoctorError: the pattern is no regular expression with the named groups.
    """
    asked = _Asked(
        MappedTableImporter(options.maps) if options.maps else None,
        TextLogImporter(compile_pattern(options.pattern)) if options.pattern else None,
    )
    target = os.path.abspath(os.fspath(path))
    if os.path.isdir(target):
        return _in_folder(target, asked, where)
    return _one_file(target, asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The importers that the user's own words make; None where nothing was said."""

    by_map: MappedTableImporter | None = None
    by_pattern: TextLogImporter | None = None

    def claim(self, head: FileHead) -> Importer | None:
        """The importer of a file: by a map before all others, by a pattern before the documented ones."""
        if self.by_map is not None and self.by_map.probe(head):
            return self.by_map
        claim = recognise(head)
        by_pattern = self.by_pattern
        if by_pattern is not None and (claim is None or claim[0].name == by_pattern.name) and by_pattern.probe(head):
            return by_pattern
        return None if claim is None else claim[0]

    @property
    def importers(self) -> tuple[Importer, ...]:
        """Every importer that may have claimed a file."""
        return IMPORTERS if self.by_map is None else (*IMPORTERS, self.by_map)


def _one_file(path: str, asked: _Asked) -> Discovery:
    root = os.path.dirname(path)
    try:
        head = read_head(path)
    except OSError as error:
        problem = unreadable(path, error)
        return Discovery(root, (), (replace(problem, level=ProblemLevel.ERROR),), 1)
    claim = asked.claim(head)
    if claim is None:
        return Discovery(root, (), (explain(head).problem(named=True),), 1)
    grouping = claim.group([head], root)
    sources = tuple(replace(source, path=path) for source in grouping.sources)
    problems = grouping.problems
    if not sources:  # it holds nothing to show, and the user named this very file
        problems = tuple(replace(problem, level=ProblemLevel.ERROR) for problem in problems)
    return Discovery(root, _unique(list(sources)), problems, 1)


def _in_folder(root: str, asked: _Asked, where: Where) -> Discovery:
    walked = walk(root, where)
    problems = list(walked.problems)
    claimed: dict[str, list[FileHead]] = {}
    near_misses: list[Problem] = []
    fitting: set[str] = set()
    for path in walked.files:
        if never_a_log(path):
            continue
        try:
            head = read_head(path)
        except NotAFileError:
            continue  # replaced by a pipe since it was listed
        except OSError as error:
            problems.append(unreadable(path, error))
            continue
        claim = asked.claim(head)
        if claim is not None:
            claimed.setdefault(claim.name, []).append(head)
            fitting |= {head.path} if claim is asked.by_pattern else set()
        elif (strange := explain(head)).worth_telling:
            problems.append(strange.problem(named=False))
        elif strange.near_miss and len(near_misses) < _MAX_NEAR_MISSES:
            near_misses.append(strange.problem(named=False))
    claimed, copies = without_copies(claimed)
    problems += copies
    sources: list[Source] = []
    for candidate in asked.importers:
        found = _grouped(candidate, claimed.get(candidate.name, []), root)
        sources += found[0]
        problems += found[1]
    text = asked.by_pattern.text if asked.by_pattern else ""
    sources = [replace(s, pattern=text) if s.files[0] in fitting else s for s in sources]
    if not sources:
        problems = [_nothing(root, len(walked.files)), *problems, *near_misses]
    return Discovery(root, bundled(_unique(sources)), tuple(problems), len(walked.files))


def never_a_log(path: str) -> bool:
    """Whether a file in a folder is not even looked at, for its name."""
    # Event files end with a host name, and a host may be called anything: n1.c, gpu.lock.
    return os.path.splitext(path)[1].lower() in _NEVER_LOGS and "tfevents" not in os.path.basename(path)


def _grouped(candidate: Importer, heads: list[FileHead], root: str) -> tuple[list[Source], list[Problem]]:
    if not heads:
        return [], []
    grouping = candidate.group(heads, root)
    return list(grouping.sources), list(grouping.problems)


def _unique(sources: list[Source]) -> tuple[Source, ...]:
    """Sources with ids made unique: a CSV in a folder that is also an event file run gets its file name appended."""
    taken: Counter[str] = Counter()
    result = []
    for source in sources:
        run_id = source.id
        if taken[run_id]:
            run_id = f"{source.id}/{shown(os.path.basename(source.files[0]))}"
        number = 2
        while taken[run_id]:
            run_id = f"{source.id} ({number})"
            number += 1
        taken[run_id] += 1
        result.append(replace(source, id=run_id))
    return tuple(sorted(result, key=lambda source: source.id))


def _nothing(root: str, files_seen: int) -> Problem:
    what = "is empty." if not files_seen else f"holds no training log ({count(files_seen, 'file')} looked at)."
    return Problem("no_logs", ProblemLevel.ERROR, shown(root), what, f"lossdoctor reads {titles()}.")

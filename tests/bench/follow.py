"""Whether following gives what reading gives: `python -m tests.bench.follow ../shared/corpus/real`.

Every file is written in three pieces and followed; the last poll is compared with a full read. Printed are the files
that differ and, for the largest file, what a poll costs when nothing or one piece in a hundred is new.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.base import ImportResult
from lossdoctor.importers.follow import follow


def read(path: Path) -> ImportResult:
    """Everything below a path, read whole."""
    found = find_sources(path)
    results = [read_source(source) for source in found.sources]
    runs = tuple(run for result in results for run in result.runs)
    return ImportResult(runs, (*found.problems, *(told for result in results for told in result.problems)))


def pieces(data: bytes, count: int) -> Iterator[bytes]:
    """The bytes in so many pieces, the last ones perhaps empty."""
    size = -(-len(data) // count)
    return (data[at : at + size] for at in range(0, len(data), max(size, 1)))


def same(name: str, data: bytes) -> bool:
    """Whether the last poll of a file that came in three pieces equals a full read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(b"")
        follower = follow(path)
        for piece in pieces(data, 3):
            with path.open("ab") as file:
                file.write(piece)
            follower.poll()
        return follower.poll(ended=True) == read(path)


def cost(name: str, data: bytes) -> tuple[float, float]:
    """Seconds of a poll with nothing new, and of the slowest of a hundred that bring one piece each."""
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(b"")
        follower = follow(path)
        for piece in pieces(data, 100):
            with path.open("ab") as file:
                file.write(piece)
            begin = time.perf_counter()
            follower.poll()
            slowest = max(slowest, time.perf_counter() - begin)
        begin = time.perf_counter()
        follower.poll()
        return time.perf_counter() - begin, slowest


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--largest", type=int, default=2 << 20, help="bytes beyond which files are left out")
    arguments = parser.parse_args()
    files = [path for path in sorted(arguments.corpus.rglob("*")) if path.is_file() and not path.is_symlink()]
    files = [path for path in files if path.stat().st_size <= arguments.largest]
    differ = [path for path in files if not same(path.name, path.read_bytes())]
    for path in differ:
        print(f"differs: {path}")
    print(f"{len(files)} files, {len(differ)} differ from a full read")
    logs = [path for path in files if find_sources(path).sources]
    if logs:
        largest = max(logs, key=lambda path: path.stat().st_size)
        idle, busy = cost(largest.name, largest.read_bytes())
        size = largest.stat().st_size / (1 << 20)
        print(
            f"{largest.name}, {size:.1f} MB: {idle * 1e6:.0f} us with nothing new, at most {busy * 1e3:.0f} ms with new bytes"
        )


if __name__ == "__main__":
    main()

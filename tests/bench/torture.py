"""Every file of a corpus damaged many ways and read: `python -m tests.bench.torture ../shared/corpus --ways 200`.

A file is damaged where it lies among its neighbours (a copy of its folder, in memory), read by processes with a memory
limit, and given up after 5 s. Printed are the files tried, crashes (the process ended, or an importer raised), hangs,
reads that took more than 1 GB, and wrong numbers without a problem (`tests.bench.delivered` says what that means); the
exit status is 1 when there was any. Each is listed with the seed that makes it again: --again FILE:WAY.
"""

from __future__ import annotations

import argparse
import fnmatch
import multiprocessing as mp
import os
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from tests.bench.delivered import CHECKSUMMED, WITHOUT_CHECKSUMS, Delivery, Yardstick, delivered, stands_in
from tests.bench.mutations import damaged

SECONDS = 5.0
MEMORY = 1 << 30
_ADDRESSES = 6 << 30  # a backstop far above what is measured: libraries reserve addresses that they never use
_NEIGHBOURS, _NEIGHBOUR_BYTES = 6, 200_000
_context = mp.get_context("fork")


@dataclass
class Figures:
    """What came of it: how often, by kind of trouble, and the seeds of each."""

    loud: bool = False
    files: int = 0
    reads: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    listed: list[str] = field(default_factory=list)

    def trouble(self, kind: str, where: str, what: str = "") -> None:
        self.counts[kind] += 1
        self.listed.append(f"{kind:8} {where} {what}".rstrip())
        if self.loud:
            print(self.listed[-1], file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Victim:
    """A file to damage, and the folder whose files are read with it."""

    root: Path
    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(self.root).as_posix()

    def neighbours(self) -> Iterator[Path]:
        """The files of its folder, a few small ones where there are many; of MLflow's layout those of the run."""
        folder = self.path.parent
        if folder.name in ("metrics", "params", "tags") and (folder.parent / "meta.yaml").is_file():
            yield folder.parent / "meta.yaml"
        files = sorted(path for path in folder.iterdir() if path.is_file() and path != self.path)
        yield from (path for path in files[:_NEIGHBOURS] if path.stat().st_size < _NEIGHBOUR_BYTES)


class Rack:
    """A folder in memory that holds one victim with its neighbours."""

    def __init__(self, victim: Victim, place: Path) -> None:
        self.place = place
        shutil.rmtree(place, ignore_errors=True)
        top = victim.path.parent.parent
        for path in victim.neighbours():
            target = place / path.relative_to(top if top in path.parents else path.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        self.target = place / victim.path.relative_to(top)
        self.target.parent.mkdir(parents=True, exist_ok=True)

    def read(self, data: bytes) -> Delivery:
        self.target.write_bytes(data)
        return delivered(self.place)


def torment(answers: Connection, tasks: Connection, at: Any, place: Path, seconds: float) -> None:
    """The work of one process: damages and reads what it is told to, and says what happened."""
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
    while (task := tasks.recv()) is not None:
        victim, first, last = task
        data = victim.path.read_bytes()
        rack = Rack(victim, place)
        at[0], at[1] = -1, 0.0  # the undamaged read is not what is measured
        yardstick = Yardstick(rack.read(data))
        for way in range(first, last):
            at[0] = way
            answers.send((way, *_one(victim, rack, yardstick, data, way, at)))
        at[0], at[1] = -1, 0.0
        answers.send(None)


def _one(victim: Victim, rack: Rack, yardstick: Yardstick, data: bytes, way: int, at: Any) -> tuple[str, str, int]:
    """(trouble, what of it, numbers that nobody could have told) of one damage; only the read itself is timed."""
    seed = f"{victim.name}:{way}"
    kind, changed = damaged(data, seed)
    _forget_peak()
    at[2], at[1] = time.process_time(), time.monotonic()
    try:
        delivery = rack.read(changed)
    except Exception:  # noqa: BLE001  # any at all is what is looked for
        return "crash", f"{kind}\n{traceback.format_exc(limit=-4)}", 0
    finally:
        at[1] = 0.0
    if _peak() > MEMORY:
        return "memory", f"{kind}, {_peak() >> 20} MB", 0
    strange = yardstick.strange(delivery)
    if strange and all(point[0] in WITHOUT_CHECKSUMS for point in strange):
        return "", "", len(strange)
    said = stands_in(changed, {point[3] for point in strange if point[0] not in CHECKSUMMED}) if strange else set()
    wrong = [point for point in strange if point[0] in CHECKSUMMED or not (point[3] in said or point[3] != point[3])]
    if wrong:
        return "wrong", f"{kind}, {len(wrong)} points, first {wrong[0]}", 0
    return "", "", len(strange)


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    """The largest resident size since `_forget_peak`, in bytes."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) << 10


class Tormentor:
    """One process and the victim in its hands."""

    def __init__(self, place: Path, seconds: float) -> None:
        self._place, self._seconds = place, seconds
        self._hire()

    def _hire(self) -> None:
        self.answers, answering = _context.Pipe(duplex=False)
        asking, self._tasks = _context.Pipe(duplex=False)
        self._at = _context.Array("d", [-1.0, 0.0, 0.0], lock=False)
        arguments = (answering, asking, self._at, self._place, self._seconds)
        self._process = _context.Process(target=torment, args=arguments, daemon=True)
        self._process.start()
        answering.close()
        asking.close()

    def take(self, victim: Victim, first: int, ways: int) -> None:
        self.victim, self._ways = victim, ways
        self._at[0], self._at[1] = -1, 0.0
        self._tasks.send((victim, first, ways))

    @property
    def overdue(self) -> bool:
        """Whether the read in hand takes too long: of the processor's time, or six times as much of a busy machine's."""
        since = self._at[1]
        if not 0 < since < time.monotonic() - self._seconds:
            return False
        return self._worked() - self._at[2] > self._seconds or since < time.monotonic() - 6 * self._seconds

    def _worked(self) -> float:
        """Seconds that the process has computed for."""
        try:
            text = Path(f"/proc/{self._process.pid}/stat").read_text()
        except OSError:
            return 0.0
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def replace(self) -> tuple[str, int]:
        """Ends the process and begins anew behind the damage in hand: what its end was, and that damage."""
        hung = self.overdue
        self._process.kill() if hung else None
        self._process.join()
        way = int(self._at[0])
        kind = "hang" if hung else f"crash (exit status {self._process.exitcode})"
        victim, ways = self.victim, self._ways
        self._hire()
        self.take(victim, way + 1 if way >= 0 else ways, ways)
        return kind, way

    def end(self) -> None:
        self._tasks.send(None)
        self._process.join()


def torture(victims: Sequence[Victim], ways: int, jobs: int, seconds: float = SECONDS, loud: bool = False) -> Figures:
    """Damages every victim `ways` ways and reads it each time."""
    figures, waiting = Figures(loud), list(reversed(victims))
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(prefix="lossdoctor-torture-", dir=memory) as top:
        crew = [Tormentor(Path(top) / str(index), seconds) for index in range(min(jobs, len(victims)))]
        busy = {member.answers: member for member in crew}
        for member in crew:
            member.take(waiting.pop(), 0, ways)
        while busy:
            for ready in wait(list(busy), timeout=0.2):
                assert isinstance(ready, Connection)
                member = busy[ready]
                try:
                    answer = ready.recv()
                except EOFError:
                    kind, way = member.replace()
                    figures.trouble(kind.split()[0], f"{member.victim.name}:{way}", kind)
                    busy[member.answers] = busy.pop(ready)
                    continue
                if answer is not None:
                    way, kind, what, unknowable = answer
                    figures.reads += 1
                    figures.counts["unknowable"] += unknowable > 0
                    if kind:
                        figures.trouble(kind, f"{member.victim.name}:{way}", what)
                    continue
                figures.files += 1
                if loud and figures.files % 50 == 0:
                    print(
                        f"  {figures.files} of {len(victims)} files, {dict(figures.counts)}",
                        file=sys.stderr,
                        flush=True,
                    )
                if waiting:
                    member.take(waiting.pop(), 0, ways)
                else:
                    del busy[ready]
                    member.end()
            for connection, member in list(busy.items()):
                if member.overdue:
                    kind, way = member.replace()
                    figures.trouble("hang", f"{member.victim.name}:{way}")
                    busy[member.answers] = busy.pop(connection)
    return figures


def victims_below(root: Path, pattern: str = "*") -> list[Victim]:
    """Every file with content whose path fits the pattern, in order."""
    paths = sorted(path for path in root.rglob("*") if path.is_file() and path.stat().st_size)
    return [Victim(root, path) for path in paths if fnmatch.fnmatch(path.relative_to(root).as_posix(), pattern)]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--ways", type=int, default=200)
    parser.add_argument("--files", default="*", help="a pattern for paths below the corpus")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--skip", type=int, default=0, help="leave out so many files at the beginning")
    parser.add_argument("--again", help="FILE:WAY, damages one file one way and keeps it as ./damaged-<name>")
    arguments = parser.parse_args()
    if arguments.again:
        name = arguments.again.rsplit(":", 1)[0]
        kind, data = damaged((arguments.path / name).read_bytes(), arguments.again)
        target = Path(f"damaged-{Path(name).name}")
        target.write_bytes(data)
        print(f"{kind}: {target}")
        return
    begin = time.perf_counter()
    victims = victims_below(arguments.path, arguments.files)[arguments.skip :]
    figures = torture(victims, arguments.ways, arguments.jobs, loud=True)
    counts = figures.counts
    print(
        f"{figures.files} files tried, damaged {arguments.ways} ways each: {figures.reads} reads "
        f"in {time.perf_counter() - begin:.0f} s\n"
        f"crashes {counts['crash']}\nhangs {counts['hang']} ({SECONDS:g} s a file)\nmemory over 1 GB {counts['memory']}\n"
        f"wrong numbers without a problem {counts['wrong']}\n"
        f"(files without checksums whose numbers were changed into other numbers: {counts['unknowable']} reads)"
    )
    sys.exit(1 if any(counts[kind] for kind in ("crash", "hang", "memory", "wrong")) else 0)


if __name__ == "__main__":
    main()

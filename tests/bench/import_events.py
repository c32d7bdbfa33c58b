"""How fast event files are read, beside the other readers: `python -m tests.bench.import_events [--scale 0.2] [--only one]`.

Whole processes, started in turn; printed are medians of the ratios of paired repetitions and the peaks of memory.
TensorBoard's data server is timed from its start to the end of its first load cycle: nothing is asked of it yet.
At the full scale the slow readers need minutes for a workload.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.bench.processes import MB, Cost, cost_of, python, ratio, side_by_side
from tests.helpers import logs

OURS = """
import sys
from lossdoctor.importers.tensorboard.reader import read_event_file
from lossdoctor.importers import find_sources
check = sys.argv[2] == "crc"
points = 0
for source in find_sources(sys.argv[1]).sources:
    for path in source.files:
        points += sum(len(column.steps) for column in read_event_file(path, check_crc=check).columns)
assert points == int(sys.argv[3]), points
"""
# As a scan with two jobs reads: each process its share of the files, and no data sent between them.
OURS_TWICE = """
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from tests.bench.import_events import count_points
from lossdoctor.importers import find_sources
paths = [path for source in find_sources(sys.argv[1]).sources for path in source.files]
with ProcessPoolExecutor(2, get_context("spawn")) as pool:
    points = sum(pool.map(count_points, [(paths[i::2], sys.argv[2] == "crc") for i in range(2)]))
assert points == int(sys.argv[3]), points
"""
ACCUMULATOR = """
import sys
from pathlib import Path
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
points = 0
for path in Path(sys.argv[1]).rglob("*tfevents*"):
    reader = EventAccumulator(str(path), size_guidance={"scalars": 0, "tensors": 0}, purge_orphaned_data=False)
    reader.Reload()
    points += sum(len(reader.Scalars(tag)) for tag in reader.Tags()["scalars"])
    points += sum(len(reader.Tensors(tag)) for tag in reader.Tags()["tensors"])
assert points == int(sys.argv[3]), points
"""
TBPARSE = """
import sys, warnings
warnings.simplefilter("ignore")
from tbparse import SummaryReader
reader = SummaryReader(sys.argv[1], event_types={sys.argv[2]})
assert len(getattr(reader, sys.argv[2])) == int(sys.argv[3])
"""


def count_points(share: tuple[list[str], bool]) -> int:
    """The number of points in some files, read one after another."""
    from lossdoctor.importers.tensorboard.reader import read_event_file

    paths, check = share
    return sum(len(column.steps) for path in paths for column in read_event_file(path, check_crc=check).columns)


def regular(events: int, tags: int, start: int = 0) -> Iterator[bytes]:
    names = [f"layer{i}/loss" for i in range(tags)]
    for i in range(events):
        step = start + i // tags
        yield logs.scalar(step, 1.0 / (1 + step), names[i % tags], 1.7e9 + i * 0.01)


def one_file(folder: Path, scale: float) -> int:
    events = int(1_000_000 * scale)
    logs.event_file(folder, regular(events, 4))
    return events


def many_runs(folder: Path, scale: float) -> int:
    runs = int(1_000 * scale)
    body = list(regular(10_000, 4))
    for i in range(runs):
        logs.event_file(folder / f"run{i:04d}", body)
    return runs * 10_000


def images(folder: Path, scale: float) -> int:
    """274 MB at full scale, 20,000 scalars among the pictures."""
    count = int(20_000 * scale)
    picture = logs.field(4, bytes(range(256)) * 54)
    image = logs.field(1, b"sample") + logs.field(4, picture)
    parts: list[bytes] = []
    for step in range(count):
        parts.append(logs.scalar(step, 0.5, "loss", 1.7e9 + step))
        parts.append(logs.record(logs.event(step, [image], 1.7e9 + step)))
    logs.event_file(folder, parts)
    return count


def tensors(folder: Path, scale: float) -> int:
    """TF2's way: every scalar a tensor of rank 0."""
    import struct

    events = int(500_000 * scale)
    values = (
        logs.record(
            logs.event(
                i // 2,
                [
                    logs.tensor_value(
                        ("epoch_loss", "epoch_accuracy")[i % 2],
                        logs.tensor(1, logs.field(4, struct.pack("<f", 1 / (1 + i)))),
                        "scalars" if i < 2 else "",
                    )
                ],
                1.7e9 + i,
            )
        )
        for i in range(events)
    )
    logs.event_file(folder, values)
    return events


def many_tags(folder: Path, scale: float) -> int:
    steps = max(int(100 * scale), 1)
    logs.event_file(folder, regular(5_000 * steps, 5_000))
    return 5_000 * steps


def ten_values(folder: Path, scale: float) -> int:
    events = int(100_000 * scale)
    names = [f"group/value{i}" for i in range(10)]
    logs.event_file(
        folder,
        (
            logs.record(logs.event(i, [logs.simple_value(name, i * 0.5) for name in names], 1.7e9 + i))
            for i in range(events)
        ),
    )
    return events * 10


WORKLOADS: dict[str, tuple[Callable[[Path, float], int], str]] = {
    "one": (one_file, "one file, 1M events"),
    "runs": (many_runs, "1,000 runs x 10k events"),
    "images": (images, "274 MB, mostly images"),
    "tensors": (tensors, "TF2 tensors, 500k"),
    "tags": (many_tags, "5,000 tags x 100"),
    "ten": (ten_values, "10 values an event, 1M"),
}


def data_server(folder: Path) -> Cost:
    """TensorBoard's Rust server up to the end of its first load cycle."""
    from tensorboard_data_server import server_binary  # type: ignore[import-untyped]

    command = [str(server_binary()), "--logdir", str(folder), "--port", "0", "--reload", "once", "-v"]
    begin = time.perf_counter()
    server = subprocess.Popen(
        [*command, "--samples-per-plugin", "scalars=all"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stderr is not None
        for line in server.stderr:
            if "Finished load cycle" in line:
                break
        else:
            raise RuntimeError("the data server ended before it had loaded")
        seconds = time.perf_counter() - begin
        status = Path(f"/proc/{server.pid}/status").read_text()
        peak = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
        return Cost(seconds, peak * 1024)
    finally:
        server.kill()
        server.wait()


def run_workload(name: str, scale: float, repetitions: int, peers: set[str]) -> None:
    """Writes one workload, reads it with every reader, prints a line for each."""
    title = WORKLOADS[name][1]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        # In a process of its own: a child's peak of memory counts what its parent held when it was started.
        points = int(subprocess.check_output([sys.executable, "-m", __spec__.name, "--write", name, place, str(scale)]))
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        kind = "tensors" if name == "tensors" else "scalars"
        measures: dict[str, Callable[[], Cost]] = {
            "lossdoctor, CRC checked": lambda: cost_of(python(OURS, place, "crc", str(points))),
            "lossdoctor, no CRC": lambda: cost_of(python(OURS, place, "none", str(points))),
        }
        if name == "runs":
            measures["lossdoctor, two processes"] = lambda: cost_of(python(OURS_TWICE, place, "none", str(points)))
        if "rust" in peers:
            measures["data server (no CRC)"] = partial(data_server, folder)
        if "accumulator" in peers:
            measures["EventAccumulator"] = lambda: cost_of(python(ACCUMULATOR, place, kind, str(points)))
        if "tbparse" in peers:
            measures["tbparse"] = lambda: cost_of(python(TBPARSE, place, kind, str(points)))
        for measure in measures.values():
            measure()  # once for the page cache
        seconds, peaks = side_by_side(measures, repetitions)
    print(f"\n{title} (scale {scale:g}): {points:,} points, {size / MB:.0f} MB")
    ours = [name for name in measures if name.startswith("lossdoctor")][:3]
    heads = ("ratio, CRC", "no CRC", "two proc.")[: len(ours)]
    print(f"  {'':26}{'seconds':>9}{'peak MB':>9}  {''.join(f'{head:>11}' for head in heads)}")
    for name in measures:
        ratios = [ratio(seconds[mine], seconds[name]) for mine in ours]
        shown = "".join(f"{f'1/{1 / r:.1f}' if r < 0.5 else f'{r:.2f}':>11}" for r in ratios)
        print(f"  {name:26}{statistics.median(seconds[name]):9.2f}{peaks[name] / MB:9.0f}  {shown}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full workloads")
    parser.add_argument("--only", choices=WORKLOADS, nargs="+", default=list(WORKLOADS))
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--peers", nargs="*", default=["rust", "accumulator", "tbparse"])
    parser.add_argument("--write", nargs=3, metavar=("WORKLOAD", "FOLDER", "SCALE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write:
        name, place, scale = arguments.write
        print(WORKLOADS[name][0](Path(place), float(scale)))
        return
    for name in arguments.only:
        run_workload(name, arguments.scale, arguments.repetitions, set(arguments.peers))


if __name__ == "__main__":
    main()

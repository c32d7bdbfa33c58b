"""A thousand runs in a bucket, and the corpus on a cluster, give the same bytes as here; slow, so only when asked for.

`pip install "lossdoctor[distributed]" "moto[server]"`, then `LOSSDOCTOR_SCALE=1000 pytest tests/workspace/test_scale.py`.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lossdoctor.workspace.results import ScanResult
from lossdoctor.workspace.scan import run_job
from lossdoctor.workspace.scan_job import ScanJob, ScanOptions
from tests.bench.scan import write_tree
from tests.workspace.test_workers import text_of

pytest.importorskip("distributed")
# Skips itself without the extra as well, which an import from it would take for an error.
test_cluster = pytest.importorskip("tests.workspace.test_cluster")
LEAN = test_cluster.LEAN
RUNS = int(os.environ.get("LOSSDOCTOR_SCALE", "0"))
EVENTS = 400
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
pytestmark = [
    *test_cluster.pytestmark,
    pytest.mark.skipif(not RUNS, reason="NOT TESTED: many runs in a bucket; LOSSDOCTOR_SCALE=1000 does it"),
]
processes = test_cluster.processes


def timed(name: str, path: Path | str, options: ScanOptions) -> ScanResult:
    started = time.perf_counter()
    result = run_job(ScanJob([path], options))
    print(f"{name}: {len(result.runs)} runs, {result.bytes / 1e6:.1f} MB, {time.perf_counter() - started:.1f} s")
    return result


def same(result: ScanResult, place: Path | str) -> str:
    return re.sub(r'"seconds": [0-9.]+', "", text_of(result)).replace(str(place), "<root>")


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, str]]:
    """A folder of `RUNS` runs, and the URL of its copy on an S3 server on this machine."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    s3fs = pytest.importorskip("s3fs")
    write_tree(tmp_path / "runs", RUNS, EVENTS)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in (keys | {"AWS_ENDPOINT_URL": f"http://{host}:{port}"}).items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    try:
        system = s3fs.S3FileSystem()
        system.mkdir("bucket")
        system.put(f"{tmp_path / 'runs'}/", "bucket/runs", recursive=True)
        yield tmp_path / "runs", "s3://bucket/runs"
    finally:
        s3fs.S3FileSystem.clear_instance_cache()
        server.stop()


def test_a_bucket_of_many_runs_gives_the_same_bytes(
    bucket: tuple[Path, str], processes: tuple[str, list[subprocess.Popen[str]]]
) -> None:
    folder, url = bucket
    one = ScanOptions(jobs=1, how=LEAN)
    here = same(timed("here", folder, one), folder)
    assert here.count('"verdict"') >= RUNS
    assert same(timed("S3", url, one), url) == here
    on_cluster = ScanOptions(how=LEAN, cluster=processes[0])
    assert same(timed("Dask", folder, on_cluster), folder) == here
    assert same(timed("S3 by Dask", url, on_cluster), url) == here


@pytest.mark.corpus
def test_the_corpus_gives_the_same_bytes_on_a_cluster(processes: tuple[str, list[subprocess.Popen[str]]]) -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"NOT TESTED: no corpus at {CORPUS}")
    here = timed("corpus here", CORPUS, ScanOptions(jobs=1, how=LEAN))
    there = timed("corpus by Dask", CORPUS, ScanOptions(how=LEAN, cluster=processes[0]))
    assert same(here, CORPUS) == same(there, CORPUS)

"""Compressed logs read as their plain ones do; bombs, cut streams and nested archives are told."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.base import ImportResult
from lossdoctor.importers.gzip_stream import HARMLESS, Ending, inflate
from lossdoctor.runs import ProblemLevel, Run

SAMPLES = Path(__file__).parent / "samples"
FORMATS = sorted(folder.name for folder in SAMPLES.iterdir() if folder.is_dir())
CSV = b"step,loss\n" + b"".join(b"%d,%.4f\n" % (i, 1 / (i + 1)) for i in range(200))


def results(path: Path) -> list[ImportResult]:
    return [read_source(source) for source in find_sources(path).sources]


def runs(path: Path) -> list[Run]:
    return [run for result in results(path) for run in result.runs]


@pytest.mark.parametrize("name", FORMATS)
def test_every_sample_compressed_reads_as_the_plain_one(name: str, tmp_path: Path) -> None:
    if name == "parquet":
        pytest.importorskip("pyarrow", reason="needs pyarrow, of the extra `parquet`")
    # Only logs are compressed; what stands beside them (configuration, names) is read as it is.
    logged = {path for source in find_sources(SAMPLES / name).sources for path in source.every_file}
    for path in (p for p in (SAMPLES / name).rglob("*") if p.is_file()):
        target = tmp_path / name / path.relative_to(SAMPLES / name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if str(path) not in logged:
            shutil.copy(path, target)
        else:
            target.with_name(target.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
    plain, packed = runs(SAMPLES / name), runs(tmp_path / name)
    assert len(plain) == len(packed) > 0
    for one, other in zip(plain, packed, strict=True):
        assert other.series == one.series
        assert dict(other.config) == dict(one.config)
        assert other.step_unit == one.step_unit
        assert os.path.exists(other.path)
        for problem in other.problems:
            assert str(tmp_path) in problem.path


def test_a_cut_stream_gives_what_could_be_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress(CSV)
    (tmp_path / "log.csv.gz").write_bytes(packed[: len(packed) * 3 // 4])
    (run,) = runs(tmp_path)
    assert 50 < run.points < 200
    assert run.problems[0].code == "truncated"
    assert run.problems[0].path == str(tmp_path / "log.csv.gz")


def test_a_damaged_checksum_is_told_and_the_data_kept(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(CSV))
    packed[-6] ^= 1
    (tmp_path / "log.csv.gz").write_bytes(packed)
    (run,) = runs(tmp_path)
    assert run.problems[0].code == "bad_gzip"


def test_members_in_a_row_and_padding_behind_them(tmp_path: Path) -> None:
    half = CSV.index(b"\n100,") + 1
    packed = gzip.compress(CSV[:half]) + gzip.compress(CSV[half:]) + bytes(512)
    (tmp_path / "log.csv.gz").write_bytes(packed)
    (run,) = runs(tmp_path)
    assert run.points == 200
    assert run.problems == ()


def test_a_bomb_is_stopped(tmp_path: Path) -> None:
    row = b"1,0.5\n"
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(b"step,loss\n" + row * (HARMLESS // 3)))
    (run,) = runs(tmp_path)
    assert run.problems[0].code == "too_compressed"
    assert 0 < run.points <= (HARMLESS + (2 << 20)) // len(row)


def test_inflating_stops_at_the_total() -> None:
    out = io.BytesIO()
    assert inflate(io.BytesIO(gzip.compress(os.urandom(5000))).read, out.write, max_total=1234) is Ending.TOTAL
    assert len(out.getvalue()) == 1234


@pytest.mark.parametrize("size", [0, 1, 100, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_inflating_gives_every_byte(size: int) -> None:
    data = (os.urandom(1000) * (size // 1000 + 1))[:size]
    out = io.BytesIO()
    assert inflate(io.BytesIO(gzip.compress(data)).read, out.write) is Ending.WHOLE
    assert out.getvalue() == data


def test_archives_within_archives_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(gzip.compress(CSV)))
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        member = tarfile.TarInfo("log.csv")
        member.size = len(CSV)
        archive.addfile(member, io.BytesIO(CSV))
    (tmp_path / "all.tar.gz").write_bytes(gzip.compress(tar.getvalue()))
    for name, words in (("log.csv.gz", "gzip archive"), ("all.tar.gz", "tar archive")):
        found = find_sources(tmp_path / name)
        assert found.sources == ()
        assert [problem.level for problem in found.problems] == [ProblemLevel.ERROR]
        assert words in found.problems[0].message


def test_a_file_that_is_only_called_compressed_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "log.csv.gz").write_bytes(CSV)
    (run,) = runs(tmp_path)
    assert (run.points, run.problems) == (200, ())

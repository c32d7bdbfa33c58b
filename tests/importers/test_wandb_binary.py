"""Binary W&B run files: rows, steps, config; damage costs a record, a killed run's half record is a truncation."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from lossdoctor.importers import find_sources, read_source
from lossdoctor.runs import Role, Run
from tests.helpers.logs import varint
from tests.helpers.wandb_logs import BLOCK, framed, history, run_record, wandb_file

ROWS = [history({"train/loss": 2.0 * 0.9**i, "_step": i, "_timestamp": 1.7e9 + i}) for i in range(50)]
START = run_record("brisk-river-7", {"lr": 0.01, "model": {"depth": 3}, "_wandb": {"cli_version": "0.31"}})


def read(folder: Path) -> Run:
    sources = find_sources(folder).sources
    assert [source.format for source in sources] == ["wandb_binary"]
    return read_source(sources[0]).runs[0]


def losses(run: Run) -> dict[int, float]:
    series = run.get("train/loss")
    return {} if series is None else dict(zip(series.steps.tolist(), series.values.tolist(), strict=True))


def test_rows_config_and_name(tmp_path: Path) -> None:
    wandb_file(tmp_path / "wandb" / "offline-run-1-abc" / "run-abc.wandb", [START, *ROWS])
    run = read(tmp_path)
    assert run.id == "wandb/offline-run-1-abc"
    assert run.name == "brisk-river-7"
    assert dict(run.config) == {"lr": 0.01, "model.depth": 3}
    assert losses(run) == {i: 2.0 * 0.9**i for i in range(50)}
    series = run.primary(Role.TRAIN_LOSS)
    assert series is not None
    assert series.wall_times[0] == 1.7e9
    assert run.get("_step") is None
    assert run.problems == ()


@pytest.mark.parametrize("nested", [True, False])
def test_values_that_are_no_numbers_are_passed_over(tmp_path: Path, nested: bool) -> None:
    row = {
        "loss": float("nan"), "word": "hello", "ok": True, "pic": {"_type": "image-file"}, "huge": float("inf"),
        "text": "NaN", "_step": 3,
    }  # fmt: skip
    wandb_file(tmp_path / "run-a.wandb", [history(row, nested=nested)])
    run = read(tmp_path)
    assert {series.tag: repr(series.values.tolist()) for series in run.series} == {
        "loss": "[nan]", "huge": "[inf]", "text": "[nan]",
    }  # fmt: skip
    assert all(series.steps.tolist() == [3] for series in run.series)


def test_where_the_step_comes_from(tmp_path: Path) -> None:
    rows = [history({"loss": 1.0}, step=5), history({"loss": 0.9, "_step": "7"}), history({"loss": 0.8})]
    wandb_file(tmp_path / "run-a.wandb", rows)
    series = read(tmp_path).get("loss")
    assert series is not None
    assert series.steps.tolist() == [5, 7, 2]


@pytest.mark.parametrize(("written", "step"), [("5", 5), (5.5, 5), (None, 1), (True, 1), ({"a": 1}, 1), ([1], 1)])
def test_steps_of_any_type(tmp_path: Path, written: object, step: int) -> None:
    rows = [history({"loss": 2.0, "_step": 0}), history({"loss": 1.0, "_step": written})]
    wandb_file(tmp_path / "run-a.wandb", rows)
    series = read(tmp_path).get("loss")
    assert series is not None
    assert series.steps.tolist() == [0, step]


def test_rows_that_hold_nothing_but_their_step_are_told(tmp_path: Path) -> None:
    wandb_file(tmp_path / "run-a.wandb", [history({"_step": "5"}), history({"_step": None})])
    (problem,) = read(tmp_path).problems
    assert (problem.code, problem.message) == ("no_rows", "holds 2 history rows, none with a number.")


def test_records_over_several_blocks(tmp_path: Path) -> None:
    long = history({"train/loss": 1.0, "_step": 100, "note": "x" * (3 * BLOCK)})
    wandb_file(tmp_path / "run-a.wandb", [*ROWS, long, *ROWS[:0], history({"train/loss": 0.5, "_step": 101})])
    got = losses(read(tmp_path))
    assert got[100] == 1.0
    assert got[101] == 0.5


def test_every_truncation_keeps_every_whole_record(tmp_path: Path) -> None:
    data = framed(ROWS[:8])
    ends = [len(framed(ROWS[:n])) for n in range(9)]
    path = tmp_path / "run-a.wandb"
    for length in range(7, len(data)):
        path.write_bytes(data[:length])
        run = read(tmp_path)
        whole = max(n for n, end in enumerate(ends) if end <= length)
        assert losses(run) == {i: 2.0 * 0.9**i for i in range(whole)}
        codes = {problem.code for problem in run.problems}
        assert ("truncated" in codes) == (length not in ends)


def test_a_flipped_bit_costs_at_most_its_block_and_is_told(tmp_path: Path) -> None:
    data = framed(ROWS)
    path = tmp_path / "run-a.wandb"
    good = {i: 2.0 * 0.9**i for i in range(50)}
    rng = random.Random(1)
    for _ in range(300):
        place = rng.randrange(7, len(data))
        damaged = bytearray(data)
        damaged[place] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        run = read(tmp_path)
        got = losses(run)
        assert all(good[step] == value for step, value in got.items())
        if got != good:
            assert {"bad_record", "truncated"} & {problem.code for problem in run.problems}


def test_damage_in_one_block_leaves_the_next_one_whole(tmp_path: Path) -> None:
    rows = [history({"train/loss": 1.0, "_step": i, "note": "x" * 1000}) for i in range(100)]
    data = bytearray(framed(rows))
    data[BLOCK // 2 + 3] ^= 0xFF
    (tmp_path / "run-a.wandb").write_bytes(data)
    run = read(tmp_path)
    assert len(losses(run)) >= 65
    assert "bad_record" in {problem.code for problem in run.problems}


@pytest.mark.parametrize("body", [b"", b"\x00" * 100, b"\xff" * 1000, bytes(range(256)) * 200])
def test_foreign_bytes_behind_the_header_are_no_crash(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "run-a.wandb").write_bytes(b":W&B\xe1\xbe\x00" + body)
    run = read(tmp_path)
    assert run.series == ()
    assert run.problems


HISTOGRAM = {"_type": "histogram", "values": [1, 2, 3], "bins": [-1.0, 0.0, 1.0, 2.0]}
PACKED = {"_type": "histogram", "values": [1, 2, 3], "packedBins": {"min": -1.0, "size": 1.0, "count": 3}}
NESTED = {
    "gradients/fc1.weight._type": "histogram",
    "gradients/fc1.weight.values": [1, 2, 3],
    "gradients/fc1.weight.bins": [-1.0, 0.0, 1.0, 2.0],
}
NESTED_PACKED = {
    "gradients/fc1.weight._type": "histogram",
    "gradients/fc1.weight.values": [1, 2, 3],
    "gradients/fc1.weight.packedBins.min": -1.0,
    "gradients/fc1.weight.packedBins.size": 1.0,
    "gradients/fc1.weight.packedBins.count": 3,
}


@pytest.mark.parametrize(
    "logged", [{"gradients/fc1.weight": HISTOGRAM}, {"gradients/fc1.weight": PACKED}, NESTED, NESTED_PACKED]
)
def test_histograms_of_watched_models(tmp_path: Path, logged: dict[str, object]) -> None:
    rows = [history({"loss": 1.0 / (1 + i), "_step": i, **logged}) for i in range(4)]
    wandb_file(tmp_path / "run-a.wandb", rows)
    run = read(tmp_path)
    assert [series.tag for series in run.series] == ["loss"]
    (histograms,) = run.histograms
    assert (histograms.layer, histograms.kind, histograms.steps.tolist()) == ("fc1", "gradient", [0, 1, 2, 3])
    assert histograms.buckets(2).counts.tolist() == [1.0, 2.0, 3.0]
    assert histograms.buckets(2).right.tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    "broken",
    [{"values": [1, 2]}, {"bins": "x"}, {"bins": [3.0, 2.0, 1.0, 0.0]}, {"packedBins": {"min": 0, "count": 1e30}}],
)
def test_a_histogram_that_does_not_fit_together_is_left_out(tmp_path: Path, broken: dict[str, object]) -> None:
    wandb_file(tmp_path / "run-a.wandb", [*ROWS, history({"h": {**HISTOGRAM, **broken}, "_step": 90})])
    assert read(tmp_path).histograms == ()


def numbered(records: list[bytes], numbers: list[int]) -> list[bytes]:
    return [bytes([8]) + varint(number) + record for number, record in zip(numbers, records, strict=True)]


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([1, 2, 3, 4], ""),
        ([1, 2, 2, 3], "1 record out of"),
        ([1, 2, 1, 2], "1 record out of"),
        ([1, 2, 5, 6], "2 records missing"),
    ],
)
def test_records_that_do_not_follow_are_told(tmp_path: Path, numbers: list[int], said: str) -> None:
    records = [run_record("r", {}), *(history({"_step": i, "loss": 1.0 - 0.1 * i}) for i in range(3))]
    wandb_file(tmp_path / "run-x.wandb", numbered(records, numbers))
    texts = [problem.message for problem in read(tmp_path).problems if problem.code == "bad_record"]
    assert texts == [] if not said else said in texts[0]

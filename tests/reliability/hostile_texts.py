"""Broken and hostile tables, documents, W&B files, texts and configurations."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.helpers import wandb_logs
from tests.reliability.hostile import CSV, LOSSES, MB, Hostile, flipped, put


def _csv_case(
    name: str, data: bytes, codes: Sequence[str], place: str = "", points: int = 0, **limits: float
) -> Hostile:
    return Hostile(f"csv: {name}", put("log.csv", data), codes, place, points, **limits)  # type: ignore[arg-type]


TABLES = (
    _csv_case("no bytes", b"", ["empty"]),
    _csv_case("a header only", b"step,loss\n", ["no_rows"]),
    _csv_case("binary", bytes(range(256)) * 200, ["not_a_log", "no_logs", "no_numbers"]),
    _csv_case("cut in the last number", CSV[:-6], ["unterminated"], "line 61", 59),
    _csv_case("NUL bytes", CSV.replace(b"\n10,", b"\n10,\x00\x00"), ["bad_cell"], "line 12", 59),
    _csv_case("4 KiB of zeros", CSV[:200] + bytes(4096) + CSV[200:], ["bad_cell", "bad_row", "ragged"], "line", 55),
    _csv_case(
        "rows of other lengths",
        CSV.replace(b"\n10,", b"\n10,1,2,3,").replace(b"\n20,", b"\n"),
        ["ragged"],
        "line 12",
        58,
    ),
    _csv_case(
        "100 000 columns",
        b",".join([b"step", *(b"c%d" % i for i in range(100_000))])
        + b"\n"
        + b"\n".join(b",".join([b"%d" % row] + [b"0.5"] * 100_000) for row in range(3))
        + b"\n",
        ["too_many_columns"],
        "",
        3,
        memory=256 * MB,
    ),
    _csv_case("an unclosed quote", CSV.replace(b"\n1,", b'\n1,"', 1), ["bad_cell"], "line 3", 59),
    _csv_case("numbers of 5000 digits", CSV.replace(b"\n10,", b"\n10," + b"9" * 5000), ["overflow"], "line 12", 60),
    _csv_case("1e999", CSV + b"60,1e999\n", ["overflow"], "line 62", 61),
    _csv_case("words for nothing", CSV + b"60,NULL\n61,-\n62,nan\n63,None\n64,\n65,0.1\n", (), "", 62),
    _csv_case("UTF-16", CSV.decode().encode("utf-16"), (), "", 60),
    _csv_case("Latin-1", CSV.replace(b"loss", b"loss \xe9t\xe9"), (), "", 60),
    _csv_case("encodings mixed", CSV.replace(b"\n10,", b"\n10,\xff\xfe"), ["bad_cell"], "line 12", 59),
    _csv_case("carriage returns", CSV.replace(b"\n", b"\r"), (), "", 60),
    _csv_case("a decimal comma", CSV.replace(b",", b";").replace(b".", b","), (), "", 60),
    _csv_case("steps at the limits of int64", CSV + b"9223372036854775807,1\n-9223372036854775808,1\n", (), "", 60),
    _csv_case(
        "steps beyond int64",
        CSV + b"9223372036854775808,1\n1e300,1\n",
        ["no_whole_steps", "rows_as_steps", "bad_cell", "missing_step"],
        "",
        60,
    ),
    _csv_case("every step the same", b"step,loss\n" + b"0,0.5\n" * 60, (), "", 60),
    _csv_case("nothing but NaN", b"step,loss\n" + b"".join(b"%d,nan\n" % i for i in range(60)), (), "", 60),
    _csv_case("a repeated header", CSV + CSV, ["repeated_header"], "line 62", 120),
)


def _long_line(name: str, sound: bytes, behind: bytes, megabytes: int) -> Callable[[Path], object]:
    """A line of that length between two sound parts (a hole in the file: no such room is taken on the disk)."""

    def write(folder: Path) -> None:
        (folder / "run").mkdir()
        with open(folder / "run" / name, "wb") as file:
            file.write(sound + b"9")
            file.seek(megabytes * MB, os.SEEK_CUR)
            file.write(b"\n" + behind)

    return write


def _bomb(folder: Path) -> None:
    with gzip.open(folder / "log.csv.gz", "wb", compresslevel=9) as file:
        file.write(CSV)
        for _ in range(256):
            file.write(b"0" * MB)


def _cut_gzip(folder: Path) -> None:
    (folder / "log.csv.gz").write_bytes(gzip.compress(CSV * 40, compresslevel=1)[:-400])


PACKED = (
    Hostile(
        "csv: a line of 1 GB", _long_line("log.csv", CSV, b"60,0.5\n", 1024), ["long_line"], "line 62", 61, 160 * MB
    ),
    Hostile("gzip: 256 MB in 250 kB", _bomb, ["too_compressed"], memory=192 * MB),
    Hostile("gzip: cut", _cut_gzip, ["truncated", "bad_gzip"], "", 60),
    Hostile(
        "gzip: an archive in an archive",
        put("log.csv.gz", gzip.compress(gzip.compress(CSV))),
        ["nested_archive", "no_logs"],
    ),
)


def _json_case(
    name: str, data: bytes, codes: Sequence[str], points: int = 0, file: str = "trainer_state.json"
) -> Hostile:
    return Hostile(f"json: {name}", put(f"run/{file}", data), codes, "", points)


def _state(*rows: Mapping[str, object]) -> bytes:
    return json.dumps({"global_step": len(rows), "log_history": list(rows)}).encode()


STATE = _state(*({"loss": value, "step": step} for step, value in enumerate(LOSSES)))
LINES = b"".join(
    json.dumps({"iteration": step, "total_loss": value}).encode() + b"\n" for step, value in enumerate(LOSSES)
)
BINARY = wandb_logs.framed(
    [wandb_logs.run_record("r", {"lr": 0.1})]
    + [wandb_logs.history({"_step": step, "loss": value}) for step, value in enumerate(LOSSES)]
)

DOCUMENTS = (
    _json_case("cut", STATE[:-300], ["truncated", "bad_json"], 30),
    _json_case(
        "200 000 deep", b'{"global_step": 1, "log_history": ' + b"[" * 200_000, ["bad_json", "too_deep", "truncated"]
    ),
    _json_case(
        "200 000 objects deep", b'{"log_history": [' + b'{"a":' * 200_000, ["bad_json", "too_deep", "truncated"]
    ),
    _json_case(
        "a number of 5000 digits", STATE.replace(b'"step": 7}', b'"step": 7, "x": ' + b"9" * 5000 + b"}"), (), 60
    ),
    _json_case("a step of 5000 digits", STATE.replace(b'"step": 7}', b'"step": ' + b"9" * 5000 + b"}"), (), 59),
    _json_case(
        "NaN, Infinity and 1e999",
        _state({"loss": 1.0, "step": 0}).replace(
            b"]", b', {"loss": NaN, "step": 1}, {"loss": -Infinity, "step": 2}, {"loss": 1e999, "step": 3}]'
        ),
        (),
        4,
    ),
    _json_case("half a surrogate pair", STATE.replace(b'"step": 7}', b'"step": 7, "\\ud800": 1.0}'), (), 60),
    _json_case(
        "a detectron2 file cut in a line", LINES[:-9], ["unterminated", "bad_line", "truncated"], 59, "metrics.json"
    ),
    _json_case(
        "a damaged line", LINES.replace(b'{"iteration": 9', b'{"iter\x00\xff: 9'), ["bad_line"], 59, "metrics.json"
    ),
    _json_case("a line 100 000 deep", LINES + b'{"a":' * 100_000 + b"\n" + LINES, ["bad_line"], 120, "metrics.json"),
    _json_case("no bytes", b"", ["empty", "no_logs"], 0, "metrics.json"),
    Hostile("wandb: cut", put("wandb/run-x/run-x.wandb", BINARY[:-5]), ["truncated"], "offset", 59),
    Hostile("wandb: a header only", put("wandb/run-x/run-x.wandb", BINARY[:7]), ["empty", "no_history", "no_rows"]),
    Hostile(
        "wandb: a bit",
        put("wandb/run-x/run-x.wandb", flipped(BINARY, 900)),
        ["bad_crc", "damaged", "bad_record"],
        "offset",
    ),
    Hostile(
        "wandb: another version",
        put("wandb/run-x/run-x.wandb", flipped(BINARY, 5)),
        ["not_a_log", "damaged", "no_logs", "bad_record", "no_history"],
    ),
    Hostile("wandb: zeros", put("wandb/run-x/run-x.wandb", BINARY + bytes(40_000)), (), "", 60),
)


def _config_case(name: str, text: str) -> Hostile:
    def write(folder: Path) -> None:
        run = folder / "run"
        run.mkdir()
        (run / "log.csv").write_bytes(CSV)
        (run / "config.yaml").write_text(text)

    return Hostile(f"yaml: {name}", write, ["bad_config"], "", 60, seconds=10.0)


_ALIASES = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
_MERGES = "m0: &m0 {k: 1}\n" + "".join(f"m{i}: &m{i}\n  <<: [*m{i - 1}, *m{i - 1}]\n" for i in range(1, 26))

LOG = b"".join(b"epoch %d/60 loss %.5f\n" % (step, value) for step, value in enumerate(LOSSES))
HOLE = bytes(4096)

HOLES = (
    Hostile(
        "json lines: a line of 200 MB",
        _long_line("metrics.json", LINES, LINES, 200),
        ["bad_line"],
        "line 61",
        120,
        160 * MB,
    ),
    Hostile("text: a line of 200 MB", _long_line("train.log", LOG, LOG, 200), ["long_line"], "line 61", 60, 200 * MB),
    Hostile(
        "json lines: 4 KiB of zeros",
        put("run/metrics.json", LINES[:900] + HOLE + LINES[900:]),
        ["bad_line"],
        "line",
        59,
    ),
    Hostile("text: 4 KiB of zeros", put("run/train.log", LOG[:330] + HOLE + LOG[330:]), (), "", 58),
    Hostile(
        "single column: 4 KiB of zeros",
        put("run/train_loss.csv", b"loss\n" + b"0.5\n" * 60 + HOLE + b"\n0.25\n" * 9),
        ["bad_cell"],
        "line",
        69,
    ),
    Hostile(
        "trainer state: 4 KiB of zeros",
        put("run/trainer_state.json", STATE[:900] + HOLE + STATE[900:]),
        ["bad_json", "truncated", "damaged"],
        "",
        10,
    ),
)

CONFIGS = (
    _config_case("100 000 brackets", "a: " + "[" * 100_000),
    _config_case("aliases of aliases", _ALIASES),
    _config_case("merge keys of merge keys", _MERGES),
    _config_case("an alias of itself", "a: &a [*a]\n"),
    _config_case("no YAML", "lr: [0.1\nb: }\n"),
    _config_case("2 MB", "\n".join(f"key{i}: {i}" for i in range(150_000))),
)


TEXTS = (*TABLES, *PACKED, *DOCUMENTS, *HOLES, *CONFIGS)

"""Damaged logs through the whole path, from discovery to JSON: never an exception, never a stuck or bloated process.

20 mutations of every sample of every format; LOSSDOCTOR_FUZZ sets another number, for a night.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path

import pytest

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.figures.build import build_figure
from lossdoctor.importers import find_sources, read_source

SAMPLES = Path(__file__).parents[1] / "importers" / "samples"
FORMATS = sorted(path.name for path in SAMPLES.iterdir() if path.is_dir())
MUTATIONS = int(os.environ.get("LOSSDOCTOR_FUZZ", "20"))
TOKENS = (b"nan", b"-inf", b"1e999", b"\x00" * 9, b"\xff\xfe", b'"', b"{", b"]", b"\r\n", b",,,", b"9" * 400, b"\x80" * 12,
          b"<img src=x>", b"\x1b[31m", b"=1+1", b"../../x")  # fmt: skip


def mutated(data: bytes, rng: random.Random) -> bytes:
    """One to four changes: flips, holes, cuts, repeats, foreign tokens, swapped halves."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(out) + 1)
        length = rng.choice([1, 4, 17, max(len(out) // 7, 1)])
        kind = rng.randrange(7)
        if kind == 0 and at < len(out):
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            out[at : at + length] = bytes(min(length, len(out) - at))
        elif kind == 2:
            del out[at:]
        elif kind == 3:
            del out[at : at + length]
        elif kind == 4:
            out[at:at] = out[at : at + length]
        elif kind == 5:
            out[at:at] = rng.choice(TOKENS)
        else:
            out = out[at:] + out[:at]
    return bytes(out)


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_samples_never_break_the_path(name: str, tmp_path: Path) -> None:
    rng = random.Random(name)
    files = sorted(path for path in (SAMPLES / name).rglob("*") if path.is_file())
    for index in range(MUTATIONS):
        folder = tmp_path / str(index)
        shutil.copytree(SAMPLES / name, folder)
        victim = folder / rng.choice(files).relative_to(SAMPLES / name)
        victim.write_bytes(mutated(victim.read_bytes(), rng))
        found = find_sources(folder)
        for problem in found.problems:
            assert problem.path
            assert problem.message
        for source in found.sources:
            result = read_source(source)
            for run in result.runs:
                diagnosis = diagnose(run, result.runs)
                assert not [outcome for outcome in diagnosis.outcomes if outcome.status == "failed"]
                build_figure(run, diagnosis)
                json.dumps(str(diagnosis.sentence), allow_nan=False)
                assert 0.0 <= diagnosis.confidence <= 1.0

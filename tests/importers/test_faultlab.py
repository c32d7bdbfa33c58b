"""Every run of the shared fault-injection corpus is found in every format, with the roles its truth names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lossdoctor.importers import Discovery, find_sources, read_source
from lossdoctor.runs import Role, Run

pytestmark = pytest.mark.corpus

ROLES = {
    "train_loss": Role.TRAIN_LOSS, "val_loss": Role.VAL_LOSS, "lr": Role.LEARNING_RATE, "grad_norm": Role.GRAD_NORM,
    "train_acc": Role.TRAIN_METRIC, "val_acc": Role.VAL_METRIC,
}  # fmt: skip


@pytest.fixture(scope="module")
def found(corpus: Path) -> Discovery:
    return find_sources(corpus / "faultlab")


@pytest.fixture(scope="module")
def runs(found: Discovery) -> dict[str, Run]:
    everything = [run for source in found.sources for run in read_source(source).runs]
    by_id = {run.id: run for run in everything}
    assert len(by_id) == len(everything)
    return by_id


@pytest.fixture(scope="module")
def truth(corpus: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (corpus / "faultlab" / "truth.jsonl").read_text().splitlines()]


def test_no_problems_in_sound_logs(found: Discovery, runs: dict[str, Run]) -> None:
    assert found.problems == ()
    told = {problem.code for run in runs.values() for problem in run.problems}
    assert told <= {"steps_go_back"}


def test_every_run_in_every_format(runs: dict[str, Run], truth: list[dict[str, Any]]) -> None:
    missing = []
    for row in truth:
        for kind, paths in row["paths"].items():
            for path in [paths] if isinstance(paths, str) else paths:
                wanted = {
                    "tb": path,
                    "csv_keras": path,
                    "lightning": f"{path}/version_0",
                    "hf": path,
                    "wandb": f"wandb/{row['id']}",
                }[kind]
                if wanted not in runs:
                    missing.append((kind, wanted))
    assert missing == []
    assert {row["run_dir"] for row in truth} <= set(runs)


def test_roles_of_event_files(runs: dict[str, Run], truth: list[dict[str, Any]]) -> None:
    wrong = []
    for row in truth:
        for name, tag in row["tags"].items():
            if name in ROLES:
                series = runs[row["run_dir"]].primary(ROLES[name])
                if series is None or series.tag != tag:
                    wrong.append((row["id"], name, tag, series))
    assert wrong == []


def test_the_same_run_in_other_formats_has_the_same_losses(runs: dict[str, Run], truth: list[dict[str, Any]]) -> None:
    """Values agree to what each format keeps: HF rounds to four digits, the W&B page samples."""
    compared = 0
    for row in truth:
        tb = runs[row["run_dir"]]
        for kind in ("csv_keras", "lightning"):
            if kind not in row["paths"] or row["naming"] == "gan":
                continue
            other = runs[row["paths"][kind] + ("/version_0" if kind == "lightning" else "")]
            a, b = tb.primary(Role.TRAIN_LOSS), other.primary(Role.TRAIN_LOSS)
            assert a is not None
            assert b is not None
            assert len(a) == len(b), (row["id"], kind)
            np.testing.assert_allclose(a.values, b.values, rtol=1e-5, err_msg=f"{row['id']} {kind}")
            compared += 1
    assert compared > 40


def test_adversarial_runs_have_no_training_loss(runs: dict[str, Run], truth: list[dict[str, Any]]) -> None:
    for row in truth:
        if row["naming"] == "gan":
            run = runs[row["run_dir"]]
            assert run.primary(Role.TRAIN_LOSS) is None
            assert {s.tag for s in run.in_role(Role.ADVERSARIAL_LOSS)} == {"loss/D", "loss/G"}


def test_configuration_is_found(runs: dict[str, Run], truth: list[dict[str, Any]]) -> None:
    without = [row["id"] for row in truth if row["hparams"] and not runs[row["run_dir"]].config]
    assert without == []

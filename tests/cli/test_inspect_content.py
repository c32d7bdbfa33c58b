"""`lossdoctor inspect --content`: texts, hyper-parameters and tensors of event files, as a real writer leaves them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from tensorboardX import SummaryWriter

    with SummaryWriter(str(tmp_path)) as writer:
        for step in range(5):
            writer.add_scalar("loss", 1.0 / (1 + step), step)
        writer.add_text("note", "lr was \x1b[31m0.1", 5)
        writer.add_pr_curve("pr", np.array([0, 1, 1]), np.array([0.1, 0.6, 0.9]), 6, num_thresholds=5)
        writer.add_hparams({"lr": 0.25}, {"best": 0.5}, name="h")
    return tmp_path


def test_texts_are_printed_without_terminal_codes(lossdoctor: Callable[..., Any], folder: Path) -> None:
    done = lossdoctor("inspect", folder, "--content", "text")
    assert done.code == 0
    assert "note at step 5: lr was" in done.out
    assert "\x1b" not in done.out


def test_tensors_as_json(lossdoctor: Callable[..., Any], folder: Path) -> None:
    done = lossdoctor("inspect", folder, "--content", "tensors", "--format", "json")
    (entry,) = [item for item in json.loads(done.out) if item["tag"].startswith("pr")]
    assert entry["step"] == 6
    assert "[6, 5]" in entry["value"]


def test_hyper_parameters(lossdoctor: Callable[..., Any], folder: Path) -> None:
    done = lossdoctor("inspect", folder, "--content", "hparams")
    assert done.code == 0
    assert "lr: 0.25" in done.out


def test_a_folder_without_event_files_says_so(lossdoctor: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("step,loss\n" + "".join(f"{i},{9 - i}\n" for i in range(9)))
    done = lossdoctor("inspect", tmp_path, "--content", "text")
    assert done.code == 3
    assert "no event file" in done.err

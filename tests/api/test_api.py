"""The Python API: the same results as the command line, as values, frames and HTML."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import lossdoctor
from lossdoctor.api import Diagnosed, Loaded, Scanned
from lossdoctor.errors import InputError
from lossdoctor.runs import Role, RoleAssignment, Run, Series
from tests.workspace.test_scan import write_log
from tests.workspace.test_writers import Tags

HOSTILE = "<script>alert(1)</script>&\"'\x1b[2J"


def made(name: str = "run", n: int = 400) -> Run:
    steps = np.arange(n)
    falling = Series("train_loss", steps, 2 * np.exp(-steps / 60) + 0.1)
    rising = Series("val_loss", steps, 2 * np.exp(-steps / 60) + 0.1 + 0.004 * np.maximum(0, steps - 150))
    roles = (
        RoleAssignment(Role.TRAIN_LOSS, "train_loss", True, "test"),
        RoleAssignment(Role.VAL_LOSS, "val_loss", True, "test"),
    )
    return Run(name, f"/{name}", name, "test", (falling, rising), roles)


def well_formed(text: str) -> Tags:
    tags = Tags()
    tags.feed(text)
    tags.close()
    assert tags.open == []
    assert "script" not in tags.seen
    return tags


def test_importing_stays_instant_and_the_names_are_there() -> None:
    code = "import sys, lossdoctor; print(len(sys.modules)); lossdoctor.scan; print('numpy' in sys.modules)"
    code += "; print([n in dir(lossdoctor) for n in ('load', 'diagnose', 'scan')])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    bare = subprocess.run([sys.executable, "-c", "import sys; print(len(sys.modules))"], capture_output=True, text=True)
    assert int(out[0]) <= int(bare.stdout) + 2
    assert out[1:] == ["True", "[True, True, True]"]
    with pytest.raises(AttributeError, match="nothing_like_it"):
        lossdoctor.nothing_like_it  # type: ignore[attr-defined]  # noqa: B018


def test_load_gives_the_runs(examples: Path) -> None:
    runs = lossdoctor.load(examples)
    assert isinstance(runs, Loaded)
    assert len(runs) == 6
    assert [run.id for run in runs] == sorted(run.id for run in runs)
    assert runs[0].series
    assert len(runs[1:3]) == 2
    assert lossdoctor.load(str(examples / "01-healthy"))[0].name == "01-healthy"
    with pytest.raises(InputError, match="nowhere"):
        lossdoctor.load(examples / "nowhere")


def test_diagnose_says_what_is_wrong() -> None:
    found = lossdoctor.diagnose(made())
    assert found.verdict == "overfitting"
    assert 0.5 < found.confidence <= 1
    assert "val_loss" in found.sentence
    assert found.findings[0].name == "overfitting"
    assert found.causes
    assert 100 < (found.best_step or 0) < 250
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["verdict"] == "overfitting"
    assert "Overfitting" in repr(found)


def test_scan_agrees_with_diagnose_and_with_the_command_line(
    examples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from lossdoctor.cli.main import run

    scanned = lossdoctor.scan(examples)
    assert isinstance(scanned, Scanned)
    assert isinstance(scanned[0], Diagnosed)
    assert run(["scan", str(examples), "--format", "json"]) == 1

    def plain(text: str) -> str:
        return re.sub(r'"seconds": [0-9.]+', "", text)

    assert plain(scanned.to_json()) == plain(capsys.readouterr().out)
    alone = {run.id: lossdoctor.diagnose(run).verdict for run in lossdoctor.load(examples)}
    assert alone == {item.run.id: item.verdict for item in scanned}
    assert len(lossdoctor.scan([examples / "01-healthy", examples / "05-plateau"])) == 2
    missing = lossdoctor.scan(examples / "nowhere")
    assert (len(missing), len(missing.problems)) == (0, 1)


def test_settings_beside_the_logs_count(tmp_path: Path) -> None:
    write_log(tmp_path / "a" / "log.csv")
    (tmp_path / "lossdoctor.toml").write_text('[roles]\nother = ["val_loss"]\n')
    assert lossdoctor.load(tmp_path)[0].primary(Role.VAL_LOSS) is None
    assert "val_loss" not in lossdoctor.scan(tmp_path)[0].to_dict()["roles"]


def test_a_scan_in_processes_needs_no_main_guard(examples: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(f"import lossdoctor\nprint(len(lossdoctor.scan({str(examples)!r}, jobs=2, cache=False)))\n")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("6\n", "")


def test_frames_hold_every_point_and_every_run(examples: Path) -> None:
    runs = lossdoctor.load(examples)
    frame = runs.to_pandas()
    assert len(frame) == sum(run.points for run in runs)
    assert list(frame.columns) == ["run", "tag", "role", "step", "wall_time", "value"]
    one = frame[(frame["run"] == "04-spike-to-nan") & (frame["role"] == "train_loss")]
    series = runs[3].primary(Role.TRAIN_LOSS)
    assert series is not None
    mine = one[one["tag"] == series.tag]
    assert np.array_equal(mine["value"], series.values, equal_nan=True)
    assert np.array_equal(mine["step"], series.steps)
    scanned = lossdoctor.scan(examples)
    table = scanned.to_pandas()
    assert list(table.index) == [item.run.id for item in scanned]
    assert table.loc["04-spike-to-nan", "verdict"] == "divergence"
    assert table.loc["04-spike-to-nan", "nan_step"] == 394
    assert table["nan_step"].isna().sum() == 5


def test_empty_results_have_frames_and_pages_too(tmp_path: Path) -> None:
    assert list(Loaded(()).to_pandas().columns) == ["run", "tag", "role", "step", "wall_time", "value"]
    nothing = lossdoctor.scan(tmp_path)
    assert len(nothing.to_pandas()) == 0
    well_formed(nothing._repr_html_())
    well_formed(Loaded(())._repr_html_())
    empty = lossdoctor.diagnose(Run("r", "/r", "r", "test", ()))
    assert empty.verdict == "not_classifiable"
    well_formed(empty._repr_html_())


def test_a_notebook_shows_verdict_plot_and_findings(examples: Path) -> None:
    card = lossdoctor.diagnose(made())._repr_html_()
    tags = well_formed(card)
    assert tags.seen.count("svg") == 1
    assert "Overfitting" in tags.text
    assert not re.search(r"https?://(?!www\.w3\.org)", card)
    # Without points there is nothing to draw.
    assert "<svg" not in lossdoctor.scan(examples)[0]._repr_html_()
    assert "<svg" in lossdoctor.scan(examples, keep_points=True)[0]._repr_html_()
    well_formed(lossdoctor.scan(examples)._repr_html_())


def test_plots_of_two_cells_do_not_share_colours() -> None:
    first, second = (lossdoctor.diagnose(made(name))._repr_html_() for name in ("a", "b"))
    classes = [set(re.findall(r"\.(ld[0-9a-f]{12}) ", text)) for text in (first, second)]
    assert all(len(found) == 1 for found in classes)
    assert not re.search(r"[{}]\.c\d", first)


def test_names_do_nothing_in_a_notebook() -> None:
    odd = made(HOSTILE)
    for page in (lossdoctor.diagnose(odd)._repr_html_(), Loaded((odd,))._repr_html_()):
        well_formed(page)
        assert "<script" not in page
        assert "\x1b" not in page


def test_not_a_number_is_shown_as_such() -> None:
    values = np.r_[np.linspace(2, 1, 50), np.full(50, math.nan)]
    run = Run("r", "/r", "r", "test", (Series("loss", np.arange(100), values),),
              (RoleAssignment(Role.TRAIN_LOSS, "loss", True, "test"),))  # fmt: skip
    found = lossdoctor.diagnose(run)
    assert found.verdict == "divergence"
    assert "NaN" in found._repr_html_()

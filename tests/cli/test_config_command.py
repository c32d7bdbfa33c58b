"""Settings on the command line: `lossdoctor config`, `--select`, `--ignore`, `--config`; messages, no tracebacks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


@pytest.fixture
def spiky(tmp_path: Path, examples: Path) -> Path:
    """A folder with the example of a recovered spike."""
    folder = tmp_path / "runs"
    folder.mkdir()
    for source in (examples / "06-spike-recovered").glob("*.csv"):
        (folder / source.name).write_bytes(source.read_bytes())
    return folder


def scanned(lossdoctor: Cli, *args: object) -> dict[str, Any]:
    done = lossdoctor("scan", *args, "--format", "json")
    assert done.err == ""
    return json.loads(done.out)  # type: ignore[no-any-return]


def test_config_shows_values_and_origins(lossdoctor: Cli, spiky: Path) -> None:
    path = spiky / "lossdoctor.toml"
    path.write_text('ignore = ["GN02"]\n[rules.ST03]\nnoise = 12\n')
    done = lossdoctor("config", spiky)
    assert done.code == 0
    lines = {line.split()[0]: " ".join(line.split()) for line in done.out.splitlines() if line}
    assert lines["ignore"] == f"ignore GN02 {path}, line 1"
    assert lines["scan.fail_on"] == "scan.fail_on high default"
    assert lines["rules.ST03.noise"] == f"rules.ST03.noise 12 {path}, line 3 (default 8)"
    assert "rules.ST03.tail" not in lines
    assert "rules.ST03.tail 5 default" in " ".join(lossdoctor("config", "--all", spiky).out.split())
    data = json.loads(lossdoctor("config", "--json", spiky).out)
    assert data["files"] == [str(path)]
    assert data["settings"]["rules.loss_spike.noise"] == {
        "value": 12.0, "layer": "project file", "from": str(path), "line": 3,
    }  # fmt: skip
    assert data["settings"]["select"]["value"] == []


def test_select_and_ignore_by_file_and_flag(lossdoctor: Cli, spiky: Path) -> None:
    assert scanned(lossdoctor, spiky)["runs"][0]["verdict"] == "spike_recovered"
    data = scanned(lossdoctor, spiky, "--ignore", "GN02,ST03")
    assert data["runs"][0]["verdict"] == "healthy"
    assert data["rules"]["ignore"] == ["GN02", "ST03"]
    assert "ST03" not in data["rules"]["asked"]
    (spiky / "lossdoctor.toml").write_text('ignore = ["loss_spike"]\n')
    assert scanned(lossdoctor, spiky)["runs"][0]["verdict"] == "healthy"
    # A flag replaces the file's list.
    assert scanned(lossdoctor, spiky, "--ignore", "GN02")["runs"][0]["verdict"] == "spike_recovered"


def test_a_threshold_in_the_file_is_in_force_and_recorded(lossdoctor: Cli, spiky: Path) -> None:
    (spiky / "lossdoctor.toml").write_text("[rules.ST03]\nheight_of_drop = 10\n")
    data = scanned(lossdoctor, spiky)
    assert "ST03" not in [finding["code"] for finding in data["runs"][0]["findings"]]
    assert data["rules"]["thresholds"]["loss_spike.height_of_drop"] == 10
    assert data["rules"]["changed"] == ["loss_spike.height_of_drop"]


def test_the_file_gives_defaults_to_flags(lossdoctor: Cli, spiky: Path) -> None:
    (spiky / "lossdoctor.toml").write_text('[scan]\nfail-on = "info"\nformat = "json"\n')
    done = lossdoctor("scan", spiky)
    assert done.code == 1
    assert json.loads(done.out)["schema"] == 1
    assert lossdoctor("scan", spiky, "--fail-on", "never").code == 0
    assert "verdict" in lossdoctor("scan", spiky, "--format", "text").out.splitlines()[0]


@pytest.mark.parametrize("command", [("scan",), ("config",), ("report", "-o", "out.pdf")])
def test_a_bad_file_exits_with_2_and_one_line(
    lossdoctor: Cli, spiky: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(spiky)
    (spiky / "lossdoctor.toml").write_text("[rules.ST03]\nnoise = 1000\n")
    done = lossdoctor(*command, spiky)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert "lossdoctor.toml, line 2: rules.ST03.noise must lie between 3 and 100" in done.err


def test_a_named_file_stands_in_for_the_project_s(lossdoctor: Cli, spiky: Path, tmp_path: Path) -> None:
    (spiky / "lossdoctor.toml").write_text("broken")
    other = tmp_path / "other.toml"
    other.write_text('ignore = ["ST"]\n')
    assert scanned(lossdoctor, spiky, "--config", other)["rules"]["ignore"] == ["ST"]
    assert lossdoctor("scan", spiky, "--config", tmp_path / "gone.toml").code == 2


def test_a_flag_that_names_no_rule_exits_with_2(lossdoctor: Cli, spiky: Path) -> None:
    done = lossdoctor("scan", spiky, "--select", "ST03,overfiting")
    assert done.code == 2
    assert done.err == "lossdoctor: --select: no rule is called 'overfiting'. Did you mean overfitting?\n"


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A table whose columns say nothing."""
    rows = [f"{i},{2.0 * 0.9**i + 0.1:.5f},{1.0 + 0.03 * max(i - 8, 0) + 1.2 * 0.6**i:.5f}" for i in range(60)]
    path = tmp_path / "odd" / "log.csv"
    path.parent.mkdir()
    path.write_text("\n".join(["step,alpha,beta", *rows]) + "\n")
    return path


def test_roles_by_flag_and_by_file(lossdoctor: Cli, odd: Path) -> None:
    assert scanned(lossdoctor, odd)["runs"][0]["verdict"] == "not_classifiable"
    run = scanned(lossdoctor, odd, "--train-loss", "^alpha$", "--val-loss", "beta")["runs"][0]
    assert (run["verdict"], run["roles"]) == ("overfitting", {"train_loss": "alpha", "val_loss": "beta"})
    (odd.parent / "lossdoctor.toml").write_text('[roles]\ntrain_loss = "alpha"\nval_loss = ["beta"]\n')
    assert scanned(lossdoctor, odd)["runs"][0]["verdict"] == "overfitting"


def test_a_role_that_finds_nothing_is_told_and_the_rest_goes_on(lossdoctor: Cli, odd: Path) -> None:
    done = lossdoctor("scan", odd, "--train-loss", "^gamma$")
    assert done.code == 0
    assert done.err == (
        "warning: --train-loss: no series has a tag that '^gamma$' finds, so the choice of train_loss changes nothing. "
        "There are: alpha, beta.\n"
    )
    bad = lossdoctor("scan", odd, "--train-loss", "(")
    assert bad.code == 2
    assert "is no regular expression" in bad.err


def test_columns_by_flag_and_by_file(lossdoctor: Cli, odd: Path) -> None:
    table = odd.with_name("wild.csv")
    table.write_text(odd.read_text().replace("step,alpha,beta", "when,L,V L"))
    odd.unlink()
    assert lossdoctor("scan", table).code == 3
    run = scanned(lossdoctor, table, "--map", "step=when,train_loss=L", "--map", "val_loss=V L")["runs"][0]
    assert (run["verdict"], run["roles"]) == ("overfitting", {"train_loss": "L", "val_loss": "V L"})
    assert run["format"] == "mapped_table"
    (odd.parent / "lossdoctor.toml").write_text('[map]\nstep = "when"\ntrain_loss = "L"\nval_loss = ["V L"]\n')
    assert scanned(lossdoctor, odd.parent)["runs"][0]["verdict"] == "overfitting"
    told = lossdoctor("scan", odd.parent, "--map", "step=now").err
    assert "warning: --map, " in told or "warning: --map" in told
    assert "no table has the columns" in told


@pytest.mark.parametrize("text", ["step", "stepp=x", "step=", "=x", "a=b,step=c"])
def test_a_map_that_says_nothing_exits_with_2(lossdoctor: Cli, odd: Path, text: str) -> None:
    done = lossdoctor("scan", odd, "--map", text)
    assert done.code == 2
    assert "does not say what a column means" in done.err


def test_a_line_pattern_by_flag(lossdoctor: Cli, tmp_path: Path) -> None:
    log = tmp_path / "own.log"
    log.write_text("".join(f"<{i}> L~{2.0 * 0.9**i + 0.1:.4f} V~{2.0 * 0.9**i + 0.2:.4f}\n" for i in range(40)))
    assert lossdoctor("scan", log).code == 3
    pattern = r"<(?P<step>\d+)> L~(?P<loss>\S+) V~(?P<val_loss>\S+)"
    run = scanned(lossdoctor, log, "--pattern", pattern)["runs"][0]
    assert run["roles"] == {"train_loss": "loss", "val_loss": "val_loss"}
    (tmp_path / "lossdoctor.toml").write_text(f"pattern = '{pattern}'\n")
    assert scanned(lossdoctor, tmp_path)["runs"][0]["format"] == "text_log"
    assert lossdoctor("scan", log, "--pattern", r"<(\d+)>").code == 2
    unfit = lossdoctor("scan", log, "--pattern", r"(?P<step>\d+)! (?P<loss>\d+)")
    assert "warning: --pattern: no text log has a line that" in unfit.err

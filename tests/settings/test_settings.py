"""Settings files: found upward, read with exact places, put in order, and refused with a sentence that helps."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossdoctor.errors import LossdoctorError, UsageError
from lossdoctor.rules.thresholds import rule_choice
from lossdoctor.runs import Role
from lossdoctor.settings.files import line_of, project_file, read_file, user_file_path
from lossdoctor.settings.in_force import Overrides, load
from lossdoctor.settings.options import BY_KEY, OPTIONS, ROLE_NAMES


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A folder of logs two levels below a project's root."""
    folder = tmp_path / "project" / "logs" / "runs"
    folder.mkdir(parents=True)
    return folder


def project(runs: Path, text: str, name: str = "lossdoctor.toml") -> Path:
    path = runs.parent.parent / name
    path.write_text(text, encoding="utf-8")
    return path


def own(text: str) -> Path:
    path = user_file_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_options_are_declared_once_and_sound() -> None:
    assert len(BY_KEY) == len(OPTIONS)
    assert set(ROLE_NAMES) == {str(role) for role in Role}
    for option in OPTIONS:
        assert option.trouble(option.default) is None
        assert option.help.endswith(".")
        assert option.title


def test_the_strongest_layer_wins_key_by_key(runs: Path) -> None:
    mine = own('select = ["GN"]\n[scan]\nfail-on = "low"\nformat = "json"\n[roles]\nlr = "rate"\nval_loss = "mine"\n')
    path = project(runs, 'ignore = "ST03"\n\n[scan]\nfail_on = "medium"\n[roles]\nval_loss = ["^v$", "^w$"]\n')
    settings = load([runs], Overrides({"scan.fail_on": "never"}))
    assert settings.files == (path, mine)
    told = {key: (entry.value, str(entry.origin)) for key, entry in settings.entries.items()}
    assert told["scan.fail_on"] == ("never", "--fail-on")
    assert told["ignore"] == (("ST03",), f"{path}, line 1")
    assert told["roles.val_loss"] == (("^v$", "^w$"), f"{path}, line 6")
    assert told["roles.lr"] == (("rate",), f"{mine}, line 6")
    assert told["scan.format"] == ("json", f"{mine}, line 4")
    assert told["select"][0] == ("GN",)
    assert told["pattern"] == ("", "default")


def test_the_nearest_file_is_taken_and_pyproject_counts_only_with_our_table(runs: Path) -> None:
    outer = project(runs, "select = []")
    (runs / "pyproject.toml").write_text("[tool.ruff]\n")
    assert project_file([runs]) == outer
    inner = runs.parent / "pyproject.toml"
    inner.write_text('[tool.lossdoctor]\nignore = ["ST"]\n[tool.lossdoctor.rules.ST03]\nnoise = 9\n')
    assert project_file([runs]) == inner
    assert project_file([runs / "one.csv", runs.parent / "two.csv"]) == inner
    settings = load([runs])
    assert str(settings.entries["ignore"].origin) == f"{inner}, line 2"
    assert str(settings.entries["rules.ST03.noise"].origin) == f"{inner}, line 4"


def test_a_broken_pyproject_without_our_table_is_none_of_our_business(runs: Path) -> None:
    (runs / "pyproject.toml").write_text("[[[")
    assert load([runs]).files == ()


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("[scan]\nfail-onn = 'low'", "line 2", "no setting called scan.fail-onn. Did you mean scan.fail_on?"),
        ("[scann]\nx = 1", "line 2", "no setting called scann.x."),
        ("[scann]", "line 1", "no setting called scann."),
        ("scan = 3", "line 1", "no setting called scan."),
        ("[scan]\nfail_on = 'big'", "line 2", "scan.fail_on must be one of info, low, medium, high, never, not 'big'."),
        ("[scan]\nfail_on = 3", "line 2", "must be one of"),
        ("select = [1]", "line 1", "must be a list of texts"),
        ("select = true", "line 1", "must be a list of texts"),
        ("[roles]\ntrain_loss = '('", "line 2", "is no regular expression"),
        ("[roles]\ntrain_losss = 'a'", "line 2", "Did you mean roles.train_loss?"),
        ("pattern = 3", "line 1", "must be a text"),
        ("select = ", "line 1", "is no valid TOML"),
        ("a" * 10, "line 1", "is no valid TOML"),
        ("[rules.ST33]\nnoise = 5", "line 2", "no rule is called 'ST33'. Did you mean ST"),
        ("[rules.ST03]\nnois = 5", "line 2", "has no threshold called 'nois'. Did you mean noise?"),
        ("[rules.ST03]\nnoise = 'a'", "line 2", "must be a number"),
        ("[rules.ST03]\nnoise = 1", "line 2", "must lie between 3 and 100, not at 1."),
        ("[rules.ST03]\nnoise = nan", "line 2", "must lie between"),
        ("[rules]\nST03 = 5", "line 2", "is no threshold of a rule"),
        ("x = 1\nignore = ['ZZ']", "line 1", "no setting called x."),
        ("\nignore = ['ZZ']", "line 2", "ignore: no rule is called 'ZZ'."),
    ],
)
def test_what_means_nothing_is_told_with_file_and_line(runs: Path, text: str, place: str, said: str) -> None:
    path = project(runs, text)
    with pytest.raises(UsageError) as caught:
        rule_choice(load([runs]))
    assert str(path) in caught.value.message
    assert place in caught.value.message
    assert said in str(caught.value)
    assert caught.value.hint


def test_bytes_that_are_no_text_and_a_file_that_is_gone(runs: Path) -> None:
    path = project(runs, "")
    path.write_bytes(b"select = ['\xff']")
    with pytest.raises(UsageError, match="no UTF-8"):
        load([runs])
    with pytest.raises(UsageError, match="cannot be read"):
        load([runs], Overrides(config=runs / "gone.toml"))


def test_thresholds_by_code_and_by_name_in_two_files(runs: Path) -> None:
    own("[rules.loss_spike]\nnoise = 11\ntail = 6\n")
    project(runs, "[rules.st03]\nnoise = 12\nheight-of-drop = 0.15\n")
    # The project's 12 stands over the user's 11; 0.15 is the default and no change.
    assert rule_choice(load([runs])).limits == (("loss_spike.noise", 12.0), ("loss_spike.tail", 6.0))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "lossdoctor.toml"
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        found = read_file(path, "project file")
    except LossdoctorError as error:
        told = str(error)
        assert str(path) in told
        assert told.endswith((".", "?"))
    else:
        assert set(found) <= set(BY_KEY) or all(key.startswith("rules.") for key in set(found) - set(BY_KEY))


def test_line_of_keys_in_tables_dotted_and_quoted() -> None:
    text = '# x\n[a]  # c\nb.c = 1\n"d e" = 2\n[a.f]\ng = {h = 1}\n'
    assert [line_of(text, place) for place in (("a", "b", "c"), ("a", "d e"), ("a", "f"), ("a", "f", "g", "h"))] == [
        3, 4, 5, 6,
    ]  # fmt: skip
    assert line_of(text, ("nowhere",)) == 0

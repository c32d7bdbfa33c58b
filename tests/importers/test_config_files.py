"""Configuration beside a run: read when it is plain, refused when it is a trap."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest

from lossdoctor.importers.config_files import BadConfigError, config_beside, flatten, parse_yaml


def test_files_are_flattened_and_the_closer_one_wins(tmp_path: Path) -> None:
    (tmp_path / "args.json").write_text('{"lr": 0.1, "betas": [0.9, 0.999], "model": {"name": "vit", "depth": 12}}')
    (tmp_path / "hparams.yaml").write_text("lr: 1e-3\namp: true\nnote: '1e-3'\nseed: 0x1F\nempty:\n")
    (tmp_path / "config.toml").write_text('[optim]\nname = "adam"\n')
    (tmp_path / ".hydra").mkdir()
    (tmp_path / ".hydra" / "config.yaml").write_text("data:\n  classes: 10\n")
    config, problems = config_beside(str(tmp_path))
    assert problems == ()
    assert config == {
        "lr": 1e-3, "betas": "[0.9, 0.999]", "model.name": "vit", "model.depth": 12, "amp": True, "note": "1e-3",
        "seed": "0x1F", "empty": None, "optim.name": "adam", "data.classes": 10,
    }  # fmt: skip


def test_wandb_style_values_are_unwrapped() -> None:
    text = "wandb_version: 1\n_wandb:\n  desc: null\n  value: {cli: 0.1}\nlr:\n  desc: null\n  value: 0.01\n"
    assert flatten(parse_yaml(text)) == {"lr": 0.01}


def test_scalars() -> None:
    parsed = parse_yaml("a: .nan\nb: -.inf\nc: ~\nd: 'true'\ne: False\nf: -3\ng: 1.\nh: 2024-01-01\ni: 007\nj: yes\n")
    assert isinstance(parsed, dict)
    assert math.isnan(parsed.pop("a"))
    assert parsed == {"b": -math.inf, "c": None, "d": "true", "e": False, "f": -3, "g": 1.0, "h": "2024-01-01",
                      "i": 7.0, "j": "yes"}  # fmt: skip


MERGE = "a0: &a0 {x: 1}\n" + "".join(f"a{i}: &a{i}\n  <<: [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 26))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("nested brackets", "a: " + "[" * 100_000),
        ("nested blocks", "".join(" " * i + "a:\n" for i in range(300))),
        ("merge keys", MERGE),
        ("self reference", "a: &a [*a]\n"),
        ("many keys", "".join(f"k{i}: {i}\n" for i in range(60_000))),
        ("no yaml", "a: [1, 2\nb: }\n"),
    ],
)
def test_traps_are_refused_quickly(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "hparams.yaml").write_text(text)
    started = time.monotonic()
    config, problems = config_beside(str(tmp_path))
    assert time.monotonic() - started < 20
    assert config == {}
    assert [problem.code for problem in problems] == ["bad_config"]


def test_python_tags_stay_text() -> None:
    assert parse_yaml("a: !!python/object/apply:os.system ['echo']\n") == {"a": ["echo"]}
    assert parse_yaml("a: !!python/name:os.system\n") == {"a": ""}


def test_large_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"a": "' + "x" * (1 << 20) + '"}')
    _, problems = config_beside(str(tmp_path))
    assert "1 MB" in problems[0].message


def test_deep_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("[" * 200_000)
    _, problems = config_beside(str(tmp_path))
    assert [problem.code for problem in problems] == ["bad_config"]


def test_other_documents_and_lists_are_no_configuration() -> None:
    assert flatten(parse_yaml("- 1\n- 2\n")) == {}
    assert flatten(parse_yaml("a: 1\n---\nb: 2\n")) == {"a": 1}
    assert flatten(parse_yaml("")) == {}
    with pytest.raises(BadConfigError, match="line 2"):
        parse_yaml("a: 1\n\tb: [\n")

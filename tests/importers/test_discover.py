"""What is found in a folder, what is passed over in silence, and what the user is told."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from lossdoctor.importers import Discovery, find_sources, read_source
from lossdoctor.importers.registry import IMPORTERS, importer
from lossdoctor.runs import ProblemLevel, Run
from tests.helpers import logs

CURVE = [1.0, 0.7, 0.5, 0.4, 0.35, 0.33]


def write(path: Path, text: str = "epoch,loss\n0,1.0\n1,0.5\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def runs_of(found: Discovery) -> dict[str, Run]:
    return {run.id: run for source in found.sources for run in read_source(source).runs}


def codes(found: Discovery) -> list[str]:
    return [problem.code for problem in found.problems]


def test_an_empty_folder_is_one_error(tmp_path: Path) -> None:
    found = find_sources(tmp_path)
    (problem,) = found.problems
    assert (problem.code, problem.level, found.files_seen) == ("no_logs", ProblemLevel.ERROR, 0)
    assert str(tmp_path) in problem.sentence()
    assert "TensorBoard" in problem.hint
    assert "CSV" in problem.hint


def test_a_folder_without_logs_says_how_much_was_looked_at(tmp_path: Path) -> None:
    write(tmp_path / "train.py", "import torch\n")
    write(tmp_path / "config.json", "{}")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "model.bin").write_bytes(bytes(range(256)) * 10)
    found = find_sources(tmp_path)
    assert codes(found) == ["no_logs"]
    assert "3" in found.problems[0].message or "4 files" in found.problems[0].message
    assert found.files_seen == 4


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n", "not_a_log", "PNG image"),
        ("train.py", b"import torch\n", "not_a_log", "Python source"),
        ("checkpoint.pt", b"PK\x03\x04zip", "not_a_log", "ZIP archive"),
        ("notes.txt", b"dear diary\n", "not_a_log", "text"),
        ("blob", b"\x01\x02\x00\x03" * 50, "not_a_log", "binary"),
        ("metrics.csv", b"epoch,loss\na,red\nb,blue\n", "no_numbers", "without a single number"),
        ("colours.csv", b"name,colour\na,red\nb,blue\n", "text_table", "without a single number"),
        ("numbers.csv", b"0.5\n0.4\n0.3\n0.2\n", "one_column", "single column"),
        ("titanic.csv", b"age,fare\n22,7.25\n38,71.3\n", "no_step_column", "no column counts steps"),
        ("empty.csv", b"", "empty", "empty"),
        ("m.monitor.csv", b'#{"t_start": 1.0, "env_id": "x"}\nr,l,t\n1.0,2,3\n', "sb3_monitor", "Stable-Baselines"),
        ("runs.csv", b'"Name","State","Notes","User","Tags","Created","Runtime","loss"\n"a","ok","","","","1","2","3"\n',
         "runs_table", "one row for each run"),
        ("events.out.tfevents.1", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "lfs_pointer", "LFS"),
        ("events.out.tfevents.2", b"just some text that is long enough\n", "not_event_file", "first bytes"),
    ],
)  # fmt: skip
def test_a_named_file_that_is_no_log_is_explained(
    tmp_path: Path, name: str, content: bytes, code: str, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = find_sources(path)
    (problem,) = found.problems
    assert (found.sources, problem.code, problem.level) == ((), code, ProblemLevel.ERROR)
    assert words in problem.message
    assert problem.hint
    assert name in problem.sentence()


def test_lfs_pointers_in_a_folder_are_told(tmp_path: Path) -> None:
    write(
        tmp_path / "a" / "events.out.tfevents.1", "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n"
    )
    write(tmp_path / "weights.safetensors.txt.md", "version https://git-lfs.github.com/spec/v1\n")
    found = find_sources(tmp_path)
    assert codes(found) == ["no_logs", "lfs_pointer"]
    assert "git lfs pull" in found.problems[1].hint


def test_an_empty_event_file_is_only_worth_a_note(tmp_path: Path) -> None:
    logs.event_file(tmp_path / "run", logs.curve("loss", CURVE))
    (tmp_path / "run" / "events.out.tfevents.2").write_bytes(b"")
    found = find_sources(tmp_path)
    assert list(runs_of(found)) == ["run"]
    assert [(p.code, p.level) for p in found.problems] == [("empty", ProblemLevel.INFO)]


def test_a_missing_path_and_its_hint(tmp_path: Path) -> None:
    found = find_sources(tmp_path / "nowhere")
    (problem,) = found.problems
    assert problem.level is ProblemLevel.ERROR
    assert "No such file" in problem.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tmp_path: Path) -> None:
    path = write(tmp_path / "log.csv")
    path.chmod(0)
    assert codes(find_sources(path)) == ["unreadable"]


def test_pipes_sockets_and_devices_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "events.out.tfevents.pipe")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "metrics.csv"))
        write(tmp_path / "ok.csv")
        found = find_sources(tmp_path)
        assert [source.id for source in found.sources] == ["ok.csv"]
    (problem,) = find_sources(tmp_path / "events.out.tfevents.pipe").problems
    assert (problem.code, problem.level) == ("not_a_file", ProblemLevel.ERROR)


def test_links_are_met_once_and_loops_end(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root / "a" / "log.csv")
    (root / "a" / "loop").symlink_to(root, target_is_directory=True)
    (root / "again.csv").symlink_to(root / "a" / "log.csv")
    (root / "dangling.csv").symlink_to(root / "nothing.csv")
    write(tmp_path / "outside" / "other.csv")
    (root / "out").symlink_to(tmp_path / "outside", target_is_directory=True)
    found = find_sources(root)
    assert [source.id for source in found.sources] == ["a/log.csv"]
    assert codes(found) == ["link_outside"]


def test_folders_that_hold_no_runs_are_skipped(tmp_path: Path) -> None:
    for folder in (".git", "node_modules", "__pycache__", "venv/lib/site-packages"):
        write(tmp_path / folder / "log.csv")
    write(tmp_path / ".hidden" / "log.csv")
    assert [source.id for source in find_sources(tmp_path).sources] == [".hidden/log.csv"]


def test_names_that_are_no_utf8_survive(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/r\xfcn.csv"
    with open(path, "wb") as file:
        file.write(b"epoch,loss\n0,1.0\n1,0.5\n")
    (source,) = find_sources(tmp_path).sources
    assert source.id == "r\\xfcn.csv"
    (run,) = read_source(source).runs
    run.id.encode()
    assert run.points == 2


def test_first_wall_time_decides_the_order(tmp_path: Path) -> None:
    for name, wall, values, first in (("a", 2e9, [0.3, 0.2], 2), ("b", 1e9, [1.0, 0.5], 0)):
        path = logs.event_file(tmp_path / "run", [], f"events.out.tfevents.{name}")
        path.write_bytes(b"".join(logs.curve("loss", values, first, wall)))
    run = runs_of(find_sources(tmp_path))["run"]
    assert run.series[0].steps.tolist() == [0, 1, 2, 3]
    assert run.problems == ()


def test_host_names_may_look_like_endings(tmp_path: Path) -> None:
    logs.event_file(tmp_path / "run", logs.curve("loss", CURVE), "events.out.tfevents.1700000000.n1.c")
    assert list(runs_of(find_sources(tmp_path))) == ["run"]


def test_keras_folders_are_one_run(tmp_path: Path) -> None:
    logs.event_file(tmp_path / "fit" / "train", logs.curve("epoch_loss", CURVE))
    logs.event_file(tmp_path / "fit" / "validation", logs.curve("epoch_loss", CURVE))
    (run,) = runs_of(find_sources(tmp_path)).values()
    assert (run.id, run.step_unit) == ("fit", "epoch")
    assert [series.tag for series in run.series] == ["train/epoch_loss", "validation/epoch_loss"]


def test_keras_folders_that_are_scanned_themselves(tmp_path: Path) -> None:
    logs.event_file(tmp_path / "fit" / "train", logs.curve("epoch_loss", CURVE))
    logs.event_file(tmp_path / "fit" / "val", logs.curve("epoch_loss", CURVE))
    assert list(runs_of(find_sources(tmp_path / "fit"))) == ["fit"]


def test_an_estimators_eval_folder_joins_its_run(tmp_path: Path) -> None:
    logs.event_file(tmp_path / "model", logs.curve("loss", CURVE))
    logs.event_file(tmp_path / "model" / "eval", logs.curve("loss", CURVE))
    (run,) = runs_of(find_sources(tmp_path)).values()
    assert [series.tag for series in run.series] == ["loss", "eval/loss"]


def test_separate_runs_below_one_folder_stay_separate(tmp_path: Path) -> None:
    for name in ("a", "b", "test"):
        logs.event_file(tmp_path / name, logs.curve("loss", CURVE))
    logs.event_file(tmp_path, logs.curve("loss", CURVE))
    assert list(runs_of(find_sources(tmp_path))) == sorted(["a", "b", "test", tmp_path.name])


def test_add_hparams_folders_become_configuration(tmp_path: Path) -> None:
    logs.event_file(tmp_path / "run", logs.curve("loss", CURVE))
    final = [logs.hparams_event({"lr": 0.01, "batch": 32.0, "opt": "adam", "amp": True}), logs.scalar(0, 0.3, "loss")]
    logs.event_file(tmp_path / "run" / "1795207937.123", final)
    (run,) = runs_of(find_sources(tmp_path)).values()
    assert dict(run.config) == {"lr": 0.01, "batch": 32, "opt": "adam", "amp": True}
    assert [(series.tag, len(series)) for series in run.series] == [("loss", 6), ("hparams/loss", 1)]
    assert run.problems == ()


def test_lightning_and_event_files_in_one_folder_have_different_ids(tmp_path: Path) -> None:
    folder = tmp_path / "lightning_logs" / "version_0"
    logs.event_file(folder, logs.curve("loss", CURVE))
    write(folder / "metrics.csv", "epoch,step,train_loss\n0,0,1.0\n0,1,0.5\n")
    assert list(runs_of(find_sources(tmp_path))) == [
        "lightning_logs/version_0",
        "lightning_logs/version_0/metrics.csv",
    ]


def test_one_event_file_by_name(tmp_path: Path) -> None:
    path = logs.event_file(tmp_path / "run", logs.curve("loss", CURVE))
    logs.event_file(tmp_path / "run", logs.curve("loss", CURVE), "events.out.tfevents.other")
    found = find_sources(path)
    (run,) = runs_of(found).values()
    assert (run.id, run.path, run.points) == ("run", str(path), len(CURVE))


def test_the_same_tree_gives_the_same_answer(tmp_path: Path) -> None:
    for name in "cab":
        write(tmp_path / name / "log.csv")
        logs.event_file(tmp_path / f"{name}1", logs.curve("loss", CURVE))
    first, second = find_sources(tmp_path), find_sources(tmp_path)
    assert first == second
    assert [source.id for source in first.sources] == sorted(source.id for source in first.sources)


def test_the_registry_describes_itself() -> None:
    names = [candidate.name for candidate in IMPORTERS]
    assert len(set(names)) == len(names)
    for candidate in IMPORTERS:
        assert importer(candidate.name) is candidate
        assert candidate.title
        assert candidate.patterns
        assert candidate.help.endswith(".")
        assert "\n" not in candidate.help


def test_configuration_of_a_folder_belongs_to_its_only_table(tmp_path: Path) -> None:
    write(tmp_path / "one" / "results.csv")
    write(tmp_path / "one" / "args.yaml", "lr0: 0.01\n")
    write(tmp_path / "two" / "a.csv")
    write(tmp_path / "two" / "b.csv")
    write(tmp_path / "two" / "args.yaml", "lr0: 0.01\n")
    found = runs_of(find_sources(tmp_path))
    assert dict(found["one/results.csv"].config) == {"lr0": 0.01}
    assert dict(found["two/a.csv"].config) == {}


def test_tables_that_are_no_logs_are_named_only_where_nothing_else_is_found(tmp_path: Path) -> None:
    write(tmp_path / "data" / "titanic.csv", "age,fare\n22,7.25\n38,71.3\n")
    assert codes(find_sources(tmp_path)) == ["no_logs", "no_step_column"]
    write(tmp_path / "log.csv")
    assert codes(find_sources(tmp_path)) == []
    write(tmp_path / "metrics.csv", "epoch,loss\nzero,one\n")
    assert codes(find_sources(tmp_path)) == ["no_numbers"]


def test_a_lone_train_folder_is_its_parents_run_unless_it_is_a_run_of_its_own(tmp_path: Path) -> None:
    logs.event_file(tmp_path / "fit" / "train", logs.curve("epoch_loss", CURVE))
    logs.event_file(tmp_path / "detect" / "train", logs.curve("train/box_loss", CURVE))
    (tmp_path / "detect" / "train" / "args.yaml").write_text("lr0: 0.01\n", encoding="utf-8")
    runs = runs_of(find_sources(tmp_path))
    assert sorted(runs) == ["detect/train", "fit"]
    assert [series.tag for series in runs["fit"].series] == ["train/epoch_loss"]

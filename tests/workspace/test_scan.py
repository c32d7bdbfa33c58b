"""A scan survives whatever one source does, and its result does not depend on order."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lossdoctor.diagnosis import Diagnosis
from lossdoctor.diagnosis.engine import conclude, examine
from lossdoctor.diagnosis.examination import Examination
from lossdoctor.errors import InputError, KnowledgeError
from lossdoctor.findings import Verdict
from lossdoctor.importers.base import ImportResult, Source
from lossdoctor.importers.reading import read_source
from lossdoctor.knowledge.neighbours import Sibling
from lossdoctor.progress import Cancelled
from lossdoctor.runs import Problem, ProblemLevel, Role, Run
from lossdoctor.workspace.results import DiagnosedRun
from lossdoctor.workspace.scan import scan

JOB = "lossdoctor.workspace.scan_job"
WORK = "lossdoctor.workspace.examined"


def write_log(path: Path, points: int = 60, rate: float = 0.1) -> Path:
    """A small falling loss as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [f"{step},{math.exp(-rate * step) + 0.1:.6f},{math.exp(-rate * step) + 0.12:.6f}" for step in range(points)]
    path.write_text("step,train_loss,val_loss\n" + "\n".join(rows) + "\n")
    return path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        write_log(tmp_path / "runs" / name / "log.csv")
    return tmp_path / "runs"


def summary(path: Path, *more: Path) -> list[tuple[str, str]]:
    return [(item.run.id, item.diagnosis.verdict) for item in scan([path, *more]).runs]


def test_every_run_is_found_and_counted(tree: Path) -> None:
    result = scan([tree])
    assert len(result.runs) == 3
    assert result.files == 3
    assert result.bytes == sum(path.stat().st_size for path in tree.rglob("*.csv"))
    assert result.points == 3 * 2 * 60
    assert result.roots == (str(tree),)
    assert [item.run.id for item in result.runs] == sorted(item.run.id for item in result.runs)


def test_the_order_of_paths_changes_nothing(tree: Path) -> None:
    write_log(tree.parent / "other" / "a" / "log.csv")
    other = tree.parent / "other"
    assert summary(tree, other) == summary(other, tree)
    assert len({run_id for run_id, _ in summary(tree, other)}) == 4


def test_a_source_reached_twice_counts_once(tree: Path) -> None:
    assert summary(tree, tree / "a", tree) == summary(tree)


def test_each_run_is_handed_over_when_it_is_diagnosed(tree: Path) -> None:
    seen: list[DiagnosedRun] = []
    result = scan([tree], on_run=seen.append)
    assert tuple(seen) == result.runs


def test_each_run_is_handed_over_early_with_its_verdict(tree: Path) -> None:
    early: list[DiagnosedRun] = []
    result = scan([tree], on_early=early.append)
    final = {item.run.id: item for item in result.runs}
    assert {item.run.id for item in early} == set(final)
    assert all(item.run is final[item.run.id].run for item in early)
    assert all(item.diagnosis.verdict is final[item.run.id].diagnosis.verdict for item in early)
    assert all(not item.diagnosis.causes for item in early)


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_last_word_on_a_run_holds_in_one_process_and_in_two(tree: Path, jobs: int) -> None:
    def amend(run: Run) -> Run:
        if not run.id.startswith("a"):
            return run
        return replace(run, roles=tuple(replace(role, role=Role.OTHER, primary=False) for role in run.roles))

    plain = {item.run.id: item for item in scan([tree]).runs}
    changed = {item.run.id: item for item in scan([tree], amend=amend, jobs=jobs).runs}
    for run_id, item in changed.items():
        if run_id.startswith("a"):
            assert all(role.role is Role.OTHER for role in item.run.roles)
            assert item.diagnosis.verdict is Verdict.NOT_CLASSIFIABLE
        else:
            assert item == plain[run_id]
    assert any(run_id.startswith("a") for run_id in changed)


def test_a_diagnosis_sees_the_runs_beside_it(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    siblings: dict[str, list[str]] = {}

    def spy(examined: Examination, others: tuple[Sibling, ...]) -> Diagnosis:
        siblings[examined.own.id] = [other.id for other in others]
        return conclude(examined, others)

    monkeypatch.setattr(f"{JOB}.conclude", spy)
    ids = [item.run.id for item in scan([tree]).runs]
    # a/log.csv, b/log.csv and c/log.csv: each file stands for its folder.
    assert siblings == dict.fromkeys(ids, ids)


def raising(error: BaseException, on: str) -> Callable[[Source], ImportResult]:
    def read(source: Source, *_: object) -> ImportResult:
        if f"/{on}/" in source.files[0]:
            raise error
        return read_source(source)

    return read


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ZeroDivisionError("x"), "internal_error"),
        (RecursionError("deep"), "internal_error"),
        (MemoryError(), "out_of_memory"),
        (PermissionError(13, "Permission denied"), "unreadable"),
        (InputError("b.csv is odd.", "Look at it."), "unreadable"),
    ],
)
def test_what_one_source_does_costs_that_source_only(
    tree: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    monkeypatch.setattr(f"{WORK}.read_source", raising(error, "b"))
    result = scan([tree])
    assert len(result.runs) == 2
    [problem] = [p for p in result.problems if p.level is ProblemLevel.ERROR]
    assert problem.code == code
    assert "/b" in problem.path
    assert problem.hint
    assert "\n" not in problem.sentence()
    assert "Traceback" not in problem.sentence()


def test_a_diagnosis_that_fails_costs_that_run_only(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_on_b(run: Run, **_: object) -> Examination:
        if "b" in run.id.split("/"):
            raise ValueError("odd")
        return examine(run)

    monkeypatch.setattr(f"{WORK}.examine", fail_on_b)
    result = scan([tree])
    assert len(result.runs) == 2
    assert [p.code for p in result.problems] == ["internal_error"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Cancelled()])
def test_the_user_can_stop_it(tree: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    monkeypatch.setattr(f"{WORK}.read_source", raising(error, "b"))
    with pytest.raises(type(error)):
        scan([tree])


def test_cancel_is_asked_between_sources_and_between_runs(tree: Path) -> None:
    for stop_at in range(1, 8):
        asked = 0

        def cancel(limit: int = stop_at) -> bool:
            nonlocal asked
            asked += 1
            return asked >= limit

        # One path, three sources, three runs: seven questions.
        with pytest.raises(Cancelled):
            scan([tree], cancel=cancel)
        assert asked == stop_at


def test_progress_rises_from_nothing_to_all(tree: Path) -> None:
    told: list[tuple[int, int]] = []
    scan([tree], progress=lambda done, total, what: told.append((done, total)))
    assert [done for done, _ in told] == [0, 1, 2, 3, 4, 5, 6, 6]
    assert {total for _, total in told} == {6}


def test_problems_are_listed_once_and_in_order(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(source: Source, *_: object) -> ImportResult:
        result = read_source(source)
        problem = Problem("odd", ProblemLevel.WARNING, source.path, "is odd.")
        [run] = result.runs
        with_problem = Run(
            run.id,
            run.path,
            run.name,
            run.format,
            run.series,
            run.roles,
            run.config,
            run.step_unit,
            (problem,),
            run.size_bytes,
        )
        return ImportResult((with_problem,), (problem,))

    monkeypatch.setattr(f"{WORK}.read_source", twice)
    problems = scan([tree]).problems
    assert [p.code for p in problems] == ["odd"] * 3
    assert [p.path for p in problems] == sorted(p.path for p in problems)


def test_nothing_to_read_is_a_problem_not_an_error(tmp_path: Path) -> None:
    result = scan([tmp_path, tmp_path / "missing"])
    assert result.runs == ()
    assert {p.level for p in result.problems} == {ProblemLevel.ERROR}
    assert len(result.problems) == 2


@pytest.mark.parametrize(
    "error", [KnowledgeError("data.toml is broken."), FileNotFoundError("not installed completely")]
)
def test_a_broken_installation_is_not_taken_for_a_broken_log(
    tree: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(run: Run, **_: object) -> object:
        raise error

    monkeypatch.setattr(f"{WORK}.examine", fail)
    with pytest.raises(type(error)):
        scan([tree])

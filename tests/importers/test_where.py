"""Which files a walk visits: patterns, depth, links."""

from __future__ import annotations

from pathlib import Path

import pytest

from lossdoctor.importers.walk import walk
from lossdoctor.importers.where import Where

FILES = ("a.csv", "old/a.csv", "old/deep/b.csv", "sweep/lr1/metrics.csv", "sweep/lr2/metrics.csv", "sweep/notes.txt")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in FILES:
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path / "root"


def visited(root: Path, where: Where) -> set[str]:
    return {Path(path).relative_to(root).as_posix() for path in walk(str(root), where).files}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Where(), set(FILES)),
        (Where(include=("*.csv",)), set(FILES) - {"sweep/notes.txt"}),
        (Where(include=("sweep",)), {name for name in FILES if name.startswith("sweep")}),
        (Where(include=("sweep/*/metrics.csv",)), {"sweep/lr1/metrics.csv", "sweep/lr2/metrics.csv"}),
        (Where(include=("**/metrics.csv",)), {"sweep/lr1/metrics.csv", "sweep/lr2/metrics.csv"}),
        (Where(include=("*/metrics.csv",)), set()),
        (Where(include=("old/**",)), {"old/a.csv", "old/deep/b.csv"}),
        (Where(include=("lr[12]",)), {"sweep/lr1/metrics.csv", "sweep/lr2/metrics.csv"}),
        (Where(include=("lr[!1]",)), {"sweep/lr2/metrics.csv"}),
        (Where(include=("lr?",), exclude=("lr2",)), {"sweep/lr1/metrics.csv"}),
        (Where(exclude=("old",)), {name for name in FILES if not name.startswith("old")}),
        (Where(exclude=("old/deep",)), set(FILES) - {"old/deep/b.csv"}),
        (Where(exclude=("a.csv",)), set(FILES) - {"a.csv", "old/a.csv"}),
        (Where(max_depth=0), {"a.csv"}),
        (Where(max_depth=1), {"a.csv", "old/a.csv", "sweep/notes.txt"}),
        (Where(include=("[",)), set()),
    ],
)
def test_patterns_and_depth(root: Path, where: Where, expected: set[str]) -> None:
    assert visited(root, where) == expected


def test_linked_folders_are_entered_on_demand_each_once(root: Path) -> None:
    outside = root.parent / "outside"
    (outside / "x").mkdir(parents=True)
    (outside / "x" / "c.csv").write_text("x")
    (outside / "back").symlink_to(root, target_is_directory=True)
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "1-link").symlink_to(outside, target_is_directory=True)
    (root / "2-link").symlink_to(outside, target_is_directory=True)
    (root / "inside").symlink_to(root / "old", target_is_directory=True)
    assert visited(root, Where()) == set(FILES)
    assert visited(root, Where(follow_links=True)) == {*FILES, "1-link/x/c.csv"}
    assert visited(root, Where(follow_links=True, exclude=("1-link",))) == {*FILES, "2-link/x/c.csv"}
    assert visited(root, Where(follow_links=True, max_depth=1)) == visited(root, Where(max_depth=1))
    assert not walk(str(root), Where(follow_links=True)).problems

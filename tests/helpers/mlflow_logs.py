"""Writes run folders of MLflow's file store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

RUN_ID = "0123456789abcdef0123456789abcdef"
START = 1_700_000_000_000


def metric(folder: Path, name: str, points: Iterable[tuple[int, float]]) -> Path:
    """Writes one metric, a second apart a point; returns its file."""
    path = folder / "metrics" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{START + 1000 * i} {value} {step}\n" for i, (step, value) in enumerate(points)))
    return path


def run(
    folder: Path,
    metrics: Mapping[str, Iterable[tuple[int, float]]],
    *,
    params: Mapping[str, object] | None = None,
    name: str = "quiet-owl-7",
    stage: str = "active",
) -> Path:
    """Writes a run folder with meta.yaml, tags, params and metrics; returns it."""
    for key, points in metrics.items():
        metric(folder, key, points)
    texts: dict[str, object] = {f"params/{key}": value for key, value in (params or {}).items()}
    texts |= {"tags/mlflow.runName": name, "tags/mlflow.source.type": "LOCAL", "tags/mlflow.note.content": "epoch 1"}
    for key, value in texts.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(value))
    (folder / "meta.yaml").write_text(
        f"artifact_uri: file:///runs/{folder.name}/artifacts\nend_time: null\nentry_point_name: ''\n"
        f"experiment_id: '0'\nlifecycle_stage: {stage}\nrun_id: {folder.name}\nrun_name: {name}\n"
        f"source_type: 4\nstart_time: {START}\nstatus: 3\ntags: []\n"
    )
    return folder

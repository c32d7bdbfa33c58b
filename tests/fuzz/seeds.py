"""Seeds for every target, written by our own writers and taken from the sample logs."""

from __future__ import annotations

import gzip
from pathlib import Path

from tests.helpers import logs, wandb_logs

SAMPLES = Path(__file__).parents[1] / "importers" / "samples"
_LARGEST = 20_000
_FOLDERS = {
    "csv": ("csv", "dvclive"), "table": ("csv", "tensorboard_csv", "wandb_chart"), "json_lines": ("json_lines",),
    "trainer_state": ("hf_trainer_state",), "history_json": ("history_json", "tensorboardx_scalars"),
    "tensorboard_json": ("tensorboard_json",), "text_log": ("text_log",), "mlflow": ("mlflow",),
    "wandb_csv": ("wandb_chart", "wandb_history"), "column_csv": ("column_csv",), "parquet": ("parquet",),
    "events": ("tensorboard",), "wandb": ("wandb_binary",),
}  # fmt: skip
_CONFIG = (
    b"lr: 0.1\nmodel: {width: 3, layers: [1, 2]}\n", b"lr:\n  desc: null\n  value: 0.1\n", b"a: &x [1]\nb: *x\n<<: {c: 1}\n",
    b'{"lr": 0.1, "a": {"b": [1, 2.5e-3, null, true]}}', b"--- !!python/object/apply:os.system ['x']\n",
)  # fmt: skip


def seeds(target: str) -> list[bytes]:
    """The seeds of a target, small ones first; never empty."""
    made = _made(target)
    for folder in _FOLDERS.get(target, ()):
        made += [path.read_bytes()[:_LARGEST] for path in sorted((SAMPLES / folder).rglob("*")) if path.is_file()]
    return sorted({seed for seed in made if seed}, key=lambda seed: (len(seed), seed))


def _made(target: str) -> list[bytes]:
    curve = logs.version() + b"".join(logs.curve("loss", [1.0, 0.5, 0.25]))
    tensor = logs.event(1, [logs.tensor_value("a", logs.tensor(1, logs.field(4, bytes(4))), "scalars")])
    if target == "events":
        return [
            curve,
            curve[:-5],
            logs.version() + logs.record(tensor),
            logs.version() + logs.hparams_event({"lr": 0.1}),
        ]
    if target == "event":
        return [
            tensor,
            logs.event(3, [logs.simple_value("loss", 0.5)]),
            logs.hparams_event({"lr": 0.1, "o": "x"})[12:-4],
        ]
    if target == "wandb":
        rows = [wandb_logs.history({"_step": step, "loss": 0.5}, step=step) for step in range(3)]
        return [wandb_logs.framed([wandb_logs.run_record("r", {"lr": 0.1}), *rows])]
    if target == "gzip":
        return [gzip.compress(b"step,loss\n0,1\n", mtime=0), gzip.compress(bytes(5000), mtime=0) * 2]
    return list(_CONFIG) if target == "config" else [b"step,loss\n0,1.0\n1,0.5\n"]

"""JSON Lines: one run a line, then one line for each problem that belongs to no run, then the summary."""

from __future__ import annotations

import json

from lossdoctor.workspace.gate import Gate
from lossdoctor.workspace.json_results import scan_to_dict
from lossdoctor.workspace.results import ScanResult


def to_jsonl(result: ScanResult, gate: Gate) -> str:
    """Every line is an object with its kind ("run", "problem" or "summary") and what `--format json` has of it."""
    data = scan_to_dict(result)
    lines: list[object] = [{"kind": "run", **run} for run in data["runs"]]
    lines += [{"kind": "problem", **problem} for problem in data["problems"]]
    lines.append({"kind": "summary", "schema": data["schema"], "lossdoctor": data["lossdoctor"], **data["summary"]})
    return "".join(json.dumps(line, allow_nan=False, ensure_ascii=True) + "\n" for line in lines)

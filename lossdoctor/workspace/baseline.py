"""Baseline: the findings that were there when somebody said "from here on nothing new", in a small JSON file.

It lives in the user's repository, so it is sorted and has one finding a line: two people's changes merge.
"""

from __future__ import annotations

import json
from pathlib import Path

from lossdoctor.errors import InputError
from lossdoctor.workspace.atomic_file import write_text
from lossdoctor.workspace.gate import findings
from lossdoctor.workspace.results import ScanResult

VERSION = 1


def read_baseline(path: Path) -> frozenset[tuple[str, str]]:
    """(run id, code) of every finding in the file.

    Raises:
        InputError: there is no such file, or it is no baseline.
    """
    hint = "Write one with --update-baseline."
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["lossdoctor_baseline"] != VERSION:
            raise ValueError(f"version {stored['lossdoctor_baseline']}")
        return frozenset((str(item["run"]), str(item["code"])) for item in stored["findings"])
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}.", hint) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{path}: is no baseline of lossdoctor.", hint) from error


def write_baseline(path: Path, result: ScanResult) -> int:
    """Writes every finding of a scan, whole or not at all, and returns their number.

    Raises:
        OutputError: the file cannot be written.
    """
    known = sorted({(item.run.id, finding.code) for item, finding in findings(result)})
    lines = ",\n".join("  " + json.dumps({"run": run, "code": code}) for run, code in known)
    write_text(path, f'{{"lossdoctor_baseline": {VERSION}, "findings": [\n{lines}\n]}}\n')
    return len(known)

"""Puts a damaged database out of the way without losing it."""

from __future__ import annotations

import os
from pathlib import Path


def set_aside(path: Path) -> Path:
    """Renames a damaged database (and its side files, which would be replayed into the new one) to a free `.bad` name."""
    number = 0
    while True:
        target = path.with_name(f"{path.name}.bad{number or ''}")
        if not target.exists():
            break
        number += 1
    os.replace(path, target)
    for ending in ("-wal", "-shm", "-journal"):
        side = path.with_name(path.name + ending)
        if side.exists():
            os.replace(side, target.with_name(target.name + ending))
    return target

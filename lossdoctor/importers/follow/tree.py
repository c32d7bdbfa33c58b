"""Notices when files come or go below a folder, by the times of its folders alone."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Collection

from lossdoctor.importers.discover import never_a_log
from lossdoctor.importers.files import HEAD_BYTES
from lossdoctor.importers.walk import walk
from lossdoctor.importers.where import EVERYWHERE, Where

# The clock of a file system is coarse: a folder that changed so many seconds ago may change again unnoticed.
_YOUNG = 2.0


class Tree:
    """A path as it was when it was last looked at: its folders and files.

    Args:
        root: a folder, or one file.
        where: which files below a folder to look at.
    """

    def __init__(self, root: str, where: Where = EVERYWHERE) -> None:
        watched, self._folders = [root], frozenset[str]()
        if os.path.isdir(root):
            found = walk(root, where)
            self._folders = frozenset(found.folders)
            watched = [*found.folders, *(path for path in found.files if not never_a_log(path))]
        self._state = {path: _state(path) for path in watched}
        self._looked = time.time()

    def without(self, followed: Collection[str]) -> Tree:
        """The tree without files that others keep an eye on."""
        for path in followed:
            self._state.pop(path, None)
        return self

    def changed(self) -> bool:
        """Whether anything came, went or, unless followed, grew so that it may be recognised now.

        Costs a stat of each folder and of each file that is not followed.
        """
        return any(_state(path) != state for path, state in self._state.items()) or self._young()

    def _young(self) -> bool:
        """Whether a folder had only just changed when it was looked at, and time has passed since."""
        newest = max((state[1] for path, state in self._state.items() if path in self._folders), default=0) / 1e9
        return self._looked - newest < _YOUNG <= time.time() - newest


def _state(path: str) -> tuple[int, int]:
    """What may not change: of a folder its time, of a file how much there is of what recognising looks at."""
    try:
        status = os.stat(path)
    except OSError:
        return -1, -1
    if stat.S_ISDIR(status.st_mode):
        return status.st_ino, status.st_mtime_ns
    return status.st_ino, min(status.st_size, HEAD_BYTES)

"""What the program's exit status means; scripts and CI jobs depend on these numbers."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit statuses.

    UNREADABLE wins over FINDINGS: a scan that could not read everything is no complete answer, and its findings are in
    the output all the same.
    """

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    UNREADABLE = 3
    DEFECT = 70  # EX_SOFTWARE of sysexits.h: lossdoctor itself failed
    INTERRUPTED = 130  # 128 + SIGINT, as shells report it

"""How much memory the processes of a scan may use: shares of a bound, and the limit that the system keeps.

The limit is on a process' own data (RLIMIT_DATA), which Linux keeps for mapped memory too; files that are mapped to be read
do not count. Where the system has no such limit, the number of processes is bounded only.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

# The process that scans holds what was found, some 60 kB a run, beside the program itself.
OWN_BYTES = 150_000_000
# A worker that has imported everything holds 60 MB; with less than this beside it hardly any log could be read.
LEAST_BYTES = 200_000_000
LEAST_BOUND = OWN_BYTES + LEAST_BYTES
_VARIABLE = "LOSSDOCTOR_WORKER_BYTES"
# Each thread of the linear algebra library takes a buffer of its own at its start; nothing here is worth a second one.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def affordable(jobs: int, bound: int) -> int:
    """How many of `jobs` processes fit under a bound in bytes (0: no bound), at least one."""
    return jobs if bound <= 0 else max(1, min(jobs, (bound - OWN_BYTES) // LEAST_BYTES))


def share(jobs: int, bound: int) -> int:
    """What each of `jobs` processes may use of a bound in bytes; 0, which is no bound, for 0."""
    return 0 if bound <= 0 else max((bound - OWN_BYTES) // jobs, LEAST_BYTES)


def environment(memory: int) -> dict[str, str]:
    """The environment of a worker that may use so many bytes; 0 for no bound."""
    return {**os.environ, **_ONE_THREAD, _VARIABLE: str(memory)}


def bound_from_environment() -> bool:
    """Sets this process' limit, as `environment` told it, and says whether there is one now."""
    memory = int(os.environ.get(_VARIABLE) or 0)
    if memory <= 0 or not sys.platform.startswith("linux"):
        return False
    import resource

    with suppress(ValueError, OSError):  # the system allows less already
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        return True
    return False

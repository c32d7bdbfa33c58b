"""Where the stand-alone build begins: the two commands, and the Python that the program starts its own processes with.

`sys.executable` is the program itself there. lossdoctor starts `sys.executable -m lossdoctor.workspace.worker` to read in
several processes, and `sys.executable -c ...` to try Qt; both work here as they do with an interpreter.
"""

from __future__ import annotations

import multiprocessing
import runpy
import sys
from pathlib import Path

_OWN = "lossdoctor."


def main() -> None:
    """Does what the name of the program and its arguments say; does not return."""
    multiprocessing.freeze_support()
    if len(sys.argv) > 2 and sys.argv[1] == "-m" and sys.argv[2].startswith(_OWN):
        name = sys.argv[2]
        del sys.argv[1:3]
        runpy.run_module(name, run_name="__main__", alter_sys=True)
        sys.exit()
    if len(sys.argv) > 2 and sys.argv[1] == "-c":
        code = sys.argv[2]
        del sys.argv[1:3]
        exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})
        sys.exit()
    from lossdoctor.cli.main import main as start
    from lossdoctor.cli.main import main_gui

    if Path(sys.argv[0]).stem == "lossdoctor-gui":
        main_gui()
    start()


if __name__ == "__main__":
    main()

"""Reads logs: finds the sources below a path, recognises each by content, and returns runs and problems.

Two functions are all that other packages use: `find_sources` (walks and sniffs, reads only heads of files) and
`read_source` (reads one source whole). May import `runs` and the bottom layer; knows nothing of rules or of showing.

The modules: `walk` lists files, `files` opens them safely, `discover` asks the importers of `registry` who knows a
file, `lookalikes` explains the others, `reading` turns what an importer found into a Run with `roles` and the
`config_files` beside it. Each format is one module (`csv_log`, `wandb_chart`, `hf_trainer_state`) or one package
(`tensorboard`). `follow` reads logs on while they are being written.
"""

from lossdoctor.importers.base import Discovery, ImportResult, Source
from lossdoctor.importers.discover import find_sources
from lossdoctor.importers.reading import read_source

__all__ = ["Discovery", "ImportResult", "Source", "find_sources", "read_source"]

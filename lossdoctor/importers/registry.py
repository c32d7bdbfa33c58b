"""The importers, in the order in which they are asked; `lossdoctor formats` and the file dialog read this list."""

from __future__ import annotations

from lossdoctor.errors import LossdoctorError
from lossdoctor.importers.base import FileHead, Importer, Match
from lossdoctor.importers.column_csv import ColumnCsvImporter
from lossdoctor.importers.csv_log import CsvImporter
from lossdoctor.importers.dvclive import DvcLiveImporter
from lossdoctor.importers.hf_trainer_state import TrainerStateImporter
from lossdoctor.importers.history_json import HistoryJsonImporter
from lossdoctor.importers.json_lines import JsonLinesImporter
from lossdoctor.importers.mapped_table import MappedTableImporter
from lossdoctor.importers.mlflow import MlflowImporter
from lossdoctor.importers.parquet import ParquetImporter
from lossdoctor.importers.tensorboard.importer import TensorBoardImporter
from lossdoctor.importers.tensorboard_csv import TensorBoardCsvImporter
from lossdoctor.importers.tensorboard_json import TensorBoardJsonImporter
from lossdoctor.importers.tensorboardx_scalars import TensorboardXScalarsImporter
from lossdoctor.importers.text_log import TextLogImporter
from lossdoctor.importers.wandb_binary.importer import WandbBinaryImporter
from lossdoctor.importers.wandb_chart import WandbChartImporter
from lossdoctor.importers.wandb_history import WandbHistoryImporter

IMPORTERS: tuple[Importer, ...] = (
    TensorBoardImporter(),
    TrainerStateImporter(),
    WandbChartImporter(),
    WandbBinaryImporter(),
    WandbHistoryImporter(),
    ParquetImporter(),
    TensorBoardCsvImporter(),
    TensorBoardJsonImporter(),
    TensorboardXScalarsImporter(),
    DvcLiveImporter(),
    MlflowImporter(),
    JsonLinesImporter(),
    HistoryJsonImporter(),
    CsvImporter(),
    ColumnCsvImporter(),
    TextLogImporter(),
)

# Claims no file by itself: `discover` asks it where the user explained columns.
_EXPLAINED: Importer = MappedTableImporter()


def importer(name: str) -> Importer:
    """The importer with this name.

    Raises:
        LossdoctorError: there is none; the message lists the names.
    """
    for candidate in (*IMPORTERS, _EXPLAINED):
        if candidate.name == name:
            return candidate
    known = ", ".join(candidate.name for candidate in IMPORTERS)
    raise LossdoctorError(f"No importer is called {name!r}.", f"Known formats: {known}.")


def recognise(head: FileHead) -> tuple[Importer, Match] | None:
    """The surest importer for a file, the earlier one of equals; None when no importer claims it."""
    claims = [(match, candidate) for candidate in IMPORTERS if (match := candidate.probe(head)) is not None]
    if not claims:
        return None
    match, candidate = max(claims, key=lambda claim: claim[0].confidence)
    return candidate, match


def titles() -> str:
    """All formats in one phrase: "TensorBoard event files, HF trainer_state.json, ..."."""
    return ", ".join(candidate.title for candidate in IMPORTERS)

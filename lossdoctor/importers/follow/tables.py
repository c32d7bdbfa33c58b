"""A table that grows."""

from __future__ import annotations

from lossdoctor.importers.base import ImportResult, Source
from lossdoctor.importers.csv_log import CsvImporter
from lossdoctor.importers.growing_table import GrowingTable


def table_result(source: Source, tails: list[GrowingTable], *, ended: bool) -> ImportResult:
    """The run of a table."""
    return CsvImporter().result(source, tails[0].table(ended=ended))

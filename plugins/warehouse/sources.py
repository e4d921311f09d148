"""The files of a drop: their path, their tables, their columns.

The list is the INSERT of include/sql/10_etl/09_source_table.sql, so that the warehouse, staging and the DAGs have one.
"""

import re
from dataclasses import dataclass
from pathlib import Path

SEED = Path(__file__).resolve().parents[2] / "include" / "sql" / "10_etl" / "09_source_table.sql"
_ROW = re.compile(r"\(\s*N'([^']+)',\s*N'([^']+)',\s*N'([^']+)'\s*\)")


@dataclass(frozen=True)
class SourceFile:
    """One file of a drop; ``table`` names its tables in bronze and silver, ``columns`` is its header row."""

    table: str
    path: str
    columns: tuple[str, ...]

    @property
    def landing_path(self) -> str:
        """Path of the file's copy, relative to the landing folder."""
        return self.path.removesuffix(".csv") + ".txt"


SOURCE_FILES = tuple(
    SourceFile(table, path, tuple(columns.split(",")))
    for table, path, columns in _ROW.findall(SEED.read_text(encoding="utf-8"))
)

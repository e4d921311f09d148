"""BULK INSERT on a plain DuckDB connection."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from local_sqlserver.compiler import ColumnInfo, Relation
from local_sqlserver.compiler.objects import create_sequence
from local_sqlserver.engine.bulk_insert import bulk_insert
from local_sqlserver.engine.parsed import ParsedStatements
from local_sqlserver.engine.transactions import Commits, Transactions
from local_sqlserver.errors import SqlError
from local_sqlserver.types import SqlType

DUCKDB_TYPES = {
    "bit": "UTINYINT",
    "tinyint": "UTINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "money": "DECIMAL(19, 4)",
    "smallmoney": "DECIMAL(10, 4)",
    "float": "DOUBLE",
    "real": "FLOAT",
    "date": "DATE",
    "time": "TIME",
    "datetime": "TIMESTAMP",
    "datetime2": "TIMESTAMP",
    "smalldatetime": "TIMESTAMP",
    "uniqueidentifier": "UUID",
    "varbinary": "BLOB",
}
Options = Mapping[str, str | int | None]


class Loading:
    """A table, a folder for files, and the reported messages."""

    def __init__(self, folder: Path) -> None:
        self.transactions = Transactions(duckdb.connect(), Commits(), ParsedStatements())
        self.connection = self.transactions.connection
        self.folder = folder
        self.reported: list[SqlError] = []

    def table(self, *columns: ColumnInfo | SqlType) -> Relation:
        """Create table t with columns c1, c2 … of the types given, or with the columns given."""
        described = tuple(
            column if isinstance(column, ColumnInfo) else ColumnInfo(f"c{number}", column)
            for number, column in enumerate(columns, start=1)
        )
        relation = Relation("memory.main.t", "U", "Db", "dbo", "t", described)
        for column in described:
            if column.identity is not None:
                self.connection.execute(create_sequence(relation, column.identity))
        definitions = ", ".join(self._definition(column) for column in described)
        self.connection.execute(f"CREATE TABLE t ({definitions})")
        return relation

    @staticmethod
    def _definition(column: ColumnInfo) -> str:
        if column.computed:
            return f'"{column.name}" AS ({column.computed})'
        declared = column.type
        if declared.name == "decimal":
            duckdb_type = f"DECIMAL({declared.precision}, {declared.scale})"
        else:
            duckdb_type = DUCKDB_TYPES.get(declared.name, "VARCHAR")
        return f'"{column.name}" {duckdb_type}'

    def file(self, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.folder / "file.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def load(
        self,
        relation: Relation,
        content: str | bytes,
        options: Options | None = None,
        **more: str | int | None,
    ) -> int:
        encoding = "utf-16" if more.get("DATAFILETYPE") == "widechar" else "utf-8"
        path = self.file(content, encoding)
        given = {"FIELDTERMINATOR": ",", **more} | dict(options or {})
        return bulk_insert(
            self.connection,
            relation,
            str(path),
            given,
            [self.folder],
            7,
            self.reported.append,
            self.default_value,
        )

    @staticmethod
    def default_value(column: ColumnInfo) -> Any:
        assert column.default is not None
        return column.default.strip("'")

    def rows(self) -> list[tuple[Any, ...]]:
        return self.connection.execute("FROM t").fetchall()

    def numbers(self) -> list[int]:
        return [error.number for error in self.reported]

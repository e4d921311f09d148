"""The kinds of T-SQL statements in include/sql, as the stand-in's parser reads them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch
from warehouse.deploy import SQL_DIR, split_batches

NAMES = {
    "AlterDatabase": "ALTER DATABASE … SET",
    "BeginTransaction": "BEGIN TRANSACTION",
    "Block": "BEGIN … END",
    "CommitTransaction": "COMMIT TRANSACTION",
    "CreateDatabase": "CREATE DATABASE",
    "CreateProcedure": "CREATE OR ALTER PROCEDURE",
    "CreateView": "CREATE OR ALTER VIEW",
    "Declare": "DECLARE",
    "ExecuteString": "EXEC (string)",
    "If": "IF … ELSE",
    "Print": "PRINT",
    "RollbackTransaction": "ROLLBACK TRANSACTION",
    "SetOption": "SET option",
    "SetVariable": "SET @variable",
    "Throw": "THROW",
    "TryCatch": "TRY … CATCH",
    "While": "WHILE",
}
IN_STRINGS = (
    *("BULK INSERT", "CREATE SCHEMA", "TRUNCATE TABLE", "CREATE CERTIFICATE", "ALTER CERTIFICATE", "DROP CERTIFICATE"),
    *("ADD SIGNATURE", "DROP SIGNATURE", "FROM OPENROWSET", "GRANT"),
)
"""What is run as dynamic SQL, each as the beginning of a string."""


def kinds() -> dict[str, list[str]]:
    """Return the kinds of statements, each with the folders of include/sql it stands in."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in sorted(SQL_DIR.rglob("*.sql")):
        text, folder = file.read_text(encoding="utf-8"), file.parent.name
        for batch in split_batches(text):
            for statement in statements(parse_batch(batch.sql).statements):
                found[name(statement)].add(folder)
        for kind in IN_STRINGS:
            if re.search(rf"N'{kind}\b", text):
                found[f"{kind} (dynamic)"].add(folder)
    return {kind: sorted(folders) for kind, folders in sorted(found.items())}


def statements(part: Any) -> Iterator[syntax.Statement]:
    """Return a statement and all within it."""
    if isinstance(part, Sequence) and not isinstance(part, str):
        for item in part:
            yield from statements(item)
    elif is_dataclass(part) and not isinstance(part, type):
        if isinstance(part, syntax.Statement):
            yield part
        for each in fields(part):
            yield from statements(getattr(part, each.name))


def name(statement: syntax.Statement) -> str:
    """Return what people call a statement's kind."""
    if isinstance(statement, syntax.SetBased):
        return {"WITH": "WITH … SELECT, INSERT", "CREATE UNIQUE": "CREATE UNIQUE INDEX"}.get(
            statement.verb, statement.verb
        )
    if isinstance(statement, syntax.Principal):
        return f"{statement.action} {statement.kind}"
    if isinstance(statement, syntax.Permission):
        return statement.action
    if isinstance(statement, syntax.Execute):
        return f"EXEC {statement.procedure[-1]}" if statement.procedure[-1].startswith("sp_") else "EXEC procedure"
    return NAMES[type(statement).__name__]

"""Deploys include/sql: every file in the order of folders and names, batch by batch.

    WAREHOUSE_ODBC='DRIVER=…;SERVER=…' python -m warehouse.deploy

The files are idempotent, so a repeated deployment applies changes. Files under 00_database run connected
to master, each statement by itself, because CREATE and ALTER DATABASE allow no transaction. All others run connected
to the database of the connection string, in one transaction: if one fails, the database keeps its procedures,
signatures and permissions.

The queries of 70_analysis are not deployed. Of 05_migrations the first file runs each time; the later ones run once in
a database, in the order of their numbers, and never in a new one. A batch that is a plain CREATE TABLE makes a
disposable table: it is dropped and made again if its definition has changed. The descriptions in the headers of the
files go into the server's catalog (warehouse.descriptions).
"""

import argparse
import hashlib
import logging
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyodbc

from warehouse import descriptions
from warehouse.connection import parse_connection_string, with_database
from warehouse.execution import WarehouseError, connect, run_batch

log = logging.getLogger(__name__)

SQL_DIR = Path(__file__).resolve().parents[2] / "include" / "sql"
DATABASE_FOLDER = "00_database"
MIGRATIONS_FOLDER = "05_migrations"
ANALYSIS_FOLDER = "70_analysis"
"""Queries to run, which make nothing (`make analysis`)."""

_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_CREATE_TABLE = re.compile(r"\s*CREATE TABLE (\w+\.\w+)\b")

DROP_IF_CHANGED = """
DECLARE @name NVARCHAR(261) = ?, @schema NVARCHAR(128) = ?, @table NVARCHAR(128) = ?, @sha256 NVARCHAR(64) = ?;
DECLARE @sql NVARCHAR(MAX) = CONCAT(N'DROP TABLE IF EXISTS ', @name, N';');
DECLARE @step NVARCHAR(255) = CONCAT(@schema, N'.load_', @table), @publish INT, @load INT;
IF NOT EXISTS (SELECT 1 FROM etl.table_definition WHERE table_name = @name AND sha256 = @sha256)
    BEGIN
        -- Not under a publish or a load of the table, which hold no lock on it between their statements.
        EXEC @publish = sp_getapplock N'etl.publish', N'Exclusive', N'Transaction', 60000;
        EXEC @load = sp_getapplock @step, N'Exclusive', N'Transaction', 60000;
        IF @publish < 0 OR @load < 0
            THROW 50013, N'A load uses a table that must be made again. Deploy again when it has ended.', 1;
        EXEC sp_executesql @sql;
        DELETE FROM etl.table_definition WHERE table_name = @name;
        INSERT INTO etl.table_definition (table_name, sha256) VALUES (@name, @sha256);
        -- Its rows are gone, so the batch that loaded it must load it again (etl.require_step).
        IF OBJECT_ID(N'etl.step', N'U') IS NOT NULL
            INSERT INTO etl.step (batch_id, step_name, status, ended_at)
            SELECT TOP (1) batch_id, step_name, N'interrupted', SYSUTCDATETIME()
            FROM etl.step
            WHERE step_name = @step AND status = N'succeeded'
            ORDER BY step_id DESC;
    END;
"""
"""Drops a disposable table whose definition differs from the one that made it."""


class DeployError(Exception):
    """A batch failed; the message names file and line, and states that nothing was deployed."""


@dataclass(frozen=True)
class Batch:
    """The text between two GO lines; ``line`` is the number of its first line that is not blank."""

    sql: str
    line: int


Scripts = dict[Path, list[Batch]]
"""File, relative to the folder of all → its batches."""


def split_batches(script: str) -> list[Batch]:
    """Split a script at lines that hold nothing but GO, as sqlcmd does.

    A GO inside a string, a quoted name or a comment does not count. Batches of blank lines are left out.
    """
    batches: list[Batch] = []
    start = 0
    for begin, end in [*_find_separators(script), (len(script), len(script))]:
        sql = script[start:begin]
        if sql.strip():
            blank = len(sql) - len(sql.lstrip())
            batches.append(Batch(sql.strip(), script.count("\n", 0, start + blank) + 1))
        start = end
    return batches


def _find_separators(script: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end position of each GO line, its line end included."""
    position = 0
    at_line_start = True
    while position < len(script):
        if at_line_start:
            end = script.find("\n", position)
            end = len(script) if end < 0 else end + 1
            if script[position:end].strip().upper() == "GO":
                yield position, end
                position = end
                continue
        after = _skip_token(script, position)
        at_line_start = script[after - 1] == "\n" and after == position + 1
        position = after


def _skip_token(script: str, position: int) -> int:
    """Return the position behind the string, quoted name, comment or single character at ``position``."""
    for opening, closing_mark in (("'", "'"), ('"', '"'), ("[", "]")):
        if script.startswith(opening, position):
            end = position + 1
            while (end := script.find(closing_mark, end)) >= 0:
                if not script.startswith(closing_mark, end + 1):
                    return end + 1
                end += 2  # doubled: part of the text
            return len(script)
    if script.startswith("--", position):
        end = script.find("\n", position)
        return len(script) if end < 0 else end  # the line end itself opens the next line
    if script.startswith("/*", position):
        return _skip_comment(script, position)
    return position + 1


def _skip_comment(script: str, position: int) -> int:
    """Return the position behind a block comment; they nest in T-SQL."""
    depth = 0
    while position < len(script):
        if script.startswith("/*", position):
            depth, position = depth + 1, position + 2
        elif script.startswith("*/", position):
            depth, position = depth - 1, position + 2
            if depth == 0:
                return position
        else:
            position += 1
    return len(script)


def deploy(connection_string: str, sql_dir: Path = SQL_DIR, *, existing_database: bool = False) -> int:
    """Run all files under ``sql_dir`` and return their number; raises DeployError at the first batch that fails.

    Loads that run meanwhile wait for the deployment, or it waits for them; in a deadlock it is the victim.
    With ``existing_database`` the files of 00_database are left out, and no connection to master is made.
    """
    database = [] if existing_database else deploy_database(connection_string, sql_dir)
    apart = (sql_dir / DATABASE_FOLDER, sql_dir / ANALYSIS_FOLDER)
    rest = [file for file in sorted(sql_dir.rglob("*.sql")) if not set(apart) & set(file.parents)]
    if not database + rest:
        raise DeployError(f"{sql_dir}: no .sql files")
    with _connected(connection_string) as cursor:
        run_batch(cursor, "SET DEADLOCK_PRIORITY LOW; BEGIN TRANSACTION;", (), log)
        try:
            migrations = [file for file in rest if file.parent == sql_dir / MIGRATIONS_FOLDER]
            _migrate(cursor, sql_dir, migrations)
            scripts = _read(sql_dir, [file for file in rest if file not in migrations])
            _drop_changed_tables(cursor, scripts)
            _run_scripts(cursor, scripts)
            _describe(cursor, [file.read_text(encoding="utf-8-sig") for file in rest])
            run_batch(cursor, "COMMIT TRANSACTION;", (), log)
        except (DeployError, WarehouseError) as error:
            text = f"{error}\nNothing was deployed: the database is as it was. Correct the file, then deploy again."
            raise DeployError(text) from error
    return len(database) + len(rest)


def deploy_database(connection_string: str, sql_dir: Path = SQL_DIR) -> list[Path]:
    """Run the files that create the database, and return them; raises DeployError at the first batch that fails."""
    files = sorted((sql_dir / DATABASE_FOLDER).rglob("*.sql"))
    if files:
        with _connected(with_database(connection_string, "master")) as cursor:
            _run_scripts(cursor, _read(sql_dir, files))
    return files


@contextmanager
def _connected(connection_string: str) -> Iterator[pyodbc.Cursor]:
    """Connect for the block, and wait for a starting server; a transaction open at the end is rolled back."""
    try:
        connection = connect(connection_string, log)
    except pyodbc.Error as error:
        parts = {key.lower(): value for key, value in parse_connection_string(connection_string).items()}
        where = f"database {parts.get('database')} on {parts.get('server', parts.get('dsn'))}"
        raise DeployError(f"cannot connect to {where}: {WarehouseError.from_odbc(error)}") from error
    with closing(connection), closing(connection.cursor()) as cursor:
        yield cursor


def _migrate(cursor: pyodbc.Cursor, sql_dir: Path, files: Sequence[Path]) -> None:
    """Run the first file, which makes the record of versions, and each later one that the database has not had."""
    if not files:
        return
    _run_scripts(cursor, _read(sql_dir, files[:1]))
    query = (
        "SELECT OBJECT_ID(N'etl.batch', N'U') AS batches, STRING_AGG(CAST(version AS NVARCHAR(MAX)), N' ') AS versions"
        " FROM etl.schema_version;"
    )
    row = run_batch(cursor, query, (), log) or {}
    applied = str(row.get("versions") or "").split()
    for file in files[1:]:
        version = int(file.name.partition("_")[0])
        if str(version) in applied:
            continue
        if row.get("batches") is not None:
            _run_scripts(cursor, _read(sql_dir, [file]))
        record = "INSERT INTO etl.schema_version (version, migration) VALUES (?, ?);"
        run_batch(cursor, record, (version, file.stem), log)


def _drop_changed_tables(cursor: pyodbc.Cursor, scripts: Scripts) -> None:
    """Drop the disposable tables whose definition has changed, before procedures are bound to their columns."""
    for batches in scripts.values():
        for batch in batches:
            name = _disposable_table(batch)
            if name:
                definition = " ".join(_COMMENT.sub("", batch.sql).split())
                digest = hashlib.sha256(definition.encode()).hexdigest()
                run_batch(cursor, DROP_IF_CHANGED, (name, *name.split("."), digest), log)


def _disposable_table(batch: Batch) -> str | None:
    """Return the table that a batch makes if it is a plain CREATE TABLE, as schema.table."""
    made = _CREATE_TABLE.match(_COMMENT.sub("", batch.sql))
    return made[1] if made else None


def _exists(cursor: pyodbc.Cursor, table: str) -> bool:
    row = run_batch(cursor, "SELECT OBJECT_ID(?, N'U') AS id;", (table,), log) or {}
    return row.get("id") is not None


def _read(sql_dir: Path, files: Sequence[Path]) -> Scripts:
    return {file.relative_to(sql_dir): split_batches(file.read_text(encoding="utf-8-sig")) for file in files}


def _run_scripts(cursor: pyodbc.Cursor, scripts: Scripts) -> None:
    for name, batches in scripts.items():
        log.info("%s", name)
        for batch in batches:
            try:
                table = _disposable_table(batch)
                if table is None or not _exists(cursor, table):
                    run_batch(cursor, batch.sql, (), log)
            except WarehouseError as error:
                line = batch.line + _line_of_error(cursor, batch) - 1
                raise DeployError(f"{name}, line {line}: {error}") from error


def _describe(cursor: pyodbc.Cursor, texts: Sequence[str]) -> None:
    """Write the descriptions in the headers of the files into the server's catalog."""
    rows = cursor.execute(descriptions.CATALOG).fetchall()
    names = [column[0] for column in cursor.description]
    catalog = [dict(zip(names, row, strict=True)) for row in rows]
    changes = descriptions.changes(descriptions.Descriptions(texts), catalog)
    if changes:
        run_batch(cursor, changes, (), log)


def _line_of_error(cursor: pyodbc.Cursor, batch: Batch) -> int:
    """Run a failed batch again in its transaction, and return the line of the error.

    The driver returns only the text of an error; ERROR_LINE() has the line. If the transaction cannot continue,
    nothing is run, and the first line of the batch is returned.
    """
    sql = (
        "IF XACT_STATE() = 1 BEGIN BEGIN TRY EXEC sp_executesql ?; END TRY"
        " BEGIN CATCH SELECT ERROR_LINE() AS error_line; END CATCH; END;"
    )
    try:
        row = run_batch(cursor, sql, (batch.sql,), log)
    except WarehouseError:
        return 1
    return int(str((row or {}).get("error_line", 1)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: deploys to the server that WAREHOUSE_ODBC names; returns 1 when a batch fails."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.deploy", description=__doc__.splitlines()[0])
    parser.add_argument("--sql-dir", type=Path, default=SQL_DIR, help="default: %(default)s")
    parser.add_argument(
        "--existing-database",
        action="store_true",
        help=f"leave out {DATABASE_FOLDER}: the database exists and is set up, as on Azure SQL",
    )
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    connection_string = os.environ.get("WAREHOUSE_ODBC", "")
    if not connection_string:
        print("WAREHOUSE_ODBC is not set: it names the server to deploy to, as its owner", file=sys.stderr)
        return 1
    try:
        count = deploy(connection_string, options.sql_dir, existing_database=options.existing_database)
    except DeployError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{count} files deployed")
    return 0


if __name__ == "__main__":
    sys.exit(main())

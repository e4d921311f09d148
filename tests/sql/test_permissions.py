"""Permissions: the loader calls the procedures of a load, the reader sees gold, the owner deploys."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing

import pyodbc
import pytest

from data.generate import BUSINESS_DATE
from tests.sql.callers import Caller, Callers
from tests.warehouse import ROOT, RUN_PREFIX, Server, Warehouse
from warehouse.deploy import SQL_DIR, deploy

PUBLIC = {
    "etl.open_batch",
    "etl.register_landing",
    "etl.reconcile",
    "etl.publish",
    "etl.accept_rejects",
    "etl.waive_checks",
    "etl.close_batch",
    "etl.load_day",
    "etl.retry_rejected",
    "etl.purge_history",
    "bronze.load_table",
    "silver.load_table",
}
"""The procedures that Airflow calls, and the one for a whole day."""

NOT_ALLOWED = {229, 1088}
"""The permission was denied; cannot find the object because it does not exist or you do not have permissions."""


@pytest.fixture(scope="module")
def loaded(callers: Callers, server: Server) -> Warehouse:
    """The warehouse that the owner has deployed and the loader has loaded."""
    deploy(callers.owner.odbc)
    as_loader = Warehouse(callers.loader.at(server))
    as_loader.load(ROOT / "data", BUSINESS_DATE, reject_limit=1)
    return Warehouse(server)


def names(warehouse: Warehouse, view: str) -> list[str]:
    rows = warehouse.execute(f"SELECT CONCAT(SCHEMA_NAME(schema_id), N'.', name) AS name FROM sys.{view} ORDER BY name")
    return [row["name"] for row in rows]


def test_the_loader_loads_a_day_and_the_reader_reads_it(loaded: Warehouse, callers: Callers) -> None:
    batches = callers.reader.run("SELECT run_id, business_date FROM gold.current_batch")
    assert [(row.run_id.startswith(RUN_PREFIX), row.business_date) for row in batches] == [(True, BUSINESS_DATE)]
    assert loaded.value("SELECT COUNT(*) FROM silver.sales") > 0


def test_the_loader_reaches_no_table_and_no_view(loaded: Warehouse, callers: Callers) -> None:
    tables = names(loaded, "tables")
    assert len(tables) > 15
    for table in tables:
        for sql in ("SELECT COUNT(*) FROM {}", "DELETE FROM {}", "TRUNCATE TABLE {}", "DROP TABLE {}"):
            refused = callers.loader.refusal(sql.format(table))
            assert refused in (*NOT_ALLOWED, 262, 3701), f"{sql.format(table)}: {refused}"
        column = loaded.value(
            "SELECT TOP (1) name FROM sys.columns WHERE object_id = OBJECT_ID(?) AND is_identity = 0", table
        )
        assert callers.loader.refusal(f"UPDATE {table} SET {column} = {column}") == 229
        assert callers.loader.refusal(f"INSERT INTO {table} ({column}) SELECT {column} FROM {table}") == 229
    for view in names(loaded, "views"):
        assert callers.loader.refusal(f"SELECT COUNT(*) FROM {view}") == 229, view


def test_the_loader_calls_the_procedures_of_a_load_alone(loaded: Warehouse, callers: Callers) -> None:
    procedures = set(names(loaded, "procedures"))
    assert procedures > PUBLIC
    for procedure in sorted(procedures):
        refused = callers.loader.refusal(f"EXEC {procedure}")
        # No arguments, so a permitted call fails with an error about them, or with the procedure's own error.
        assert (refused == 229) == (procedure not in PUBLIC), f"{procedure}: {refused}"


def test_the_loader_cannot_bulk_load_by_itself(loaded: Warehouse, callers: Callers, server: Server) -> None:
    # A file that the server may read, so that its path is no reason for a refusal.
    (server.landing / "own.txt").write_text("own\n", encoding="utf-16")
    rows = loaded.value("SELECT COUNT(*) FROM bronze.crm_cust_info")
    statement = f"BULK INSERT bronze.crm_cust_info FROM '{server.landing_at_server}/own.txt'"
    assert callers.loader.refusal(statement) == 229
    assert callers.reader.refusal(statement) in (229, 4834)
    assert loaded.value("SELECT COUNT(*) FROM bronze.crm_cust_info") == rows


def read(caller: Caller, path: str) -> tuple[list[str], str]:
    """Bulk load a file's lines into a table of the caller; returns the lines, and the server's error if it refuses."""
    with closing(pyodbc.connect(caller.odbc, autocommit=True)) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("CREATE TABLE #lines (line NVARCHAR(4000) COLLATE DATABASE_DEFAULT NULL)")
        said = ""
        try:
            cursor.execute(f"BULK INSERT #lines FROM '{path}' WITH (ROWTERMINATOR = '0x0A')")
        except pyodbc.Error as error:
            said = str(error)
        return [row.line for row in cursor.execute("SELECT line FROM #lines").fetchall()], said


def test_the_loader_bulk_loads_what_lies_in_the_landing_folder(callers: Callers, server: Server) -> None:
    (server.landing / "lines.txt").write_text("one\ntwo\n", encoding="utf-8")
    assert read(callers.loader, f"{server.landing_at_server}/lines.txt") == (["one", "two"], "")


@pytest.fixture
def link(server: Server) -> Iterator[str]:
    """The name of a link in the landing folder that leads out of it."""
    place = server.landing / "link.txt"
    place.symlink_to("/etc/passwd")
    yield place.name
    place.unlink()


@pytest.fixture
def beside(server: Server) -> Iterator[str]:
    """A file in a folder whose name begins with the landing folder's; a server in a container has none there."""
    folder = server.landing.with_name(f"{server.landing.name}-beside")
    folder.mkdir()
    (folder / "file.txt").write_text("line\n", encoding="utf-8")
    yield "-beside/file.txt"
    shutil.rmtree(folder)


def test_the_permission_to_bulk_load_ends_at_the_landing_folder(
    callers: Callers, server: Server, link: str, beside: str
) -> None:
    # CI runs this on SQL Server a second time, without a list of allowed paths.
    landing = server.landing_at_server
    for path in (
        "/etc/passwd",
        "/etc/../etc/passwd",
        f"{landing}/../etc/passwd",
        f"{landing}/{'../' * 20}etc/passwd",
        f"{landing}/{link}",
        f"{landing}{beside}",
        "/var/opt/mssql/mssql.conf",
        "/proc/self/environ",
    ):
        lines, said = read(callers.loader, path)
        assert lines == [], f"{path} was read"
        assert said, f"{path} was not refused"


def test_the_reader_sees_gold_and_nothing_else(loaded: Warehouse, callers: Callers) -> None:
    views = names(loaded, "views")
    assert len(views) > 10
    for view in views:
        expected = None if view.startswith("gold.") else 229
        assert callers.reader.refusal(f"SELECT TOP (1) * FROM {view}") == expected, view
    for table in names(loaded, "tables"):
        assert callers.reader.refusal(f"SELECT COUNT(*) FROM {table}") == 229, table
    (batch,) = callers.reader.run("SELECT status, is_history, withdrawn_at FROM gold.load_batches")
    assert tuple(batch) == ("succeeded", False, None)
    for procedure in names(loaded, "procedures"):
        assert callers.reader.refusal(f"EXEC {procedure}") == 229, procedure
    assert callers.reader.refusal("CREATE TABLE gold.mine (a INT)") == 262


def test_neither_may_define_or_grant(loaded: Warehouse, callers: Callers) -> None:
    for caller in (callers.loader, callers.reader):
        for sql in (
            "CREATE PROCEDURE etl.mine AS SELECT 1",
            "CREATE OR ALTER VIEW gold.current_batch AS SELECT 1 AS batch_id",
            "GRANT SELECT ON SCHEMA::silver TO public",
            "ALTER ROLE db_owner ADD MEMBER etl_loader",
            "CREATE CERTIFICATE mine ENCRYPTION BY PASSWORD = 'Aa1!aaaaaaaa' WITH SUBJECT = 'mine'",
        ):
            assert caller.refusal(sql) is not None, sql


def test_a_deployment_signs_altered_procedures_again(loaded: Warehouse, callers: Callers, server: Server) -> None:
    signed = "SELECT COUNT(*) FROM sys.crypt_properties AS s JOIN sys.certificates AS c ON c.thumbprint = s.thumbprint"
    assert loaded.value(signed) == 4
    key = "SELECT pvt_key_encryption_type_desc FROM sys.certificates WHERE name = N'load_signer'"
    assert loaded.value(key) == "NO_PRIVATE_KEY", "whoever owns the database could sign with the key"
    loaded.execute((SQL_DIR / "20_bronze" / "20_load_table.sql").read_text(encoding="utf-8").partition("\nGO")[0])
    assert loaded.value(signed) == 3
    as_loader = Warehouse(callers.loader.at(server))
    with pytest.raises(pyodbc.Error, match="1088"):
        as_loader.load(ROOT / "data", BUSINESS_DATE, reject_limit=1, replay=True)
    deploy(callers.owner.odbc)
    assert loaded.value(signed) == 4
    as_loader.load(ROOT / "data", BUSINESS_DATE, reject_limit=1, replay=True)


def test_only_the_owner_withdraws_a_day_and_may_bulk_load_for_it(
    loaded: Warehouse, callers: Callers, server: Server
) -> None:
    Warehouse(callers.loader.at(server)).load(ROOT / "data", BUSINESS_DATE, reject_limit=1, same_drop=True)
    shown = loaded.value("SELECT batch_id FROM gold.current_batch")
    for caller in (callers.loader, callers.reader):
        assert caller.refusal(f"EXEC etl.withdraw_batch {shown}, N'wrong'") == 229
    Warehouse(callers.owner.at(server)).execute("EXEC etl.withdraw_batch ?, N'wrong'", shown)
    again = loaded.value("SELECT run_id FROM gold.current_batch")
    assert again.startswith(f"withdrawal of batch {shown}: batch ")


def test_the_loader_accepts_rejects_and_deletes_old_history(
    loaded: Warehouse, callers: Callers, server: Server
) -> None:
    as_loader = Warehouse(callers.loader.at(server))
    (accepted,) = as_loader.execute("EXEC etl.accept_rejects 1, N'a.lee'")
    assert accepted["rejects_accepted"] > 0
    (deleted,) = as_loader.execute("EXEC etl.purge_history 400")
    assert deleted["batches"] == 0

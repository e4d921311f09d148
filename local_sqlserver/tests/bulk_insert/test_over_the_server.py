"""BULK INSERT from a client of the whole server."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyodbc
import pytest

from local_sqlserver.pytest_plugin import SqlServer


class Client:
    """A connection with a scratch table of its own and files for it."""

    def __init__(self, server: SqlServer, cursor: pyodbc.Cursor) -> None:
        self.cursor = cursor
        self.folder = server.bulk_folder / uuid.uuid4().hex
        self.folder.mkdir()

    def statement(self, content: str, options: str = "FIELDTERMINATOR = ','") -> str:
        """Write a file and return the BULK INSERT that loads it into #t."""
        return f"BULK INSERT #t FROM '{self.file('t.txt', content.encode())}' WITH ({options})"

    def file(self, name: str, content: bytes) -> str:
        """Write a file and return its path."""
        (self.folder / name).write_bytes(content)
        return str(self.folder / name)

    def run(self, batch: str) -> list[Any]:
        """Run a batch; return the rows of its last result set."""
        rows: list[Any] = []
        self.cursor.execute(batch)
        while True:
            if self.cursor.description:
                rows = [tuple(row) for row in self.cursor.fetchall()]
            if not self.cursor.nextset():
                return rows


@pytest.fixture
def client(sqlserver: SqlServer) -> Iterator[Client]:
    with closing(pyodbc.connect(sqlserver.odbc(), autocommit=True)) as connection:
        yield Client(sqlserver, connection.cursor())


def test_rows_arrive_with_identities_and_defaults(client: Client) -> None:
    client.run(
        "CREATE TABLE #t (id INT IDENTITY(5, 5), name NVARCHAR(10), born DATE, "
        "status NVARCHAR(10) DEFAULT N'new', price DECIMAL(9, 2), good BIT, at DATETIME2(0))"
    )
    load = client.statement(
        "9,Zoë,2020-02-29,,1.005,1,2024-01-02 03:04:05\n,,,old,,,\n", "FIELDTERMINATOR = ',', TABLOCK"
    )
    counted = client.run(f"{load}; SELECT @@ROWCOUNT")
    rows = client.run("SELECT id, name, CAST(born AS NVARCHAR(10)), status, price, good FROM #t ORDER BY id")
    assert counted == [(2,)]
    assert [tuple(str(value) for value in row) for row in rows] == [
        ("5", "Zoë", "2020-02-29", "new", "1.01", "True"),
        ("10", "None", "None", "old", "None", "None"),
    ]


def test_bad_rows_are_errors_to_the_client_and_the_rest_is_loaded(client: Client) -> None:
    client.run("CREATE TABLE #t (id INT, name NVARCHAR(10))")
    with pytest.raises(pyodbc.Error, match="row 2, column 1") as error:
        client.run(client.statement("1,a\nx,b\n3,c\n"))
    assert "(4864)" in str(error.value)
    assert client.run("SELECT id FROM #t ORDER BY id") == [(1,), (3,)]


def test_bad_rows_within_a_try_are_skipped_silently(client: Client) -> None:
    client.run("CREATE TABLE #t (id INT, name NVARCHAR(10))")
    load = client.statement("1,a\nx,b\n")
    outcome = f"BEGIN TRY {load}; SELECT N'loaded' END TRY BEGIN CATCH SELECT ERROR_MESSAGE() END CATCH"
    assert client.run(outcome) == [("loaded",)]


def test_too_many_bad_rows_reach_catch_as_7330_and_leave_nothing(client: Client) -> None:
    client.run("CREATE TABLE #t (id INT, name NVARCHAR(10))")
    load = client.statement("1,a\nx,b\n", "FIELDTERMINATOR = ',', MAXERRORS = 0")
    outcome = f"BEGIN TRY {load} END TRY BEGIN CATCH SELECT ERROR_NUMBER(), (SELECT COUNT(*) FROM #t) END CATCH"
    assert client.run(outcome) == [(7330, 0)]


def test_a_failed_load_rolls_an_open_transaction_back(client: Client) -> None:
    client.run("CREATE TABLE #t (id INT, name NVARCHAR(10))")
    load = client.statement("1,a\n2", "FIELDTERMINATOR = ','")
    outcome = (
        "BEGIN TRANSACTION; INSERT INTO #t VALUES (9, N'kept?'); "
        f"BEGIN TRY {load} END TRY BEGIN CATCH SELECT ERROR_NUMBER(), XACT_STATE(); ROLLBACK END CATCH"
    )
    assert client.run(outcome) == [(7330, -1)]
    assert client.run("SELECT COUNT(*) FROM #t") == [(0,)]


def test_an_absent_file_is_4860(client: Client) -> None:
    client.run("CREATE TABLE #t (id INT)")
    absent = Path("no_such_file.txt")
    with pytest.raises(pyodbc.Error, match=r'The file "no_such_file.txt" does not exist .* \(4860\)'):
        client.run(f"BULK INSERT #t FROM '{absent}'")


def test_openrowset_reads_a_file_as_one_value(client: Client) -> None:
    path = client.file("odd [1]*?.bin", b"\xff\x00abc")
    read = f"SELECT f.BulkColumn, HASHBYTES('SHA2_256', f.BulkColumn) FROM OPENROWSET(BULK N'{path}', SINGLE_BLOB) AS f"
    assert client.run(read) == [(b"\xff\x00abc", hashlib.sha256(b"\xff\x00abc").digest())]
    client.file("odd [1]*?.bin", b"changed")
    assert client.run(read)[0][0] == b"changed"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT HASHBYTES('{algorithm}', f.BulkColumn) FROM {file} AS f",
        "SELECT HASHBYTES('{algorithm}', BulkColumn) FROM {file} AS f",
        "SELECT HASHBYTES('{algorithm}', f.x) FROM {file} AS f(x)",
        "SELECT HASHBYTES('{algorithm}', CONVERT(VARBINARY(MAX), f.BulkColumn)) FROM {file} AS f",
        "SELECT HASHBYTES('{algorithm}', d.BulkColumn) FROM (SELECT * FROM {file} AS f) AS d",
        "WITH d AS (SELECT f.BulkColumn AS x FROM {file} AS f) SELECT HASHBYTES('{algorithm}', x) FROM d",
        "SELECT HASHBYTES('{algorithm}', f.BulkColumn) FROM {file} AS f GROUP BY f.BulkColumn",
        "SELECT MAX(HASHBYTES('{algorithm}', f.BulkColumn)) FROM {file} AS f",
        "SELECT (SELECT HASHBYTES('{algorithm}', f.BulkColumn)) FROM {file} AS f WHERE DATALENGTH(f.BulkColumn) = 5",
        "SELECT HASHBYTES('{algorithm}', f.BulkColumn) FROM {file} AS f JOIN {file} AS g ON 1 = 1",
    ],
)
@pytest.mark.parametrize(("algorithm", "name"), [("SHA2_256", "sha256"), ("SHA2_512", "sha512"), ("MD5", "md5")])
def test_a_file_is_hashed_as_its_bytes_are(client: Client, query: str, algorithm: str, name: str) -> None:
    file = f"OPENROWSET(BULK N'{client.file('odd [1]*?.bin', bytes([255, 0, 97, 98, 99]))}', SINGLE_BLOB)"
    found = client.run(query.format(algorithm=algorithm, file=file))
    assert found == [(hashlib.new(name, bytes([255, 0, 97, 98, 99])).digest(),)]


def test_the_hash_of_a_file_that_no_row_joins_is_null(client: Client) -> None:
    file = f"OPENROWSET(BULK N'{client.file('t.bin', b'x')}', SINGLE_BLOB)"
    query = (
        f"SELECT HASHBYTES('SHA2_256', f.BulkColumn), f.* FROM (VALUES (1)) AS v(i) LEFT JOIN {file} AS f ON v.i = 2"
    )
    assert client.run(query) == [(None, None)]


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("BULK N'{folder}/missing.txt', SINGLE_BLOB", 4860),
        ("BULK N'/etc/passwd', SINGLE_BLOB", 4861),
        ("BULK N'blob.txt', DATA_SOURCE = 'landing', SINGLE_BLOB", 12703),
        ("BULK N'{folder}/t.txt', SINGLE_CLOB", 40510),
        ("BULK N'{folder}/t.txt', FORMATFILE = 'f.xml'", 40510),
        ("'MSOLEDBSQL', 'Server=x', 'SELECT 1'", 40510),
    ],
)
def test_openrowset_refuses_unreadable_files(client: Client, source: str, number: int) -> None:
    client.file("t.txt", b"x")
    with pytest.raises(pyodbc.Error, match=rf"\({number}\)"):
        client.run(f"SELECT 1 FROM OPENROWSET({source.format(folder=client.folder)}) AS f")


def test_a_view_over_a_file_is_refused(client: Client) -> None:
    path = client.file("t.txt", b"x")
    with pytest.raises(pyodbc.Error, match=r"in a view.*\(40510\)"):
        client.run(
            f"CREATE VIEW dbo.file_of_mine AS SELECT f.BulkColumn FROM OPENROWSET(BULK '{path}', SINGLE_BLOB) AS f"
        )


def test_openrowset_checks_the_permission_to_bulk_load_at_each_run(client: Client, sqlserver: SqlServer) -> None:
    read = f"SELECT f.BulkColumn FROM OPENROWSET(BULK N'{client.file('t.txt', b'x')}', SINGLE_BLOB) AS f"
    name = f"reader_{uuid.uuid4().hex}"
    client.run(f"CREATE LOGIN {name} WITH PASSWORD = 'Reader_1'")
    odbc = sqlserver.odbc(UID=name, PWD="Reader_1")
    try:
        with closing(pyodbc.connect(odbc, autocommit=True)) as connection:
            for allowed in (False, True, False):
                client.run(f"{'GRANT' if allowed else 'REVOKE'} ADMINISTER BULK OPERATIONS TO {name}")
                if allowed:
                    assert connection.execute(read).fetchval() == b"x"
                else:
                    with pytest.raises(pyodbc.Error, match=r"\(4834\)"):
                        connection.execute(read)
    finally:
        client.run(f"DROP LOGIN {name}")

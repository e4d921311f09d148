"""Collations of columns: equality in keys, groups, joins and set operations, and conflicts of collations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from local_sqlserver import collation
from tests.engine.conftest import Client, Connect, start

BIN2 = "COLLATE Latin1_General_100_BIN2"
SPELLINGS = "(N'ß'), (N'SS'), (N'é'), (N'e' + NCHAR(769)), (N'É'), (N'a' + NCHAR(8203)), (N'A'), (N'😀'), (N'😁')"
"""Nine texts, of which the database's collation takes five for different, and capitals by code point eight."""


@pytest.fixture
def texts(sql: Client) -> Client:
    sql.good(
        f"CREATE TABLE own (k NVARCHAR(10) NOT NULL); INSERT own VALUES {SPELLINGS}",
        f"CREATE TABLE bin (k NVARCHAR(10) {BIN2} NOT NULL); INSERT bin VALUES {SPELLINGS}",
    )
    return sql


@pytest.mark.parametrize(
    ("query", "own", "binary"),
    [
        ("SELECT COUNT(DISTINCT k) FROM {t}", 5, 9),
        ("SELECT COUNT(*) FROM (SELECT DISTINCT k FROM {t}) AS d", 5, 9),
        ("SELECT COUNT(*) FROM (SELECT k FROM {t} GROUP BY k) AS d", 5, 9),
        ("SELECT COUNT(*) FROM (SELECT k FROM {t} UNION SELECT k FROM {t}) AS d", 5, 9),
        ("SELECT COUNT(*) FROM (SELECT k FROM {t} EXCEPT SELECT N'ss') AS d", 4, 9),
        ("SELECT COUNT(*) FROM (SELECT k FROM {t} INTERSECT SELECT N'ss') AS d", 1, 0),
        ("SELECT MAX(n) FROM (SELECT ROW_NUMBER() OVER (PARTITION BY k ORDER BY k) AS n FROM {t}) AS d", 3, 1),
        ("SELECT MAX(n) FROM (SELECT DENSE_RANK() OVER (ORDER BY k) AS n FROM {t}) AS d", 5, 9),
        ("SELECT COUNT(*) FROM {t} AS x JOIN {t} AS y ON x.k = y.k", 19, 9),
        ("SELECT COUNT(*) FROM {t} WHERE k IN (SELECT N'ss')", 2, 0),
        ("SELECT COUNT(*) FROM {t} WHERE k IN (N'ss', N'a')", 4, 0),
        ("SELECT COUNT(*) FROM {t} JOIN (VALUES (N'ss'), (N'😀')) AS v(x) ON k = x", 3, 1),
        ("SELECT COUNT(*) FROM {t} JOIN STRING_SPLIT(N'ss,😀', N',') AS v ON k = v.value", 3, 1),
        ("SELECT COUNT(*) FROM {t} WHERE EXISTS (SELECT 1 FROM {t} AS y WHERE y.k = {t}.k AND y.k = N'ss')", 2, 0),
        ("DECLARE @x NVARCHAR(10) = N'ss'; SELECT COUNT(*) FROM {t} WHERE k = @x", 2, 0),
        ("SELECT COUNT(*) FROM {t} WHERE k LIKE N'%s%'", 2, 0),
        ("SELECT COUNT(*) FROM {t} WHERE UPPER(k) = N'ß'", 2, 1),
        ("SELECT COUNT(*) FROM {t} WHERE UPPER(TRIM(k)) + N'' = N'É'", 3, 2),
        ("SELECT COUNT(*) FROM {t} WHERE CASE WHEN 1 = 1 THEN k ELSE N'x' END = N'ss'", 2, 0),
        ("SELECT COUNT(*) FROM {t} WHERE COALESCE(NULLIF(k, N'q'), N'x') = N'ss'", 2, 0),
        ("SELECT COUNT(*) FROM (SELECT k AS renamed FROM {t}) AS d WHERE renamed = N'ss'", 2, 0),
        ("WITH c AS (SELECT k FROM {t}) SELECT COUNT(*) FROM c WHERE k = N'ss'", 2, 0),
        ("DROP TABLE IF EXISTS #c; SELECT k INTO #c FROM {t}; SELECT COUNT(*) FROM #c WHERE k = N'ss'", 2, 0),
        ("SELECT COUNT(*) FROM {t} WHERE k COLLATE Latin1_General_100_CI_AS_KS_WS_SC = N'ss'", 2, 2),
        ("SELECT COUNT(*) FROM {t} WHERE k = N'ss' COLLATE Latin1_General_100_BIN2", 0, 0),
    ],
)
def test_a_column_compares_by_its_collation(texts: Client, query: str, own: int, binary: int) -> None:
    found = [texts(query.format(t=table)).value for table in ("own", "bin")]
    assert found == [own, binary]


def test_a_view_passes_the_collations_of_its_columns_on(texts: Client) -> None:
    texts.good(f"CREATE VIEW v AS SELECT bin.k, N'x' {BIN2} AS given, N'x' AS plain FROM bin")
    assert texts("SELECT COUNT(*) FROM v WHERE k = N'ss'").value == 0
    assert texts("SELECT COUNT(*) FROM v WHERE given = N'X'").value == 0
    assert texts("SELECT COUNT(*) FROM v WHERE plain = N'X'").value == 9
    names = texts("SELECT collation_name FROM sys.columns WHERE object_id = OBJECT_ID(N'v') ORDER BY column_id").rows
    assert names == [("Latin1_General_100_BIN2",)] * 2 + [("Latin1_General_100_CI_AS_KS_WS_SC",)]


@pytest.mark.parametrize("kind", ["PRIMARY KEY", "UNIQUE"])
@pytest.mark.parametrize(
    ("collate", "first", "second", "number"),
    [
        ("", "ß", "SS", 2627),
        ("", "é", "E\u0301", 2627),
        ("", "a\u200b", "a", 2627),
        ("", "a", "A ", 2627),
        ("", "ａ", "a", None),
        ("", "😀", "😁", None),
        ("", "あ", "ア", None),
        (BIN2, "a", "a ", 2627),
        (BIN2, "ß", "ss", None),
        (BIN2, "a", "A", None),
        (BIN2, "é", "e\u0301", None),
        (BIN2, "a", "a\u200b", None),
        ("COLLATE Latin1_General_100_CI_AI", "é", "E", 2627),
        ("COLLATE Latin1_General_100_CS_AS", "ß", "ss", 2627),
        ("COLLATE Latin1_General_100_CS_AS", "a", "A", None),
    ],
)
def test_a_unique_key_compares_by_its_collation(
    sql: Client, kind: str, collate: str, first: str, second: str, number: int | None
) -> None:
    sql.good(f"CREATE TABLE t (k NVARCHAR(10) {collate} NOT NULL CONSTRAINT u {kind})", f"INSERT t VALUES (N'{first}')")
    assert sql(f"INSERT t VALUES (N'{second}')").numbers[:1] == ([] if number is None else [number])


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("SELECT 1 FROM own JOIN bin ON own.k = bin.k", 468),
        ("SELECT 1 FROM own JOIN bin ON own.k < bin.k", 468),
        ("SELECT 1 FROM own JOIN bin ON own.k LIKE bin.k", 468),
        ("SELECT 1 FROM own WHERE k IN (SELECT k FROM bin)", 468),
        ("SELECT 1 FROM own, bin WHERE own.k IN (N'a', bin.k)", 468),
        ("SELECT 1 FROM own, bin WHERE CASE own.k WHEN bin.k THEN 1 END = 1", 468),
        ("SELECT 1 FROM own, bin WHERE own.k BETWEEN N'a' AND bin.k", 468),
        ("SELECT 1 FROM own, bin WHERE NULLIF(own.k, bin.k) IS NULL", 468),
        ("SELECT 1 FROM own, bin WHERE own.k + bin.k = N'a'", 468),
        ("SELECT 1 FROM own, bin WHERE COALESCE(own.k, bin.k) = N'a'", 446),
        ("SELECT 1 FROM own, bin WHERE REPLACE(own.k, bin.k, N'') = N'a'", 468),
        ("SELECT 1 FROM own, bin WHERE CHARINDEX(own.k, bin.k) = 1", 468),
        ("SELECT k FROM own UNION SELECT k FROM bin", 468),
        ("SELECT k FROM own EXCEPT SELECT k FROM bin", 468),
        ("SELECT 1 FROM own WHERE EXISTS (SELECT 1 FROM bin WHERE bin.k = own.k)", 468),
        ("SELECT k INTO #copy FROM bin; SELECT 1 FROM own JOIN #copy AS c ON own.k = c.k", 468),
        ("SELECT own.k + bin.k FROM own, bin", 468),
        ("SELECT COALESCE(own.k, bin.k) FROM own, bin", 451),
        ("SELECT CASE WHEN 1 = 1 THEN own.k ELSE bin.k END FROM own, bin", 451),
        ("SELECT 1 FROM own, bin ORDER BY CONCAT(own.k, bin.k)", 446),
        ("SELECT COUNT(*) FROM own, bin GROUP BY CONCAT(own.k, bin.k)", 446),
        ("SELECT CONCAT(own.k, bin.k) AS both INTO #both FROM own, bin", 451),
        ("CREATE VIEW w AS SELECT CONCAT(own.k, bin.k) AS both FROM own, bin", 451),
        ("SELECT k FROM own UNION ALL SELECT k FROM bin", 451),
        ("SELECT N'x', k FROM own UNION ALL SELECT N'y', k COLLATE DATABASE_DEFAULT FROM bin", None),
        (f"SELECT COUNT(*) FROM own JOIN bin ON own.k = bin.k {BIN2}", None),
        ("UPDATE own SET k = bin.k FROM own, bin", None),
        ("INSERT own SELECT k FROM bin", None),
        ("SELECT 1 FROM own JOIN sys.tables AS t ON own.k = t.name", None),
    ],
)
def test_columns_of_two_collations_are_not_compared_without_a_collate_clause(
    texts: Client, query: str, number: int | None
) -> None:
    assert texts(query).numbers == ([] if number is None else [number])


def test_the_error_of_a_conflict_names_both_collations_and_the_operation(texts: Client) -> None:
    (error,) = texts("SELECT 1 FROM own JOIN bin ON own.k = bin.k").errors
    assert error.text == (
        'Cannot resolve the collation conflict between "Latin1_General_100_BIN2" and '
        '"Latin1_General_100_CI_AS_KS_WS_SC" in the equal to operation.'
    )


def test_the_catalog_shows_the_collations(sql: Client) -> None:
    sql.good(f"CREATE TABLE t (a INT, b NVARCHAR(9), c VARCHAR(9) {BIN2}, d CHAR(1) COLLATE latin1_general_100_ci_ai)")
    sql.good("ALTER TABLE t ADD e NVARCHAR(9) COLLATE SQL_Latin1_General_CP1_CI_AS")
    names = [None, "Latin1_General_100_CI_AS_KS_WS_SC", "Latin1_General_100_BIN2", "Latin1_General_100_CI_AI"]
    names.append("SQL_Latin1_General_CP1_CI_AS")
    shown = sql("SELECT collation_name FROM sys.columns WHERE object_id = OBJECT_ID(N't') ORDER BY column_id").rows
    assert [name for (name,) in shown] == names
    shown = sql("SELECT COLLATION_NAME FROM INFORMATION_SCHEMA.COLUMNS ORDER BY ORDINAL_POSITION").rows
    assert [name for (name,) in shown] == names


@pytest.mark.parametrize(
    "query",
    [
        "SELECT SERVERPROPERTY('Collation')",
        "SELECT DATABASEPROPERTYEX(N'D', 'Collation')",
        "SELECT DATABASEPROPERTYEX(N'master', 'Collation')",
        "SELECT collation_name FROM sys.databases WHERE name = N'D'",
    ],
)
def test_server_and_databases_have_one_collation(sql: Client, query: str) -> None:
    assert sql(query).value == collation.DATABASE.name == "Latin1_General_100_CI_AS_KS_WS_SC"


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Latin1_General_100_CI_AS_KS_WS_SC", None),
        ("latin1_general_100_ci_as_ks_ws_sc", None),
        ("SQL_Latin1_General_CP1_CI_AS", 40510),
        ("Latin1_General_100_BIN2", 40510),
        ("Turkish_CI_AS", 40510),
        ("Nowhere_CI_AS", 448),
    ],
)
def test_a_database_of_another_collation_is_refused_by_name(connect: Connect, name: str, number: int | None) -> None:
    master = connect("master")
    result = master(f"CREATE DATABASE other COLLATE {name}")
    assert result.numbers == ([] if number is None else [number])
    assert all(name.split("_")[0] in error.text or "Latin1" in error.text for error in result.errors)
    master.good("DROP DATABASE IF EXISTS other")


@pytest.mark.parametrize(
    ("definition", "number"),
    [
        ("k NVARCHAR(9) COLLATE Nowhere_CI_AS", 448),
        ("k NVARCHAR(9) COLLATE Turkish_CI_AS", 40510),
        ("k INT COLLATE Latin1_General_100_BIN2", 447),
    ],
)
def test_a_column_of_another_collation_is_refused_by_name(sql: Client, definition: str, number: int) -> None:
    sql.fails(f"CREATE TABLE t ({definition})", number)


def test_the_collation_of_a_column_is_changed_when_no_key_depends_on_it(sql: Client) -> None:
    sql.good("CREATE TABLE t (k NVARCHAR(9) NOT NULL CONSTRAINT pk PRIMARY KEY)", "INSERT t VALUES (N'ß'), (N'a')")
    sql.fails(f"ALTER TABLE t ALTER COLUMN k NVARCHAR(9) {BIN2} NOT NULL", 5074, 4922)
    sql.good(
        "ALTER TABLE t DROP CONSTRAINT pk",
        f"ALTER TABLE t ALTER COLUMN k NVARCHAR(9) {BIN2} NOT NULL",
        "ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (k)",
        "INSERT t VALUES (N'ss'), (N'A')",
    )
    assert sql("SELECT k FROM t ORDER BY k").rows == [("A",), ("a",), ("ss",), ("ß",)]
    # Without a COLLATE clause the column gets the database's again.
    sql.good("ALTER TABLE t DROP CONSTRAINT pk", "ALTER TABLE t ALTER COLUMN k NVARCHAR(9) NOT NULL")
    assert sql("ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (k)").errors


def reopened(directory: Path, *batches: str) -> list[Any]:
    """Run batches in D on a server that is started for them; the rows of each."""
    engine = start(directory)
    try:
        client = Client(engine.login("sa", "Secret_1", "D", "tests", "here"))
        return [client(text) for text in batches]
    finally:
        engine.close()


def test_collations_and_their_keys_survive_a_restart(tmp_path: Path) -> None:
    engine = start(tmp_path)
    Client(engine.login("sa", "Secret_1", "master", "tests", "here")).good("CREATE DATABASE D")
    engine.close()
    reopened(
        tmp_path,
        f"CREATE TABLE b (k NVARCHAR(9) {BIN2} PRIMARY KEY); INSERT b VALUES (N'ß')",
        "CREATE TABLE o (k NVARCHAR(9) PRIMARY KEY); INSERT o VALUES (N'ß')",
    )
    binary, own, both = reopened(
        tmp_path, "INSERT b VALUES (N'ss')", "INSERT o VALUES (N'ss')", "SELECT 1 FROM b JOIN o ON b.k = o.k"
    )
    assert (binary.numbers, own.numbers[:1], both.numbers) == ([], [2627], [468])


def test_a_database_of_an_older_version_has_columns_of_the_one_collation(tmp_path: Path) -> None:
    engine = start(tmp_path)
    Client(engine.login("sa", "Secret_1", "master", "tests", "here")).good("CREATE DATABASE D")
    engine.close()
    reopened(tmp_path, "CREATE TABLE t (k NVARCHAR(9) PRIMARY KEY); INSERT t VALUES (N'a')")
    for path in tmp_path.rglob("*.duckdb"):
        with duckdb.connect(str(path)) as connection:
            for (schema,) in connection.execute(
                "SELECT schema_name FROM duckdb_tables() WHERE table_name = 'columns' AND NOT internal"
            ).fetchall():
                views = f"SELECT view_name FROM duckdb_views() WHERE schema_name = '{schema}' AND NOT internal"
                for (view,) in connection.execute(views).fetchall():
                    connection.execute(f'DROP VIEW "{schema}"."{view}"')
                connection.execute(f'ALTER TABLE "{schema}".columns DROP COLUMN collation_name')
    shown, added = reopened(tmp_path, "SELECT collation_name FROM sys.columns", "INSERT t VALUES (N'A')")
    assert shown.rows == [("Latin1_General_100_CI_AS_KS_WS_SC",)]
    assert added.numbers[:1] == [2627]


@pytest.mark.parametrize(
    "change",
    [
        "INSERT checked VALUES (N'A', 2)",
        "INSERT checked SELECT N'A', 2",
        "UPDATE checked SET k = N'A'",
        "UPDATE checked SET k = UPPER(k)",
        "UPDATE c SET k = N'A' FROM checked AS c JOIN (VALUES (1)) AS v (n) ON c.n = v.n",
        "MERGE checked AS c USING (VALUES (1)) AS v (n) ON c.n = v.n WHEN MATCHED THEN UPDATE SET k = N'A';",
    ],
)
def test_a_check_compares_by_the_collation_of_its_column(sql: Client, change: str) -> None:
    sql.good(
        f"CREATE TABLE checked (k NVARCHAR(10) {BIN2} CHECK (k IN (N'a', N'b')), n INT)",
        "INSERT checked VALUES (N'a', 1); UPDATE checked SET k = N'b'",
    )
    assert [error.number for error in sql(change).errors] == [547]
    assert sql("SELECT k FROM checked").sets == [[("b",)]]

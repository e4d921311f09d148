"""Clients of Python: reflection, data frames, bulk copies."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import mssql_python
import pandas as pd
import pymssql
import pyodbc
import pytds
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pytds import tds_types
from sqlalchemy.dialects import mssql

from local_sqlserver.pytest_plugin import SqlServer

DATABASE = "Clients"


@pytest.fixture(scope="module")
def server(sqlserver: SqlServer) -> SqlServer:
    with closing(pyodbc.connect(sqlserver.odbc(), autocommit=True)) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}")
    return sqlserver


@pytest.fixture
def connection(server: SqlServer) -> Iterator[pyodbc.Connection]:
    with closing(pyodbc.connect(server.odbc(DATABASE), autocommit=True)) as connection:
        yield connection


def engine_of(server: SqlServer, driver: str) -> sa.Engine:
    if driver == "pyodbc":
        return sa.create_engine("mssql+pyodbc://", connect_args={"odbc_connect": ""}, creator=lambda: _odbc(server))
    url = sa.URL.create(
        "mssql+pymssql", server.login, server.password, host=server.host, port=server.port, database=DATABASE
    )
    return sa.create_engine(url)


def _odbc(server: SqlServer) -> pyodbc.Connection:
    return pyodbc.connect(server.odbc(DATABASE))


@pytest.fixture(params=["pyodbc", "pymssql"])
def engine(request: pytest.FixtureRequest, server: SqlServer) -> Iterator[sa.Engine]:
    engine = engine_of(server, request.param)
    yield engine
    tables = sa.MetaData()
    tables.reflect(engine, views=False)
    tables.drop_all(engine)
    engine.dispose()


def model() -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(
        "author",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(start=5, increment=2), primary_key=True),
        sa.Column("name", sa.Unicode(50), nullable=False, index=True, comment="given name and surname"),
        sa.Column("born", sa.Date),
        sa.Column("score", sa.Numeric(9, 3), server_default="0"),
        sa.Column("doubled", sa.Numeric(11, 3), sa.Computed("score * 2")),
        sa.UniqueConstraint("name", "born", name="uq_author"),
        sa.CheckConstraint("score >= 0", name="ck_score"),
        comment="people who write",
    )
    book = sa.Table(
        "book",
        metadata,
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("title", sa.String(100)),
        sa.Column("at", mssql.DATETIME2(3)),  # type: ignore[no-untyped-call]
        sa.Column("price", sa.Float),
        sa.Column("cover", sa.LargeBinary),
        sa.Column("key", sa.Uuid),
    )
    sa.Index("ix_book", book.c.title, book.c.at, mssql_include=["price"], mssql_where=book.c.price > 5)
    return metadata


def test_sqlalchemy_reflects_what_it_created(engine: sa.Engine) -> None:
    model().create_all(engine)
    inspector = sa.inspect(engine)
    assert inspector.get_table_names() == ["author", "book"]
    columns = {column["name"]: column for column in inspector.get_columns("author")}
    assert columns["id"]["identity"] == {"start": 5, "increment": 2}
    assert columns["name"]["comment"] == "given name and surname"
    assert columns["doubled"]["computed"]["sqltext"] == "([score]*(2))"
    assert [column["nullable"] for column in columns.values()] == [False, False, True, True, True]
    assert inspector.get_pk_constraint("author")["constrained_columns"] == ["id"]
    assert inspector.get_foreign_keys("author") == []
    assert inspector.get_table_comment("author") == {"text": "people who write"}
    (index,) = inspector.get_indexes("book")
    assert (index["name"], index["column_names"]) == ("ix_book", ["title", "at"])
    assert index["dialect_options"]["mssql_include"] == ["price"]
    reflected = sa.MetaData()
    reflected.reflect(engine)
    assert sorted(reflected.tables) == ["author", "book"]
    with engine.connect() as connection:
        assert connection.get_isolation_level() == "READ COMMITTED"


def test_alembic_finds_no_difference_between_a_model_and_its_tables(engine: sa.Engine) -> None:
    metadata = model()
    metadata.create_all(engine)
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_pandas_writes_and_reads_a_table(engine: sa.Engine) -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "ü"], "c": [1.5, None], "d": [dt.datetime(2024, 2, 29), None]})
    for _ in range(2):
        frame.to_sql("frame", engine, if_exists="replace", index=False)
    frame.to_sql("frame", engine, if_exists="append", index=False)
    read = pd.read_sql_table("frame", engine)
    assert list(read.columns) == ["a", "b", "c", "d"]
    assert read["b"].tolist() == ["x", "ü", "x", "ü"]
    assert read["c"].isna().tolist() == [False, True, False, True]


COLUMNS = "a INT IDENTITY PRIMARY KEY, b NVARCHAR(10), c DECIMAL(9, 2) DEFAULT 7, d DATETIME2(3), e BIT, f VARCHAR(MAX)"
ROW: tuple[Any, ...] = ("Jiménez", Decimal("1.25"), dt.datetime(2024, 2, 29, 1, 2, 3, 456000), True, "x" * 9000)
LOADED = [(1, *ROW), (2, None, Decimal("7.00"), None, None, None)]


@pytest.fixture
def table(connection: pyodbc.Connection) -> pyodbc.Connection:
    connection.execute(f"DROP TABLE IF EXISTS loaded; CREATE TABLE loaded ({COLUMNS})")
    return connection


def loaded(table: pyodbc.Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in table.execute("SELECT * FROM loaded ORDER BY a")]


def test_pymssql_copies_rows(server: SqlServer, table: pyodbc.Connection) -> None:
    arguments = (server.host, server.login, server.password, DATABASE)
    with closing(pymssql.connect(*arguments, port=str(server.port), autocommit=True)) as client:
        texts = ("abc", "1.25", "2024-02-29 01:02:03.456", True, "x" * 9000)
        client.bulk_copy("loaded", [texts, (None,) * 5], column_ids=[2, 3, 4, 5, 6])
    assert loaded(table) == [(1, "abc", *ROW[1:]), LOADED[1]]


def test_python_tds_copies_rows_and_cancels(server: SqlServer, table: pyodbc.Connection) -> None:
    kinds = (
        *(
            tds_types.NVarCharType(size=10),
            tds_types.DecimalType(9, 2),
            tds_types.DateTime2Type(3),
            tds_types.BitType(),
        ),
        tds_types.VarCharMaxType(),
    )
    columns = [pytds.tds_base.Column(name, type=kind) for name, kind in zip("bcdef", kinds, strict=True)]
    with closing(
        pytds.connect(
            dsn=server.host,
            port=server.port,
            user=server.login,
            password=server.password,
            database=DATABASE,
            autocommit=True,
        )
    ) as client:
        cursor = client.cursor()
        cursor.copy_to(data=[ROW, (None,) * 5], table_or_view="loaded", columns=columns)
        assert loaded(table) == LOADED
        cursor.execute("SELECT 1")
        cursor.cancel()
        assert cursor.execute_scalar("SELECT 2") == 2


def test_mssql_python_copies_rows_and_reads_the_catalog(server: SqlServer, table: pyodbc.Connection) -> None:
    text = (
        f"Server={server.host},{server.port};Database={DATABASE};UID={server.login};PWD={server.password};"
        "TrustServerCertificate=yes;"
    )
    with closing(mssql_python.connect(text, autocommit=True)) as client:
        cursor: Any = client.cursor()
        assert [row[2] for row in cursor.tables(schema="dbo", table="loaded")] == ["loaded"]
        assert [row[3] for row in cursor.columns(table="loaded")] == list("abcdef")
        assert [row[3] for row in cursor.primaryKeys(table="loaded")] == ["a"]
        assert list(cursor.foreignKeys(table="loaded")) == []
        assert [row[8] for row in cursor.statistics(table="loaded")] == [None, "a"]
        assert [row[1] for row in cursor.rowIdColumns(table="loaded")] == ["a"]
        assert list(cursor.procedures(schema="dbo")) == []
        cursor.bulkcopy("loaded", [ROW, (None,) * 5], column_mappings=list("bcdef"))
    assert loaded(table) == LOADED


@pytest.mark.skipif(shutil.which("freebcp") is None, reason="the Debian package freetds-bin is not installed")
def test_freebcp_copies_a_file_in_and_out(server: SqlServer, table: pyodbc.Connection, tmp_path: Path) -> None:
    given, copied, queried = tmp_path / "given", tmp_path / "copied", tmp_path / "queried"
    given.write_text("1\tabc\t1.25\t2024-02-29 01:02:03.456\t1\thello\n2\t\t7.00\t\t\t\n", encoding="utf-8")

    def freebcp(*arguments: str) -> None:
        login = ("-c", "-S", f"{server.host}:{server.port}", "-U", server.login, "-P", server.password)
        subprocess.run(["freebcp", *arguments, *login, "-D", DATABASE], check=True, timeout=60, capture_output=True)

    freebcp(f"{DATABASE}.dbo.loaded", "in", str(given))
    assert [row[1] for row in loaded(table)] == ["abc", None]
    freebcp(f"{DATABASE}.dbo.loaded", "out", str(copied))
    assert copied.read_text(encoding="utf-8") == given.read_text(encoding="utf-8")
    freebcp("SELECT a, b FROM loaded WHERE a = 1", "queryout", str(queried))
    assert queried.read_text(encoding="utf-8") == "1\tabc\n"

"""The queries of GetSchema of System.Data.SqlClient, by collection, with and without restrictions.

Sources: the names of columns in "SQL Server schema collections" of .NET's documentation; the views, procedures and
functions that SqlClient reads for them on a server of version 10 and later (SqlMetaData.xml in dotnet/SqlClient).
"""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.engine.conftest import Client

OBJECTS = (
    "CREATE TABLE dbo.kind (id INT NOT NULL CONSTRAINT pk_kind PRIMARY KEY, name NVARCHAR(20) NULL)",
    "CREATE TABLE dbo.item (id INT IDENTITY CONSTRAINT pk_item PRIMARY KEY, kind_id INT NOT NULL CONSTRAINT fk_kind "
    "REFERENCES dbo.kind, price DECIMAL(9, 2) NULL CONSTRAINT df_price DEFAULT 5)",
    "CREATE INDEX ix_price ON dbo.item (price DESC, kind_id) INCLUDE (id)",
    "CREATE VIEW dbo.named AS SELECT i.id, k.name AS label FROM dbo.item i JOIN dbo.kind k ON k.id = i.kind_id "
    "WHERE i.price > 3",
    "CREATE VIEW dbo.counted AS WITH c (n) AS (SELECT COUNT(*) FROM dbo.named GROUP BY label) SELECT n FROM c",
    "CREATE TYPE dbo.ids AS TABLE (id INT NOT NULL DEFAULT 7, t VARCHAR(5), n NVARCHAR(MAX), at DATETIME, m MONEY)",
    "CREATE TYPE dbo.code FROM VARCHAR(10)",
    "CREATE PROCEDURE dbo.p @a dbo.code, @b dbo.ids READONLY, @c INT OUTPUT AS SELECT 1",
    "CREATE FUNCTION dbo.f(@x INT) RETURNS DECIMAL(9, 2) AS BEGIN RETURN @x END",
)


@pytest.fixture
def filled(sql: Client) -> Client:
    sql.good(*OBJECTS)
    return sql


def rows(client: Client, view: str, columns: str, **restrictions: str | None) -> list[tuple[Any, ...]]:
    """The rows of a view as GetSchema restricts them: a restriction that is not given is NULL."""
    conditions = " AND ".join(f"({name} = @{name} OR @{name} IS NULL)" for name in restrictions)
    declared = ", ".join(f"@{name} NVARCHAR(4000)" for name in restrictions)
    given = ", ".join(f"@{name} = {quoted(value)}" for name, value in restrictions.items())
    query = f"SELECT {columns} FROM {view} WHERE {conditions}"
    return client(f"EXEC sp_executesql N'{query.replace(chr(39), chr(39) * 2)}', N'{declared}', {given}").rows


def quoted(value: str | None) -> str:
    return "NULL" if value is None else f"N'{value}'"


def test_users(filled: Client) -> None:
    filled.good("CREATE USER visitor WITHOUT LOGIN")
    columns = "uid, name AS user_name, createdate, updatedate"
    assert rows(filled, "sysusers", "uid, name", name="dbo") == [(1, "dbo")]
    ((_, name, created, updated),) = rows(filled, "sysusers", columns, name="visitor")
    assert name == "visitor"
    assert created <= updated
    assert {row[1] for row in rows(filled, "sysusers", columns, name=None)} >= {"dbo", "guest", "public", "visitor"}


def test_user_defined_types(filled: Client) -> None:
    properties = ("VersionMajor", "VersionMinor", "VersionBuild", "VersionRevision", "CultureInfo", "PublicKey")
    read = ", ".join(f"ASSEMBLYPROPERTY(assemblies.name, '{name}')" for name in properties)
    result = filled(
        "EXEC sp_executesql N'SELECT assemblies.name, types.assembly_class, "
        + read.replace("'", "''")
        + ", is_fixed_length, max_length, create_date, permission_set_desc FROM sys.assemblies AS assemblies "
        "JOIN sys.assembly_types AS types ON assemblies.assembly_id = types.assembly_id "
        "WHERE (assemblies.name = @AssemblyName OR @AssemblyName IS NULL) ORDER BY 2', "
        "N'@AssemblyName NVARCHAR(4000)', NULL"
    )
    assert [row[1].rpartition(".")[2] for row in result.rows] == ["SqlGeography", "SqlGeometry", "SqlHierarchyId"]
    name, _, *version, culture, key = result.rows[0][:8]
    assert (name, version, culture) == ("Microsoft.SqlServer.Types", [16, 0, 0, 0], "neutral")
    # The token in the names of assemblies is the end of the SHA1 hash of the public key, reversed.
    assert hashlib.sha1(key, usedforsecurity=False).digest()[:-9:-1].hex() == "89845dcd8080cc91"


def test_databases(filled: Client) -> None:
    assert filled("SELECT CASE WHEN OBJECT_ID('master..sysdatabases') IS NULL THEN 0 ELSE 1 END").value == 1
    columns = "name AS database_name, dbid, crdate AS create_date"
    assert [row[0] for row in rows(filled, "master..sysdatabases", columns, name="D")] == ["D"]
    assert {row[0] for row in rows(filled, "master..sysdatabases", columns, name=None)} >= {"master", "tempdb", "D"}


def test_tables_and_views(filled: Client) -> None:
    columns = "TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE"
    free: dict[str, str | None] = {"TABLE_CATALOG": None, "TABLE_SCHEMA": None, "TABLE_NAME": None, "TABLE_TYPE": None}
    assert sorted(row[2:] for row in rows(filled, "INFORMATION_SCHEMA.TABLES", columns, **free)) == [
        ("counted", "VIEW"),
        ("item", "BASE TABLE"),
        ("kind", "BASE TABLE"),
        ("named", "VIEW"),
    ]
    one = free | {"TABLE_CATALOG": "D", "TABLE_NAME": "kind", "TABLE_TYPE": "BASE TABLE"}
    assert rows(filled, "INFORMATION_SCHEMA.TABLES", columns, **one) == [("D", "dbo", "kind", "BASE TABLE")]
    assert rows(filled, "INFORMATION_SCHEMA.TABLES", columns, **one | {"TABLE_CATALOG": "master"}) == []
    columns = "TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, CHECK_OPTION, IS_UPDATABLE"
    assert rows(filled, "INFORMATION_SCHEMA.VIEWS", columns, TABLE_SCHEMA="dbo", TABLE_NAME="named") == [
        ("D", "dbo", "named", "NONE", "NO")
    ]


def test_columns(filled: Client) -> None:
    found = filled("EXEC sys.sp_columns_managed N'D', N'dbo', N'item', NULL, 0")
    assert found.columns[0] == (
        *("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME", "ORDINAL_POSITION", "COLUMN_DEFAULT"),
        *("IS_NULLABLE", "DATA_TYPE", "CHARACTER_MAXIMUM_LENGTH", "CHARACTER_OCTET_LENGTH", "NUMERIC_PRECISION"),
        *("NUMERIC_PRECISION_RADIX", "NUMERIC_SCALE", "DATETIME_PRECISION", "CHARACTER_SET_CATALOG"),
        *("CHARACTER_SET_SCHEMA", "CHARACTER_SET_NAME", "COLLATION_CATALOG"),
        *("IS_FILESTREAM", "IS_SPARSE", "IS_COLUMN_SET"),
    )
    assert [row[3:14] for row in found.rows] == [
        ("id", 1, None, "NO", "int", None, None, 10, 10, 0, None),
        ("kind_id", 2, None, "NO", "int", None, None, 10, 10, 0, None),
        ("price", 3, "((5))", "YES", "decimal", None, None, 9, 10, 2, None),
    ]
    assert filled("EXEC sys.sp_columns_managed NULL, NULL, N'kind', N'name', 1").rows == [
        ("D", "dbo", "kind", "name", 2, None, "YES", "nvarchar", 20, 40, *[None] * 6, "UNICODE", None, *["NO"] * 3)
    ]
    assert {row[2] for row in filled("EXEC sys.sp_columns_managed NULL, NULL, NULL, NULL, 0").rows} == {
        *("counted", "item", "kind", "named")
    }
    assert filled("EXEC sys.sp_columns_managed NULL, NULL, NULL, NULL, 2").rows == []  # there are no column sets


def test_members_of_structured_types(filled: Client) -> None:
    text = """
    SELECT SCHEMA_NAME(o.schema_id), y.name, c.name, COLUMNPROPERTY(c.object_id, c.name, 'ordinal'),
        CONVERT(NVARCHAR(4000), OBJECT_DEFINITION(c.default_object_id)), TYPE_NAME(c.system_type_id),
        COLUMNPROPERTY(c.object_id, c.name, 'charmaxlen'), COLUMNPROPERTY(c.object_id, c.name, 'octetmaxlen'),
        CASE WHEN c.system_type_id NOT IN (58, 61) THEN ODBCSCALE(c.system_type_id, c.scale) END,
        CASE WHEN c.system_type_id IN (167, 175) THEN COLLATIONPROPERTY(c.collation_name, 'sqlcharsetname') END
    FROM sys.objects AS o
    INNER JOIN sys.table_types AS y ON y.type_table_object_id = o.object_id
    INNER JOIN sys.columns AS c ON c.object_id = o.object_id
    WHERE o.type = 'TT'
    ORDER BY c.column_id
    """
    assert filled(text).rows == [
        ("sys", "ids", "id", 1, "((7))", "int", None, None, 0, None),
        ("sys", "ids", "t", 2, None, "varchar", 5, 5, None, "iso_1"),
        ("sys", "ids", "n", 3, None, "nvarchar", -1, -1, None, None),
        ("sys", "ids", "at", 4, None, "datetime", None, None, None, None),
        ("sys", "ids", "m", 5, None, "money", None, None, 4, None),
    ]


def test_columns_of_views(filled: Client) -> None:
    columns = "VIEW_CATALOG, VIEW_SCHEMA, VIEW_NAME, TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME"
    view = "INFORMATION_SCHEMA.VIEW_COLUMN_USAGE"
    assert sorted(row[2:3] + row[5:] for row in rows(filled, view, columns, VIEW_NAME=None)) == [
        ("counted", "named", "label"),
        ("named", "item", "id"),
        ("named", "item", "kind_id"),
        ("named", "item", "price"),
        ("named", "kind", "id"),
        ("named", "kind", "name"),
    ]
    assert rows(filled, view, columns, VIEW_NAME="named", COLUMN_NAME="price") == [
        ("D", "dbo", "named", "D", "dbo", "item", "price")
    ]
    filled.good("DROP VIEW dbo.named")  # a view of a view that is gone reads no columns any more
    assert rows(filled, view, columns, VIEW_NAME=None) == []


def test_procedures_and_their_parameters(filled: Client) -> None:
    columns = "SPECIFIC_CATALOG, SPECIFIC_SCHEMA, SPECIFIC_NAME, ROUTINE_NAME, ROUTINE_TYPE"
    assert rows(filled, "INFORMATION_SCHEMA.ROUTINES", columns, ROUTINE_TYPE="PROCEDURE") == [
        ("D", "dbo", "p", "p", "PROCEDURE")
    ]
    columns = (
        "PARAMETER_NAME, ORDINAL_POSITION, PARAMETER_MODE, IS_RESULT, CASE WHEN DATA_TYPE = 'table type' THEN "
        "USER_DEFINED_TYPE_NAME ELSE DATA_TYPE END, CHARACTER_MAXIMUM_LENGTH, COLLATION_NAME, CHARACTER_SET_NAME, "
        "NUMERIC_PRECISION, NUMERIC_SCALE, INTERVAL_TYPE, INTERVAL_PRECISION, SCOPE_NAME"
    )
    collation = filled("SELECT SERVERPROPERTY('Collation')").value
    nothing = (None, None, None)
    assert rows(filled, "INFORMATION_SCHEMA.PARAMETERS", columns, SPECIFIC_NAME="p", PARAMETER_NAME=None) == [
        ("@a", 1, "IN", "NO", "varchar", 10, collation, "iso_1", None, None, *nothing),
        ("@b", 2, "IN", "NO", "ids", None, None, None, None, None, *nothing),
        ("@c", 3, "INOUT", "NO", "int", None, None, None, 10, 0, *nothing),
    ]
    assert rows(filled, "INFORMATION_SCHEMA.PARAMETERS", columns, SPECIFIC_NAME="f", PARAMETER_NAME="")[0][:5] == (
        *("", 0, "OUT", "YES", "decimal"),
    )


def test_foreign_keys(filled: Client) -> None:
    columns = "CONSTRAINT_NAME, TABLE_NAME, IS_DEFERRABLE, INITIALLY_DEFERRED"
    view = "INFORMATION_SCHEMA.TABLE_CONSTRAINTS"
    assert rows(filled, view, columns, CONSTRAINT_TYPE="FOREIGN KEY") == [("fk_kind", "item", "NO", "NO")]


def test_indexes_and_their_columns(filled: Client) -> None:
    found = filled("EXEC sys.sp_indexes_managed N'D', N'dbo', NULL, NULL")
    assert found.columns[0] == (
        *("constraint_catalog", "constraint_schema", "constraint_name", "table_catalog", "table_schema", "table_name"),
        *("index_name", "type_desc"),
    )
    assert [row[5:] for row in found.rows] == [
        ("item", "ix_price", "NONCLUSTERED"),
        ("item", "pk_item", "CLUSTERED"),
        ("kind", "pk_kind", "CLUSTERED"),
    ]
    assert filled("EXEC sys.sp_indexes_managed NULL, NULL, N'item', N'pk_item'").rows == [
        ("D", "dbo", "pk_item", "D", "dbo", "item", "pk_item", "CLUSTERED")
    ]
    keys = filled("EXEC sys.sp_indexcolumns_managed NULL, NULL, N'item', NULL, NULL")
    assert keys.columns[0][6:] == ("column_name", "ordinal_position", "KeyType", "index_name")
    assert [row[6:] for row in keys.rows] == [
        ("price", 1, 106, "ix_price"),
        ("kind_id", 2, 56, "ix_price"),
        ("id", 1, 56, "pk_item"),
    ]
    one = filled("EXEC sys.sp_indexcolumns_managed NULL, NULL, NULL, N'ix_price', N'kind_id'")
    assert [row[6:] for row in one.rows] == [("kind_id", 2, 56, "ix_price")]

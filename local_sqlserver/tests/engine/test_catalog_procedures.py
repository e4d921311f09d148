"""The procedures that read the catalog: their result sets as in the T-SQL reference."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import Client

ODBC = (
    "TABLE_QUALIFIER TABLE_OWNER TABLE_NAME COLUMN_NAME DATA_TYPE TYPE_NAME PRECISION LENGTH SCALE RADIX NULLABLE "
    "REMARKS COLUMN_DEF SQL_DATA_TYPE SQL_DATETIME_SUB CHAR_OCTET_LENGTH ORDINAL_POSITION IS_NULLABLE"
)


@pytest.fixture
def world(sql: Client) -> Client:
    sql.good(
        "CREATE TABLE t (a INT IDENTITY CONSTRAINT pk PRIMARY KEY, b NVARCHAR(20), c DECIMAL(9, 3) NOT NULL,"
        " CONSTRAINT uq UNIQUE (b DESC, c))",
        "CREATE INDEX ix ON t (c)",
        "CREATE TABLE bare (d DATETIME2(3), e DATE NOT NULL, f VARCHAR(MAX), g DATETIME, h BIT, i FLOAT)",
        "CREATE VIEW v AS SELECT a FROM t",
        "CREATE PROCEDURE p @a INT, @b NVARCHAR(10) = N'x' OUTPUT AS SELECT 1",
        "INSERT t (b, c) VALUES (N'a', 1)",
    )
    return sql


ROWS: list[tuple[str, list[tuple[Any, ...]]]] = [
    (
        "sp_helpindex 't'",
        [
            ("ix", "nonclustered located on PRIMARY", "c"),
            ("pk", "clustered, unique, primary key located on PRIMARY", "a"),
            ("uq", "nonclustered, unique, unique key located on PRIMARY", "b(-), c"),
        ],
    ),
    ("sp_pkeys 't'", [("D", "dbo", "t", "a", 1, "pk")]),
    ("sp_fkeys 't'", []),
    (
        "sp_statistics 't', @is_unique = 'Y'",
        [
            ("D", "dbo", "t", None, None, None, 0, None, None, None, 1, None, None),
            ("D", "dbo", "t", 0, "t", "pk", 1, 1, "a", "A", 1, None, None),
            ("D", "dbo", "t", 0, "t", "uq", 3, 1, "b", "D", None, None, None),
            ("D", "dbo", "t", 0, "t", "uq", 3, 2, "c", "A", None, None, None),
        ],
    ),
    ("sp_special_columns 't'", [(1, "a", 4, "int identity", 10, 4, 0, 1)]),
    ("sp_special_columns 't', @col_type = 'V'", []),
    ("sp_stored_procedures 'p', 'dbo'", [("D", "dbo", "p;1", -1, -1, -1, None, 2)]),
    (
        "sp_columns 't', @column_name = 'a'",
        [("D", "dbo", "t", "a", 4, "int identity", 10, 4, 0, 10, 0, None, None, 4, None, None, 1, "NO", 56)],
    ),
    ("sp_tables @table_owner = 'dbo', @table_type = '''VIEW'''", [("D", "dbo", "v", "VIEW", None)]),
    ("sp_tables 'v'", [("D", "dbo", "v", "VIEW", None)]),
    ("sp_server_info 16", [(16, "IDENTIFIER_CASE", "MIXED")]),
    ("sp_configure 'nested triggers'", [("nested triggers", 0, 1, 1, 1)]),
    ("sp_MSforeachtable 'INSERT bare (e, f) VALUES (''2024-01-01'', ''?'')', @postcommand = "
     "'SELECT f FROM bare ORDER BY f'", [("[dbo].[bare]",), ("[dbo].[t]",)]),
    ("sp_helptext 'v'", [("CREATE VIEW v AS SELECT a FROM t",)]),
]  # fmt: skip


@pytest.mark.parametrize(("call", "rows"), ROWS)
def test_a_procedure_shows_the_objects(world: Client, call: str, rows: list[tuple[Any, ...]]) -> None:
    assert world(f"EXEC {call}").rows == rows


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("d", (93, "datetime2", 23, 16, 3, None, 1, 9, 3, None)),
        ("e", (91, "date", 10, 6, None, None, 0, 9, 1, None)),
        ("f", (12, "varchar", 0, 0, None, None, 1, 12, None, 0)),
        ("g", (93, "datetime", 23, 16, 3, None, 1, 9, 3, None)),
        ("h", (-7, "bit", 1, 1, None, None, 1, -7, None, None)),
        ("i", (6, "float", 53, 8, None, 2, 1, 6, None, None)),
    ],
)
def test_sp_columns_describes_a_type_for_odbc(world: Client, column: str, expected: tuple[Any, ...]) -> None:
    result = world(f"EXEC sp_columns_100 'bare', @column_name = '{column}', @ODBCVer = 3")
    names = result.columns[0]
    assert names[: len(ODBC.split())] == tuple(ODBC.split())
    row = dict(zip(names, result.rows[0], strict=True))
    shown = "DATA_TYPE TYPE_NAME PRECISION LENGTH SCALE RADIX NULLABLE SQL_DATA_TYPE SQL_DATETIME_SUB CHAR_OCTET_LENGTH"
    assert tuple(row[name] for name in shown.split()) == expected


def test_sp_sproc_columns_begins_with_the_return_value(world: Client) -> None:
    rows = world("EXEC sp_sproc_columns 'p'").rows
    assert [(row[3], row[4], row[6], row[17]) for row in rows] == [
        ("@RETURN_VALUE", 5, "int", 0),
        ("@a", 1, "int", 1),
        ("@b", 2, "nvarchar", 2),
    ]


def test_sp_help_describes_a_table_in_seven_result_sets(world: Client) -> None:
    result = world("EXEC sp_help 't'")
    assert [columns[0] for columns in result.columns] == [
        *("Name", "Column_name", "Identity", "RowGuidCol", "Data_located_on_filegroup", "index_name"),
        "constraint_type",
    ]
    assert result.sets[1][2] == ("c", "decimal", "no", 5, "9    ", "3    ", "no", "(n/a)", "(n/a)", None)
    assert result.messages[0].startswith("No foreign keys reference table 'dbo.t'")


def test_sp_who_lists_the_sessions(world: Client) -> None:
    spid = world("SELECT @@SPID").value
    assert spid in [row[0] for row in world("EXEC sp_who").rows]
    assert f"{spid:<5}" in [row[0] for row in world("EXEC sp_who2").rows]


def test_databases_and_sizes_are_listed(world: Client) -> None:
    assert [row[0] for row in world("EXEC sp_databases").rows] == ["D", "master", "tempdb"]
    assert world("EXEC sp_helpdb 'D'").rows[0][0] == "D"
    assert world("EXEC sp_spaceused 't'").rows[0][:2] == ("t", f"{1:<20}")
    assert [len(rows) for rows in world("EXEC sp_spaceused").sets] == [1, 1]


@pytest.mark.parametrize(
    ("call", "number"),
    [
        ("sp_helpindex 'nothing'", 15009),
        ("sp_helpindex", 201),
        ("sp_help 'nothing'", 15009),
        ("sp_helpdb 'nothing'", 15010),
        ("sp_spaceused 'v'", 15234),
        ("sp_pkeys 't', @nothing = 1", 8145),
        ("sp_columns @nothing = 1", 8145),
        ("sp_configure 'nothing'", 15123),
        ("sp_configure 'nested triggers', 0", 40510),
        ("sp_depends 't'", 40510),
    ],
)
def test_a_wrong_call_is_an_error(world: Client, call: str, number: int) -> None:
    assert world(f"EXEC {call}").numbers == [number]


def test_a_table_without_indexes_gets_a_message(world: Client) -> None:
    result = world("EXEC sp_helpindex 'bare'")
    assert result.messages == ["The object 'bare' does not have any indexes, or you do not have permissions."]


@pytest.mark.parametrize("name", ["sp_helprotect", "sys.sp_column_privileges", "master..xp_msver"])
def test_a_procedure_that_only_sql_server_has_is_refused_by_its_name(sql: Client, name: str) -> None:
    assert sql(f"EXEC {name}").errors[0].text == f"{name.split('.')[-1]} is not supported by local_sqlserver."

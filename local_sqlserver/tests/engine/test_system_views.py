"""The system views: columns, types and rows as in the T-SQL reference."""

from __future__ import annotations

from typing import Any

import pytest

from local_sqlserver.catalog import system_views
from tests.engine.conftest import Client, Connect
from tests.system_objects import README, renewed

VIEWS = {f"{view.schema}.{view.name}": view for view in system_views.supported()}


@pytest.fixture
def world(sql: Client) -> Client:
    sql.good(
        "CREATE TABLE t (a INT IDENTITY(5, 2) CONSTRAINT pk PRIMARY KEY, b NVARCHAR(20) COLLATE Latin1_General_CS_AS"
        " CONSTRAINT df DEFAULT N'x', c DECIMAL(9, 3) NOT NULL CONSTRAINT ck CHECK (c > 0), d AS a + 1,"
        " CONSTRAINT uq UNIQUE (b DESC, c), CHECK (c > a))",
        "CREATE INDEX ix ON t (c DESC, b) INCLUDE (a) WHERE c > 5",
        "CREATE TABLE heap (a DATETIME2(3), x VARCHAR(MAX))",
        "CREATE TABLE stored (a INT, CONSTRAINT pk_stored PRIMARY KEY NONCLUSTERED (a))",
        "CREATE CLUSTERED COLUMNSTORE INDEX cci ON stored",
        "CREATE VIEW v AS WITH c AS (SELECT a FROM t) SELECT c.a, h.x FROM c JOIN dbo.heap AS h ON 1 = 1",
        "CREATE PROCEDURE p @a INT, @b NVARCHAR(10) = N'x' OUTPUT AS"
        " SELECT name FROM sys.tables; SELECT a FROM #x; UPDATE u SET b = N'y' FROM t AS u; EXEC later.p2 @a",
        "INSERT t (b, c) VALUES (N'a', 90), (N'b', 91); DELETE t WHERE b = N'b'",
    )
    return sql


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_has_the_declared_columns_and_no_unexpected_null(world: Client, name: str) -> None:
    view = VIEWS[name]
    result = world(f"SELECT * FROM {name}")
    assert result.errors == []
    assert result.columns == [tuple(column.name for column in view.columns)]
    assert result.types == [tuple(str(column.type) for column in view.columns)]
    required = [index for index, column in enumerate(view.columns) if not column.nullable]
    assert [row for row in result.sets[0] if any(row[index] is None for index in required)] == []


ROWS: list[tuple[str, list[tuple[Any, ...]]]] = [
    (
        "SELECT OBJECT_NAME(object_id), name, index_id, type_desc, is_unique, is_primary_key, is_unique_constraint, "
        "has_filter, filter_definition FROM sys.indexes ORDER BY 1, 3",
        [
            ("heap", None, 0, "HEAP", 0, 0, 0, 0, None),
            ("stored", "cci", 1, "CLUSTERED COLUMNSTORE", 0, 0, 0, 0, None),
            ("stored", "pk_stored", 2, "NONCLUSTERED", 1, 1, 0, 0, None),
            ("t", "pk", 1, "CLUSTERED", 1, 1, 0, 0, None),
            ("t", "uq", 2, "NONCLUSTERED", 1, 0, 1, 0, None),
            ("t", "ix", 3, "NONCLUSTERED", 0, 0, 0, 1, "([c]>(5))"),
        ],
    ),
    (
        "SELECT index_id, index_column_id, COL_NAME(object_id, column_id), key_ordinal, is_descending_key, "
        "is_included_column FROM sys.index_columns WHERE object_id = OBJECT_ID('t') ORDER BY 1, 2",
        [
            (1, 1, "a", 1, 0, 0),
            (2, 1, "b", 1, 1, 0),
            (2, 2, "c", 2, 0, 0),
            (3, 1, "c", 1, 1, 0),
            (3, 2, "b", 2, 0, 0),
            (3, 3, "a", 0, 0, 1),
        ],
    ),
    (
        "SELECT LEFT(name, 7), parent_column_id, is_system_named FROM sys.check_constraints ORDER BY 3",
        [("ck", 3, 0), ("CK__t__", 0, 1)],
    ),
    ("SELECT name, parent_column_id, is_system_named FROM sys.default_constraints", [("df", 2, 0)]),
    ("SELECT name, unique_index_id, type FROM sys.key_constraints WHERE name = 'uq'", [("uq", 2, "UQ")]),
    ("SELECT name, seed_value, increment_value FROM sys.identity_columns", [("a", 5, 2)]),
    ("SELECT name, is_persisted FROM sys.computed_columns", [("d", 0)]),
    (
        "SELECT index_id, rows FROM sys.partitions WHERE object_id = OBJECT_ID('t') ORDER BY 1",
        [(1, 1), (2, 1), (3, 1)],
    ),
    ("SELECT SUM(row_count) FROM sys.dm_db_partition_stats WHERE object_id = OBJECT_ID('t') AND index_id < 2", [(1,)]),
    (
        "SELECT OBJECT_NAME(referencing_id), referenced_schema_name, referenced_entity_name, "
        "OBJECT_NAME(referenced_id) FROM sys.sql_expression_dependencies WHERE OBJECT_NAME(referencing_id) IN "
        "('v', 'p') ORDER BY 1, 3",
        [("p", "later", "p2", None), ("p", None, "t", "t"), ("v", "dbo", "heap", "heap"), ("v", None, "t", "t")],
    ),
    (
        "SELECT TABLE_NAME, COLUMN_NAME, CONSTRAINT_NAME FROM INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE "
        "WHERE CONSTRAINT_NAME IN ('pk', 'ck') ORDER BY 3",
        [("t", "c", "ck"), ("t", "a", "pk")],
    ),
    ("SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS", []),
    ("SELECT SEQUENCE_NAME FROM INFORMATION_SCHEMA.SEQUENCES", []),
    ("SELECT name FROM sys.foreign_keys UNION ALL SELECT name FROM sys.synonyms", []),
    ("SELECT name, xtype, type FROM sysobjects WHERE xtype IN ('PK', 'U') AND name LIKE 'pk%'",
     [("pk", "PK", "K "), ("pk_stored", "PK", "K ")]),
    ("SELECT name FROM dbo.syscolumns WHERE id = OBJECT_ID('heap') ORDER BY colid", [("a",), ("x",)]),
    ("SELECT name FROM sys.all_objects WHERE name IN ('t', 'all_columns') ORDER BY 1", [("all_columns",), ("t",)]),
    ("SELECT name FROM sys.system_views WHERE name = 'dm_exec_sessions'", [("dm_exec_sessions",)]),
    (
        "SELECT name FROM sys.all_columns WHERE object_id = OBJECT_ID('sys.schemas') ORDER BY column_id",
        [("name",), ("schema_id",), ("principal_id",)],
    ),
    ("SELECT name, system_type_id FROM sys.types WHERE user_type_id = 256", [("sysname", 231)]),
    ("SELECT name, principal_id, SUSER_NAME(1), SUSER_SNAME(sid) FROM sys.server_principals WHERE sid = 0x01",
     [("sa", 1, "sa", "sa")]),
    ("SELECT name FROM sys.database_principals WHERE principal_id < 5 AND type = 'S' ORDER BY principal_id",
     [("dbo",), ("guest",), ("INFORMATION_SCHEMA",), ("sys",)]),
    ("SELECT SUSER_SNAME(owner_sid), page_verify_option_desc FROM sys.databases WHERE database_id = DB_ID()",
     [("sa", "CHECKSUM")]),
    ("SELECT type_desc, name FROM sys.database_files ORDER BY file_id", [("ROWS", "D"), ("LOG", "D_log")]),
    ("SELECT name FROM sys.master_files WHERE database_id < 3 ORDER BY database_id, file_id",
     [("master",), ("mastlog",), ("tempdev",), ("templog",)]),
    ("SELECT host_platform FROM sys.dm_os_host_info", [("Linux",)]),
    ("SELECT t.name FROM sys.tables AS t LEFT JOIN sys.periods AS p ON p.object_id = t.object_id "
     "LEFT JOIN sys.filetables AS f ON f.object_id = t.object_id WHERE p.object_id IS NULL AND t.name = 't'",
     [("t",)]),
    ("SELECT name, default_value FROM sys.all_parameters WHERE object_id = OBJECT_ID('p') AND name = '@a'",
     [("@a", None)]),
    ("SELECT is_user_process, text_size FROM sys.dm_exec_sessions WHERE session_id = @@SPID", [(1, 2147483647)]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "rows"), ROWS)
def test_a_view_shows_the_objects(world: Client, query: str, rows: list[tuple[Any, ...]]) -> None:
    assert world(query).rows == rows


def test_the_isolation_level_of_a_session_is_the_one_that_it_set(sql: Client) -> None:
    query = "SELECT transaction_isolation_level FROM sys.dm_exec_sessions WHERE session_id = @@SPID"
    for number, level in ((1, "READ UNCOMMITTED"), (3, "REPEATABLE READ"), (5, "SNAPSHOT"), (2, "READ COMMITTED")):
        assert sql(f"SET TRANSACTION ISOLATION LEVEL {level}; {query}").value == number


def test_a_session_sees_the_requests_and_transactions_of_others(sql: Client, connect: Connect) -> None:
    other = connect()
    other.good("BEGIN TRANSACTION")
    spid = other("SELECT @@SPID").value
    query = "SELECT status, open_transaction_count, DB_NAME(database_id) FROM sys.dm_exec_sessions WHERE session_id = "
    assert sql(f"{query}{spid}").rows == [("sleeping", 1, "D")]
    assert sql("SELECT session_id FROM sys.dm_exec_requests").rows == [(sql("SELECT @@SPID").value,)]
    other.good("ROLLBACK")


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("sys.allocation_units", 40510),
        ("sys.dm_os_wait_stats", 40510),
        ("sysdepends", 40510),
        ("INFORMATION_SCHEMA.COLUMN_PRIVILEGES", 40510),
        ("sys.nothing", 208),
        ("sysnothing", 208),
    ],
)
def test_a_view_that_sql_server_has_is_refused_by_name(sql: Client, name: str, number: int) -> None:
    result = sql(f"SELECT * FROM {name}")
    assert result.numbers == [number]
    assert name.split(".")[-1] in result.errors[0].text


def test_a_view_may_read_system_views(sql: Client) -> None:
    sql.good(
        "CREATE TABLE t (a INT)", "CREATE VIEW v AS SELECT o.name, o.type FROM sys.objects AS o WHERE o.type = 'U'"
    )
    assert sql("SELECT * FROM v").rows == [("t", "U ")]


@pytest.mark.parametrize(
    "hints",
    [
        "LABEL = 'dbt'",
        "RECOMPILE, MAXDOP 1",
        "HASH JOIN, LOOP JOIN, MERGE UNION",
        "OPTIMIZE FOR UNKNOWN",
        "OPTIMIZE FOR (@a = 1, @a UNKNOWN)",
        "USE HINT ('FORCE_LEGACY_CARDINALITY_ESTIMATION', 'QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_150')",
        "MAX_GRANT_PERCENT = 10, KEEPFIXED PLAN",
        "QUERYTRACEON 4199",
    ],
)
def test_query_hints_change_no_result(sql: Client, hints: str) -> None:
    assert sql(f"DECLARE @a INT = 1; SELECT x FROM (VALUES (1)) AS t (x) WHERE x = @a OPTION ({hints})").value == 1


def test_an_unknown_use_hint_is_an_error(sql: Client) -> None:
    assert sql("SELECT 1 OPTION (USE HINT ('NOTHING'))").numbers == [10715]


def test_the_question_with_which_microsofts_tools_connect_is_answered(sql: Client) -> None:
    present = (
        "SELECT CASE WHEN EXISTS (SELECT TOP 1 1 FROM [sys].[all_columns] WITH (NOLOCK) "
        "WHERE name = N'xml_index_type' AND OBJECT_ID(N'sys.xml_indexes') = object_id) THEN 1 ELSE 0 END AS SXI_PRESENT"
    )
    assert sql(f"SELECT SERVERPROPERTY('productlevel'), ({present})").rows == [("RTM", 1)]


def test_the_first_result_set_of_a_batch_is_described(sql: Client) -> None:
    sql.good("CREATE TABLE t (a INT IDENTITY, b NVARCHAR(7) COLLATE Latin1_General_CS_AS, c DECIMAL(9, 2))")
    columns = "name, system_type_name, max_length, collation_name, is_identity_column, error_number"
    query = f"SELECT {columns} FROM sys.dm_exec_describe_first_result_set({{}}, {{}}, 0) ORDER BY column_ordinal"
    text = "N'SET NOCOUNT ON; SELECT a, b, c * 2 AS d, @x FROM t'"
    assert sql(query.format(text, "N'@x varchar(3)'")).rows == [
        ("a", "int", 4, None, 1, None),
        ("b", "nvarchar(7)", 14, "Latin1_General_CS_AS", 0, None),
        ("d", "decimal(11,2)", 9, None, 0, None),
        (None, "varchar(3)", 3, "Latin1_General_100_CI_AS_KS_WS_SC", 0, None),
    ]
    assert sql(query.format("N'SELECT nothing FROM t'", "NULL")).rows == [(None, None, None, None, None, 207)]
    assert sql(query.format("N'SELECT FROM'", "NULL")).rows == [(None, None, None, None, None, 156)]
    assert sql(query.format("N'EXEC p'", "NULL")).numbers == [40510]


@pytest.mark.parametrize(
    ("levels", "rows"),
    [
        ("NULL, NULL, NULL, NULL, NULL, NULL", [(None, None, "a database")]),
        ("'schema', default, default, default, default, default", [("SCHEMA", "dbo", "a schema")]),
        ("'SCHEMA', 'dbo', 'TABLE', default, NULL, NULL", [("TABLE", "t", "a table")]),
        ("'SCHEMA', 'dbo', 'TABLE', 't', 'COLUMN', default", [("COLUMN", "a", "a column")]),
        ("'SCHEMA', 'dbo', 'VIEW', default, NULL, NULL", []),
    ],
)
def test_extended_properties_are_listed_by_level(sql: Client, levels: str, rows: list[tuple[Any, ...]]) -> None:
    sql.good(
        "CREATE TABLE t (a INT)",
        "EXEC sp_addextendedproperty 'd', 'a database'; EXEC sp_addextendedproperty 'd', 'a schema', 'SCHEMA', 'dbo';"
        "EXEC sp_addextendedproperty 'd', 'a table', 'SCHEMA', 'dbo', 'TABLE', 't';"
        "EXEC sp_addextendedproperty 'd', 'a column', 'SCHEMA', 'dbo', 'TABLE', 't', 'COLUMN', 'a'",
    )
    for function in ("fn_listextendedproperty", "sys.fn_listextendedproperty"):
        assert sql(f"SELECT objtype, objname, value FROM {function}('d', {levels})").rows == rows


def test_order_by_after_union_may_name_the_table_of_the_first_query(sql: Client) -> None:
    text = "WITH c AS (SELECT 1 AS a, 2 AS b) SELECT c.b, c.a FROM c UNION SELECT 0, 9 ORDER BY c.a DESC"
    assert sql(text).rows == [(0, 9), (2, 1)]
    assert sql("SELECT c.b FROM (SELECT 1 AS a, 2 AS b) AS c UNION SELECT 0 ORDER BY c.a").numbers == [104]


def test_the_older_form_of_drop_index_is_accepted(sql: Client) -> None:
    sql.good("CREATE TABLE t (a INT); CREATE INDEX i ON t (a); DROP INDEX dbo.t.i")
    assert sql("SELECT name FROM sys.indexes WHERE object_id = OBJECT_ID('t')").rows == [(None,)]


def test_the_readme_lists_the_system_views_and_procedures() -> None:
    text = README.read_text(encoding="utf-8")
    assert renewed(text) == text


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("OBJECTPROPERTY(OBJECT_ID('t'), 'TableHasCheckCnst')", 1),
        ("OBJECTPROPERTY(OBJECT_ID('t'), 'TableHasForeignKey')", 0),
        ("OBJECTPROPERTY(OBJECT_ID('heap'), 'TableHasClustIndex')", 0),
        ("OBJECTPROPERTY(OBJECT_ID('pk'), 'IsPrimaryKey')", 1),
        ("OBJECTPROPERTY(OBJECT_ID('pk'), 'CnstIsClustKey')", 1),
        ("OBJECTPROPERTY(OBJECT_ID('df'), 'IsDefaultCnst')", 1),
        ("OBJECTPROPERTY(OBJECT_ID('ck'), 'CnstIsDisabled')", 0),
        ("OBJECTPROPERTY(OBJECT_ID('p'), 'ExecIsAnsiNullsOn')", 1),
        ("OBJECTPROPERTY(OBJECT_ID('v'), 'IsIndexable')", 0),
        ("OBJECTPROPERTY(OBJECT_ID('t'), 'ExecIsStartup')", None),
        ("OBJECTPROPERTYEX(OBJECT_ID('v'), 'BaseType')", "V "),
        ("INDEXPROPERTY(OBJECT_ID('t'), 'ix', 'IsUnique')", 0),
        ("INDEXPROPERTY(OBJECT_ID('t'), 'uq', 'IndexID')", 2),
        ("INDEXPROPERTY(OBJECT_ID('t'), 'nothing', 'IndexID')", None),
        ("COLUMNPROPERTY(OBJECT_ID('t'), 'd', 'IsDeterministic')", 1),
        ("COLUMNPROPERTY(OBJECT_ID('t'), 'd', 'IsPrecise')", 1),
        ("COLUMNPROPERTY(OBJECT_ID('t'), 'a', 'IsPrecise')", None),
        ("TYPEPROPERTY('nothing', 'OwnerId')", None),
        ("SESSIONPROPERTY('ANSI_NULLS')", 1),
        ("SESSIONPROPERTY('NUMERIC_ROUNDABORT')", 0),
        ("SESSIONPROPERTY('nothing')", None),
        ("SERVERPROPERTY('EngineEdition')", 4),
        ("FULLTEXTSERVICEPROPERTY('IsFullTextInstalled')", 0),
        ("SUSER_SNAME(0x1234)", None),
    ],
)
def test_a_property_has_its_value(world: Client, call: str, value: object) -> None:
    assert world(f"SELECT {call}").value == value


def test_the_registry_has_no_values(sql: Client) -> None:
    result = sql(
        "DECLARE @x NVARCHAR(9) = N'x'; EXEC master.dbo.xp_instance_regread N'HKEY', N'key', N'v', @x OUTPUT; SELECT @x"
    )
    assert result.value is None


def test_a_result_may_cast_to_sql_variant_and_nothing_else_may(sql: Client) -> None:
    assert sql("SELECT CAST(N'x' AS sql_variant) AS v, CONVERT(sql_variant, 1)").rows == [("x", 1)]
    for query in (
        "SELECT 1 WHERE CAST(1 AS sql_variant) = N'1'",
        "SELECT v FROM (SELECT CAST(1 AS sql_variant) AS v) AS t",
        "SELECT CAST(1 AS sql_variant) AS v INTO made",
        "SELECT CAST(1 AS sql_variant) UNION SELECT N'1'",
    ):
        assert sql(query).numbers == [40510]

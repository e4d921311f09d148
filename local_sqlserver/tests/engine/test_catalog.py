import pytest

from tests.engine.conftest import Client, Connect
from tests.test_types import DECLARED


@pytest.fixture
def world(sql: Client) -> Client:
    sql.good(
        "CREATE SCHEMA s",
        "CREATE TABLE s.t (id INT IDENTITY(3, 2) NOT NULL CONSTRAINT pk_t PRIMARY KEY CLUSTERED (id), "
        "name NVARCHAR(20) NULL CONSTRAINT df_name DEFAULT N'x', amount DECIMAL(9, 2) NOT NULL, "
        "at DATETIME2(3) NOT NULL, "
        "CONSTRAINT ck_amount CHECK (amount > 0), CONSTRAINT uq_name UNIQUE (name))",
        "CREATE INDEX ix_at ON s.t (at)",
        "CREATE VIEW s.v AS SELECT id, name, amount * 2 AS twice FROM s.t",
        "CREATE PROCEDURE s.p @a INT, @b NVARCHAR(30) = N'' OUTPUT AS SELECT 1",
    )
    return sql


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT name FROM sys.tables", [("t",)]),
        ("SELECT name FROM sys.views", [("v",)]),
        ("SELECT name, type_desc FROM sys.procedures", [("p", "SQL_STORED_PROCEDURE")]),
        ("SELECT name FROM sys.schemas WHERE schema_id BETWEEN 5 AND 16383", [("s",)]),
        (
            "SELECT name, type, SCHEMA_NAME(schema_id) FROM sys.objects ORDER BY name",
            [
                ("ck_amount", "C ", "s"),
                ("df_name", "D ", "s"),
                ("p", "P ", "s"),
                ("pk_t", "PK", "s"),
                ("t", "U ", "s"),
                ("uq_name", "UQ", "s"),
                ("v", "V ", "s"),
            ],
        ),
        (
            "SELECT c.name, TYPE_NAME(c.user_type_id), c.max_length, c.precision, c.scale, "
            "c.is_nullable, c.is_identity "
            "FROM sys.columns AS c WHERE c.object_id = OBJECT_ID(N's.t') ORDER BY c.column_id",
            [
                ("id", "int", 4, 10, 0, 0, 1),
                ("name", "nvarchar", 40, 0, 0, 1, 0),
                ("amount", "decimal", 5, 9, 2, 0, 0),
                ("at", "datetime2", 7, 23, 3, 0, 0),
            ],
        ),
        (
            "SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, ORDINAL_POSITION FROM "
            "INFORMATION_SCHEMA.COLUMNS "
            "WHERE TABLE_SCHEMA = N'S' AND TABLE_NAME = N'v' ORDER BY ORDINAL_POSITION",
            [("id", "int", None, 1), ("name", "nvarchar", 20, 2), ("twice", "decimal", None, 3)],
        ),
        (
            "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM information_schema.tables ORDER BY 2",
            [("s", "t", "BASE TABLE"), ("s", "v", "VIEW")],
        ),
        (
            "SELECT name FROM sys.indexes WHERE object_id = OBJECT_ID(N's.t') ORDER BY name",
            [("ix_at",), ("pk_t",), ("uq_name",)],
        ),
        ("SELECT CAST(seed_value AS INT), CAST(increment_value AS INT) FROM sys.identity_columns", [(3, 2)]),
        ("SELECT name FROM sys.default_constraints", [("df_name",)]),
        ("SELECT name, is_output FROM sys.parameters ORDER BY parameter_id", [("@a", 0), ("@b", 1)]),
        ("SELECT COUNT(*) FROM sys.sql_modules WHERE definition LIKE N'%@b NVARCHAR(30)%'", [(1,)]),
        ("SELECT name, state_desc FROM sys.databases WHERE name = N'd'", [("D", "ONLINE")]),
        ("SELECT name FROM D.sys.tables", [("t",)]),
        ("SELECT COUNT(*) FROM master.sys.tables", [(0,)]),
        ("SELECT OBJECT_NAME(OBJECT_ID(N'[s].[t]')), OBJECT_SCHEMA_NAME(OBJECT_ID(N'D.s.v'))", [("t", "s")]),
        (
            "SELECT OBJECT_ID(N's.t', N'V'), OBJECT_ID(N'none'), DB_ID(N'none'), SCHEMA_ID(N'none')",
            [(None,) * 4],
        ),
        (
            "SELECT DB_NAME(), DB_NAME(DB_ID()), SCHEMA_NAME(SCHEMA_ID(N'S')), COL_LENGTH(N's.t', N'name')",
            [("D", "D", "s", 40)],
        ),
        (
            "SELECT ORIGINAL_LOGIN(), USER_NAME(), IS_SRVROLEMEMBER(N'sysadmin'), @@SERVERNAME",
            [("sa", "dbo", 1, "test")],
        ),
    ],
)
def test_the_catalog_lists_the_objects(world: Client, query: str, rows: list[tuple[object, ...]]) -> None:
    assert world(query).rows == rows


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("CREATE DATABASE D", 1801),
        ("DROP DATABASE nothing", 3701),
        ("DROP DATABASE master", 3708),
        ("CREATE SCHEMA s", 2714),
        ("DROP SCHEMA s", 3729),
        ("DROP SCHEMA nothing", 15151),
        ("CREATE TABLE s.t (a INT)", 2714),
        ("CREATE TABLE nothing.t (a INT)", 2760),
        ("CREATE VIEW s.v AS SELECT 1 AS a", 2714),
        ("ALTER VIEW s.w AS SELECT 1 AS a", 208),
        ("CREATE VIEW s.w AS SELECT a FROM nothing", 208),
        ("DROP PROCEDURE s.v", 3705),
        ("DROP TABLE s.nothing", 3701),
        ("SELECT * FROM sys.nothing", 208),
        ("SELECT * FROM sys.nosuch", 208),
        ("ALTER DATABASE D SET PARAMETERIZATION FORCED", 40510),
        ("ALTER DATABASE nothing SET RECOVERY SIMPLE", 5011),
        ("BEGIN TRAN CREATE DATABASE F", 226),
    ],
)
def test_impossible_definitions_are_errors(world: Client, text: str, number: int) -> None:
    assert world(text).numbers == [number]


def test_the_columns_of_select_into_are_typed(world: Client) -> None:
    world.good("INSERT s.t (amount, at) VALUES (1.5, '2026-01-01')", "SELECT id, name, amount INTO s.u FROM s.t")
    assert world(
        "SELECT name, TYPE_NAME(user_type_id) FROM sys.columns WHERE object_id = OBJECT_ID(N's.u') ORDER BY column_id"
    ).rows == [
        ("id", "int"),
        ("name", "nvarchar"),
        ("amount", "decimal"),
    ]


def test_alter_and_drop_are_recorded(world: Client) -> None:
    world.good(
        "CREATE TABLE s.u (a INT)",
        "ALTER TABLE s.u ADD b NVARCHAR(7) NULL",
        "ALTER TABLE s.u ADD CONSTRAINT ck_u CHECK (a > 0)",
        "CREATE OR ALTER VIEW s.v AS SELECT b FROM s.u",
    )
    assert world("SELECT name FROM sys.columns WHERE object_id = OBJECT_ID(N's.u') ORDER BY column_id").rows == [
        ("a",),
        ("b",),
    ]
    assert world("SELECT name FROM sys.columns WHERE object_id = OBJECT_ID(N's.v')").rows == [("b",)]
    world.good(
        "ALTER TABLE s.u DROP CONSTRAINT ck_u",
        "DROP VIEW s.v",
        "DROP TABLE IF EXISTS s.u, s.t",
        "DROP PROCEDURE s.p",
        "DROP SCHEMA s",
    )
    assert world("SELECT COUNT(*) FROM sys.objects").value == 0
    assert world("SELECT COUNT(*) FROM sys.columns").value == 0


def test_a_column_not_null_is_added_in_a_transaction_that_continues_to_write(world: Client) -> None:
    world.good(
        "CREATE TABLE s.u (a INT IDENTITY NOT NULL, b NVARCHAR(7) NULL, twice AS (a * 2),"
        " CONSTRAINT pk_u PRIMARY KEY (a), CONSTRAINT uq_u UNIQUE (b))",
        "INSERT s.u (b) VALUES (N'x'), (N'y')",
    )
    added = (
        "ALTER TABLE s.u ADD c BIT NOT NULL CONSTRAINT df_c DEFAULT 1, d INT NULL, e NVARCHAR(5) NOT NULL DEFAULT N'e';"
        " ALTER TABLE s.u ADD CONSTRAINT ck_u CHECK (c = 1 OR d > 0);",
        "UPDATE s.u SET d = a; INSERT s.u (b) VALUES (N'z');",
    )
    world.good("BEGIN TRANSACTION", *added, "ROLLBACK TRANSACTION")
    assert world("SELECT * FROM s.u ORDER BY a").rows == [(1, "x", 2), (2, "y", 4)]
    world.good("BEGIN TRANSACTION", *added, "COMMIT TRANSACTION")
    rows = world("SELECT b, twice, c, d, e FROM s.u ORDER BY a").rows
    assert [row[0] for row in rows] == ["x", "y", "z"]
    assert rows[:2] == [("x", 2, True, 1, "e"), ("y", 4, True, 2, "e")]
    assert world("INSERT s.u (b) VALUES (N'X')").numbers == [2627]
    assert world("INSERT s.u (b, c) VALUES (N'n', NULL)").numbers == [515]
    assert world("INSERT s.u (b, c, d) VALUES (N'n', 0, -1)").numbers == [547]


def test_object_definition_returns_the_text_of_constraints(world: Client) -> None:
    world.good("CREATE TABLE s.u (a INT CONSTRAINT df_a DEFAULT 7, CONSTRAINT ck_u CHECK (a > 0))")
    definition = "SELECT OBJECT_DEFINITION(OBJECT_ID(N's.{}'))"
    assert world(definition.format("ck_u")).value == "([a]>(0))"
    assert world(definition.format("df_a")).value == "((7))"
    assert world(definition.format("u")).value is None
    assert world(definition.format("nothing")).value is None


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("0", "((0))"),
        ("(-1)", "((-1))"),
        ("'0'", "('0')"),
        ("N'it''s'", "(N'it''s')"),
        ("NULL", "(NULL)"),
        ("1 + 2 * 3", "((1)+(2)*(3))"),
        ("(1 + 2) * 3", "(((1)+(2))*(3))"),
        ("CURRENT_TIMESTAMP", "(getdate())"),
        ("SYSUTCDATETIME()", "(sysutcdatetime())"),
        ("DATEADD(DAY, 1, GETDATE())", "(dateadd(day,(1),getdate()))"),
        ("CAST('1' AS DECIMAL(5, 2))", "(CONVERT([decimal](5,2),'1'))"),
    ],
)
def test_a_default_is_stored_in_sql_servers_form(sql: Client, written: str, stored: str) -> None:
    sql.good(f"CREATE TABLE d (b NVARCHAR(90) DEFAULT {written})")
    assert sql("SELECT COLUMN_DEFAULT FROM INFORMATION_SCHEMA.COLUMNS").value == stored


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("a > 0 AND (b < 5 OR b IS NULL)", "([a]>(0) AND ([b]<(5) OR [b] IS NULL))"),
        ("a BETWEEN 1 AND 5", "([a]>=(1) AND [a]<=(5))"),
        ("a IN (1, 2)", "([a]=(2) OR [a]=(1))"),
        ("LEN([c]) > 2", "(len([c])>(2))"),
        ("c LIKE 'x%'", "([c] like 'x%')"),
    ],
)
def test_a_check_is_stored_in_sql_servers_form(sql: Client, written: str, stored: str) -> None:
    sql.good(f"CREATE TABLE k (a INT, b INT, c VARCHAR(9), CHECK ({written}), CHECK (b > 0), CHECK (b > 1))")
    assert sql("SELECT definition FROM sys.check_constraints WHERE definition NOT LIKE '([[]b]>(_))'").value == stored


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("CREATE {} AS SELECT 1 AS a", "CREATE {} AS SELECT 1 AS a"),
        ("CREATE OR ALTER {} AS SELECT 1 AS a", "CREATE   {} AS SELECT 1 AS a"),
        (
            "-- CREATE OR ALTER\ncreate or\n  alter {} AS SELECT 1 AS a",
            "-- CREATE OR ALTER\ncreate \n   {} AS SELECT 1 AS a",
        ),
        ("CREATE/*a*/OR/*b*/ALTER/*c*/{} AS SELECT 1 AS a", "CREATE/*a*//*b*//*c*/{} AS SELECT 1 AS a"),
    ],
)
@pytest.mark.parametrize("what", ["VIEW s.x", "PROCEDURE s.x", "PROC s.x @a INT = 1"])
def test_a_definition_is_stored_as_create(world: Client, what: str, written: str, kept: str) -> None:
    world.good(written.format(what))
    for definition in (
        "SELECT OBJECT_DEFINITION(OBJECT_ID(N's.x'))",
        "SELECT definition FROM sys.sql_modules WHERE object_id = OBJECT_ID(N's.x')",
    ):
        assert world(definition).value == kept.format(what)
    world.good(f"/* ALTER */ ALTER {what} AS SELECT 2 AS a")
    assert world(definition).value == f"/* ALTER */ CREATE {what} AS SELECT 2 AS a"


def test_helptext_shows_a_procedure(world: Client) -> None:
    assert world("EXEC sp_helptext N's.p'").rows == [
        ("CREATE PROCEDURE s.p @a INT, @b NVARCHAR(30) = N'' OUTPUT AS SELECT 1",)
    ]


def test_identity_insert_writes_given_keys(world: Client) -> None:
    text = "INSERT s.t (id, name, amount, at) VALUES (0, N'zero', 1, '2026-01-01')"
    assert world(text).numbers == [544]
    world.good("SET IDENTITY_INSERT s.t ON " + text + " SET IDENTITY_INSERT s.t OFF")
    world.good("INSERT s.t (amount, at) VALUES (1, '2026-01-01')")
    assert world("SELECT id FROM s.t ORDER BY id").rows == [(0,), (3,)]


def test_logins_have_the_granted_permissions_and_no_others(world: Client, connect: Connect) -> None:
    world.good(
        "CREATE LOGIN worker WITH PASSWORD = 'Worker_1'",
        "CREATE USER worker FOR LOGIN worker",
        "CREATE ROLE loaders",
        "ALTER ROLE loaders ADD MEMBER worker",
        "GRANT EXECUTE ON SCHEMA::s TO loaders",
        "GRANT SELECT ON OBJECT::s.v TO worker",
        "CREATE PROCEDURE s.adds AS INSERT s.t (amount, at) VALUES (1, '2026-01-01')",
        "CREATE TABLE s.copies (amount DECIMAL(12, 3), at DATETIME2(7))",
        "GRANT SELECT, INSERT ON OBJECT::s.copies TO worker",
        "CREATE PROCEDURE s.dynamic AS EXEC (N'SELECT * FROM s.t')",
        "CREATE DATABASE E",
    )
    try:
        worker = connect("D", "worker", "Worker_1")
        assert worker("SELECT USER_NAME(), SUSER_SNAME(), IS_MEMBER(N'loaders')").rows == [("worker", "worker", 1)]
        worker.good("EXEC s.adds", "SELECT * FROM s.v", "INSERT s.copies (amount) SELECT 1 FROM s.v")
        for text, number in [
            ("INSERT s.copies (amount) SELECT amount FROM s.t", 229),
            ("SELECT * FROM s.t", 229),
            ("DELETE s.t", 229),
            ("EXEC s.dynamic", 229),
            ("CREATE TABLE s.u (a INT)", 262),
            ("CREATE PROCEDURE s.q AS SELECT 1", 262),
            ("ALTER TABLE s.t ADD x INT", 1088),
            ("CREATE INDEX i ON s.t (amount)", 1088),
            ("DROP PROCEDURE s.p", 3701),
            ("DROP TABLE s.t", 3701),
            ("CREATE DATABASE X", 262),
            ("CREATE LOGIN x WITH PASSWORD = 'x'", 15247),
            ("CREATE USER x WITHOUT LOGIN", 15247),
            ("GRANT SELECT ON s.t TO public", 15151),
            ("SELECT * FROM E.sys.tables", 916),
            ("BULK INSERT s.t FROM 'x.csv'", 4834),
        ]:
            assert worker(text).numbers == [number], text
        world.good("DENY SELECT ON SCHEMA::s TO loaders")
        assert worker("SELECT * FROM s.v").numbers == [229]
        world.good("REVOKE SELECT ON SCHEMA::s FROM loaders", "DROP USER worker")
        worker.session.close()
    finally:
        world.good("DROP LOGIN worker", "DROP DATABASE E")


def test_a_change_needs_no_select_unless_it_reads_its_target(world: Client, connect: Connect) -> None:
    world.good(
        "CREATE LOGIN worker WITH PASSWORD = 'Worker_1'",
        "CREATE USER worker FOR LOGIN worker",
        "CREATE TABLE dbo.w (a INT, b INT)",
        "GRANT INSERT, UPDATE, DELETE ON dbo.w TO worker",
    )
    worker = connect("D", "worker", "Worker_1")
    worker.good("INSERT dbo.w VALUES (1, 1)", "UPDATE dbo.w SET a = 2", "DELETE dbo.w")
    for text in [
        "INSERT dbo.w SELECT a, b FROM dbo.w",
        "INSERT dbo.w OUTPUT inserted.a VALUES (1, 1)",
        "UPDATE dbo.w SET a = b",
        "UPDATE dbo.w SET a = 1 WHERE b = 1",
        "DELETE dbo.w WHERE a = 1",
        "MERGE dbo.w AS t USING (VALUES (1)) AS s (a) ON t.a = s.a WHEN MATCHED THEN DELETE;",
    ]:
        assert worker(text).numbers == [229], text
    world.good("GRANT SELECT ON dbo.w TO worker", "DENY INSERT ON dbo.w TO worker")
    worker.good("MERGE dbo.w AS t USING (VALUES (1)) AS s (a) ON t.a = s.a WHEN MATCHED THEN DELETE;")
    worker.session.close()
    world.good("DROP USER worker", "DROP LOGIN worker")


def test_fixed_roles_give_and_deny_permissions(world: Client, connect: Connect) -> None:
    world.good(
        "CREATE LOGIN worker WITH PASSWORD = 'Worker_1'",
        "CREATE USER worker FOR LOGIN worker",
        "CREATE TABLE dbo.w (a INT)",
        "GRANT SELECT, INSERT ON dbo.w TO worker",
    )
    worker = connect("D", "worker", "Worker_1")
    for role, allowed, denied in [
        ("db_denydatareader", "INSERT dbo.w VALUES (1)", "SELECT a FROM dbo.w"),
        ("db_denydatawriter", "SELECT a FROM dbo.w", "INSERT dbo.w VALUES (1)"),
        ("db_ddladmin", "CREATE TABLE dbo.x (a INT); DROP TABLE dbo.x", "CREATE ROLE clerks"),
        ("db_securityadmin", "CREATE ROLE clerks; DROP ROLE clerks", "CREATE TABLE dbo.x (a INT)"),
        ("db_accessadmin", "CREATE USER clerk WITHOUT LOGIN; DROP USER clerk", "CREATE ROLE clerks"),
    ]:
        world.good(f"ALTER ROLE {role} ADD MEMBER worker")
        worker.good(allowed)
        assert worker(denied).errors, denied
        world.good(f"ALTER ROLE {role} DROP MEMBER worker")
    worker.session.close()
    world.good("DROP USER worker", "DROP LOGIN worker")


@pytest.mark.parametrize(
    ("securable", "created", "dropped"),
    [
        ("OBJECT::dbo.t", "CREATE TABLE dbo.t (a INT)", "DROP TABLE dbo.t"),
        ("OBJECT::dbo.v", "CREATE VIEW dbo.v AS SELECT 1 AS a", "DROP VIEW dbo.v"),
        ("SCHEMA::x", "CREATE SCHEMA x", "DROP SCHEMA x"),
    ],
)
def test_permissions_end_with_their_object(sql: Client, securable: str, created: str, dropped: str) -> None:
    count = "SELECT COUNT(*) FROM sys.database_permissions"
    sql.good(created, f"GRANT SELECT ON {securable} TO public")
    assert sql(count).value == 1
    sql.good(f"BEGIN TRAN; {dropped}; ROLLBACK")
    assert sql(count).value == 1
    sql.good(dropped, created)
    assert sql(count).value == 0


def test_sys_columns_and_col_length_have_the_size_of_every_type(sql: Client) -> None:
    declared = [(f"c{index}", *row) for index, row in enumerate(DECLARED) if row[0].name != "sql_variant"]
    sql.good(f"CREATE TABLE dbo.sizes ({', '.join(f'{name} {kind}' for name, kind, *_ in declared)})")
    query = (
        "SELECT c.name, TYPE_NAME(c.system_type_id), c.max_length, c.precision, c.scale, "
        "COL_LENGTH(N'dbo.sizes', c.name) FROM sys.columns AS c "
        "WHERE c.object_id = OBJECT_ID(N'dbo.sizes') ORDER BY c.column_id"
    )
    assert sql(query).rows == [
        (name, kind.name, size, precision, scale, size) for name, kind, size, precision, scale in declared
    ]


def test_applications_find_the_types_by_odbcs_number(sql: Client) -> None:
    def names(number: int) -> list[str]:
        return [row[0] for row in sql(f"EXEC sp_datatype_info_100 @data_type = {number}").rows]

    assert names(3) == ["decimal", "money", "smallmoney"]
    assert names(93) == ["datetime2", "datetime", "smalldatetime"]
    assert len(names(0)) == 24


def test_changes_through_a_view_need_permissions_on_the_view_alone(world: Client, connect: Connect) -> None:
    world.good(
        "CREATE LOGIN worker WITH PASSWORD = 'Worker_1'",
        "CREATE USER worker FOR LOGIN worker",
        "CREATE TABLE dbo.base (a INT, b INT)",
        "CREATE VIEW dbo.shown AS SELECT a, b FROM dbo.base WHERE a > 0",
        "CREATE VIEW dbo.wider AS SELECT a, b FROM dbo.shown",
        "GRANT INSERT, UPDATE ON dbo.shown TO worker",
    )
    worker = connect("D", "worker", "Worker_1")
    worker.good("INSERT dbo.shown VALUES (1, 1)", "UPDATE dbo.shown SET a = 2")
    for text in [
        "UPDATE dbo.shown SET a = 1 WHERE b = 1",
        "UPDATE dbo.shown SET a = b",
        "DELETE dbo.shown",
        "UPDATE dbo.wider SET a = 1",
        "UPDATE dbo.base SET a = 1",
        "UPDATE s SET a = 1 FROM dbo.shown AS s JOIN dbo.base AS w ON w.a = s.a",
    ]:
        assert worker(text).numbers == [229], text
    world.good("GRANT SELECT, DELETE ON dbo.shown TO worker")
    worker.good("UPDATE dbo.shown SET a = 1 WHERE b = 1", "DELETE dbo.shown WHERE a = 1")
    worker.session.close()
    world.good("DROP VIEW dbo.wider, dbo.shown", "DROP TABLE dbo.base", "DROP USER worker", "DROP LOGIN worker")

"""Extended properties: sp_addextendedproperty and its siblings, sys.extended_properties."""

from __future__ import annotations

import pytest

from tests.engine.conftest import Connect

ADD = "EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'{}', @level0type = N'SCHEMA', {}"
TABLE = "@level0name = N's', @level1type = N'TABLE', @level1name = N't'"
COLUMN = f"{TABLE}, @level2type = N'COLUMN', @level2name = N'{{}}'"
SHOWN = (
    "SELECT p.class_desc, OBJECT_NAME(p.major_id), c.name, p.value FROM sys.extended_properties AS p"
    " LEFT JOIN sys.columns AS c ON p.class = 1 AND c.object_id = p.major_id AND c.column_id = p.minor_id"
    " ORDER BY 1, 2, 3, 4"
)


@pytest.fixture
def made(connect: Connect) -> Connect:
    connect().good("CREATE SCHEMA s")
    connect().good("CREATE TABLE s.t (a INT NOT NULL, b NVARCHAR(9) NULL)", "CREATE VIEW s.v AS SELECT a, b FROM s.t")
    connect().good("CREATE PROCEDURE s.p @x INT AS SELECT @x")
    return connect


def test_objects_columns_and_parameters_have_descriptions(made: Connect) -> None:
    session = made()
    session.good(
        ADD.format("a schema", "@level0name = N's'"),
        ADD.format("a table", TABLE),
        ADD.format("it''s a column", COLUMN.format("A")),
        "EXEC sp_addextendedproperty N'MS_Description', N'a view', N'schema', N's', N'view', N'v'",
        "EXEC sp_addextendedproperty N'MS_Description', N'x', N'SCHEMA', N's', N'PROCEDURE', N'p', N'PARAMETER', N'@x'",
        "EXEC sp_addextendedproperty N'owner', N'sales'",
    )
    assert session(SHOWN).rows == [
        ("DATABASE", None, None, "sales"),
        ("OBJECT_OR_COLUMN", "t", None, "a table"),
        ("OBJECT_OR_COLUMN", "t", "a", "it's a column"),
        ("OBJECT_OR_COLUMN", "v", None, "a view"),
        ("PARAMETER", "p", None, "x"),
        ("SCHEMA", None, None, "a schema"),
    ]
    assert session("SELECT minor_id FROM sys.extended_properties WHERE class = 2").value == 1


def test_a_value_is_replaced_and_a_property_deleted(made: Connect) -> None:
    session = made()
    session.good(ADD.format("old", COLUMN.format("b")))
    session.good(ADD.format("new", COLUMN.format("b")).replace("addextended", "updateextended"))
    assert session(SHOWN).rows == [("OBJECT_OR_COLUMN", "t", "b", "new")]
    session.good(f"EXEC sp_dropextendedproperty N'ms_description', N'SCHEMA', {COLUMN.format('b')}")
    assert session(SHOWN).rows == []


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        (ADD.format("twice", TABLE), 15233),
        (ADD.format("x", COLUMN.format("nowhere")), 15135),
        (ADD.format("x", TABLE.replace("N't'", "N'v'")), 15135),
        (ADD.format("x", "@level0name = N'nowhere'"), 15135),
        (ADD.format("x", TABLE).replace("MS_Description", ""), 15600),
        (ADD.format("x", "@level1type = N'TABLE', @level1name = N't'"), 15600),
        (ADD.format("x", COLUMN.format("a")).replace("addextended", "updateextended"), 15217),
        (f"EXEC sp_dropextendedproperty N'MS_Description', N'SCHEMA', {COLUMN.format('a')}", 15217),
        (ADD.format("x", TABLE).replace("N'SCHEMA'", "N'USER'"), 40510),
        (ADD.format("x", TABLE).replace("@value", "@worth"), 8145),
    ],
)
def test_a_wrong_call_is_refused(made: Connect, statement: str, number: int) -> None:
    session = made()
    session.good(ADD.format("once", TABLE))
    session.fails(statement, number)
    assert session(SHOWN).rows == [("OBJECT_OR_COLUMN", "t", None, "once")]


def test_a_property_goes_with_its_column_and_object_and_stays_when_a_view_is_altered(made: Connect) -> None:
    session = made()
    session.good(
        *(ADD.format(name, COLUMN.format(name)) for name in "ab"),
        ADD.format("view", TABLE.replace("TABLE", "VIEW").replace("N't'", "N'v'")),
        *(ADD.format(name, COLUMN.format(name).replace("TABLE", "VIEW").replace("N't'", "N'v'")) for name in "ab"),
    )
    session.good("CREATE OR ALTER VIEW s.v AS SELECT a FROM s.t")
    session.good("CREATE OR ALTER VIEW s.v AS SELECT a, b FROM s.t")
    session.good("ALTER TABLE s.t DROP COLUMN b", "ALTER TABLE s.t ADD b INT NULL")
    kept = [("OBJECT_OR_COLUMN", "t", "a", "a"), ("OBJECT_OR_COLUMN", "v", None, "view")]
    assert session(SHOWN).rows == [*kept, ("OBJECT_OR_COLUMN", "v", "a", "a")]
    session.good("DROP VIEW s.v", "DROP TABLE s.t")
    assert session(SHOWN).rows == []


def test_a_rollback_takes_a_property_back(made: Connect) -> None:
    session = made()
    session.good(f"BEGIN TRANSACTION; {ADD.format('a table', TABLE)}; ROLLBACK")
    assert session(SHOWN).rows == []

"""Inferred types of undeclared parameters."""

from __future__ import annotations

import pytest

from local_sqlserver.compiler.undeclared import parameter_types
from local_sqlserver.errors import SqlError
from tests.compiler.world import World

STATEMENTS: list[tuple[str, dict[str, str | None]]] = [
    ("INSERT INTO t (name, day) VALUES (@P1, @P2)", {"@P1": "nvarchar(20)", "@P2": "date"}),
    ("INSERT t VALUES (@P1, @P2, @P3)", {"@P1": "nvarchar(20)", "@P2": "date", "@P3": "decimal(9,2)"}),
    ("INSERT t (name) VALUES (@P1), (@P2)", {"@P1": "nvarchar(20)", "@P2": "nvarchar(20)"}),
    ("INSERT t (name) VALUES (UPPER(@P1))", {"@P1": None}),
    ("UPDATE t SET name = @P1 WHERE id = @P2", {"@P1": "nvarchar(20)", "@P2": "int"}),
    ("DELETE t WHERE @P1 < day", {"@P1": "date"}),
    ("SELECT * FROM t WHERE name LIKE @P1 AND id IN (@P2, @P3)", {"@P1": "nvarchar(20)", "@P2": "int", "@P3": "int"}),
    ("SELECT * FROM t AS x WHERE x.price BETWEEN @P1 AND @P2", {"@P1": "decimal(9,2)", "@P2": "decimal(9,2)"}),
    ("SELECT * FROM t JOIN u ON t.id = u.id WHERE u.name = @P1 AND t.id = @P2", {"@P1": None, "@P2": "int"}),
    ("SELECT @P1, @@SPID", {"@P1": None}),
]


@pytest.fixture(scope="module")
def tables() -> World:
    world = World()
    world.run("CREATE TABLE t (id INT IDENTITY, name NVARCHAR(20), day DATE, price DECIMAL(9, 2))")
    world.run("CREATE TABLE u (id INT, name VARCHAR(5))")
    return world


@pytest.mark.parametrize(("statement", "expected"), STATEMENTS)
def test_a_parameter_has_the_type_of_the_column_that_stores_it_or_is_compared_with_it(
    tables: World, statement: str, expected: dict[str, str | None]
) -> None:
    found = parameter_types(statement, tables)
    assert {name: kind and str(kind) for name, kind in found.items()} == expected
    assert list(found) == list(expected)


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("INSERT t (nosuch) VALUES (@P1)", 207),
        ("INSERT nosuch VALUES (@P1)", 208),
        ("DELETE nosuch WHERE a = @P1", 208),
    ],
)
def test_a_name_that_does_not_exist_is_an_error(tables: World, statement: str, number: int) -> None:
    with pytest.raises(SqlError) as raised:
        parameter_types(statement, tables)
    assert raised.value.number == number

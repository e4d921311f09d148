"""Random statements: the session answers each with results or an error by its number, and goes on.

A statement is one of ``fuzz_seeds.sql`` whose tokens are dropped, doubled, swapped or replaced by those of others. The
answer is encoded as for a client, so that a value that does not fit its type is found, too.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_sqlserver.engine.events import Column, Error, Event, Session
from local_sqlserver.language.tokens import END, tokenize
from local_sqlserver.tds.token_stream import ResponseEncoder, Token
from local_sqlserver.types import MAX, SqlType
from tests import SOAK
from tests.engine.conftest import Connect

SEEDS = [
    [token.text for token in tokenize(line) if token.kind != END]
    for line in (Path(__file__).with_name("fuzz_seeds.sql").read_text(encoding="utf-8").splitlines())
]
SPECIAL = [
    "NULL",
    "''",
    "0",
    "-1",
    "2147483648",
    "1e400",
    "N'😀'",
    "'\u0000'",
    "0x",
    "@",
    "@@ROWCOUNT",
    "#",
    "[]",
    '""',
    "::",
]
POOL = sorted({token for seed in SEEDS for token in seed} | {*SPECIAL})
CHANGE = st.tuples(
    st.sampled_from(["drop", "double", "swap", "replace", "insert"]), st.integers(0, 200), st.sampled_from(POOL)
)
OBJECTS = (
    "IF OBJECT_ID('dbo.target', 'U') IS NULL CREATE TABLE dbo.target (id INT NOT NULL PRIMARY KEY DEFAULT 9, "
    "name NVARCHAR(20) NULL, v INT NULL CHECK (v < 1000), doc NVARCHAR(MAX) NULL); "
    "IF OBJECT_ID('dbo.source', 'U') IS NULL CREATE TABLE dbo.source (id INT, name NVARCHAR(20), v INT); "
    "IF OBJECT_ID('dbo.counter', 'SO') IS NULL CREATE SEQUENCE dbo.counter START WITH 1; "
    "IF TYPE_ID('dbo.Line') IS NULL EXEC ('CREATE TYPE dbo.Line AS TABLE (id INT NOT NULL DEFAULT 3, "
    "name NVARCHAR(20))')",
    "IF OBJECT_ID('dbo.lines', 'P') IS NULL EXEC ('CREATE PROCEDURE dbo.lines @l dbo.Line READONLY, @least INT = 0 AS "
    "SELECT * FROM @l WHERE id > @least')",
    "IF OBJECT_ID('dbo.total', 'FN') IS NULL EXEC ('CREATE FUNCTION dbo.total (@l dbo.Line READONLY) RETURNS INT AS "
    "BEGIN RETURN (SELECT SUM(id) FROM @l) END')",
    'DELETE dbo.target; DELETE dbo.source; INSERT dbo.target VALUES (1, N\'a\', 1, N\'{"name": "x", "n": 5}\'), '
    "(2, N'b', NULL, N'[1]'), (3, NULL, 3, NULL); INSERT dbo.source VALUES (1, N'z', 7), (5, N'q', NULL)",
)


def changed(seed: list[str], changes: list[tuple[str, int, str]]) -> str:
    """The text of a statement after some changes of its tokens."""
    tokens = list(seed)
    for kind, position, other in changes:
        index = position % (len(tokens) or 1)
        if kind == "insert" or not tokens:
            tokens.insert(index, other)
        elif kind == "drop":
            del tokens[index]
        elif kind == "double":
            tokens.insert(index, tokens[index])
        elif kind == "replace":
            tokens[index] = other
        else:
            tokens[index], tokens[index - 1] = tokens[index - 1], tokens[index]
    return " ".join(tokens)


STATEMENT = st.builds(changed, st.sampled_from(SEEDS), st.lists(CHANGE, max_size=4))


def answered(session: Session, text: str) -> list[Event]:
    """The events of a batch, which are encoded as for a client."""
    events = list(session.batch(text))
    for _ in ResponseEncoder("test").encode(iter(events), Token.DONE):
        pass
    return events


VALUES: dict[SqlType, st.SearchStrategy[object]] = {
    SqlType("int"): st.integers(-(2**31), 2**31 - 1),
    SqlType("bigint"): st.integers(-(2**63), 2**63 - 1),
    SqlType("nvarchar", length=10): st.text(max_size=12),
    SqlType("nvarchar", length=MAX): st.text(max_size=40),
    SqlType("varbinary", length=5): st.binary(max_size=6),
    SqlType("float"): st.floats(),
    SqlType("datetime2", scale=7): st.datetimes(),
    SqlType("decimal", precision=9, scale=2): st.decimals(-1_000_000, 1_000_000, places=2),
}
"""Values that a client may send in a column of a type; some are longer than announced."""
LOADED = st.lists(
    st.tuples(st.sampled_from(["id", "name", "v", "doc", "none", "ID"]), st.sampled_from([*VALUES])), max_size=4
).flatmap(
    lambda columns: st.tuples(
        st.just(columns),
        st.lists(st.tuples(*(VALUES[kind] | st.none() for _, kind in columns)), max_size=4),
    )
)


@pytest.mark.soak
@settings(
    max_examples=100 * SOAK,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(LOADED, st.sampled_from([0, 0, 0, 1]))
def test_a_session_answers_bulk_loads_of_random_rows_and_goes_on(
    connect: Connect, load: tuple[list[tuple[str, SqlType]], list[tuple[object, ...]]], left_out: int
) -> None:
    announced, rows = load
    client = connect()
    try:
        for text in OBJECTS:
            client(text)
        columns = [Column(name, kind) for name, kind in announced][left_out:]
        values = [[row[index] for row in rows] for index in range(len(announced))][left_out:]
        listed = ", ".join(f"[{name}] {kind}" for name, kind in announced)
        client(f"INSERT BULK dbo.target ({listed}) WITH (CHECK_CONSTRAINTS)")
        for event in client.session.bulk_load(columns, values):
            assert not (isinstance(event, Error) and "Python" in event.text), event
        client.session.reset()
        assert client("SELECT 1").value == 1
    finally:
        client.session.close()


@pytest.mark.soak
@settings(
    max_examples=300 if SOAK == 1 else 1000 * SOAK,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(STATEMENT, min_size=1, max_size=3))
def test_a_session_answers_random_statements_and_goes_on(connect: Connect, statements: list[str]) -> None:
    client = connect()
    try:
        for text in OBJECTS:
            client(text)
        for event in answered(client.session, "\n".join(statements)):
            assert not (isinstance(event, Error) and "Python" in event.text), event
            assert not (isinstance(event, Error) and "INTERNAL" in event.text), event
        client.session.reset()
        assert client("SELECT 1").value == 1
    finally:
        client.session.close()

"""Reads from Postgres: prepared statements and the values of their parameters."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from api.serving.database import MOST_PREPARED, PreparedStatements


@pytest.fixture
def statements(shared_url: str) -> Iterator[PreparedStatements]:
    """The prepared statements of a connection of their own."""
    with psycopg.connect(shared_url, autocommit=True) as connection:
        yield PreparedStatements(connection)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        *((number, "bigint") for number in (0, -1, 2**15, 2**31, -(2**63))),
        ("50 % é \U0001f600", "text"),
        (None, "date"),
        (date(2026, 2, 1), "date"),
        (Decimal("0.10"), "numeric"),
        (b"\x00\xff", "bytea"),
        ([1, None, 3], "integer[]"),
    ],
    ids=str,
)
def test_a_parameter_keeps_its_value(statements: PreparedStatements, value: Any, kind: str) -> None:
    sql = f"SELECT CAST(%(value)s AS {kind}), '100 %%', %(other)s::text, CAST(%(value)s AS {kind})"
    for other in ("first", "then"):
        assert statements.rows(sql, {"other": other, "value": value}) == [(value, "100 %", other, value)]


def test_a_connection_keeps_a_limited_number_of_prepared_statements(statements: PreparedStatements) -> None:
    for number in range(2 * MOST_PREPARED):
        assert statements.rows(f"SELECT {number}", {}) == [(number,)]
        assert statements.rows("SELECT 'used each time'", {}) == [("used each time",)]
    kept = {text for (text,) in statements.rows("SELECT statement FROM pg_prepared_statements", {})}
    assert len(kept) == MOST_PREPARED
    assert {"SELECT 'used each time'", f"SELECT {2 * MOST_PREPARED - 1}"} <= kept
    assert "SELECT 0" not in kept


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT 1 / 0", psycopg.errors.DivisionByZero),
        ("SELECT no_such_column", psycopg.errors.UndefinedColumn),
        ("SELECT pg_terminate_backend(pg_backend_pid())", psycopg.OperationalError),
    ],
)
def test_an_error_of_postgres_is_that_of_psycopg(
    statements: PreparedStatements, sql: str, error: type[psycopg.Error]
) -> None:
    with pytest.raises(error):
        statements.rows(sql, {})
    if not statements.connection.closed:
        assert statements.rows("SELECT 1", {}) == [(1,)]

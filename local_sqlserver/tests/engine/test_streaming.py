"""Results that are read while DuckDB produces them: errors, cancels and other statements in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any, cast

from local_sqlserver.engine.events import Batch, Columns, Done, Error, Event, Rows
from local_sqlserver.engine.session import EngineSession
from tests.engine.conftest import Client, Connect

MANY = "SELECT CAST(value AS INT) AS n FROM GENERATE_SERIES(1, 2000000)"
ENDLESS = (
    "SELECT CAST(a.value AS BIGINT) AS n FROM GENERATE_SERIES(1, 1000000) a CROSS JOIN GENERATE_SERIES(1, 1000000) b"
)
FAILS = "SELECT CONCAT(REPLICATE('x', 1000), value), 1 / (60000 - CAST(value AS INT)) FROM GENERATE_SERIES(1, 100000)"
"""Fails after more bytes than DuckDB produces ahead (10 MiB)."""


def first_rows(events: Iterator[Event]) -> Batch:
    for event in events:
        if isinstance(event, Batch):
            return event
    raise AssertionError("no rows")


def opened(client: Client, text: str) -> Any:
    """The events of a batch, of which the first rows have been read."""
    events = client.session.batch(text)
    assert len(first_rows(events).rows) > 0
    return closing(cast(Any, events))


def many(sql: Client) -> None:
    sql.good("CREATE TABLE dbo.many (n INT)", "INSERT dbo.many SELECT value FROM GENERATE_SERIES(1, 2000000)")


def test_rows_come_before_the_query_has_produced_all(sql: Client) -> None:
    with opened(sql, ENDLESS):
        pass
    assert sql("SELECT 1").value == 1


def test_all_rows_come_and_are_counted(sql: Client) -> None:
    result = sql(f"{MANY}; SELECT @@ROWCOUNT")
    assert result.sets[0] == [(n,) for n in range(1, 2_000_001)]
    assert result.sets[1] == [(2_000_000,)]
    assert result.counts == [2_000_000, 1]


def test_set_rowcount_and_nocount_hold_for_a_streamed_result(sql: Client) -> None:
    result = sql(f"SET ROWCOUNT 70000; SET NOCOUNT ON; {MANY}; SELECT @@ROWCOUNT")
    assert (len(result.sets[0]), result.sets[1], result.counts) == (70_000, [(70_000,)], [])


def test_an_error_in_the_middle_comes_after_the_rows_before_it(sql: Client) -> None:
    result = sql(f"{FAILS}; SELECT 'on'")
    assert 0 < len(result.sets[0]) < 60_000
    assert result.numbers == [8134]
    assert result.counts == [1]
    assert result.sets[1] == [("on",)]


def test_an_error_before_the_first_row_comes_alone(sql: Client) -> None:
    result = sql("SELECT 1 / 0")
    assert (result.sets, result.numbers) == ([], [8134])


def test_catch_receives_an_error_in_the_middle_after_the_done_of_its_rows(sql: Client) -> None:
    text = f"BEGIN TRY {FAILS} END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_LINE() END CATCH"
    events = list(sql.session.batch(text))
    assert not [event for event in events if isinstance(event, Error)]
    sent = sum(len(event.columns[0]) for event in events if isinstance(event, Batch))
    kinds = [type(event) for event in events if not isinstance(event, Batch)]
    assert kinds == [Columns, Done, Columns, Rows, Done]
    assert [event.row_count for event in events if isinstance(event, Done)] == [sent, 1]
    assert cast(Rows, events[-2]).rows == [(8134, 1)]


def test_an_error_in_the_middle_leaves_the_transaction_as_another_error_does(sql: Client) -> None:
    result = sql(
        f"CREATE TABLE t (a INT); BEGIN TRANSACTION; INSERT t VALUES (1); {FAILS}; INSERT t VALUES (2); COMMIT"
    )
    assert result.numbers == [8134]
    assert sql("SELECT a FROM t ORDER BY a").rows == [(1,), (2,)]


def test_a_client_that_has_read_enough_keeps_its_transaction(sql: Client) -> None:
    sql.good("CREATE TABLE t (a INT)", "BEGIN TRANSACTION; INSERT t VALUES (1)")
    with opened(sql, ENDLESS):
        sql.session.cancel()
    assert sql("SELECT @@TRANCOUNT").value == 1
    sql.good("INSERT t VALUES (2)", "COMMIT")
    assert sql("SELECT a FROM t ORDER BY a").rows == [(1,), (2,)]


def test_after_an_attention_no_rows_and_no_statements_follow(sql: Client) -> None:
    sql.good("BEGIN TRANSACTION")
    with opened(sql, f"{ENDLESS}; SELECT 'not reached'") as opening:
        sql.session.cancel()
        assert list(opening) == []
    assert sql("SELECT @@TRANCOUNT").value == 1


def test_a_killed_session_stops_in_the_middle_of_its_rows_and_rolls_back(sql: Client, connect: Connect) -> None:
    sql.good("CREATE TABLE t (a INT)", "BEGIN TRANSACTION; INSERT t VALUES (1)")
    session = cast(EngineSession, sql.session)
    with opened(sql, ENDLESS) as events:
        session.state.killed = True
        session.cancel()
        assert [event.number for event in events if isinstance(event, Error)] == [596]
    assert connect()("SELECT count(*) FROM t").value == 0


def test_other_sessions_change_and_drop_the_table_that_is_being_read(sql: Client, connect: Connect) -> None:
    many(sql)
    other = connect()
    events = sql.session.batch("SELECT n FROM dbo.many")
    count = len(first_rows(events).rows)
    other.good("UPDATE dbo.many SET n = 0 WHERE n > 1999000", "ALTER TABLE dbo.many ADD x INT", "DROP TABLE dbo.many")
    count += sum(len(event.rows) for event in events if isinstance(event, Batch))
    assert count == 2_000_000


def test_a_result_of_which_one_row_was_looked_at_does_not_block_the_next(sql: Client) -> None:
    sql.good("CREATE TABLE dbo.i (a INT IDENTITY, b INT)", "INSERT dbo.i (b) SELECT value FROM GENERATE_SERIES(1, 10)")
    assert sql("EXEC sp_helpindex 'dbo.i'; DBCC CHECKIDENT ('dbo.i', RESEED); SELECT max(a) FROM dbo.i").sets[-1] == [
        (10,)
    ]


def test_insert_exec_takes_streamed_rows_and_leaves_a_mismatch_of_columns(sql: Client) -> None:
    sql.good(
        "CREATE TABLE t (a INT)",
        f"CREATE PROCEDURE dbo.p AS {MANY.replace('2000000', '20000')}",
        f"CREATE PROCEDURE dbo.q AS {MANY} SELECT 1, 2",
        "INSERT t EXEC dbo.p",
    )
    assert sql("SELECT count(*), sum(a) FROM t").rows == [(20_000, 200_010_000)]
    assert sql("INSERT t EXEC dbo.q").numbers == [213]
    assert sql("SELECT count(*) FROM t").value == 20_000


def test_long_values_come_in_small_batches(sql: Client) -> None:
    query = "SELECT REPLICATE(CAST(N'ü' AS NVARCHAR(MAX)), 100000 + value) FROM GENERATE_SERIES(1, 500) ORDER BY value"
    batches = [event for event in sql.session.batch(query) if isinstance(event, Batch)]
    assert max(len(event.columns[0]) for event in batches) <= 128
    assert [len(row[0]) for event in batches for row in event.rows] == list(range(100_001, 100_501))

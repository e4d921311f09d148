"""Several sessions at once, each in a thread of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from tests.engine.conftest import Client, Connect


@pytest.fixture
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(8)


def test_sessions_that_add_to_one_counter_lose_no_addition(connect: Connect, pool: ThreadPoolExecutor) -> None:
    connect().good("CREATE TABLE t (n INT)", "INSERT t VALUES (0)")

    def add(client: Client) -> int:
        return sum(len(client("UPDATE t SET n += 1").errors) for _ in range(10))

    assert sum(pool.map(add, [connect() for _ in range(4)])) == 0
    assert connect()("SELECT n FROM t").value == 40


def test_the_second_of_two_conflicting_transactions_is_a_deadlock_victim(connect: Connect) -> None:
    first, second = connect(), connect()
    first.good("CREATE TABLE t (n INT)", "INSERT t VALUES (0)", "BEGIN TRAN UPDATE t SET n = 1")
    result = second("BEGIN TRAN UPDATE t SET n = 2 COMMIT")
    assert result.numbers == [1205]
    assert second("SELECT @@TRANCOUNT").value == 0
    first.good("COMMIT")
    assert second("SELECT n FROM t").value == 1


def test_a_lock_timeout_ends_the_wait_for_another_transaction(connect: Connect) -> None:
    first, second = connect(), connect()
    first.good("CREATE TABLE t (n INT)", "INSERT t VALUES (0)", "BEGIN TRAN UPDATE t SET n = 1")
    assert second("SET LOCK_TIMEOUT 50 UPDATE t SET n = 2").numbers == [1222]
    first.good("ROLLBACK")
    second.good("UPDATE t SET n = 3")


def test_an_update_conflict_ends_a_transaction_with_snapshot_isolation(connect: Connect) -> None:
    first, second = connect(), connect()
    first.good("CREATE TABLE t (n INT)", "INSERT t VALUES (0)")
    first.good("SET TRANSACTION ISOLATION LEVEL SNAPSHOT", "BEGIN TRAN", "SELECT n FROM t")
    second.good("UPDATE t SET n = 1")
    assert first("UPDATE t SET n = 2").numbers == [3960]
    assert first("SELECT @@TRANCOUNT").value == 0


def test_a_single_statement_waits_for_the_other_transaction(connect: Connect, pool: ThreadPoolExecutor) -> None:
    first, second = connect(), connect()
    first.good("CREATE TABLE t (n INT)", "INSERT t VALUES (0)", "BEGIN TRAN UPDATE t SET n = 1")
    waiting = pool.submit(second, "UPDATE t SET n += 5")
    first.good("WAITFOR DELAY '00:00:00.1'", "COMMIT")
    assert waiting.result().errors == []
    assert first("SELECT n FROM t").value == 6


def test_grants_of_two_concurrent_transactions_are_both_kept(connect: Connect) -> None:
    first, second = connect(), connect()
    first.good("CREATE ROLE readers", "CREATE TABLE t (a INT)", "GRANT DELETE ON OBJECT::t TO readers")
    first.good("BEGIN TRAN GRANT SELECT ON OBJECT::t TO readers")
    second.good("BEGIN TRAN GRANT INSERT ON OBJECT::t TO readers", "REVOKE DELETE ON OBJECT::t TO readers", "COMMIT")
    first.good("COMMIT")
    granted = "SELECT permission_name FROM sys.database_permissions WHERE permission_name <> N'CONNECT' ORDER BY 1"
    assert connect()(granted).rows == [("INSERT",), ("SELECT",)]


def test_identities_are_unique_across_sessions(connect: Connect, pool: ThreadPoolExecutor) -> None:
    connect().good("CREATE TABLE t (id INT IDENTITY PRIMARY KEY, who INT)")

    def insert(client: Client) -> list[object]:
        text = (
            "SET NOCOUNT ON INSERT t (who) VALUES (@@SPID) SELECT CASE WHEN EXISTS (SELECT 1 FROM t "
            "WHERE id = SCOPE_IDENTITY() AND who = @@SPID) THEN 1 ELSE 0 END"
        )
        return [client(text).value for _ in range(10)]

    found = [value for values in pool.map(insert, [connect() for _ in range(4)]) for value in values]
    assert found == [1] * 40
    assert connect()("SELECT COUNT(DISTINCT id) FROM t").value == 40


def test_definitions_of_two_sessions_do_not_get_lost(connect: Connect, pool: ThreadPoolExecutor) -> None:
    barrier = Barrier(4)

    def define(number: int) -> None:
        client = connect()
        barrier.wait()
        for index in range(5):
            client.good(f"CREATE TABLE t_{number}_{index} (a INT)", f"CREATE PROCEDURE p_{number}_{index} AS SELECT 1")

    list(pool.map(define, range(4)))
    client = connect()
    assert client(
        "SELECT type, COUNT(*) FROM sys.objects WHERE type IN ('P', 'U') GROUP BY type ORDER BY type"
    ).rows == [
        ("P ", 20),
        ("U ", 20),
    ]
    assert client("SELECT COUNT(DISTINCT object_id) FROM sys.objects").value == 40


LOCK = (
    "DECLARE @r INT EXEC @r = sp_getapplock @Resource = N'load', @LockMode = '{mode}', "
    "@LockOwner = 'Session', @LockTimeout = {wait} SELECT @r"
)


def test_an_exclusive_application_lock_keeps_others_out(connect: Connect, pool: ThreadPoolExecutor) -> None:
    first, second = connect(), connect()
    assert first(LOCK.format(mode="Exclusive", wait=0)).value == 0
    assert second(LOCK.format(mode="Exclusive", wait=0)).value == -1
    assert second(LOCK.format(mode="Shared", wait=10)).value == -1
    waiting = pool.submit(second, LOCK.format(mode="Exclusive", wait=20000))
    first.good("WAITFOR DELAY '00:00:00.05'", "EXEC sp_releaseapplock @Resource = N'load', @LockOwner = 'Session'")
    assert waiting.result().value == 1


def test_shared_application_locks_are_compatible(connect: Connect) -> None:
    first, second = connect(), connect()
    assert first(LOCK.format(mode="Shared", wait=0)).value == 0
    assert second(LOCK.format(mode="Shared", wait=0)).value == 0
    assert second("SELECT APPLOCK_MODE('public', 'load', 'Session')").value == "Shared"


def test_a_transactions_application_lock_ends_with_it(connect: Connect) -> None:
    first, second = connect(), connect()
    assert first("EXEC sp_getapplock N'x', 'Exclusive'").numbers == [3918]
    first.good("BEGIN TRAN EXEC sp_getapplock N'load', 'Exclusive'")
    assert second(LOCK.format(mode="Exclusive", wait=0)).value == -1
    first.good("ROLLBACK")
    assert second(LOCK.format(mode="Exclusive", wait=0)).value == 0


def test_a_closed_session_releases_its_locks(connect: Connect) -> None:
    first, second = connect(), connect()
    first.good(LOCK.format(mode="Exclusive", wait=0))
    first.session.close()
    assert second(LOCK.format(mode="Exclusive", wait=0)).value == 0


@pytest.mark.parametrize(
    "text",
    [
        "WAITFOR DELAY '01:00:00'",
        "DECLARE @i INT = 0 WHILE 1 = 1 SET @i = 1",
        "SELECT COUNT_BIG(*) FROM sys.types AS a CROSS JOIN sys.types AS b CROSS JOIN sys.types "
        "AS c CROSS JOIN sys.types AS d "
        "CROSS JOIN sys.types AS e CROSS JOIN sys.types AS f CROSS JOIN sys.types AS g CROSS JOIN "
        "sys.types AS h",
    ],
)
def test_a_cancelled_request_stops_and_leaves_the_session_usable(
    connect: Connect, pool: ThreadPoolExecutor, text: str
) -> None:
    client = connect()
    begun = Event()

    def run() -> list[str]:
        messages = []
        for event in client.session.batch(f"PRINT 'begun' {text} PRINT 'never'"):
            messages.append(getattr(event, "text", ""))
            begun.set()
        return messages

    running = pool.submit(run)
    begun.wait()
    while not running.done():
        client.session.cancel()
        client.session.state.cancelled.wait(0.05)  # type: ignore[attr-defined]
    assert "never" not in running.result()
    assert client("SELECT 1").value == 1


def test_single_user_with_rollback_immediate_ends_the_other_sessions(connect: Connect) -> None:
    administrator, other = connect("master"), connect()
    other.good("CREATE TABLE t (a INT)", "BEGIN TRAN INSERT t VALUES (1)")
    administrator.good("ALTER DATABASE D SET SINGLE_USER WITH ROLLBACK IMMEDIATE")
    assert other("SELECT 1").errors[0].severity >= 20
    administrator.good("DROP DATABASE D")
    assert administrator("SELECT DB_ID(N'D')").value is None


def test_the_first_row_of_a_table_emptied_and_filled_again_is_found_beside_other_writers(
    connect: Connect, pool: ThreadPoolExecutor
) -> None:
    other, writer, reader = connect(), connect(), connect()
    writer.good(
        "CREATE TABLE t (id INT IDENTITY PRIMARY KEY, k NVARCHAR(250) NOT NULL UNIQUE, v NVARCHAR(20) NOT NULL)",
        "CREATE TABLE other (a INT, b NVARCHAR(200))",
    )
    many = "INSERT other SELECT value, REPLICATE(N'x', 150) FROM GENERATE_SERIES(1, 20000)"
    writing = pool.submit(lambda: other.good(*[f"BEGIN TRANSACTION; DELETE other; {many}; COMMIT"] * 20))
    while not writing.done():
        writer.good("TRUNCATE TABLE t")
        for key in "abc":
            writer.good(f"INSERT t (k, v) VALUES (N'{key}', N'new')")
            for value in "12345":
                writer.good(f"BEGIN TRANSACTION; UPDATE t SET v = N'{value}' WHERE k = N'{key}'; COMMIT")
                assert reader("SELECT TOP (1) k, v FROM t ORDER BY id DESC").rows == [(key, value)]
    writing.result()


def test_named_constraints_of_temporary_tables_clash_between_sessions(connect: Connect) -> None:
    first, second = connect(), connect()
    table = "CREATE TABLE #t (a INT CONSTRAINT pk_of_all PRIMARY KEY)"
    first.good(table)
    assert second(table).numbers == [2714, 1750]
    first.good("DROP TABLE #t")
    second.good(table)

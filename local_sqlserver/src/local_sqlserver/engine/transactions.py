"""The DuckDB connection of a session, and its transaction.

DuckDB has no savepoints and aborts a transaction on any error. SQL Server undoes only the statement that failed, and
goes on. So the writes of a transaction are recorded. After an error, or for ROLLBACK TRANSACTION savepoint, DuckDB's
transaction is rolled back, and the writes before that point are done again. That gives the same rows unless another
session has committed since, or a write has used random values: then going on is refused. The writes are done again
when the connection is next used, because most transactions are rolled back after an error.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import duckdb

from local_sqlserver.compiler import failures, macros
from local_sqlserver.compiler.objects import sequence_start
from local_sqlserver.engine.events import Event, TransactionChanged
from local_sqlserver.engine.file_text import FileText, opened
from local_sqlserver.engine.parsed import ParsedStatements
from local_sqlserver.engine.written_keys import KeyCommits, WrittenKeys
from local_sqlserver.errors import SqlError, sql_error, unsupported

_descriptors = itertools.count(1)

_READS = re.compile(
    r"\s*(?:SELECT|FROM|VALUES|WITH(?!.*\b(?:INSERT|UPDATE|DELETE|MERGE)\b))", re.IGNORECASE | re.DOTALL
)
_RANDOM = re.compile(r"\b(?:uuid|random)\(\)")
_NEXT_VALUE = re.compile(r"nextval\('((?:[^']|'')*)'\)")
_NEW_SEQUENCE = re.compile(r"\s*CREATE (?:OR REPLACE )?(?:TEMP )?SEQUENCE ((?:\"(?:[^\"]|\"\")*\"|\w+|\.)+)")
_PART = re.compile(r'"((?:[^"]|"")*)"|([^."]+)')
_PATIENCE = 1.0
"""Seconds that the next rows of an open result may take before they are interrupted."""
_RECORD_LIMIT = 2**26
"""Characters and bytes of parameters that a transaction records at most."""


class Commits:
    """Counts the commits of all sessions, once before and once after each; they follow one another."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self.last = 0
        self.keys = KeyCommits()

    @contextmanager
    def around(self) -> Iterator[None]:
        """Enclose a commit of changes."""
        with self._lock:
            self.last = next(self._numbers)
            try:
                yield
            finally:
                self.last = next(self._numbers)


@dataclass(frozen=True, slots=True)
class _Write:
    """A statement that has run in a transaction.

    ``numbers`` are the first value and the increment of each identity sequence that it has read.
    """

    sql: str
    parameters: Any
    numbers: dict[str, tuple[int, int]]


def _size(value: Any) -> int:
    content = value.content if isinstance(value, FileText) else value
    return len(content) if isinstance(content, str | bytes) else 0


class _Recorder:
    """A DuckDB connection that records its writes while a transaction is open."""

    def __init__(self, transactions: Transactions, cursor: duckdb.DuckDBPyConnection) -> None:
        self._transactions = transactions
        self._cursor = cursor

    @property
    def description(self) -> Any:
        return self._cursor.description

    def execute(self, sql: str, parameters: Any = None) -> _Recorder:
        transactions = self._transactions
        if not transactions.count:
            transactions.tell_dates(self._cursor)
            with opened(parameters) as given:
                self._cursor.execute(transactions.statements.parsed(self._cursor, sql), given)
            return self
        transactions.make_ready()
        is_write = _READS.match(sql) is None
        numbers = transactions.upcoming_numbers(sql) if is_write else {}
        try:
            with opened(parameters) as given:
                self._cursor.execute(transactions.statements.parsed(self._cursor, sql), given)
        except duckdb.Error:
            transactions.note_failure()
            raise
        if is_write:
            transactions.record(_Write(sql, parameters, numbers))
        return self

    def _submit(self, sql: str, *arguments: Any) -> Any:
        """Open a query as arrays (``arrow.Stream``); while its rows are read, ``note_failure`` is the reader's."""
        transactions = self._transactions
        transactions.make_ready()
        try:
            return self._cursor._submit(sql, *arguments)
        except duckdb.Error:
            transactions.note_failure()
            raise

    def complete(self) -> None:
        self._cursor.complete()

    def fetchall(self) -> Any:
        try:
            return self._cursor.fetchall()
        except duckdb.Error:
            self._transactions.note_failure()
            raise

    def fetchone(self) -> Any:
        try:
            return self._cursor.fetchone()
        except duckdb.Error:
            self._transactions.note_failure()
            raise


class Transactions:
    """The transaction of a session, with @@TRANCOUNT and XACT_STATE().

    ``doomed`` means that it can only be rolled back (XACT_STATE() = -1); ``aborted`` that DuckDB has aborted its own.
    ``name`` is that of the outermost BEGIN TRANSACTION. ``streaming`` is whether the result of a query is open, and
    ``reading`` is held while its next rows are read. ``first_day`` and ``date_order`` are SET DATEFIRST and SET
    DATEFORMAT of the statement that runs.
    """

    def __init__(self, root: duckdb.DuckDBPyConnection, commits: Commits, statements: ParsedStatements) -> None:
        self._root = root
        self.commits = commits
        self.statements = statements
        self._second_connection: duckdb.DuckDBPyConnection | None = None
        self._cursor = root.cursor()
        self.first_day = 7
        self.date_order = "mdy"
        self._told: dict[duckdb.DuckDBPyConnection, tuple[int, str]] = {}
        # A recorder has the methods of a connection that the engine uses.
        self.connection = cast(duckdb.DuckDBPyConnection, _Recorder(self, self._cursor))
        self.count = 0
        self.doomed = False
        self.aborted = False
        self.descriptor = 0
        self.name = ""
        self.keys = WrittenKeys(root, self._cursor, self.connection)
        self._writes: list[_Write] = []
        self._recorded = 0
        self._began_at = 0
        self._lost = ""
        self.streaming = False
        self.reading = threading.Lock()

    @property
    def second_connection(self) -> duckdb.DuckDBPyConnection:
        """The second connection, for expressions that read no table while DuckDB's transaction is aborted."""
        if self._second_connection is None:
            self._second_connection = self._root.cursor()
        self.tell_dates(self._second_connection)
        return self._second_connection

    def make_ready(self) -> None:
        """Do the writes again that an error has undone, and tell the connection what the next statement depends on."""
        if self.aborted:
            self.recover()
        self.tell_dates(self._cursor)

    def tell_dates(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Tell a connection ``first_day`` and ``date_order``, unless it knows them."""
        dates = (self.first_day, self.date_order)
        if self._told.get(connection, (7, "mdy")) != dates:
            connection.execute(f"SET VARIABLE tsql_datefirst = {self.first_day}")
            macros.read_dates(connection, self.date_order)
            self._told[connection] = dates

    @property
    def state(self) -> int:
        """XACT_STATE()."""
        return 0 if not self.count else -1 if self.doomed else 1

    def begin(self, name: str = "") -> Iterator[Event]:
        """BEGIN TRANSACTION; only the outermost one begins a transaction in DuckDB."""
        if self.count == 0:
            self.begin_in_duckdb()
            self.descriptor = next(_descriptors)
            self.name = name
            yield TransactionChanged(8, self.descriptor)
        self.count += 1

    def begin_in_duckdb(self) -> None:
        """Begin DuckDB's transaction: of BEGIN TRANSACTION, or of one statement."""
        self._began_at = self.commits.last
        self._cursor.execute("BEGIN TRANSACTION")

    def commit_in_duckdb(self) -> None:
        """Commit DuckDB's transaction, and the keys that it has written. May raise ``duckdb.Error``."""
        with self.commits.around():
            self.keys.check_commits(self.commits.keys, self._began_at)
            self._cursor.execute("COMMIT")
            self.keys.committed(self.commits.keys, self.commits.last + 1)

    def roll_back_in_duckdb(self) -> None:
        """Roll back DuckDB's transaction, if a failed COMMIT has not ended it."""
        try:
            self._cursor.execute("ROLLBACK")
        except duckdb.Error as failure:
            if not failures.is_without_transaction(failure):
                raise

    def check_writable(self) -> None:
        """Raise SqlError 3930 in a doomed transaction."""
        if self.doomed:
            raise sql_error(3930)

    @contextmanager
    def open_result(self) -> Iterator[None]:
        """Enclose the reading of an open result."""
        self.streaming = True
        try:
            yield
        finally:
            self.streaming = False

    # --- undoing a statement

    @property
    def position(self) -> int:
        """The number of writes so far: a point to which ``undo`` can return."""
        return len(self._writes)

    @property
    def obstacle(self) -> str:
        """The reason why the writes cannot be done again, '' if they can."""
        if not self._writes:
            return ""
        if self.commits.last != self._began_at:
            return "beside a commit of another session"
        return self._lost

    def note_failure(self) -> None:
        """After a DuckDB error inside a transaction, check whether DuckDB has aborted it."""
        if not self.count:
            return
        try:
            self._cursor.execute("SELECT 1")
        except duckdb.Error:
            self.aborted = True

    def upcoming_numbers(self, sql: str) -> dict[str, tuple[int, int]]:
        """Return the next value and the increment of the identity sequences that a statement reads."""
        numbers = {}
        for name in set(_NEXT_VALUE.findall(sql)):
            parts = [(quoted or plain).replace('""', '"') for quoted, plain in _PART.findall(name.replace("''", "'"))]
            found = self._cursor.execute(
                "SELECT coalesce(last_value + increment_by, start_value), increment_by FROM duckdb_sequences()"
                " WHERE [database_name, schema_name, sequence_name] = $1",
                [parts],
            ).fetchone()
            if found is None:
                self._lost = f"that has read the sequence {name}"
            else:
                numbers[name] = found
        return numbers

    def record(self, write: _Write) -> None:
        """Record a write that has succeeded."""
        values = write.parameters.values() if isinstance(write.parameters, dict) else write.parameters or ()
        self._recorded += sum(map(_size, values))
        if self._recorded > _RECORD_LIMIT:
            self._lost = "that has loaded more than 64 MiB"
            self._writes = [_Write("", None, {})] * len(self._writes)  # never done again: release their memory
        elif _RANDOM.search(write.sql):
            self._lost = "that has stored values of NEWID() or RAND()"
        self._writes.append(write if not self._lost else _Write("", None, {}))

    def load(self, sql: str, name: str, columns: Mapping[str, Any]) -> None:
        """Run a write that reads arrays as a table. They are not recorded: the next error ends the transaction."""
        if self.aborted:
            self.recover()
        self._cursor.register(name, dict(columns))
        try:
            self._cursor.execute(sql)
        except duckdb.Error:
            self.note_failure()
            raise
        finally:
            self._cursor.unregister(name)
        if self.count:
            self._lost = "that has loaded rows over the wire"
            self._writes.append(_Write("", None, {}))

    def undo(self, position: int) -> None:
        """Undo the writes after a position, as soon as the connection is used again."""
        if len(self._writes) > position:
            del self._writes[position:]
            self.aborted = True

    def recover(self) -> None:
        """Begin DuckDB's transaction again, with the recorded writes; raises SqlError 40510 if that is impossible."""
        if self.obstacle:
            raise self.refusal("an error or to a savepoint")
        self._cursor.execute("ROLLBACK")
        self._cursor.execute("BEGIN TRANSACTION")
        created: set[str] = set()
        try:
            for write in self._writes:
                self._repeat(write, created)
        except duckdb.InterruptException:
            raise
        except duckdb.Error as failure:
            self._lost = "that another session disturbs"
            raise self.refusal("an error") from failure
        if self.obstacle:
            raise self.refusal("an error")
        self.aborted = False
        self.keys.check_all_again()

    def refusal(self, event: str) -> SqlError:
        """Return the refusal to go on after an event, which dooms the transaction."""
        self.doomed = True
        return unsupported(f"Going on after {event} in a transaction {self.obstacle}")

    def _repeat(self, write: _Write, created: set[str]) -> None:
        """Run a write again with the identity values that it had; a sequence made in this transaction begins anew."""
        sql = write.sql
        if made := _NEW_SEQUENCE.match(sql):
            created.add(made[1])
        temporary: list[str] = []
        for name, (first, increment) in write.numbers.items():
            if name.replace("''", "'") in created:
                continue
            again = f'temp.main."again {len(temporary)}"'
            self._cursor.execute(f"CREATE TEMP SEQUENCE {again}{sequence_start((first, increment))}")
            sql = sql.replace(f"nextval('{name}')", f"nextval('{again}')")
            temporary.append(again)
        with opened(write.parameters) as given:
            self._cursor.execute(sql, given).fetchall()
        for again in temporary:
            self._cursor.execute(f"DROP SEQUENCE {again}")

    # --- the end

    def commit(self) -> None:
        """Commit the outermost transaction in DuckDB; the caller has checked the count. May raise ``duckdb.Error``."""
        if self.aborted:
            self.recover()
        try:
            if self._writes:
                self.commit_in_duckdb()
            else:
                self._cursor.execute("COMMIT")
        except BaseException:
            self.roll_back_in_duckdb()
            raise
        finally:
            self._ended()

    def rollback(self) -> int:
        """Roll back; return the descriptor of the transaction."""
        descriptor = self.descriptor
        self.roll_back_in_duckdb()
        self._ended()
        return descriptor

    def _ended(self) -> None:
        self.count = 0
        self.doomed = self.aborted = False
        self.descriptor = 0
        self._writes.clear()
        self._recorded = 0
        self._lost = ""
        self.keys.end()

    def interrupt(self) -> None:
        """Interrupt the running statement; called from another thread.

        An interrupt aborts DuckDB's transaction, and a client that has read enough rows sends an Attention. So in a
        transaction an open result is only interrupted if its next rows do not come; its reader then reads no more.
        """
        if self.count and self.streaming and self.reading.acquire(timeout=_PATIENCE):
            self.reading.release()
            return
        self._cursor.interrupt()
        if self._second_connection is not None:
            self._second_connection.interrupt()

    def close(self) -> None:
        """Roll back and close the connections."""
        if self.count:
            self.rollback()
        self._cursor.close()
        if self._second_connection is not None:
            self._second_connection.close()

"""The DuckDB connection of a session, and its transaction.

DuckDB has no savepoints and aborts a transaction on any error. So an error inside a transaction dooms it
(XACT_STATE() = -1), as XACT_ABORT ON does, and expressions of a CATCH block then run on a second connection.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import duckdb

from local_sqlserver.compiler import failures
from local_sqlserver.engine.events import Event, TransactionChanged
from local_sqlserver.errors import sql_error

_descriptors = itertools.count(1)


class Transactions:
    """The transaction of a session, with @@TRANCOUNT and XACT_STATE()."""

    def __init__(self, root: duckdb.DuckDBPyConnection) -> None:
        self._root = root
        self._second_connection: duckdb.DuckDBPyConnection | None = None
        self.connection = root.cursor()
        self.count = 0
        self.doomed = False
        self.broken = False
        self.descriptor = 0

    @property
    def second_connection(self) -> duckdb.DuckDBPyConnection:
        """The second connection, for expressions while the transaction is broken."""
        if self._second_connection is None:
            self._second_connection = self._root.cursor()
        return self._second_connection

    @property
    def state(self) -> int:
        """XACT_STATE()."""
        return 0 if not self.count else -1 if self.doomed else 1

    def begin(self) -> Iterator[Event]:
        """BEGIN TRANSACTION; only the outermost one begins a transaction in DuckDB."""
        if self.count == 0:
            self.connection.execute("BEGIN TRANSACTION")
            self.descriptor = next(_descriptors)
            yield TransactionChanged(8, self.descriptor)
        self.count += 1

    def check_writable(self) -> None:
        """Raise SqlError 3930 in a doomed transaction."""
        if self.doomed:
            raise sql_error(3930)

    def note_failure(self) -> None:
        """After a DuckDB error inside a transaction, check whether DuckDB has aborted it."""
        if not self.count:
            return
        try:
            self.connection.execute("SELECT 1")
        except duckdb.Error:
            self.broken = self.doomed = True

    def commit(self) -> None:
        """Commit the outermost transaction in DuckDB; the caller has checked the count. May raise ``duckdb.Error``."""
        try:
            self.connection.execute("COMMIT")
        finally:
            self._ended()

    def rollback(self) -> int:
        """Roll back; return the descriptor of the transaction."""
        descriptor = self.descriptor
        try:
            self.connection.execute("ROLLBACK")
        except duckdb.Error as failure:
            if not failures.is_without_transaction(failure):
                raise
        self._ended()
        return descriptor

    def _ended(self) -> None:
        self.count = 0
        self.doomed = self.broken = False
        self.descriptor = 0

    def interrupt(self) -> None:
        """Interrupt the running statement; called from another thread."""
        self.connection.interrupt()
        if self._second_connection is not None:
            self._second_connection.interrupt()

    def close(self) -> None:
        """Roll back and close the connections."""
        if self.count:
            self.rollback()
        self.connection.close()
        if self._second_connection is not None:
            self._second_connection.close()

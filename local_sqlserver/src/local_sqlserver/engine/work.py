"""Units of work: the transaction of T-SQL, with the catalog's changes, locks and temporary tables that belong to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.compiler import Relation, failures
from local_sqlserver.engine.events import Event, TransactionChanged
from local_sqlserver.engine.locks import ApplicationLocks
from local_sqlserver.engine.rows import insert_rows, kept_columns
from local_sqlserver.engine.state import Frame, SessionState, TableVariable
from local_sqlserver.engine.transactions import Transactions
from local_sqlserver.errors import sql_error


@dataclass(frozen=True, slots=True)
class _Point:
    """A point of a transaction: the numbers of its writes and catalog changes, and the temporary tables."""

    writes: int
    catalog: dict[str, int]
    temporary: list[tuple[Frame, dict[str, Relation]]]


class Work:
    """Begins, commits and rolls back rows, catalog, application locks and temporary tables together."""

    def __init__(
        self, state: SessionState, view: CatalogView, transactions: Transactions, locks: ApplicationLocks
    ) -> None:
        self.transactions = transactions
        self._state = state
        self._view = view
        self._locks = locks
        self._temporary_before: list[tuple[Frame, dict[str, Relation]]] = []
        self._to_drop: list[str] = []
        self._savepoints: list[tuple[str, _Point]] = []
        self._closed = False

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Enclose a statement's changes in the open transaction, or else in one of their own; an error undoes them."""
        if self.transactions.count:
            point = self._point()
            try:
                yield
            except BaseException:
                self._undo(point)
                raise
            return
        # The catalog's copy and the names of temporary tables must follow the data: on failure both are restored.
        self.transactions.begin_in_duckdb()
        temporary = [(frame, dict(frame.temporary)) for frame in self._state.frames]
        try:
            yield
            self.transactions.commit_in_duckdb()
        except BaseException:
            self.transactions.roll_back_in_duckdb()
            self._view.discard()
            for frame, tables in temporary:
                frame.temporary = tables
            raise
        finally:
            self.transactions.keys.end()
        self._view.publish()

    def begin_implicitly(self, frame: Frame) -> Iterator[Event]:
        """Begin a transaction before a statement under SET IMPLICIT_TRANSACTIONS ON."""
        if frame.settings.implicit_transactions and not self.transactions.count:
            yield from self.begin()

    def begin(self, name: str = "") -> Iterator[Event]:
        """BEGIN TRANSACTION."""
        if not self.transactions.count:
            self._temporary_before = [(frame, dict(frame.temporary)) for frame in self._state.frames]
            for frame in self._state.frames:
                for table in frame.tables.values():
                    table.rows = None
        yield from self.transactions.begin(name)

    def commit(self) -> Iterator[Event]:
        """COMMIT TRANSACTION; raises SqlError 3902, 3930, and 1205, 2627 … if the transaction cannot be committed."""
        transactions = self.transactions
        if not transactions.count:
            raise sql_error(3902)
        if transactions.doomed:
            transactions.check_writable()
        if transactions.count > 1:
            transactions.count -= 1
            return
        descriptor, relations = transactions.descriptor, tuple(transactions.keys.relations)
        try:
            transactions.commit()
        except duckdb.Error as failure:
            self._after_rollback()
            yield TransactionChanged(10, descriptor)
            raise failures.to_sql_error(failure, 0, relations, self._state.spid) from failure
        self._savepoints.clear()
        self._view.publish()
        self._locks.release_all(self._state.spid, "Transaction")
        yield TransactionChanged(9, descriptor)

    def save(self, name: str) -> None:
        """SAVE TRANSACTION; raises SqlError 628, 3930."""
        if not self.transactions.count:
            raise sql_error(628)
        self.transactions.check_writable()
        self._savepoints.append((name, self._point()))

    def roll_back(self, name: str = "") -> Iterator[Event]:
        """ROLLBACK TRANSACTION, by the name of the outermost one or of a savepoint too; raises 3903, 3931, 6401."""
        if not self.transactions.count:
            raise sql_error(3903)
        savepoint = next((index for index, (known, _) in reversed([*enumerate(self._savepoints)]) if known == name), -1)
        if savepoint >= 0:
            if self.transactions.doomed:
                raise sql_error(3931)
            self._roll_back_to(savepoint)
        elif name and name != self.transactions.name:
            raise sql_error(6401, name)
        else:
            yield from self.roll_back_open()

    def _roll_back_to(self, savepoint: int) -> None:
        del self._savepoints[savepoint + 1 :]
        self._undo(self._savepoints[savepoint][1])
        for frame in self._state.frames:
            for table in frame.tables.values():
                if table.rows is not None:  # a rollback keeps the rows of table variables
                    connection = self.transactions.connection
                    connection.execute(f"DROP TABLE IF EXISTS {table.relation.duckdb_name}")
                    fill_table_variable(connection, table)

    def _point(self) -> _Point:
        temporary = [(frame, dict(frame.temporary)) for frame in self._state.frames]
        return _Point(self.transactions.position, self._view.position(), temporary)

    def _undo(self, point: _Point) -> None:
        """Undo rows, catalog and the names of temporary tables after a point of the transaction."""
        self.transactions.undo(point.writes)
        self._view.undo(point.catalog)
        for frame, tables in point.temporary:
            if frame.temporary != tables:
                frame.temporary = dict(tables)

    def roll_back_open(self) -> Iterator[Event]:
        """Roll back the open transaction, if there is one."""
        if self.transactions.count:
            descriptor = self.transactions.rollback()
            self._after_rollback()
            yield TransactionChanged(10, descriptor)

    def _after_rollback(self) -> None:
        self._savepoints.clear()
        self._view.discard()
        self._locks.release_all(self._state.spid, "Transaction")
        for frame in self._state.frames:
            before = next((tables for known, tables in self._temporary_before if known is frame), {})
            frame.temporary = dict(before)
            for table in frame.tables.values():
                self._restore(table, frame)
        self._drop_leftovers()

    def _restore(self, table: TableVariable, frame: Frame) -> None:
        """Restore the rows that a table variable had before the rollback."""
        connection = self.transactions.connection
        # The rollback has also dropped the table if the transaction created it.
        present = connection.execute(
            "SELECT 1 FROM duckdb_tables() WHERE temporary AND table_name = $1",
            [f"{table.relation.name.lower()} {frame.depth}"],
        ).fetchall()
        if table.rows is None and present:
            return
        if present:
            connection.execute(f"DROP TABLE {table.relation.duckdb_name}")
        fill_table_variable(connection, table)
        table.rows = None

    # --- the end of temporary tables

    def leave(self, frame: Frame) -> None:
        """Clean up when a frame ends: drop its temporary tables and table variables."""
        self.drop_temporary_tables(frame)
        self.drop_table_variables(frame)

    def drop_table_variables(self, frame: Frame) -> None:
        """Drop the table variables of an ended batch."""
        self._to_drop.extend(table.relation.duckdb_name for table in frame.tables.values())
        frame.tables.clear()
        self._drop_leftovers()

    def drop_temporary_tables(self, frame: Frame) -> None:
        """Drop the temporary tables of a frame."""
        self._to_drop.extend(relation.duckdb_name for relation in frame.temporary.values())
        frame.temporary.clear()
        self._drop_leftovers()

    def _drop_leftovers(self) -> None:
        """Drop the temporary tables of ended frames, unless DuckDB has aborted the transaction: it must end first."""
        if self.transactions.aborted or self._closed:
            return
        for duckdb_name in self._to_drop:
            self.transactions.connection.execute(f"DROP TABLE IF EXISTS {duckdb_name}")
        self._to_drop.clear()

    def close(self) -> None:
        """Roll back and close the connections; their temporary tables go with them."""
        self._closed = True
        self.transactions.close()


def fill_table_variable(connection: duckdb.DuckDBPyConnection, table: TableVariable) -> None:
    """Create a table variable again, with its kept rows."""
    for sql in table.create:
        connection.execute(sql)
    insert_rows(connection, kept_columns(table.relation), table.rows or [])

"""Runs compiled statements: parameters, transaction, retries, result set, catalog changes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import duckdb

from local_sqlserver.arrays import Array
from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.compiler import Relation, Translation, failures
from local_sqlserver.compiler.types import sql_type
from local_sqlserver.engine import catalog_changes
from local_sqlserver.engine.arrow import BATCH, LONG_BATCH, Stream
from local_sqlserver.engine.coercion import coerce
from local_sqlserver.engine.events import Column, Columns, Done, Event
from local_sqlserver.engine.results import batch, convert_rows, declared_columns, result_set
from local_sqlserver.engine.rows import Fetched, fetch, kept_rows, stream
from local_sqlserver.engine.session_values import SessionValues
from local_sqlserver.engine.state import BatchAborted, Cancelled, CutOff, Frame, SessionState
from local_sqlserver.engine.work import Work
from local_sqlserver.errors import SqlError, not_created, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch
from local_sqlserver.types import MAX

_COMMANDS = {"select": 0xC1, "insert": 0xC3, "delete": 0xC4, "update": 0xC5, "merge": 0x117}
_CONFLICT_PATIENCE = 10.0
"""Seconds in which a statement outside a transaction is retried while another session's transaction conflicts."""


def _without_rows(translation: Translation) -> Translation:
    """Return a SELECT that describes its columns and reads no rows."""
    *before, last = translation.statements
    return replace(translation, statements=(*before, f"SELECT * FROM ({last}) LIMIT 0"))


class Runner:
    """Runs compiled statements for one session."""

    def __init__(self, state: SessionState, view: CatalogView, work: Work, values: SessionValues) -> None:
        self._state = state
        self._view = view
        self._work = work
        self._transactions = work.transactions
        self._values = values

    def query(self, translation: Translation, relations: Sequence[Relation], frame: Frame, line: int) -> Fetched:
        """Run a SELECT that changes nothing; without tables after an error, on the second connection."""
        self._transactions.first_day = frame.settings.datefirst
        self._transactions.date_order = frame.settings.date_order
        values = [self._values.parameter(name, frame, line) for name in translation.parameters]
        try:
            for sql in translation.statements:
                fetched = fetch(self._reader(relations), sql, values)
        except duckdb.Error as failure:
            raise self.error(failure, line, relations) from failure
        return fetched

    def _reader(self, relations: Sequence[Relation]) -> duckdb.DuckDBPyConnection:
        """Return the connection for a query."""
        transactions = self._transactions
        return transactions.second_connection if transactions.aborted and not relations else transactions.connection

    def error(self, failure: duckdb.Error, line: int, relations: Sequence[Relation], verb: str = "INSERT") -> SqlError:
        """Return the SQL Server error for a DuckDB failure; raises Cancelled after an interrupt."""
        if isinstance(failure, duckdb.InterruptException):
            raise Cancelled from failure
        error = failures.to_sql_error(failure, line, relations, self._state.spid, verb)
        return self._of_view(error, relations) if error.number in (207, 208) else error

    def _of_view(self, error: SqlError, relations: Sequence[Relation]) -> SqlError:
        """Return error 4413 after the error of a view that reads an object or column that is gone."""
        for relation in relations:
            item = self._view.catalog(relation.database).find(relation.schema, relation.name)
            if relation.kind != "V" or item is None:
                continue
            (absent,) = re.findall("'(.*)'", error.message)
            for node in parse_batch(item.definition, types=self._view.user_types(relation.database)).walk():
                if isinstance(node, syntax.TableSource) and node.name[-1].lower() == absent.lower():
                    error = sql_error(208, ".".join(node.name), line=node.line)
            invalid = sql_error(4413, f"{relation.schema}.{relation.name}", line=error.line)
            invalid.causes = (error,)
            return invalid
        return error

    def run(self, translation: Translation, relations: Sequence[Relation], frame: Frame, line: int) -> Iterator[Event]:
        """Run a compiled statement and yield its events."""
        self._transactions.first_day = frame.settings.datefirst
        self._transactions.date_order = frame.settings.date_order
        reads_only = translation.command == "select" and not translation.changes
        if frame.settings.fmtonly and not reads_only and not translation.returns_rows:
            yield Done(None, in_procedure=frame.in_procedure)  # it does not run
            return
        if frame.settings.fmtonly:
            if not reads_only:
                raise unsupported("OUTPUT under SET FMTONLY ON", line)
            description, _ = self.query(_without_rows(translation), relations, frame, line)
            rows: list[tuple[Any, ...]] = []
        elif reads_only:
            if relations:
                yield from self._work.begin_implicitly(frame)
            # A SELECT without FROM has few rows, for which a stream costs a fifth more than values.
            many = translation.returns_rows and "FROM" in translation.statements[-1]
            if many and (columns := declared_columns(translation)):
                yield from self._stream(translation, columns, relations, frame, line)
                return
            try:
                description, rows = self.query(translation, relations, frame, line)
            except SqlError:
                if translation.returns_rows and (columns := declared_columns(translation)):
                    self._state.cut_off = CutOff(Columns(columns), 0)
                raise
        else:
            self._transactions.check_writable()
            yield from self._work.begin_implicitly(frame)
            description, rows = self._write(translation, relations, frame, line)
        yield from self._result_events(translation, description, rows, frame)

    def _stream(
        self,
        translation: Translation,
        columns: tuple[Column, ...],
        relations: Sequence[Relation],
        frame: Frame,
        line: int,
    ) -> Iterator[Event]:
        """Run a SELECT and yield its rows while DuckDB produces them."""
        values = [self._values.parameter(name, frame, line) for name in translation.parameters]
        connection = self._reader(relations)
        *before, last = translation.statements
        size = LONG_BATCH if any(column.type.length == MAX for column in columns) else BATCH
        count, held = 0, list[Event]([Columns(columns)])
        try:
            for sql in before:
                fetch(connection, sql, values)
            with closing(stream(connection, last, values, size)) as result, self._transactions.open_result():
                while (arrays := self._next(result)) is not None:
                    held.append(batch(arrays, columns, frame.settings.text_size))
                    count += len(arrays[0])
                    if count >= size:  # an error in the first rows comes alone, however DuckDB divides them
                        yield from held
                        held.clear()
            yield from held
        except duckdb.Error as failure:
            self._transactions.note_failure()
            self._state.cut_off = CutOff(None if count >= size else Columns(columns), count if count >= size else 0)
            raise self.error(failure, line, relations) from failure
        self._state.row_count = count
        yield self._state.done(frame, None if frame.settings.nocount else count, _COMMANDS["select"])

    def _next(self, result: Stream) -> list[Array] | None:
        """Read the next rows; raise Cancelled or, if the client has read enough, BatchAborted."""
        with self._transactions.reading:
            if self._state.cancelled.is_set():
                raise Cancelled if self._state.killed else BatchAborted
            return result.read()

    def _write(self, translation: Translation, relations: Sequence[Relation], frame: Frame, line: int) -> Fetched:
        for change in translation.changes:
            catalog_changes.check(self._view, change)
            if change.relation.kind == "T":
                sessions = (session.state for session in self._values.shared.sessions())
                catalog_changes.check_temporary(self._state, sessions, change)
        values = [self._values.parameter(name, frame, line) for name in translation.parameters]
        timeout = frame.settings.lock_timeout
        patience = _CONFLICT_PATIENCE if timeout < 0 else min(_CONFLICT_PATIENCE, timeout / 1000)
        deadline = time.monotonic() + patience
        fetched: Fetched = ([], [])
        sql = ""
        while True:
            try:
                with self._work.writing():
                    if self._transactions.count:
                        self._transactions.keys.before(relations)
                    for sql in translation.statements:
                        fetched = fetch(self._transactions.connection, sql, values)
                    if translation.command != "insert":
                        self._transactions.keys.check_all_again()
                    self._transactions.keys.check(translation.key_lookups)
                    for change in translation.changes:
                        catalog_changes.record(self._state, self._view, self._transactions, frame, change)
            except duckdb.Error as failure:
                # Only outside a transaction: inside one, earlier statements have read the old snapshot.
                if failures.is_conflict(failure) and not self._transactions.count:
                    if time.monotonic() < deadline:
                        self._state.pause(0.02)
                        continue
                    if 0 <= timeout <= _CONFLICT_PATIENCE * 1000:
                        raise sql_error(1222, line=line) from failure
                table = translation.target or next((change.relation for change in translation.changes), None)
                if failures.is_conflict(failure) and table is not None and frame.settings.isolation == "SNAPSHOT":
                    raise sql_error(3960, f"{table.schema}.{table.name}", table.database, line=line) from failure
                updates = translation.command == "update" or sql.startswith("UPDATE")
                error = self.error(failure, line, relations, "UPDATE" if updates else "INSERT")
                if error.number == 1505 and any(change.action == "alter table" for change in translation.changes):
                    error = not_created(error)
                raise error from failure
            break
        if self._transactions.count:
            self._keep_table_variables(relations, frame)
        return fetched

    def _keep_table_variables(self, relations: Sequence[Relation], frame: Frame) -> None:
        """Keep the rows of a changed table variable in memory, because a rollback must not undo the change."""
        for relation in relations:
            if relation.kind == "@":
                table = frame.tables[relation.name.lower()]
                table.rows = kept_rows(self._transactions.connection, relation)

    def _result_events(
        self,
        translation: Translation,
        description: list[tuple[Any, ...]],
        rows: list[tuple[Any, ...]],
        frame: Frame,
    ) -> Iterator[Event]:
        returned = translation.returns_rows or bool(translation.assignments)
        if translation.identity_table is not None:
            identities = [row[-1] for row in rows if row[-1] is not None]  # MERGE has rows without one
            if identities:
                self._state.last_identity = frame.scope_identity = identities[-1]
            description, rows = description[:-1], [row[:-1] for row in rows]
            count = len(rows)
        elif translation.counted:
            count = rows[0][-1] if rows else 0
            description, rows = description[:-1], [row[:-1] for row in rows]
        elif returned:
            count = len(rows)
        elif translation.command in ("ddl", "truncate") or not rows:
            count = 0
        else:
            count = int(rows[0][0])
        if translation.assignments:
            self._assign(translation, description, rows, frame)
        elif translation.returns_rows:
            yield from result_set(description, rows, translation, frame.settings.text_size)
        self._state.row_count = count
        silent = frame.settings.nocount or translation.command in ("ddl", "truncate")
        if translation.returns_rows:
            yield self._state.done(frame, None if silent else count, _COMMANDS.get(translation.command, 0))
        elif not translation.assignments or translation.command == "update":
            if not silent:
                yield self._state.done(frame, count, _COMMANDS.get(translation.command, 0))
            elif not frame.in_procedure:
                yield Done(None)

    def _assign(
        self,
        translation: Translation,
        description: list[tuple[Any, ...]],
        rows: list[tuple[Any, ...]],
        frame: Frame,
    ) -> None:
        if not rows:
            return
        kinds = [
            (translation.column_types[index] if index < len(translation.column_types) else None) or sql_type(column[1])
            for index, column in enumerate(description)
        ]
        last = convert_rows(rows[-1:], kinds)[0]
        for name, value, kind in zip(translation.assignments, last, kinds, strict=True):
            variable = frame.variable(name, 0)
            variable.value = coerce(value, variable.type, kind, frame.settings.date_order)

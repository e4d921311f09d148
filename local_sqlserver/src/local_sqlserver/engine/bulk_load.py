"""INSERT BULK: loads the rows that a client sends after the statement (bcp, SqlBulkCopy and other bulk copies).

The rows of one message are one batch: they go through NumPy into a temporary table, and from there by INSERT … SELECT
into the target, so that conversions and errors are those of every INSERT. Sources: MS-TDS 2.2.6.1; the T-SQL reference,
BULK INSERT, for the options.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy
import numpy.typing

from local_sqlserver import utf16
from local_sqlserver.compiler import Relation, compile_statement
from local_sqlserver.compiler.fragments import identifier
from local_sqlserver.compiler.objects import move_identity
from local_sqlserver.compiler.types import duckdb_type
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.events import Column, ColumnValues, Done, Event
from local_sqlserver.engine.permissions import Permissions
from local_sqlserver.engine.runner import Runner
from local_sqlserver.engine.state import Frame
from local_sqlserver.engine.transactions import Transactions
from local_sqlserver.engine.work import Work
from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch
from local_sqlserver.types import BINARY, MAX, TEXT, TYPES, SqlType

_STAGED = "#bulk load"
"""The name of the temporary table, which no T-SQL can write without brackets."""
_COMMAND = 0xF0


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRows(syntax.Statement):
    """The rows of one message, column by column, after the INSERT BULK that announced them."""

    announced: syntax.InsertBulk
    columns: tuple[Column, ...]
    values: tuple[ColumnValues, ...]


class BulkLoad:
    """The bulk loads of one session."""

    def __init__(self, work: Work, permissions: Permissions, compilation: Compilation, runner: Runner) -> None:
        self._work = work
        self._permissions = permissions
        self._compilation = compilation
        self._runner = runner
        self._announced: syntax.InsertBulk | None = None

    def announce(self, statement: syntax.InsertBulk, frame: Frame) -> Iterator[Event]:
        """INSERT BULK: check the table and its columns, and expect the rows. Raises SqlError 208, 207, 229, 40510."""
        relation = self._compilation.context(frame).relation(statement.table, statement.line)
        self._permissions.require(frame, "INSERT", relation)
        known = {column.name.lower() for column in relation.columns}
        for name, _ in statement.columns:
            if name.lower() not in known:
                raise sql_error(207, name, line=statement.line)
        columns = statement.columns or tuple((column.name, column.type) for column in relation.columns)
        self._announced = replace(statement, columns=columns)
        yield from ()

    def rows(self, columns: tuple[Column, ...], values: Sequence[ColumnValues]) -> BulkRows:
        """Return the statement that loads the rows of a message. Raises SqlError 4804 without INSERT BULK before it."""
        announced, self._announced = self._announced, None
        if announced is None or (columns and len(columns) != len(announced.columns)):
            raise sql_error(4804)
        return BulkRows(announced=announced, columns=columns, values=tuple(values), line=announced.line)

    def load(self, statement: BulkRows, frame: Frame) -> Iterator[Event]:
        """Insert the rows. Raises SqlError 4815 for a value longer than announced, 515, 547, 2627, 2628 and others."""
        announced = statement.announced
        relation = self._compilation.context(frame).relation(announced.table, statement.line)
        identity = next((column for column in relation.columns if column.identity), None)
        names = [name for name, _ in announced.columns]
        keeps_identity = identity is not None and identity.name.lower() in {name.lower() for name in names}
        count = len(statement.values[0]) if statement.values else 0
        if count:
            self._check_lengths(statement)
            self._work.transactions.check_writable()
            yield from self._insert(statement, relation, frame, keeps_identity)
            if keeps_identity and identity is not None:
                moved = move_identity(relation, identity, relation.duckdb_name, identifier(identity.name))
                with self._work.writing():
                    self._work.transactions.connection.execute(moved)
        yield Done(count, _COMMAND, in_procedure=frame.in_procedure)

    @staticmethod
    def _check_lengths(statement: BulkRows) -> None:
        for position, ((_, declared), values) in enumerate(
            zip(statement.announced.columns, statement.values, strict=True), 1
        ):
            if declared.length in (None, MAX) or declared.name not in TEXT | BINARY:
                continue
            assert declared.length is not None
            longest = max((len(value) for value in values if isinstance(value, str | bytes)), default=0)
            if 2 * longest <= declared.length:
                continue
            lengths = (utf16.length(value) if isinstance(value, str) else len(value) for value in values if value)
            if max(lengths, default=0) > declared.length:
                raise sql_error(4815, position, line=statement.line)

    def _insert(self, statement: BulkRows, relation: Relation, frame: Frame, keeps_identity: bool) -> Iterator[Event]:
        announced, line = statement.announced, statement.line
        kinds = [column.type for column in statement.columns]
        columns = tuple(
            syntax.ColumnDefinition(name=f"c{number}", type=kind, nullable=True, line=line)
            for number, kind in enumerate(kinds)
        )
        table = syntax.CreateTable(target=(_STAGED,), columns=columns, constraints=(), line=line)
        create, _ = self._compilation.compiled(table, frame)
        for _ in self._runner.run(create, (), frame, line):
            pass
        connection = self._work.transactions.connection
        staged = frame.temporary[_STAGED]
        before = frame.settings.identity_insert
        if keeps_identity:
            frame.settings.identity_insert = (relation.database, relation.schema, relation.name)
        try:
            _fill(self._work.transactions, staged, kinds, statement.values)
            context = self._compilation.context(frame)
            context.ignores_checks = "CHECK_CONSTRAINTS" not in announced.options
            (node,) = parse_batch(_insert_text(announced, relation, kinds)).statements
            assert isinstance(node, syntax.CompiledStatement)
            translation = compile_statement(node, context)
            for event in self._runner.run(translation, tuple(context.relations), frame, line):
                if not isinstance(event, Done):
                    yield event
        finally:
            frame.settings.identity_insert = before
            frame.temporary.pop(_STAGED, None)
            if not self._work.transactions.aborted:
                connection.execute(f"DROP TABLE IF EXISTS {staged.duckdb_name}")


def _insert_text(announced: syntax.InsertBulk, relation: Relation, kinds: Sequence[SqlType]) -> str:
    """Return INSERT … SELECT from the temporary table; without KEEP_NULLS, a NULL becomes the column's default."""
    by_name = {column.name.lower(): column for column in relation.columns}
    values = []
    for number, ((name, _), kind) in enumerate(zip(announced.columns, kinds, strict=True)):
        default = None if "KEEP_NULLS" in announced.options else by_name[name.lower()].default
        value = f"c{number}"
        if default is not None:
            value = f"CASE WHEN {value} IS NULL THEN CAST({default} AS {kind}) ELSE {value} END"
        values.append(value)
    table = ".".join(map(_bracketed, announced.table))
    names = ", ".join(_bracketed(name) for name, _ in announced.columns)
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {_bracketed(_STAGED)}"


def _bracketed(name: str) -> str:
    return "[" + name.replace("]", "]]") + "]"


def _fill(
    transactions: Transactions, staged: Relation, kinds: Sequence[SqlType], values: Sequence[ColumnValues]
) -> None:
    """Insert columns of values into the temporary table."""
    arrays = [_array(kind, column) for kind, column in zip(kinds, values, strict=True)]
    named = {f"c{number}": array for number, array in enumerate(arrays)}
    selected = ", ".join(f"CAST({name} AS {duckdb_type(kind)})" for name, kind in zip(named, kinds, strict=True))
    transactions.load(f"INSERT INTO {staged.duckdb_name} SELECT {selected} FROM bulk_rows", "bulk_rows", named)


def _array(kind: SqlType, values: ColumnValues) -> numpy.typing.NDArray[Any]:
    """Return a column as an array that DuckDB reads without a step for each value; other types than these are text."""
    if isinstance(values, numpy.ndarray):
        return values
    family = TYPES[kind.name].family
    if family in ("integer", "bit", "approximate"):
        mask = [value is None for value in values]
        form = numpy.float64 if family == "approximate" else numpy.int64
        return numpy.ma.masked_array([0 if value is None else value for value in values], mask, form)
    array = numpy.empty(len(values), object)
    if kind.name == "datetimeoffset":
        array[:] = [None if value is None else _with_offset(value) for value in values]
        return array
    if family in ("date", "datetime"):
        return numpy.array(values, "datetime64[us]")
    array[:] = values if family in ("text", "binary") else [None if value is None else str(value) for value in values]
    return array


def _with_offset(value: datetime) -> dict[str, Any]:
    """Return a DATETIMEOFFSET as DuckDB holds it (``types.OFFSET_TYPE``)."""
    offset = value.utcoffset() or timedelta()
    return {"utc": value.replace(tzinfo=None) - offset, "minutes": offset // timedelta(minutes=1)}

"""The events of running T-SQL, in order: ``engine`` yields them, ``tds`` encodes them.

This is the contract between both packages: ``engine`` has no packets, ``tds`` has no SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing

from local_sqlserver.arrays import Array
from local_sqlserver.types import SqlType

ColumnValues = Sequence[Any] | numpy.typing.NDArray[Any]
"""The values of a column: Python values, or an array that DuckDB reads, masked or NaT where they are NULL.

Among Python values, text may stand for a value of any type but binary ones.
"""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result set; ``name`` is empty for an unnamed expression."""

    name: str
    type: SqlType
    nullable: bool = True
    identity: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """Opens a result set."""

    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of the open result set; values as ``local_sqlserver.types`` describes."""

    rows: Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of the open result set, by column: an array that ``arrays.holds`` the column's type, or values."""

    columns: tuple[Array | Sequence[Any], ...]

    @property
    def rows(self) -> Sequence[tuple[Any, ...]]:
        """The rows as those of ``Rows``."""
        values = (column.python() if isinstance(column, Array) else column for column in self.columns)
        return list(zip(*values, strict=True))


@dataclass(frozen=True, slots=True)
class Done:
    """A statement ended. ``row_count`` is None if the statement counts no rows or NOCOUNT is on.

    ``in_procedure`` makes it DONEINPROC; ``command`` is the token's CurCmd (0xC1 SELECT, 0xC3 INSERT,
    0xC4 DELETE, 0xC5 UPDATE, 0 otherwise); ``error`` sets the error bit.
    """

    row_count: int | None = None
    command: int = 0
    in_procedure: bool = False
    error: bool = False


@dataclass(frozen=True, slots=True)
class ProcedureDone:
    """A procedure returned: RETURNSTATUS, then DONEPROC."""

    return_code: int | None = 0


@dataclass(frozen=True, slots=True)
class ReturnValue:
    """An OUTPUT parameter's value, for RPC calls; comes before ``ProcedureDone``."""

    ordinal: int
    name: str
    type: SqlType
    value: Any


@dataclass(frozen=True, slots=True)
class Message:
    """An INFO token: PRINT (number 0, severity 0), RAISERROR up to severity 10, changed-database (5701)."""

    text: str
    number: int = 0
    severity: int = 0
    state: int = 1
    line: int = 0
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class Error:
    """An ERROR token. The engine yields it for an uncaught error, then a ``Done`` with the error bit."""

    number: int
    text: str
    severity: int = 16
    state: int = 1
    line: int = 0
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class DatabaseChanged:
    """USE took effect (ENVCHANGE type 1)."""

    new: str
    old: str


@dataclass(frozen=True, slots=True)
class LanguageChanged:
    """SET LANGUAGE took effect (ENVCHANGE type 2)."""

    new: str
    old: str


@dataclass(frozen=True, slots=True)
class TransactionChanged:
    """ENVCHANGE 8 (begin), 9 (commit) or 10 (rollback) of the transaction with this descriptor."""

    kind: int
    descriptor: int


Event = (
    Columns
    | Rows
    | Batch
    | Done
    | ProcedureDone
    | ReturnValue
    | Message
    | Error
    | DatabaseChanged
    | LanguageChanged
    | TransactionChanged
)


@dataclass(frozen=True, slots=True)
class TableValue:
    """The value of a table-valued parameter: the types of its columns, and its rows.

    ``defaults`` are the positions of the columns for which the client sends no values: they get their defaults.
    """

    types: tuple[SqlType, ...]
    rows: tuple[tuple[Any, ...], ...]
    defaults: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of an RPC call; ``name`` with its @, or empty when positional.

    The value of a table-valued one, of type 'table', is a ``TableValue``.
    """

    name: str
    type: SqlType
    value: Any
    output: bool = False
    default: bool = False


@dataclass(frozen=True, slots=True)
class TransactionRequest:
    """A decoded Transaction Manager request: ``kind`` 'begin', 'commit', 'rollback' or 'save'.

    ``isolation`` is the level of MS-TDS (0 current, 1 read uncommitted … 5 snapshot); ``then_begin`` begins
    a new transaction right after a commit or rollback.
    """

    kind: str
    name: str = ""
    isolation: int = 0
    then_begin: bool = False


class Session(Protocol):
    """One logged-in connection. All calls come from one thread, except ``cancel``."""

    @property
    def spid(self) -> int:
        """The session's number (@@SPID)."""

    @property
    def database(self) -> str:
        """The current database."""

    def batch(self, text: str) -> Iterator[Event]:
        """Run a SQL batch, without GO. Errors are events, never exceptions."""

    def procedure(self, name: str, parameters: Sequence[Parameter]) -> Iterator[Event]:
        """Run an RPC: a user procedure or sp_executesql, sp_prepare, sp_prepexec, sp_execute and others.

        ``name`` is as sent ('dbo.p'), or the well-known name of a procedure sent by number.
        """

    def bulk_load(self, columns: Sequence[Column], values: Sequence[ColumnValues]) -> Iterator[Event]:
        """Load the rows that follow an INSERT BULK statement, given column by column."""

    def transaction(self, request: TransactionRequest) -> Iterator[Event]:
        """Begin, commit, roll back or save through the Transaction Manager."""

    def reset(self) -> None:
        """RESETCONNECTION: roll back, drop temporary tables, restore the settings and the database of the login."""

    def cancel(self) -> None:
        """Stop the running request (Attention); called from another thread."""

    def close(self) -> None:
        """Roll back an open transaction and free all resources; a second call does nothing."""


class Engine(Protocol):
    """The engine, shared by all connections."""

    server_name: str

    def login(self, user: str, password: str, database: str, application: str, host: str) -> Session:
        """Open a session; ``database`` empty means master. Raises SqlError 18456 (login) or 4060 (database)."""

    def close(self) -> None:
        """End every session, checkpoint and close the files."""

"""The state of a session: frames with their variables and settings, and the error that a CATCH handles."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from local_sqlserver.catalog.objects import CatalogObject
from local_sqlserver.compiler import Relation, Translation
from local_sqlserver.engine.events import Columns, Done, Error
from local_sqlserver.errors import SqlError, sql_error
from local_sqlserver.language import syntax
from local_sqlserver.types import SqlType

Kind = TypeVar("Kind", bound=SqlError)


@dataclass(slots=True)
class Variable:
    """A declared variable; ``value`` is always of ``type``."""

    type: SqlType
    value: Any = None


@dataclass(slots=True)
class TableVariable:
    """A table variable: a DuckDB temporary table that a rollback must not undo.

    ``create`` are the statements that created it. ``rows`` are its rows after the last change inside a
    transaction, None if it was not changed there.
    """

    relation: Relation
    create: tuple[str, ...]
    rows: list[tuple[Any, ...]] | None = None


@dataclass(slots=True)
class Cursor:
    """A cursor; OPEN sets the columns and rows. ``position`` is that of the current row, from 0.

    ``variables`` have the values that they had at DECLARE.
    """

    query: syntax.SelectStatement
    scroll: bool
    static: bool
    variables: dict[str, Variable]
    translation: Translation | None = None
    description: list[tuple[Any, ...]] | None = None
    rows: list[tuple[Any, ...]] | None = None
    position: int = -1


@dataclass(slots=True)
class Settings:
    """SET options with an effect in the stand-in; a procedure gets a copy."""

    nocount: bool = False
    xact_abort: bool = False
    implicit_transactions: bool = False
    fmtonly: bool = False
    isolation: str = "READ COMMITTED"
    identity_insert: tuple[str, str, str] | None = None
    datefirst: int = 7
    date_order: str = "mdy"
    language: str = "us_english"
    lock_timeout: int = -1
    text_size: int = 2147483647
    row_limit: int = 0

    def copy(self) -> Settings:
        """Return an independent copy."""
        return replace(self)


@dataclass(slots=True)
class Frame:
    """One level of execution: the batch, a procedure, or dynamic SQL.

    ``schema`` is the schema in which unqualified names are looked up first. ``chained`` is True inside a procedure,
    where the caller needs no permissions to read and change rows and to call procedures (ownership chaining).
    ``signers`` are the users of the certificates that signed the procedure, in lower case; the procedure and its
    dynamic SQL have their permissions. ``worst`` is the highest severity of the errors that it has reported.
    """

    depth: int
    database: str
    schema: str = "dbo"
    procedure: str = ""
    object_id: int = 0
    dynamic: bool = False
    chained: bool = False
    signers: frozenset[str] = frozenset()
    variables: dict[str, Variable] = field(default_factory=dict)
    tables: dict[str, TableVariable] = field(default_factory=dict)
    temporary: dict[str, Relation] = field(default_factory=dict)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    scope_identity: int | None = None
    worst: int = 0

    @property
    def in_procedure(self) -> bool:
        """Whether this frame is inside a procedure or an RPC."""
        return self.depth > 0

    def declare(self, variables: Iterable[tuple[str, SqlType]]) -> None:
        """Declare the variables of a batch as NULL, except parameters that have a value."""
        for name, declared in variables:
            self.variables.setdefault(name, Variable(declared))

    def variable(self, name: str, line: int) -> Variable:
        """Return the variable; raises SqlError 137."""
        found = self.variables.get(name.lower())
        if found is None:
            raise sql_error(137, name, line=line)
        return found


@dataclass(frozen=True, slots=True)
class SessionKey:
    """A value of sp_set_session_context, as text."""

    value: str | None
    read_only: bool


@dataclass(frozen=True, slots=True)
class CutOff:
    """A result set that an error ended: the columns if they are still to be sent, and the number of rows sent."""

    unsent: Columns | None
    count: int


@dataclass(slots=True)
class SessionState:
    """The state of a session between statements. ``frames`` begins with the base frame, in which its batches run.

    ``clock`` and ``utc_clock`` are the time of the running statement. ``handled`` are the errors of the running CATCH
    blocks, the innermost last. ``procedures`` are the temporary ones, and ``cursors``
    the global ones, by name in lower case. ``cut_off`` is the
    result set that an error has just ended.
    """

    spid: int
    login: str
    login_database: str
    application: str
    host: str
    base: Frame
    frames: list[Frame]
    row_count: int = 0
    last_error: int = 0
    last_identity: int | None = None
    cursors: dict[str, Cursor] = field(default_factory=dict)
    fetch_status: int = 0
    cursor_rows: int = 0
    handled: list[SqlError] = field(default_factory=list)
    login_time: datetime = field(default_factory=datetime.now)
    clock: datetime = field(default_factory=datetime.now)
    utc_clock: datetime = field(default_factory=lambda: datetime.now(UTC))
    cancelled: threading.Event = field(default_factory=threading.Event)
    killed: bool = False
    cut_off: CutOff | None = None
    context_info: bytes | None = None
    context: dict[str, SessionKey] = field(default_factory=dict)
    procedures: dict[str, CatalogObject] = field(default_factory=dict)

    @property
    def frame(self) -> Frame:
        """The innermost frame."""
        return self.frames[-1]

    def temporary(self, name: str) -> Relation | None:
        """Return the visible temporary table of this name."""
        for frame in reversed(self.frames):
            if name.lower() in frame.temporary:
                return frame.temporary[name.lower()]
        return None

    def begin_statement(self) -> None:
        """Begin a statement: freeze GETDATE() for its duration; raise Cancelled if the client sent an Attention."""
        if self.cancelled.is_set():
            raise Cancelled
        self.clock = datetime.now()
        self.utc_clock = datetime.now(UTC)

    def pause(self, seconds: float) -> None:
        """Wait, or raise Cancelled as soon as the client sends an Attention."""
        if self.cancelled.wait(seconds):
            raise Cancelled

    def done(self, frame: Frame, row_count: int | None, command: int) -> Done:
        """Return the Done of a statement in a frame."""
        return Done(row_count, command, in_procedure=frame.in_procedure)


class BatchAborted(Exception):
    """An error ended the batch; it was already reported."""


class ScopeAborted(Exception):
    """An error ended the procedure or dynamic SQL, but not its caller; it was already reported."""


class Returned(Exception):
    """RETURN; carries the return code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Cancelled(Exception):
    """The client sent an Attention."""


def error_events(error: SqlError) -> Iterator[Error]:
    """Yield the events of an uncaught error: those of its causes come first."""
    for each in (*error.causes, error):
        line, procedure = max(each.line or error.line, 1), each.procedure or error.procedure
        yield Error(each.number, each.message, each.severity, each.state, line, procedure)


class RaisedError(SqlError):
    """An error that THROW or RAISERROR raised; ``statement`` is its keyword."""

    statement: str = "THROW"


class BindingError(SqlError):
    """An error of name resolution in the frame at ``depth``; a TRY of the same frame does not catch it."""

    depth: int = 0


def binding_error(error: SqlError, depth: int) -> BindingError:
    """Return the same error as a binding error of a frame."""
    bound = same_error(error, BindingError)
    bound.depth = depth
    return bound


def same_error(error: SqlError, kind: type[Kind]) -> Kind:
    """Return an error as one of another class."""
    again = kind(
        error.number,
        error.message,
        severity=error.severity,
        state=error.state,
        line=error.line,
        procedure=error.procedure,
    )
    again.causes = error.causes
    return again

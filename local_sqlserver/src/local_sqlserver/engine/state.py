"""What a session remembers: variables, scopes, settings, the error being handled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from local_sqlserver.compiler import Relation
from local_sqlserver.engine.events import Error
from local_sqlserver.errors import SqlError
from local_sqlserver.types import SqlType


@dataclass(slots=True)
class Variable:
    """A declared variable; ``value`` is always of ``type``."""

    type: SqlType
    value: Any = None


@dataclass(slots=True)
class TableVariable:
    """A table variable: a DuckDB temporary table that a rollback must not undo.

    ``create`` are the statements that made it; ``rows`` its contents as of the last change inside a
    transaction, None if unchanged there.
    """

    relation: Relation
    create: tuple[str, ...]
    rows: list[tuple[Any, ...]] | None = None


@dataclass(slots=True)
class Settings:
    """SET options that change what the stand-in does; a procedure gets a copy."""

    nocount: bool = False
    xact_abort: bool = False
    implicit_transactions: bool = False
    identity_insert: tuple[str, str, str] | None = None
    datefirst: int = 7
    language: str = "us_english"
    lock_timeout: int = -1
    text_size: int = 2147483647

    def copy(self) -> Settings:
        """Return an independent copy."""
        return replace(self)


@dataclass(slots=True)
class Frame:
    """One level of execution: the batch, a procedure, or dynamic SQL.

    ``schema`` is where unqualified names are looked up first. ``chained`` is True inside a procedure, where the
    caller needs no permission of his own to read and change rows and to call (ownership chaining). ``signers`` are
    the users of the certificates that signed the procedure, lower case: what they may, it may, dynamic SQL included.
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
    settings: Settings = field(default_factory=Settings)
    scope_identity: int | None = None

    def declare(self, variables: Iterable[tuple[str, SqlType]]) -> None:
        """Bring the variables of a batch into being, NULL, but for the parameters that have a value already."""
        for name, declared in variables:
            self.variables.setdefault(name, Variable(declared))

    def variable(self, name: str, line: int) -> Variable:
        """Return the variable; raises SqlError 137."""
        found = self.variables.get(name.lower())
        if found is None:
            raise SqlError(137, f'Must declare the scalar variable "{name}".', severity=15, line=line)
        return found


class BatchAborted(Exception):
    """The rest of the batch does not run; the error was already reported."""


class ScopeAborted(Exception):
    """The rest of the procedure or dynamic SQL does not run, its caller goes on; the error was already reported."""


class Cancelled(Exception):
    """The client sent an Attention."""


def error_event(error: SqlError) -> Error:
    """Return the event of an uncaught error."""
    return Error(error.number, error.message, error.severity, error.state, max(error.line, 1), error.procedure)


class RaisedError(SqlError):
    """An error that THROW or RAISERROR raised; ``statement`` says which."""

    statement: str = "THROW"


class BindingError(SqlError):
    """An error of name resolution in the frame of this ``depth``: a TRY of the same frame does not catch it."""

    depth: int = 0


def binding_error(error: SqlError, depth: int) -> BindingError:
    """Return the same error, bound to a frame."""
    bound = BindingError(
        error.number,
        error.message,
        severity=error.severity,
        state=error.state,
        line=error.line,
        procedure=error.procedure,
    )
    bound.depth = depth
    return bound

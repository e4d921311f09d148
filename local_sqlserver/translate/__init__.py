"""One set-based T-SQL statement in, DuckDB SQL out.

The contract between ``engine`` and ``translate``. The engine hands over the text of a single statement
(SELECT, INSERT, UPDATE, DELETE, MERGE, TRUNCATE, CREATE/ALTER/DROP TABLE, VIEW, INDEX …), a ``Context`` that answers
questions about names, and runs what comes back. The translator never runs anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from local_sqlserver.types import SqlType


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A column of a table or view as declared; ``default`` and ``check`` are T-SQL text."""

    name: str
    type: SqlType
    nullable: bool = True
    identity: tuple[int, int] | None = None
    default: str | None = None
    default_name: str | None = None
    computed: str | None = None


@dataclass(frozen=True, slots=True)
class ConstraintInfo:
    """A key or check: ``kind`` is 'PK', 'UQ', 'C' or 'F' as in sys.objects.type; ``definition`` is T-SQL text."""

    name: str
    kind: str
    columns: tuple[str, ...] = ()
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """What a name in FROM, INTO, UPDATE … stands for.

    ``duckdb_name`` is the quoted, fully qualified DuckDB name to write into the SQL. ``kind`` is 'U' table,
    'V' view, 'T' temporary table, '@' table variable, 'S' system view.
    """

    duckdb_name: str
    kind: str
    database: str
    schema: str
    name: str
    columns: tuple[ColumnInfo, ...] = ()
    constraints: tuple[ConstraintInfo, ...] = ()
    identity_insert: bool = False


class Context(Protocol):
    """What the translator may ask about the world around a statement."""

    database: str
    default_schema: str

    def relation(self, parts: tuple[str, ...], line: int) -> Relation:
        """Resolve ('db', 'schema', 'name'), ('schema', 'name') or ('name',), '#t' and '@t' too. Raises SqlError 208."""

    def target(self, parts: tuple[str, ...], line: int) -> Relation:
        """Where an object to be created goes: no check that it exists; raises SqlError 2760 for an absent schema."""

    def variable(self, name: str, line: int) -> SqlType:
        """The declared type of '@x' (case-insensitive). Raises SqlError 137."""


@dataclass(frozen=True, slots=True)
class CatalogChange:
    """What a DDL statement did, for the engine to record in its catalog in the same transaction.

    ``action`` is 'create table', 'alter table', 'drop table', 'create view', 'drop view', 'create index', 'drop index' …;
    ``relation`` the object after the change (for a drop: as it was); ``text`` the T-SQL definition of a view.
    """

    action: str
    relation: Relation
    text: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """DuckDB SQL for one T-SQL statement.

    ``statements`` run in order in one go, with ``parameters`` (T-SQL variable names, '@x', or system values such as
    '@@rowcount', 'getdate()') bound as $1, $2 … in each of them; the last one's result or row count is the statement's.
    ``command`` is 'select', 'insert', 'update', 'delete', 'merge', 'truncate' or 'ddl'. ``returns_rows`` is True for a SELECT and for an
    OUTPUT clause that goes to the client. ``column_types`` are the declared types of the result's columns where the
    translator knows better than DuckDB (None where it does not). ``assignments`` name the variables that a
    SELECT @a = …, @b = … sets from the last row. ``output_into`` names where OUTPUT … INTO rows go.
    """

    statements: tuple[str, ...]
    command: str
    parameters: tuple[str, ...] = ()
    returns_rows: bool = False
    column_types: tuple[SqlType | None, ...] = ()
    assignments: tuple[str, ...] = ()
    output_into: Relation | None = None
    output_into_columns: tuple[str, ...] = ()
    identity_table: Relation | None = None
    changes: tuple[CatalogChange, ...] = field(default=())

"""What engine and translator tell each other: names and declarations one way, DuckDB SQL the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from local_sqlserver.types import SqlType


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A column of a table or view as declared; ``default`` and ``check`` are T-SQL text.

    ``collation`` is None for the database's.
    """

    name: str
    type: SqlType
    nullable: bool = True
    identity: tuple[int, int] | None = None
    default: str | None = None
    default_name: str | None = None
    computed: str | None = None
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class ConstraintInfo:
    """A key or check: ``kind`` is 'PK', 'UQ', 'C' or 'F' as in sys.objects.type; ``definition`` is T-SQL text."""

    name: str
    kind: str
    columns: tuple[str, ...] = ()
    definition: str = ""


KEY_KINDS = {"PK": "PRIMARY KEY", "UQ": "UNIQUE KEY"}
"""The kinds of constraints that are keys, as messages name them."""


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

    def file(self, path: str, data_source: str | None, line: int) -> str:
        """The file that OPENROWSET(BULK …) names, as this machine's path.

        Raises SqlError 4834 for one who may not bulk load, 4860, 4861 and 12703 as BULK INSERT does. What depends on
        it is translated anew each time.
        """

    def variable(self, name: str, line: int) -> SqlType:
        """The declared type of '@x' (case-insensitive). Raises SqlError 137."""


@dataclass(frozen=True, slots=True)
class CatalogChange:
    """What a DDL statement did, for the engine to record in its catalog in the same transaction.

    ``action`` is 'create table', 'alter table', 'drop table', 'create view', 'drop view', 'create index', 'drop
    index' …; ``relation`` the object after the change (for a drop: as it was); ``text`` the T-SQL definition of a
    view.
    """

    action: str
    relation: Relation
    text: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """DuckDB SQL for one T-SQL statement.

    ``statements`` run in order in one transaction; the last one's result or row count is the statement's.
    ``parameters`` name the values bound as $1, $2 … (a DuckDB statement that uses some of them gets exactly those): a
    variable ('@x') or a key of ``SESSION_VALUES`` in lower case. ``column_names`` are the result's column names, ''
    where T-SQL gives none (DuckDB's own names then stand in the result). ``command`` is 'select', 'insert', 'update',
    'delete', 'merge', 'truncate' or 'ddl'. ``returns_rows`` is True for a SELECT and for an OUTPUT clause that goes
    to the client. ``column_types`` are the declared types of the result's columns where the translator knows better
    than DuckDB (None where it does not). ``assignments`` name the variables that a SELECT @a = …, @b = … sets from
    the last row. ``output_into`` names where OUTPUT … INTO rows go; the last statement returns them.

    ``identity_table`` is set for an INSERT into a table with an IDENTITY column: the last statement then is an INSERT
    … RETURNING whose **last** column is the identity value (after those of an OUTPUT clause); the engine strips it,
    counts the rows and keeps the last value for SCOPE_IDENTITY() and @@IDENTITY. A DML statement that returns no rows
    gives DuckDB's one-row ``Count``.
    """

    statements: tuple[str, ...]
    command: str
    parameters: tuple[str, ...] = ()
    returns_rows: bool = False
    column_types: tuple[SqlType | None, ...] = ()
    column_names: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ()
    output_into: Relation | None = None
    output_into_columns: tuple[str, ...] = ()
    identity_table: Relation | None = None
    changes: tuple[CatalogChange, ...] = field(default=())

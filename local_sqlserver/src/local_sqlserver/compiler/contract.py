"""The contract between engine and compiler: the engine gives names and declarations, the compiler DuckDB SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from local_sqlserver.language import syntax
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
    persisted: bool = False
    rowguid: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """The key that a foreign key references, in the same database, and its actions, as ON DELETE names them."""

    schema: str
    table: str
    columns: tuple[str, ...]
    on_delete: str = "NO ACTION"
    on_update: str = "NO ACTION"


@dataclass(frozen=True, slots=True)
class ConstraintInfo:
    """A key, check or index: ``kind`` is 'PK', 'UQ', 'C' or 'F' as in sys.objects.type, 'UX' or 'IX' of an index.

    ``definition`` is the T-SQL text of a check or of the filter of an index. ``disabled`` is the state after NOCHECK
    CONSTRAINT. ``trusted`` is False if rows may violate the constraint. ``descending`` are the columns with DESC,
    ``included`` those of INCLUDE.
    """

    name: str
    kind: str
    columns: tuple[str, ...] = ()
    definition: str = ""
    foreign: ForeignKey | None = None
    disabled: bool = False
    trusted: bool = True
    clustered: bool = False
    columnstore: bool = False
    descending: tuple[str, ...] = ()
    included: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SequenceInfo:
    """A sequence object: its type and the numbers of CREATE SEQUENCE; ``cache`` is 0 for NO CACHE, -1 for no size."""

    type: SqlType
    start: int
    increment: int
    minimum: int
    maximum: int
    cycle: bool
    cache: int


KEY_KINDS = {"PK": "PRIMARY KEY", "UQ": "UNIQUE KEY"}
"""The names of key constraints in messages, by kind."""
UNIQUE_KINDS = ("PK", "UQ", "UX")
"""The kinds of constraint that no two rows may share: keys and unique indexes."""


@dataclass(frozen=True, slots=True)
class Relation:
    """The table or view that a name in FROM, INTO, UPDATE … resolves to.

    ``duckdb_name`` is the quoted, fully qualified DuckDB name to write into the SQL. ``kind`` is 'U' table,
    'V' view, 'T' temporary table, '@' table variable, 'S' system view, 'SO' a sequence object with its ``sequence``;
    'FN', 'IF' and 'TF' are functions. ``user_type`` is the id of the table type of a table variable, 0 without one.
    ``synonym`` is True if the name was one of a synonym.
    """

    duckdb_name: str
    kind: str
    database: str
    schema: str
    name: str
    columns: tuple[ColumnInfo, ...] = ()
    constraints: tuple[ConstraintInfo, ...] = ()
    identity_insert: bool = False
    sequence: SequenceInfo | None = None
    user_type: int = 0
    synonym: bool = False


@dataclass(frozen=True, slots=True)
class FunctionInfo:
    """A user-defined function: schema.name, its definition, and the context of its body."""

    name: str
    definition: syntax.CreateFunction
    context: Context


@dataclass(frozen=True, slots=True)
class ViewInfo:
    """A view, its definition, and the context of its query."""

    relation: Relation
    definition: syntax.CreateView
    context: Context


class Context(Protocol):
    """The names that a statement may use, as the engine resolves them for the compiler."""

    database: str
    default_schema: str

    def relation(self, parts: tuple[str, ...], line: int) -> Relation:
        """Resolve ('db', 'schema', 'name'), ('schema', 'name') or ('name',), '#t' and '@t' too. Raises SqlError 208."""

    def table(self, database: str, schema: str, name: str) -> Relation:
        """The table that a foreign key of the statement's tables refers to; the session needs no permission on it."""

    def sequence(self, parts: tuple[str, ...], line: int) -> Relation:
        """Resolve the name of a sequence object; raises SqlError 208."""

    def referencing(self, relation: Relation) -> tuple[Relation, ...]:
        """The tables with a foreign key to a table, also the table itself."""

    def bound_to(self, relation: Relation, column: str = "") -> list[str]:
        """The views and functions WITH SCHEMABINDING that read a table or view, or a column of this name of it.

        Of a sequence they are the defaults that use it.
        """

    def is_taken(self, relation: Relation, name: str) -> bool:
        """Whether an object or constraint in the schema of a table has this name."""

    def target(self, parts: tuple[str, ...], line: int) -> Relation:
        """Resolve the name of a new object, whether or not it exists; raises SqlError 2760 for an absent schema."""

    def file(self, path: str, data_source: str | None, line: int) -> str:
        """The local path of the file that OPENROWSET(BULK …) names.

        Raises SqlError 4834 without the permission to bulk load, 4860, 4861 and 12703 as BULK INSERT does. A statement
        that calls it is compiled anew at each run, because files and permissions change.
        """

    def function(self, parts: tuple[str, ...], line: int, *, tables: bool) -> FunctionInfo:
        """Resolve a user-defined function: scalar (raises SqlError 4121) or with ``tables`` table-valued (208)."""

    def view(self, parts: tuple[str, ...], line: int) -> ViewInfo | None:
        """The view of a name, None for any other name; the statement does not read it yet."""

    def give_table(self, name: str, relation: Relation) -> None:
        """Let a table-valued parameter of a function stand for a table variable of its caller."""

    def variable(self, name: str, line: int) -> SqlType:
        """The declared type of '@x' (case-insensitive). Raises SqlError 137."""


@dataclass(frozen=True, slots=True)
class CatalogChange:
    """A change by DDL, which the engine records in its catalog in the same transaction.

    ``action`` is 'create table', 'alter table', 'drop table', 'create view', 'drop view', 'create index', 'drop
    index' …; ``relation`` is the object after the change (before it, for a drop); ``text`` is the T-SQL definition of
    a view.
    """

    action: str
    relation: Relation
    text: str = ""


@dataclass(frozen=True, slots=True)
class KeyLookup:
    """How a key without an index in DuckDB is enforced in its ``table``, by DuckDB SQL.

    ``refuse`` raises 2627 or 2601 if the key of a row from the number $first on occurs twice, ``refuse_all`` if the key
    of any row does, which is quicker if many rows are new. ``written`` gives the hashes of the keys of the rows from
    $first on. ``committed`` raises the same if a row after the number $last has one of the hashes in the table
    "_written".
    """

    table: str
    refuse: str
    refuse_all: str
    written: str
    committed: str


@dataclass(frozen=True, slots=True)
class Translation:
    """A compiled statement or expression: its DuckDB SQL, and the facts about it that the engine needs.

    ``statements`` run in order in one transaction; the last one's result or row count is the statement's.
    ``parameters`` name the values bound as $1, $2 … (a DuckDB statement that uses some of them gets exactly those): a
    variable ('@x') or a key of ``SESSION_VALUES`` in lower case. ``column_names`` are the result's column names, ''
    where T-SQL gives none (DuckDB's own names then stand in the result). ``command`` is 'select', 'insert', 'update',
    'delete', 'merge', 'truncate' or 'ddl'. ``target`` is the table whose rows a DML statement changes; the others are
    only read. ``returns_rows`` is True for a SELECT and for an OUTPUT clause that goes to the client. ``column_types``
    are the declared types of the result's columns, None where DuckDB's type decides; ``identities`` are the positions
    of its IDENTITY columns, ``required`` those of columns that are never NULL; ``collations`` are the collations of
    text, None for the database's. ``assignments`` are the variables that a SELECT @a = …, @b = … sets from the last
    row; with ``counted`` that row has one more column, the number of rows of the SELECT.

    ``identity_table`` is set for an INSERT into a table with an IDENTITY column: the last statement then is an INSERT
    … RETURNING whose **last** column is the identity value (after those of an OUTPUT clause); the engine strips it,
    counts the rows and keeps the last value for SCOPE_IDENTITY() and @@IDENTITY. A DML statement that returns no rows
    gives DuckDB's one-row ``Count``. ``key_lookups`` are the keys without an index that the statement has written.
    ``permissions`` are those that a DML statement needs on its target. ``behind`` is the table that a statement changes
    through the view ``target``; the session needs no permission on it.
    """

    statements: tuple[str, ...]
    command: str
    target: Relation | None = None
    parameters: tuple[str, ...] = ()
    returns_rows: bool = False
    column_types: tuple[SqlType | None, ...] = ()
    column_names: tuple[str, ...] = ()
    identities: frozenset[int] = frozenset()
    required: frozenset[int] = frozenset()
    collations: tuple[str | None, ...] = ()
    assignments: tuple[str, ...] = ()
    counted: bool = False
    identity_table: Relation | None = None
    changes: tuple[CatalogChange, ...] = field(default=())
    key_lookups: tuple[KeyLookup, ...] = ()
    permissions: tuple[str, ...] = ()
    behind: tuple[Relation, ...] = ()

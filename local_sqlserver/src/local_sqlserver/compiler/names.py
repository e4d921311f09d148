"""Name resolution of columns: sources in scope, outer scopes, and the state of grouping."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from local_sqlserver.collation import DATABASE, Collation, find
from local_sqlserver.compiler.contract import Relation
from local_sqlserver.compiler.fragments import Cost, Value, identifier
from local_sqlserver.errors import SqlError, sql_error
from local_sqlserver.language import syntax
from local_sqlserver.types import SqlType


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """A column of a source or of a result: its T-SQL name ('' for none) and its name in the DuckDB SQL.

    ``null`` marks a bare NULL, ``required`` a column that is never NULL. ``path`` is the name, in the DuckDB SQL, of
    the column beside it with the path of the file that it contains. ``literal`` is the type that an integer has in a
    set operation with a DECIMAL. ``numbered`` marks the numbers of the rows in the order in which DuckDB gives them.
    """

    name: str
    type: SqlType
    emitted: str
    collation: Collation | None = None
    null: bool = False
    identity: bool = False
    rowguid: bool = False
    required: bool = False
    path: str = ""
    literal: SqlType | None = None
    numbered: bool = False

    @property
    def own_collation(self) -> Collation | None:
        """The collation of a reference to the column: never explicit, as a COLLATE clause's is; None for a literal."""
        return self.collation.column() if self.collation else None


@dataclass(frozen=True, slots=True)
class Rows:
    """A compiled query: its SQL and its columns."""

    sql: str
    columns: tuple[OutputColumn, ...]


@dataclass(slots=True)
class SourceColumns:
    """A source in scope: its alias in T-SQL, its alias ``emitted`` in DuckDB SQL, its columns, a table's full ``name``.

    ``replacements`` are values that stand for columns, by name in lower case. ``used`` are the columns named so far by
    expressions, in their order. ``depth`` is the SQL of the depth of recursion, '' outside recursion.
    """

    alias: str
    emitted: str
    columns: tuple[OutputColumn, ...]
    name: syntax.Name = ()
    relation: Relation | None = None
    depth: str = ""
    replacements: dict[str, Value] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)

    def is_named_by(self, qualifier: syntax.Name) -> bool:
        """Whether ``qualifier`` in qualifier.column is this source."""
        wanted = tuple(part.lower() for part in qualifier)
        if len(wanted) == 1:
            return wanted[0] == self.alias.lower()
        full = tuple(part.lower() for part in self.name)
        return bool(full) and full[-1] == self.alias.lower() and full[-len(wanted) :] == wanted

    def find(self, name: str) -> OutputColumn | None:
        """A column by its name, without regard to case."""
        lowered = name.lower()
        return next((column for column in self.columns if column.name.lower() == lowered), None)

    def value(self, column: OutputColumn) -> Value:
        """The SQL of a column of this source."""
        self.used[column.name] = None
        if column.name.lower() in self.replacements:
            return self.replacements[column.name.lower()]
        source = f"{identifier(self.emitted)}." if self.emitted else ""
        return Value(
            f"{source}{identifier(column.emitted)}",
            column.type,
            collation=column.own_collation,
            null=column.null,
            cost=Cost.NAME,
            identity=column.identity,
            path=f"{source}{identifier(column.path)}" if column.path else "",
            required=column.required,
        )

    def allow_null(self) -> None:
        """Let the columns be NULL: an outer join has no row of this source for some rows."""
        self.columns = tuple(replace(column, required=False) for column in self.columns)
        present = f"{identifier(self.emitted)}.rowid IS NOT NULL"
        self.replacements = {
            name: replace(value, sql=f"CASE WHEN {present} THEN {value.sql} END", required=False)
            for name, value in self.replacements.items()
        }


@dataclass(slots=True)
class Scope:
    """The sources of one SELECT and the scope around it.

    ``keys`` is set while the select list of a grouped query is compiled: it maps the SQL of a grouping expression to
    its value after grouping. ``clause`` is the clause for the errors 147, 8120, 8121 and 8127. ``ordered`` is the order
    of the aggregates WITHIN GROUP so far. ``aggregated`` is set for the arguments of an aggregate, whose columns of
    grouped outer queries are those of the rows before grouping. ``has_rowid`` is set if the rows carry the numbers that
    DuckDB gives them.
    """

    parent: Scope | None = None
    sources: list[SourceColumns] = field(default_factory=list)
    keys: dict[str, Value] | None = None
    grouping_sql: dict[str, str] = field(default_factory=dict)
    clause: str = "select"
    ordered: str = ""
    aggregated: bool = False
    has_rowid: bool = False

    def arguments(self) -> Scope:
        """The scope of the arguments of an aggregate."""
        return replace(self, keys=None, aggregated=True)

    def ungrouped(self) -> Scope:
        """The same sources before grouping."""
        return replace(self, keys=None)

    def emitted_alias(self, alias: str) -> str:
        """An alias for a source that is unique in this scope."""
        # Two tables of one name in different schemas are distinct sources in T-SQL, but not in DuckDB.
        taken = {source.emitted.lower() for source in self.sources}
        candidate, number = alias, 2
        while candidate.lower() in taken:
            candidate, number = f"{alias}_{number}", number + 1
        return candidate

    def add(self, source: SourceColumns, line: int) -> None:
        """Add a source to the scope; raises 1011 for an alias used twice."""
        # An alias is unique; the name of a table without one is unique together with its schema and database.
        for known in self.sources:
            if known.alias.lower() == source.alias.lower() and (
                not source.name
                or not known.name
                or known.name[-1].lower() != known.alias.lower()
                or [p.lower() for p in known.name] == [p.lower() for p in source.name]
            ):
                raise sql_error(1011, source.alias, line=line)
        self.sources.append(source)

    def name_of(self, node: syntax.Column) -> str:
        """The name of a column; $IDENTITY and $ROWGUID stand for the column with that property."""
        *qualifier, name = node.parts
        if name not in ("$IDENTITY", "$ROWGUID"):
            return name
        sources = [source for source in self.sources if not qualifier or source.is_named_by(tuple(qualifier))]
        columns = [column for source in sources for column in source.columns]
        return next((c.name for c in columns if (c.identity if name == "$IDENTITY" else c.rowguid)), name)

    def resolve(self, node: syntax.Column) -> tuple[Value, Scope, str]:
        """The column's SQL, the scope that holds it and its printed name; raises 207, 209, 4104."""
        *qualifier, _ = node.parts
        name = self.name_of(node)
        # The innermost scope with the name decides, as in SQL Server: a subquery's column hides an outer one.
        scope: Scope | None = self
        while scope is not None:
            if qualifier:
                for source in scope.sources:
                    if source.is_named_by(tuple(qualifier)):
                        column = source.find(name)
                        if column is None:
                            raise sql_error(207, name, line=node.line)
                        return self._seen(source, column, scope, node)
            else:
                found = [(source, column) for source in scope.sources if (column := source.find(name)) is not None]
                if len(found) > 1:
                    raise sql_error(209, name, line=node.line)
                if found:
                    return self._seen(*found[0], scope, node)
            scope = scope.parent
        if qualifier:
            raise sql_error(4104, ".".join(node.parts), line=node.line)
        raise sql_error(207, name, line=node.line)

    def _seen(
        self, source: SourceColumns, column: OutputColumn, holder: Scope, node: syntax.Column
    ) -> tuple[Value, Scope, str]:
        """A column of ``holder`` as this scope sees it: a column of a grouped outer query is a key of its groups."""
        value, printed = source.value(column), f"{source.alias}.{column.name}"
        if holder.keys is not None and holder.sources is not self.sources and not self.aggregated:
            if value.sql not in holder.keys:
                raise ungrouped(printed, holder, node.line)
            value = holder.keys[value.sql]
        return value, holder, printed


_UNGROUPED = {"select": 8120, "having": 8121, "order": 8127}


def ungrouped(printed: str, scope: Scope, line: int) -> SqlError:
    """The error of a column that is neither grouped nor aggregated, by the clause that is being compiled."""
    return sql_error(_UNGROUPED[scope.clause], printed, line=line)


def reference(alias: str, column: OutputColumn) -> Value:
    """A column of a derived table that the compiler has made."""
    sql = f"{identifier(alias)}.{identifier(column.emitted)}"
    return Value(sql, column.type, collation=column.own_collation, cost=Cost.NAME)


def relation_source(relation: Relation, alias: str, emitted: str) -> SourceColumns:
    """A table or view as a source."""
    columns = tuple(
        OutputColumn(
            column.name,
            column.type,
            column.name,
            find(column.collation) if column.collation else DATABASE,
            identity=column.identity is not None,
            rowguid=column.rowguid,
            required=not column.nullable,
        )
        for column in relation.columns
    )
    name = (relation.database, relation.schema, relation.name)
    return SourceColumns(alias, emitted, columns, name, relation)

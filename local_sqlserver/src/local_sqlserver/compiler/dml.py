"""INSERT, UPDATE, DELETE, MERGE and TRUNCATE.

The compiled SQL checks lengths (2628) and CHECK constraints (547) and computes defaults and identity values itself,
because errors of DuckDB's table constraints lack the names that SQL Server's messages contain. NOT NULL is DuckDB's.
Keys are enforced by DuckDB's indexes or looked up after the statement (``keys``).

DuckDB's own statements lack OUTPUT with old values, several actions and new values of keys. A statement with one of
these first writes the rows that it changes to a temporary table, with their old and new values. It then changes the
table from there, and OUTPUT reads there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from local_sqlserver.compiler import foreign_keys
from local_sqlserver.compiler.contract import ColumnInfo, ConstraintInfo, Context, KeyLookup, Relation, Translation
from local_sqlserver.compiler.conversions import assign, convert, implicit
from local_sqlserver.compiler.expressions import has_aggregate, is_default, refuse_windows
from local_sqlserver.compiler.fragments import Cost, Value, identifier, quote, raise_sql, typed_null
from local_sqlserver.compiler.keys import computed_when_read, key_lookup, keys_of, looked_up_keys
from local_sqlserver.compiler.names import (
    OutputColumn,
    Rows,
    Scope,
    SourceColumns,
    relation_source,
)
from local_sqlserver.compiler.objects import check_failed, identity_sequence, last_identity, move_identity
from local_sqlserver.compiler.queries import sources_of
from local_sqlserver.compiler.row_text import not_allowed
from local_sqlserver.compiler.types import BIGINT, common_type, duckdb_type
from local_sqlserver.compiler.view_changes import Changing, ViewCompiler, replaced_source
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_expression
from local_sqlserver.types import DECIMALS, INTEGERS, TEXT, SqlType

_DERIVED = "_derived"
"""The name of the common table expression for a derived table that a statement changes."""

_OLD, _NEW = "_old_", "_new_"
"""The prefixes of the columns with old and new values in the table of changed rows."""


@dataclass(frozen=True, slots=True)
class _CompiledOutput:
    """A compiled OUTPUT clause."""

    sql: str
    names: tuple[str, ...]
    values: tuple[Value, ...]

    @property
    def types(self) -> tuple[SqlType | None, ...]:
        """The types of the columns."""
        return tuple(value.type for value in self.values)


_ONE_ROW = "SELECT 1 AS _none"
"""A row without a given column."""


@dataclass(frozen=True, slots=True)
class _Target:
    """The table that UPDATE or DELETE changes, and how its rows are found.

    ``own`` are its columns with their old values; ``rowid`` is the SQL of the row's number; ``source`` is FROM.
    ``columns`` maps the columns that may be assigned, in lower case, to those of the table. If a common table
    expression stands for the table, ``condition`` joins it with the table as "_b".
    ``joined`` tells whether FROM may find a row twice.
    """

    relation: Relation
    alias: str
    own: SourceColumns
    scope: Scope
    source: str
    rowid: str
    columns: dict[str, ColumnInfo]
    condition: str = ""
    joined: bool = False

    @property
    def with_old_values(self) -> str:
        """FROM, with the table if an expression stands for it."""
        return f'{self.relation.duckdb_name} AS "_b", {self.source}' if self.condition else self.source


class DataCompiler(ViewCompiler):
    """Compiles statements that change rows."""

    _changes = 0
    """The number of tables of changed rows of this statement."""

    def __init__(self, context: Context, line: int) -> None:
        super().__init__(context, line)
        self.key_lookups: list[KeyLookup] = []
        self._permissions: tuple[str, ...] = ()
        """The permissions that the statement needs on its target."""
        self.output: _CompiledOutput | None = None  # the OUTPUT clause that was compiled last

    def target(self, name: syntax.Name, line: int) -> Relation:
        """The table that a statement changes; system views are refused, and views outside UPDATE, DELETE and INSERT."""
        relation = self.context.relation(name, line)
        if relation.kind == "S":
            raise sql_error(259, line=line)
        if relation.kind == "V":
            raise unsupported("MERGE, OUTPUT INTO and bulk loads through a view", line)
        return relation

    def assigned(self, value: Value, column: ColumnInfo, relation: Relation, line: int) -> Value:
        """A value converted to the type of a column."""
        table = f"{relation.database}.{relation.schema}.{relation.name}"
        return assign(value, column.type, table=table, column=column.name, line=line)

    def default(self, column: ColumnInfo, relation: Relation, line: int) -> Value:
        """The value of a column that a row leaves out: the next identity value, the default or NULL."""
        if column.identity:
            cast = f"CAST(nextval({quote(identity_sequence(relation))}) AS {duckdb_type(column.type)})"
            failed = raise_sql(8115, quote("IDENTITY"), quote(column.type.name))
            return Value(f"coalesce(TRY_{cast}, {failed})", column.type)
        if column.default is None:
            return typed_null(column.type)
        # The catalog stores T-SQL, because sys.default_constraints shows it and a default may read the session.
        value = self.expression(parse_expression(column.default), Scope())
        return self.assigned(value, column, relation, line)

    def check_identity(self, node: syntax.CheckIdentity) -> Translation:
        """DBCC CHECKIDENT: set the identity, or move it to the farthest value of the column; raises 2501, 7997."""
        try:
            relation = self.target(node.target, node.line)
        except SqlError as error:
            if error.number != 208:
                raise
            raise sql_error(2501, ".".join(node.target), line=node.line) from error
        column = next((column for column in relation.columns if column.identity), None)
        if column is None or column.identity is None:
            raise sql_error(7997, ".".join(node.target), line=node.line)
        statements: tuple[str, ...] = ()
        if node.value is not None:
            value = convert(self.expression(node.value, Scope()), BIGINT, line=node.line).sql
            # The next row of a table without rows gets the value itself.
            used = f"{last_identity(relation)} IS NOT NULL"
            sequence = quote(identity_sequence(relation))
            statements = (
                f"SELECT CASE WHEN {used} THEN setval({sequence}, {value}) ELSE setval({sequence}, {value}, FALSE) END",
            )
        elif node.reseed:
            statements = (move_identity(relation, column, relation.duckdb_name, identifier(column.name)),)
        return Translation(statements, "ddl", parameters=tuple(self.parameters))

    def with_checks(
        self,
        relation: Relation,
        values: dict[str, Value],
        verb: str,
        line: int,
        changed: set[str] | None = None,
    ) -> dict[str, str]:
        """The SQL of new values by column; the last value raises 547 if a CHECK constraint is false.

        ``values`` are the values of all columns. With ``changed``, the assigned columns in lower case, only their
        constraints are checked and only their values are returned.
        """
        tests = []
        source = relation_source(relation, relation.name, relation.name)
        collations = {column.name.lower(): column.collation for column in source.columns}
        known = {
            name.lower(): replace(value, collation=collations[name.lower()]) if value.is_text else value
            for name, value in values.items()
        }
        reads: dict[str, set[str]] = {}
        absent = computed_when_read(relation)
        for column in relation.columns:
            if column.computed is None:
                continue
            source = relation_source(relation, relation.name, relation.name)
            source.replacements.update(known)
            value = self.expression(parse_expression(column.computed), Scope(None, [source]))
            reads[column.name.lower()] = {name.lower() for name in source.used}
            known[column.name.lower()] = value
            is_stored = column.name not in absent
            if is_stored and not column.nullable and (changed is None or reads[column.name.lower()] & changed):
                table = f"{relation.database}.{relation.schema}.{relation.name}"
                failed = raise_sql(515, *map(quote, (column.name, table, verb)))
                tests.append(f"WHEN {value.sql} IS NULL THEN {failed}")
        for constraint in relation.constraints:
            if constraint.kind != "C" or constraint.disabled:
                continue
            used = {name.lower() for name in constraint.columns}
            used |= {name for column_name in used for name in reads.get(column_name, ())}
            if changed is not None and not used & changed:
                continue
            source = relation_source(relation, relation.name, relation.name)
            source.replacements.update(known)
            condition = self.condition(parse_expression(constraint.definition), Scope(None, [source]))
            # WHEN NOT: a CHECK that is unknown (NULL) allows the row.
            tests.append(f"WHEN NOT {condition} THEN {check_failed(verb, constraint, relation)}")
        tests += self.check_option_tests(relation, known)
        sql = {name: value.sql for name, value in values.items() if changed is None or name.lower() in changed}
        if tests and sql:
            # The last value raises for the whole row: DuckDB's own CHECK constraints lack the names for error 547.
            last = next(reversed(sql))
            sql[last] = f"CASE {' '.join(tests)} ELSE {sql[last]} END"
        return sql

    def insert(self, node: syntax.Insert) -> Translation:
        """INSERT."""
        line = node.line
        before = self._nested_change(node)
        _refuse_common_target(node)
        node, viewed = self.insert_through_view(node)
        tables = self.common_tables(node)
        relation = viewed if viewed is not None else self.target(node.target, line)
        single: dict[str, Value] = {}
        # The identity is first: a row that a CHECK constraint refuses has used its number.
        writable = sorted(
            (column for column in relation.columns if not column.computed), key=lambda column: column.identity is None
        )
        columns = self._insert_columns(node, relation)
        self._permissions = ("SELECT", "INSERT") if node.output else ("INSERT",)
        if node.rows is not None:
            if len({len(row) for row in node.rows}) > 1:
                raise sql_error(10709, line=line)
            if len(node.rows[0]) != len(columns):
                raise _value_count(node, len(node.rows[0]), len(columns), relation)
            rows = self._stored_rows(node.rows, columns, relation, line)
            single = rows[0] if len(rows) == 1 else {}
            source = _ONE_ROW if single else " UNION ALL ".join(_selected(row, writable) for row in rows)
            given = set(rows[0])
        elif node.query is not None:
            if node.query.form is not None:
                raise not_allowed(node.query.form, "INSERT")
            selected = self.query_rows(node.query, None)
            if len(selected.columns) != len(columns):
                raise _value_count(node, len(selected.columns), len(columns), relation)
            # The query stays whole, with its ORDER BY and TOP; its columns are converted around it.
            parts = []
            for column, output in zip(columns, selected.columns, strict=True):
                value = Value(
                    f'"_s".{identifier(output.emitted)}',
                    output.type,
                    null=output.null,
                    collation=output.collation,
                    cost=Cost.NAME,
                )
                stored = self.assigned(value, column, relation, line)
                parts.append(f"{stored.sql} AS {identifier(column.name)}")
            source = f'SELECT {", ".join(parts)} FROM ({selected.sql}) AS "_s"'
            given = {column.name.lower() for column in columns}
        else:
            source, given = _ONE_ROW, set()  # DEFAULT VALUES
        if node.top:
            source = f"SELECT * FROM ({source}) AS _t{self._row_limit(node.top, source)}"
        values = {}
        for column in writable:
            if column.name.lower() in given:
                named = _column("_v", column.name, column.type)
                values[column.name] = single.get(column.name.lower(), named)
            else:
                values[column.name] = self.default(column, relation, line)
        inserted = foreign_keys.Changes(relation, self.changes_name(1), "INSERT", inserted="TRUE")
        if node.output is None and not relation.identity_insert and not foreign_keys.concern(self.context, inserted):
            self.look_up_keys(relation)
            names = ", ".join(identifier(column.name) for column in writable)
            sql = f"{tables}INSERT INTO {relation.duckdb_name} ({names}) {self._checked_rows(relation, values, source)}"
            identity = next((column for column in relation.columns if column.identity), None)
            if identity:
                sql += f" RETURNING {identifier(identity.name)}"
            return self._translation((*before, sql), "insert", relation, identity_table=relation if identity else None)
        new = ", ".join(f"{value.sql} AS {identifier(_NEW + name)}" for name, value in values.items())
        changes = self.changed_rows()
        changed = self.with_computed(relation, f'SELECT {new} FROM ({source}) AS "_v"')
        statements = [
            *before,
            f"CREATE OR REPLACE TEMP TABLE {changes} AS {tables}{changed}",
            self._insert_changed(relation, changes, "INSERT"),
        ]
        pseudo = [self.shown_columns(self._pseudo(relation, "inserted", _NEW))]
        return self._with_output(statements, "insert", inserted, node.output, pseudo)

    def _nested_change(self, node: syntax.Insert) -> tuple[str, ...]:
        """The statements of the change whose OUTPUT an INSERT … SELECT reads: its last one becomes the source."""
        body = node.query.body if node.query else None
        if not isinstance(body, syntax.Select) or not isinstance(body.source, syntax.ChangeSource):
            return ()
        compile_change: dict[type[syntax.DataStatement], Callable[[Any], Translation]] = {
            syntax.Insert: self.insert,
            syntax.Update: self.update,
            syntax.Delete: self.delete,
            syntax.Merge: self.merge,
        }
        change = compile_change[type(body.source.change)](body.source.change)
        if not change.returns_rows:
            raise sql_error(10716, line=body.source.line)
        *before, rows = change.statements
        assert self.output is not None
        columns = tuple(
            OutputColumn(name, value.type, f"_o{index}", value.collation, value.null)
            for index, (name, value) in enumerate(zip(self.output.names, self.output.values, strict=True))
        )
        self.nested = Rows(f"SELECT {', '.join(column.emitted for column in columns)} FROM ({rows})", columns)
        return tuple(before)

    def changed_rows(self) -> str:
        """The name of a new table of changed rows; a session uses the names again in its next statement."""
        self._changes += 1
        return self.changes_name(0)

    def changes_name(self, ahead: int) -> str:
        """The name of the table of changed rows that ``changed_rows`` names ``ahead`` calls from now."""
        return f"temp.main._tsql_output{self._changes + ahead}"

    def with_computed(self, relation: Relation, rows: str, condition: str = "TRUE") -> str:
        """The SQL of changed rows with the new values of the computed columns; ``condition``: a row has new values."""
        columns = _prefixed(relation_source(relation, relation.name, "").columns, _NEW)
        scope = Scope(None, [SourceColumns(relation.name, "_n", columns)])
        absent = computed_when_read(relation)
        computed = [
            f"CASE WHEN {condition} THEN {self.expression(parse_expression(column.computed), scope).sql} END "
            f"AS {identifier(_NEW + column.name)}"
            for column in relation.columns
            if column.computed is not None and column.name not in absent
        ]
        return f'SELECT {", ".join(["*", *computed])} FROM ({rows}) AS "_n"' if computed else rows

    def _new_values(self, relation: Relation, verb: str, changed: set[str] | None = None) -> dict[str, str]:
        """The SQL of the new values of changed rows ("_u"), by column; the last raises 547 if a CHECK fails."""
        new = {column.name: _column("_u", _NEW + column.name, column.type) for column in relation.columns}
        return self.with_checks(relation, new, verb, self.line, changed)

    def _insert_changed(self, relation: Relation, changes: str, verb: str, where: str = "") -> str:
        """The statement that inserts the new rows."""
        self.look_up_keys(relation)
        stored = [column.name for column in relation.columns if column.computed is None]
        new = self._new_values(relation, verb)
        names = ", ".join(map(identifier, stored))
        selected = ", ".join(new[name] for name in stored)
        return f'INSERT INTO {relation.duckdb_name} ({names}) SELECT {selected} FROM {changes} AS "_u"{where}'

    def update_changed(
        self, relation: Relation, changes: str, verb: str, changed: set[str], where: str = ""
    ) -> list[str]:
        """The statements that give the changed rows their new values."""
        found = f" WHERE {where}" if where else ""
        if self._changes_keys(relation, changed):
            # DuckDB's UPDATE checks keys a few thousand rows at a time: SET id = id + 1 would find duplicates.
            return [
                f"DELETE FROM {relation.duckdb_name} WHERE rowid IN (SELECT _rowid FROM {changes}{found})",
                self._insert_changed(relation, changes, verb, found),
            ]
        new = self._new_values(relation, verb, changed)
        pairs = ", ".join(f"{identifier(name)} = {sql}" for name, sql in new.items())
        more = f" AND {where}" if where else ""
        return [
            f'UPDATE {relation.duckdb_name} AS "_t" SET {pairs} FROM {changes} AS "_u" '
            f'WHERE "_t".rowid = "_u"._rowid{more}'
        ]

    def _checked_rows(self, relation: Relation, values: dict[str, Value], source: str) -> str:
        """A SELECT of the new rows' columns from ``source``.

        Checks that read more than names and constants read a subquery of the new values: a default or NEXTVAL that a
        check repeated would be evaluated again.
        """
        if not self._is_repeated(relation, values):
            selected = ", ".join(self.with_checks(relation, values, "INSERT", self.line).values())
            return f'SELECT {selected} FROM ({source}) AS "_v"'
        inner = ", ".join(f"{value.sql} AS {identifier(name)}" for name, value in values.items())
        named = {name: _column("_n", name, value.type) for name, value in values.items()}
        selected = ", ".join(self.with_checks(relation, named, "INSERT", self.line).values())
        return f'SELECT {selected} FROM (SELECT {inner} FROM ({source}) AS "_v") AS "_n"'

    def _is_repeated(self, relation: Relation, values: dict[str, Value]) -> bool:
        """Whether a check may repeat a value that costs something; a computed column or a view may read any."""
        if self.has_check_option:
            return True
        checked = _checked(relation)
        return any(column.computed is not None for column in relation.columns) or any(
            value.cost is not Cost.NAME for name, value in values.items() if name.lower() in checked
        )

    def _insert_columns(self, node: syntax.Insert, relation: Relation) -> list[ColumnInfo]:
        if node.columns is None and relation.identity_insert:
            raise sql_error(8101, ".".join(node.target), line=node.line)
        by_name = {column.name.lower(): column for column in relation.columns}
        if node.columns is None:
            return [
                column
                for column in relation.columns
                if not column.computed and (not column.identity or relation.identity_insert)
            ]
        columns = []
        for name in node.columns:
            column = by_name.get(name.lower())
            if column is None:
                raise sql_error(207, name, line=node.line)
            if column in columns:
                raise sql_error(264, name, line=node.line)
            if column.computed:
                raise sql_error(271, column.name, line=node.line)
            if column.identity and not relation.identity_insert:
                raise sql_error(544, relation.name, line=node.line)
            columns.append(column)
        if relation.identity_insert and not any(column.identity for column in columns):
            raise sql_error(545, relation.name, line=node.line)
        return columns

    def _stored_rows(
        self, rows: Sequence[tuple[syntax.Expression, ...]], columns: list[ColumnInfo], relation: Relation, line: int
    ) -> list[dict[str, Value]]:
        """The rows of VALUES; values of several types become those of their common type before the column's.

        Source: the T-SQL reference, "Table Value Constructor", data types.
        """
        given: list[list[Value]] = []
        for row in rows:
            self.next_values.clear()
            given.append(
                [
                    self.default(column, relation, line) if is_default(node) else self.expression(node, Scope())
                    for node, column in zip(row, columns, strict=True)
                ]
            )
        stored: list[dict[str, Value]] = [{} for _ in rows]
        for position, column in enumerate(columns):
            values = [
                None if is_default(row[position]) else row_values[position]
                for row, row_values in zip(rows, given, strict=True)
            ]
            common = _common([value.type for value in values if value is not None and not value.null], column.type)
            for new, row_values, value in zip(stored, given, values, strict=True):
                if value is None:
                    new[column.name.lower()] = row_values[position]
                else:
                    converted = value if common is None else implicit(value, common, line)
                    new[column.name.lower()] = self.assigned(converted, column, relation, line)
        return stored

    def _translation(
        self,
        statements: tuple[str, ...],
        command: str,
        target: Relation,
        *,
        returned: _CompiledOutput | None = None,
        identity_table: Relation | None = None,
        assignments: tuple[str, ...] = (),
        types: tuple[SqlType, ...] = (),
    ) -> Translation:
        return Translation(
            statements=statements,
            command=command,
            target=self.viewed or target,
            behind=(target,) if self.viewed is not None else (),
            parameters=tuple(self.parameters),
            returns_rows=returned is not None,
            column_types=returned.types if returned else types,
            column_names=returned.names if returned else (),
            identity_table=identity_table,
            assignments=assignments,
            key_lookups=tuple(self.key_lookups),
            permissions=self._permissions,
        )

    def _with_output(
        self,
        statements: list[str],
        command: str,
        changed: foreign_keys.Changes,
        output: syntax.Output | None,
        sources: list[SourceColumns],
    ) -> Translation:
        """The statements of a change, of the foreign keys that it concerns, and of its OUTPUT."""
        relation, changes = changed.relation, changed.table
        statements += foreign_keys.enforce(self, changed)
        returned = self._output_clause(output, sources) if output else None
        if output and returned and output.into:
            statements.append(self._output_into(output, returned, changes))
            returned = self._output_clause(output.then, sources) if output.then else None
        identity = next((column for column in relation.columns if column.identity), None)
        is_numbered = identity is not None and command in ("insert", "merge")
        selected = [returned.sql] if returned else []
        if identity and is_numbered:
            inserted = "CASE WHEN _action = 'INSERT' THEN {} END" if command == "merge" else "{}"
            value = inserted.format(f'"_u".{identifier(_NEW + identity.name)}')
            if relation.identity_insert:
                statements.append(move_identity(relation, identity, f'{changes} AS "_u"', value))
            # last, because the engine removes the last column for SCOPE_IDENTITY()
            selected.append(f"{value} AS _identity")
        statements.append(f'SELECT {", ".join(selected) or "count(*)"} FROM {changes} AS "_u"')
        return self._translation(
            tuple(statements),
            command,
            relation,
            returned=returned,
            identity_table=relation if is_numbered else None,
        )

    def _output_into(self, output: syntax.Output, returned: _CompiledOutput, changes: str) -> str:
        """The INSERT of OUTPUT … INTO, which converts values and fills the other columns as any INSERT does."""
        into = self.target(output.into, output.line)
        self._refuse_constrained(into, output)
        by_name = {column.name.lower(): column for column in into.columns}
        columns = [column for column in into.columns if not column.identity and not column.computed]
        if output.columns:
            for name in output.columns:
                if name.lower() not in by_name:
                    raise sql_error(207, name, line=output.line)
            columns = [by_name[name.lower()] for name in output.columns]
        if len(columns) != len(returned.values):
            raise sql_error(213, line=output.line)
        given = []
        values = {}
        for index, (column, value) in enumerate(zip(columns, returned.values, strict=True)):
            read = replace(value, sql=f'"_r"._o{index}', constant=None, cost=Cost.NAME)
            given.append(f"{self.assigned(read, column, into, output.line).sql} AS {identifier(column.name)}")
            values[column.name] = _column("_v", column.name, column.type)
        for column in into.columns:
            if column.name not in values and not column.computed:
                values[column.name] = self.default(column, into, output.line)
        self.look_up_keys(into)
        source = f'SELECT {", ".join(given)} FROM (SELECT {returned.sql} FROM {changes} AS "_u") AS "_r"'
        names = ", ".join(map(identifier, values))
        return f"INSERT INTO {into.duckdb_name} ({names}) {self._checked_rows(into, values, source)}"

    def _refuse_constrained(self, into: Relation, output: syntax.Output) -> None:
        """Raise 332 or 333 if the target of OUTPUT … INTO has a foreign key, is referenced by one, or has a check."""
        written = ".".join(output.into)
        own = [constraint for constraint in into.constraints if constraint.kind == "F"]
        for constraint in own + [foreign for _, foreign in foreign_keys.is_referenced(self.context, into)]:
            raise sql_error(332, written, constraint.name, line=output.line)
        for constraint in into.constraints:
            if constraint.kind == "C" and not constraint.disabled and into.kind != "@":
                raise sql_error(333, written, constraint.name, line=output.line)

    def _output_clause(self, output: syntax.Output, sources: list[SourceColumns]) -> _CompiledOutput:
        """An OUTPUT clause over the given pseudo tables."""
        scope = Scope(None, sources)
        names: list[str] = []
        values: list[Value] = []
        for item in output.items:
            if item.value is None:
                for name, value in self.star(item, scope):
                    names.append(name)
                    values.append(value)
                continue
            if has_aggregate(item.value):
                raise sql_error(158, line=item.line)
            value = self.expression(item.value, scope)
            name = item.alias
            if not name and isinstance(item.value, syntax.Column):
                name = scope.name_of(item.value)
            names.append(name)
            values.append(value)
        emitted = ", ".join(
            f"{typed_null(value.type).sql if value.null else value.sql} AS _o{index}"
            for index, value in enumerate(values)
        )
        self.output = _CompiledOutput(emitted, tuple(names), tuple(values))
        return self.output

    def _find_target(self, node: syntax.Update | syntax.Delete, assigned: set[str]) -> tuple[str, _Target]:
        """The WITH clause of UPDATE or DELETE, and its target; ``assigned`` are the assigned columns in lower case."""
        line = node.line
        common = _common_target(node)
        tables = self.common_tables(node, common, assigned)
        scope = Scope()
        if node.source is None and not common:
            relation = self.target(node.target, line)
            own = self.read(relation, node.target[-1], node.target[-1])
            scope.add(own, line)
            alias = identifier(own.emitted)
            return tables, _Target(
                *(relation, own.alias, own, scope, f"{relation.duckdb_name} AS {alias}", f"{alias}.rowid"),
                {column.name.lower(): column for column in relation.columns},
            )
        sql = self.source(node.source or syntax.TableSource(name=node.target, alias="", line=line), scope)
        joined = len(scope.sources) > 1
        # T-SQL finds the target in FROM by alias, else by table. If FROM lacks it, the statement is a cross join.
        found = None
        if len(node.target) == 1:
            found = next((known for known in scope.sources if known.alias.lower() == node.target[0].lower()), None)
        if common:
            assert found is not None
            base = self.bases[common.lower()]
            own = self.read(base.relation, base.relation.name, "_b")
            rowid = f"{identifier(found.emitted)}._rowid"
            return tables, _Target(
                *(base.relation, found.alias, own, scope, sql, rowid, base.columns),
                condition=f'"_b".rowid = {rowid}',
                joined=True,  # the expression itself may find a row twice
            )
        if found is None:
            relation = self.target(node.target, line)
            same = [known for known in scope.sources if known.relation == relation]
            if len(same) > 1:
                raise sql_error(8154, node.target[-1], line=line)
            if same:
                found = same[0]
            else:
                found = self.read(relation, node.target[-1], scope.emitted_alias(node.target[-1]))
                scope.add(found, line)
                joined = True
                sql = f"{relation.duckdb_name} AS {identifier(found.emitted)}, {sql}"
        if found.relation is None:
            raise unsupported("Changing rows of this source", line)
        relation = found.relation
        if relation.kind == "S":
            raise sql_error(259, line=line)
        return tables, _Target(
            *(relation, found.alias, found, scope, sql, f"{identifier(found.emitted)}.rowid"),
            {column.name.lower(): column for column in relation.columns},
            joined=joined,
        )

    def _with_common_target(self, node: Changing) -> Changing:
        """A statement whose target is a derived table of FROM, with a common table expression instead of it."""
        for derived in sources_of(node.source):
            if isinstance(derived, syntax.DerivedSource) and (derived.alias.lower(),) == (node.target[0].lower(),):
                common = syntax.CommonTable(
                    name=_DERIVED, columns=derived.columns, query=derived.query, line=derived.line
                )
                self.changed_name = derived.alias
                named = syntax.TableSource(name=(_DERIVED,), alias=derived.alias, line=derived.line)
                assert node.source is not None
                return replace(node, source=replaced_source(node.source, derived, named), tables=(*node.tables, common))
        return node

    def update(self, node: syntax.Update) -> Translation:
        """UPDATE: a query finds the rows and computes their new values; the UPDATE joins it by rowid.

        A single table without TOP, OUTPUT and computed columns needs no query if its checks read simple values.
        """
        line = node.line
        refuse_windows(node.where, *(assignment.value for assignment in node.assignments))
        reads_others = bool(node.source or node.where or node.output)
        node = self.through_view(self._with_common_target(node))
        assigned = {assignment.column.lower() for assignment in node.assignments if assignment.column}
        tables, target = self._find_target(node, assigned)
        relation, own = target.relation, target.own
        values: dict[str, Value] = {}
        variables: dict[str, Value] = {}
        for assignment in node.assignments:
            if assignment.column:
                column = self._assigned_column(assignment, target.columns, values, line)
                values[column.name] = self._assigned_value(assignment, column, relation, target.alias, target.scope)
            if assignment.variable:
                name = assignment.variable.lower()
                if name in variables:
                    raise sql_error(264, assignment.variable, line=line)
                value = values[column.name] if assignment.column else self.expression(assignment.value, target.scope)
                variables[name] = implicit(value, self.context.variable(name, line), line)
        self._refuse_accumulation(node, variables)
        reads = reads_others or any(source.used for source in target.scope.sources)
        self._permissions = ("SELECT", "UPDATE") if reads else ("UPDATE",)
        conditions = [target.condition] if target.condition else []
        if node.where:
            conditions.append(str(self.condition(node.where, target.scope)))
        where = _where(conditions)
        limit = self._row_limit(node.top, f"SELECT DISTINCT {target.rowid} FROM {target.with_old_values}{where}")
        changed = {name.lower() for name in values}
        checked = _checked(relation)
        absent = computed_when_read(relation)
        has_computed = any(column.computed is not None for column in relation.columns)
        updated = foreign_keys.Changes(
            relation, self.changes_name(1), "UPDATE", updated="TRUE", assigned=foreign_keys.affected(relation, changed)
        )
        keys = self._changes_keys(relation, changed) or foreign_keys.concern(self.context, updated)
        # The whole old and new rows are read by OUTPUT, by keys, which the row is stored anew for, and by computations.
        is_whole = bool(node.output or keys or has_computed or self.has_check_option)
        if node.source is None and not (
            is_whole or limit or target.condition or variables or self._is_repeated(relation, values)
        ):
            new = {
                column.name: values.get(column.name, own.value(output))
                for column, output in zip(relation.columns, own.columns, strict=True)
            }
            stored = self.with_checks(relation, new, "UPDATE", line, changed)
            pairs = ", ".join(f"{identifier(name)} = {sql}" for name, sql in stored.items())
            return self._translation((f"{tables}UPDATE {target.source} SET {pairs}{where}",), "update", relation)
        # DuckDB's UPDATE has no TOP, returns only new values, and cannot join its target in FROM. SQL Server changes a
        # row with several matches once, by any of them: DISTINCT ON.
        distinct = f"DISTINCT ON ({target.rowid}) " if target.joined else ""
        selected = [f"{target.rowid} AS _rowid"]
        for column, output in zip(relation.columns, own.columns, strict=True):
            if column.name in absent:
                continue
            old = own.value(output)
            if is_whole:
                selected.append(f"{old.sql} AS {identifier(_OLD + column.name)}")
            if column.computed is None and (is_whole or column.name.lower() in changed | checked):
                selected.append(f"{values.get(column.name, old).sql} AS {identifier(_NEW + column.name)}")
        selected += [f"{value.sql} AS {identifier(name)}" for name, value in variables.items()]
        kept = self._kept_sources(target, selected) if node.output else []
        changes = self.changed_rows()
        found = f"SELECT {distinct}{', '.join(selected)} FROM {target.with_old_values}{where}{limit}"
        statements = [
            f"CREATE OR REPLACE TEMP TABLE {changes} AS {tables}{self.with_computed(relation, found)}",
        ]
        if values:
            statements += self.update_changed(relation, changes, "UPDATE", changed)
        if variables:
            if node.output is not None:
                raise unsupported("UPDATE … SET @variable with OUTPUT", line)
            names = ", ".join(map(identifier, variables))
            statements += foreign_keys.enforce(self, updated)
            statements.append(f"SELECT {names} FROM {changes}")
            types = tuple(value.type for value in variables.values())
            return self._translation(tuple(statements), "update", relation, assignments=tuple(variables), types=types)
        inserted = self._shown(target, "inserted", _NEW, kept)
        sources = [inserted, self._shown(target, "deleted", _OLD, kept), *kept]
        translation = self._with_output(statements, "update", updated, node.output, sources)
        for name in inserted.used:
            if target.condition and name.lower() not in target.columns:
                raise unsupported(f"OUTPUT of inserted.{name}, which the target computes", line)
        return translation

    def _kept_sources(self, target: _Target, selected: list[str]) -> list[SourceColumns]:
        """The other sources of FROM as OUTPUT reads them; adds their columns to those of the changed rows."""
        kept = []
        for index, known in enumerate(target.scope.sources):
            if known is target.own:
                continue
            columns = _prefixed(known.columns, f"_s{index}_")
            kept.append(SourceColumns(known.alias, "_u", columns, known.name))
            selected += [
                f"{known.value(before).sql} AS {identifier(after.emitted)}"
                for before, after in zip(known.columns, columns, strict=True)
            ]
        return kept

    def _shown(self, target: _Target, name: str, prefix: str, kept: list[SourceColumns]) -> SourceColumns:
        """INSERTED or DELETED of UPDATE and DELETE; they have the columns that the target's name shows.

        Columns that a common table expression computes have their old values, which are among the ``kept`` sources.
        """
        pseudo = self._pseudo(target.relation, name, prefix)
        columns = pseudo.columns
        for source in kept:
            if target.condition and source.alias == target.alias:
                by_name = {column.name: column for column in columns}
                columns = tuple(
                    replace(by_name[target.columns[shown.name.lower()].name], name=shown.name)
                    if shown.name.lower() in target.columns
                    else shown
                    for shown in source.columns
                )
        return replace(pseudo, columns=columns)

    def _pseudo(
        self, relation: Relation, name: str, prefix: str, emitted: str = "_u", present: str = ""
    ) -> SourceColumns:
        """INSERTED or DELETED: the new or old values of the changed rows.

        Columns that are computed when they are read are computed from the others, in the rows that are ``present``.
        """
        source = SourceColumns(name, emitted, _prefixed(relation_source(relation, name, "").columns, prefix))
        absent = computed_when_read(relation)
        self.compute(source, relation, [column for column in relation.columns if column.name in absent], present)
        return source

    def _assigned_column(
        self, assignment: syntax.Assignment, columns: dict[str, ColumnInfo], values: dict[str, Value], line: int
    ) -> ColumnInfo:
        """The column that SET assigns; raises 207, 264, 271, 8102."""
        column = columns.get(assignment.column.lower())
        if column is None:
            raise sql_error(207, assignment.column, line=line)
        if column.identity:
            raise sql_error(8102, column.name, line=line)
        if column.computed:
            raise sql_error(271, column.name, line=line)
        if column.name in values:
            raise sql_error(264, column.name, line=line)
        return column

    def _assigned_value(
        self, assignment: syntax.Assignment, column: ColumnInfo, relation: Relation, alias: str, scope: Scope
    ) -> Value:
        """The value that SET assigns; ``alias`` is the name of the target."""
        line = assignment.line
        if is_default(assignment.value):
            return self.default(column, relation, line)
        value = assignment.value
        if assignment.operator:
            own = syntax.Column(parts=(alias, assignment.column), line=line)
            value = syntax.Binary(operator=assignment.operator, left=own, right=value, line=line)
        return self.assigned(self.expression(value, scope), column, relation, line)

    def _refuse_accumulation(self, node: syntax.Update, variables: dict[str, Value]) -> None:
        """Refuse SET @v = @v + 1: it would have to read the variable as the row before left it."""
        for assignment in node.assignments:
            for inner in assignment.value.walk():
                if isinstance(inner, syntax.Variable) and inner.name.lower() in variables:
                    raise unsupported("UPDATE … SET @variable that reads the variable again", node.line)

    def _changes_keys(self, relation: Relation, changed: set[str]) -> bool:
        """Whether an assignment of these columns may change a key or unique index."""
        keys = keys_of(relation)
        affected = foreign_keys.affected(relation, changed) if keys else frozenset[str]()
        return any(bool(key.definition or {name.lower() for name in key.columns} & affected) for key in keys)

    def key_filter(self, constraint: ConstraintInfo, relation: Relation) -> str:
        """The condition of the rows that a unique index holds, '' for all."""
        if constraint.kind != "UX" or not constraint.definition:
            return ""
        scope = Scope(None, [relation_source(relation, relation.name, "")])
        return self.condition(parse_expression(constraint.definition), scope).sql

    def look_up_keys(self, relation: Relation) -> None:
        """Have the keys of a table without indexes looked up, because the statement inserts rows."""
        for constraint in looked_up_keys(relation):
            lookup = key_lookup(relation, constraint, self.key_filter(constraint, relation))
            if lookup not in self.key_lookups:
                self.key_lookups.append(lookup)

    def _row_limit(self, top: syntax.Top | None, rows: str) -> str:
        """LIMIT for TOP; ``rows`` is a SELECT of the rows without it, which TOP … PERCENT counts."""
        if top is None:
            return ""
        if top.ties:
            raise unsupported("TOP … WITH TIES outside SELECT", top.line)
        if top.percent:
            counted = f"SELECT CAST(ceil(count(*) * {self.row_share(top, Scope())} / 100.0) AS BIGINT)"
            return f" LIMIT ({counted} FROM ({rows}) AS _c)"
        return f" LIMIT {self.row_count(top, Scope())}"

    def delete(self, node: syntax.Delete) -> Translation:
        """DELETE, also through a common table expression or derived table."""
        refuse_windows(node.where)
        reads_others = bool(node.source or node.where or node.output)
        node = self.through_view(self._with_common_target(node))
        tables, target = self._find_target(node, set())
        relation = target.relation
        self._permissions = ("SELECT", "DELETE") if reads_others else ("DELETE",)
        conditions = [str(self.condition(node.where, target.scope))] if node.where else []
        where = _where(conditions)
        limit = self._row_limit(node.top, f"SELECT DISTINCT {target.rowid} FROM {target.source}{where}")
        deleted = foreign_keys.Changes(relation, self.changes_name(1), "DELETE", deleted="TRUE")
        if node.output is None and not foreign_keys.concern(self.context, deleted):
            if not node.source and not limit and not target.condition:
                sql = f"{tables}DELETE FROM {target.source}{where}"
            else:
                # DuckDB's DELETE has no TOP, and IN deletes a row once although it may have several matches in FROM.
                found = f"SELECT {target.rowid} FROM {target.source}{where}{limit}"
                sql = f"{tables}DELETE FROM {relation.duckdb_name} WHERE rowid IN ({found})"
            return self._translation((sql,), "delete", relation)
        selected = [f"{target.rowid} AS _rowid"]
        absent = computed_when_read(relation)
        selected += [
            f"{target.own.value(output).sql} AS {identifier(_OLD + output.name)}"
            for output in target.own.columns
            if output.name not in absent
        ]
        kept = self._kept_sources(target, selected)
        if target.condition:
            where = _where([*conditions, target.condition])
        distinct = f"DISTINCT ON ({target.rowid}) " if target.joined else ""
        changes = self.changed_rows()
        statements = [
            f"CREATE OR REPLACE TEMP TABLE {changes} AS {tables}"
            f"SELECT {distinct}{', '.join(selected)} FROM {target.with_old_values}{where}{limit}",
            f"DELETE FROM {relation.duckdb_name} WHERE rowid IN (SELECT _rowid FROM {changes})",
        ]
        shown = self._shown(target, "deleted", _OLD, kept)
        return self._with_output(statements, "delete", deleted, node.output, [shown, *kept])

    def merge(self, node: syntax.Merge) -> Translation:
        """MERGE: one query joins target and source and decides the clause of each row; the changes follow from it.

        Each clause sees only the columns that its rows have: NOT MATCHED those of the source, NOT MATCHED BY SOURCE
        those of the target.
        """
        line = node.line
        refuse_windows(node.condition, *node.clauses)
        _refuse_common_target(node)
        tables = self.common_tables(node)
        relation = self.target(node.target, line)
        inner = Scope()
        source_sql = self.source(node.source, inner)
        name = (relation.database, relation.schema, relation.name) if node.alias == node.target[-1] else ()
        own = replace(
            self._pseudo(relation, node.alias, _OLD, "_m", "_rowid IS NOT NULL"), name=name, relation=relation
        )
        absent = computed_when_read(relation)
        scope = Scope()
        scope.add(own, line)
        target_columns = ", ".join(
            f"{identifier(column.name)} AS {identifier(_OLD + column.name)}"
            for column in relation.columns
            if column.name not in absent
        )
        source_columns = ["1 AS _source"]
        others = []
        for index, known in enumerate(inner.sources):
            other = SourceColumns(known.alias, "_m", _prefixed(known.columns, f"_s{index}_"), known.name)
            source_columns += [
                f"{known.value(before).sql} AS {identifier(after.emitted)}"
                for before, after in zip(known.columns, other.columns, strict=True)
            ]
            scope.add(other, line)
            others.append(other)
        scopes = {
            "MATCHED": scope,
            "NOT MATCHED": Scope(None, others),
            "NOT MATCHED BY SOURCE": Scope(None, [own]),
        }
        shown = {
            "MATCHED": "_rowid IS NOT NULL AND _source IS NOT NULL",
            "NOT MATCHED": "_rowid IS NULL",
            "NOT MATCHED BY SOURCE": "_source IS NULL",
        }
        joined_target = replace(self._pseudo(relation, node.alias, _OLD, "_t"), name=name, relation=relation)
        on = Scope(None, [joined_target, *(replace(other, emitted="_s") for other in others)])
        condition = self.condition(node.condition, on)
        whens = []
        for number, clause in enumerate(node.clauses):
            extra = ""
            if clause.condition:
                extra = f" AND ({self._in_clause(clause, scopes, partial(self.condition, clause.condition))})"
            whens.append(f"WHEN {shown[clause.match]}{extra} THEN {number}")
        matches = {clause.match for clause in node.clauses}
        join = "FULL" if "NOT MATCHED BY SOURCE" in matches else "RIGHT" if "NOT MATCHED" in matches else "INNER"
        target = f"SELECT rowid AS _rowid, {target_columns} FROM {relation.duckdb_name}"
        source = f"SELECT {', '.join(source_columns)} FROM {source_sql}"
        pairs = f'SELECT * FROM ({target}) AS "_t" {join} JOIN ({source}) AS "_s" ON {condition}'
        joined = f'SELECT *, CASE {" ".join(whens)} END AS _clause FROM ({pairs}) AS "_m"'
        limit = self._row_limit(node.top, f"SELECT * FROM ({joined}) AS _j WHERE _clause IS NOT NULL")
        kept = f"SELECT * FROM ({joined}) AS _j WHERE _clause IS NOT NULL{limit}"
        parts = [self._merge_rows(number, clause, relation, own, scopes) for number, clause in enumerate(node.clauses)]
        changes = self.changed_rows()
        changed_rows = " UNION ALL BY NAME ".join(parts)
        changed = self.with_computed(relation, changed_rows, "_action <> 'DELETE'")
        statements = [
            f"CREATE OR REPLACE TEMP TABLE {changes}m AS {tables}{kept}",
            f"CREATE OR REPLACE TEMP TABLE {changes} AS {changed}",
            f"SELECT {raise_sql(8672)} FROM {changes} WHERE _rowid IS NOT NULL "
            "GROUP BY _rowid HAVING count(*) > 1 LIMIT 1",
        ]
        actions = {clause.action for clause in node.clauses}
        self._permissions = ("SELECT", *sorted(actions))
        if "DELETE" in actions:
            statements.append(
                f"DELETE FROM {relation.duckdb_name} WHERE rowid IN "
                f"(SELECT _rowid FROM {changes} WHERE _action = 'DELETE')"
            )
        assigned = {assignment.column.lower() for clause in node.clauses for assignment in clause.assignments}
        if "UPDATE" in actions:
            statements += self.update_changed(relation, changes, "MERGE", assigned, "_action = 'UPDATE'")
        if "INSERT" in actions:
            statements.append(self._insert_changed(relation, changes, "MERGE", " WHERE _action = 'INSERT'"))
        merged = foreign_keys.Changes(
            relation,
            changes,
            "MERGE",
            inserted="_action = 'INSERT'" if "INSERT" in actions else "",
            updated="_action = 'UPDATE'" if "UPDATE" in actions else "",
            deleted="_action = 'DELETE'" if "DELETE" in actions else "",
            assigned=foreign_keys.affected(relation, assigned),
        )
        marker = SourceColumns("", "_u", (OutputColumn("$action", SqlType("nvarchar", length=10), "_action"),))
        pseudo = [
            self._pseudo(relation, "inserted", _NEW, present="_action <> 'DELETE'"),
            self._pseudo(relation, "deleted", _OLD, present="_action <> 'INSERT'"),
        ]
        seen = [replace(other, emitted="_u") for other in others]
        return self._with_output(statements, "merge", merged, node.output, [*pseudo, *seen, marker])

    def _in_clause(
        self, clause: syntax.MergeClause, scopes: dict[str, Scope], compiled: Callable[[Scope], _Compiled]
    ) -> _Compiled:
        """What a clause of MERGE compiles to in its scope; raises 5333 and 5334 for columns of the other side."""
        try:
            return compiled(scopes[clause.match])
        except SqlError as error:
            if clause.match == "MATCHED" or error.number not in (207, 4104):
                raise
            name = error.message.split("'" if error.number == 207 else '"')[1]
            try:
                scopes["MATCHED"].resolve(syntax.Column(parts=tuple(name.split(".")), line=clause.line))
            except SqlError as unknown:
                if unknown.number != 209:
                    raise error from None
            raise sql_error(5333 if clause.match == "NOT MATCHED" else 5334, name, line=clause.line) from error

    def _merge_rows(
        self,
        number: int,
        clause: syntax.MergeClause,
        relation: Relation,
        own: SourceColumns,
        scopes: dict[str, Scope],
    ) -> str:
        """The SELECT of the rows of one clause with their new values."""
        changes = f"{self.changes_name(1)}m"
        selected = [f"'{clause.action}' AS _action", "*"]
        values: dict[str, Value] = {}
        if clause.action == "UPDATE":
            by_name = {column.name.lower(): column for column in relation.columns}
            for assignment in clause.assignments:
                if assignment.variable:
                    raise unsupported("MERGE … SET @variable", assignment.line)
                column = self._assigned_column(assignment, by_name, values, clause.line)
                values[column.name] = self._in_clause(
                    clause, scopes, partial(self._assigned_value, assignment, column, relation, own.alias)
                )
            for column, output in zip(relation.columns, own.columns, strict=True):
                if column.computed is None:
                    values.setdefault(column.name, own.value(output))
        elif clause.action == "INSERT":
            values = self._in_clause(clause, scopes, partial(self._merge_insert, clause, relation))
        else:
            values = {column.name: typed_null(column.type) for column in relation.columns if column.computed is None}
        selected += [f"{value.sql} AS {identifier(_NEW + name)}" for name, value in values.items()]
        return f'SELECT {", ".join(selected)} FROM {changes} AS "_m" WHERE _clause = {number}'

    def _merge_insert(self, clause: syntax.MergeClause, relation: Relation, scope: Scope) -> dict[str, Value]:
        """The values of a row that MERGE inserts, by column."""
        # The rules for the column list are those of INSERT, so they check a node of it.
        as_insert = syntax.Insert(
            target=(relation.name,),
            columns=clause.columns,
            rows=(clause.values,),
            query=None,
            output=None,
            line=clause.line,
        )
        columns = self._insert_columns(as_insert, relation) if clause.values else []
        if len(columns) != len(clause.values):
            raise _value_count(as_insert, len(clause.values), len(columns), relation)
        values: dict[str, Value] = {}
        for column, node in zip(columns, clause.values, strict=True):
            values[column.name] = (
                self.default(column, relation, clause.line)
                if is_default(node)
                else self.assigned(self.expression(node, scope), column, relation, clause.line)
            )
        for column in relation.columns:
            if column.name not in values and not column.computed:
                values[column.name] = self.default(column, relation, clause.line)
        return values


def _column(alias: str, name: str, declared: SqlType) -> Value:
    return Value(f"{identifier(alias)}.{identifier(name)}", declared, cost=Cost.NAME)


def _selected(row: dict[str, Value], columns: Sequence[ColumnInfo]) -> str:
    """A SELECT of the given values of a row, by the names of the columns in lower case."""
    values = ((row.get(column.name.lower()), column.name) for column in columns)
    return "SELECT " + ", ".join(f"{value.sql} AS {identifier(name)}" for value, name in values if value is not None)


def _checked(relation: Relation) -> set[str]:
    """The columns, in lower case, that CHECK constraints read."""
    return {name.lower() for known in relation.constraints if known.kind == "C" for name in known.columns}


def _where(conditions: list[str]) -> str:
    """WHERE of these conditions, or ''."""
    return f" WHERE {' AND '.join(f'({condition})' for condition in conditions)}" if conditions else ""


def _prefixed(columns: tuple[OutputColumn, ...], prefix: str) -> tuple[OutputColumn, ...]:
    """Columns whose names in the SQL get a prefix."""
    return tuple(replace(column, emitted=prefix + column.emitted) for column in columns)


def _common(types: Sequence[SqlType], target: SqlType) -> SqlType | None:
    """The type that the values of a column in several rows have before they are stored; None if it changes none."""
    names = {declared.name for declared in types}
    if len(names) < 2 and not (names & DECIMALS and target.name in TEXT):
        return None
    if names <= TEXT or (names <= INTEGERS | DECIMALS | {"bit"} and target.name not in TEXT):
        return None
    return common_type(list(dict.fromkeys(types)))


def _common_target(node: syntax.Update | syntax.Delete) -> str:
    """The common table expression that UPDATE or DELETE changes, or ''."""
    names = {table.name.lower() for table in node.tables}
    target = node.target[0].lower()
    if len(node.target) > 1 or not names:
        return ""
    if node.source is None:
        return target if target in names else ""
    for source in sources_of(node.source):
        if isinstance(source, syntax.TableSource) and (source.alias or source.name[-1]).lower() == target:
            return source.name[0].lower() if len(source.name) == 1 and source.name[0].lower() in names else ""
    return ""


def _refuse_common_target(node: syntax.Insert | syntax.Merge) -> None:
    """Refuse to insert or merge into a common table expression."""
    if len(node.target) == 1 and node.target[0].lower() in {table.name.lower() for table in node.tables}:
        raise unsupported("INSERT or MERGE into a common table expression", node.line)


_Compiled = TypeVar("_Compiled")


def _value_count(node: syntax.Insert, given: int, needed: int, relation: Relation) -> SqlError:
    """The error for a row with another number of values than of columns: 8101 if the identity has a value, too."""
    if node.columns is None:
        is_numbered = given == needed + 1 and any(column.identity for column in relation.columns)
        return sql_error(8101, ".".join(node.target), line=node.line) if is_numbered else sql_error(213, line=node.line)
    fewer, more = (109, 110) if node.rows is not None else (120, 121)
    return sql_error(fewer if given < needed else more, line=node.line)

"""INSERT, UPDATE, DELETE, MERGE and TRUNCATE.

The compiled SQL checks lengths (2628) and CHECK constraints (547) and computes defaults and identity values itself,
because errors of DuckDB's table constraints lack the names that SQL Server's messages contain. NOT NULL and unique keys
are DuckDB's, because only a table can enforce them.
"""

from __future__ import annotations

from dataclasses import dataclass

from local_sqlserver.compiler.contract import ColumnInfo, Relation, Translation
from local_sqlserver.compiler.conversions import assign, convert
from local_sqlserver.compiler.fragments import Cost, Value, identifier, quote, typed_null
from local_sqlserver.compiler.names import (
    OutputColumn,
    Scope,
    SourceColumns,
    relation_source,
)
from local_sqlserver.compiler.objects import check_failed, identity_sequence
from local_sqlserver.compiler.types import BIGINT, duckdb_type
from local_sqlserver.compiler.user_functions import FunctionCompiler
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_expression
from local_sqlserver.types import SqlType

_OUTPUT_TABLE = "temp.main._tsql_output"


@dataclass(frozen=True, slots=True)
class _CompiledOutput:
    """A compiled OUTPUT clause."""

    sql: str
    names: tuple[str, ...]
    types: tuple[SqlType | None, ...]


class DataCompiler(FunctionCompiler):
    """Compiles statements that change rows."""

    def target(self, name: syntax.Name, line: int) -> Relation:
        """The table that a statement changes; views and system views are refused."""
        relation = self.context.relation(name, line)
        if relation.kind == "S":
            raise sql_error(259, line=line)
        if relation.kind == "V":
            raise unsupported("Changing rows through a view", line)
        return relation

    def assigned(self, value: Value, column: ColumnInfo, relation: Relation, line: int) -> Value:
        """A value converted to the type of a column."""
        table = f"{relation.database}.{relation.schema}.{relation.name}"
        return assign(value, column.type, table=table, column=column.name, line=line)

    def default(self, column: ColumnInfo, relation: Relation, line: int) -> Value:
        """The value of a column that a row leaves out: the next identity value, the default or NULL."""
        if column.identity:
            sql = f"CAST(nextval({quote(identity_sequence(relation))}) AS {duckdb_type(column.type)})"
            return Value(sql, column.type)
        if column.default is None:
            return typed_null(column.type)
        # The catalog stores T-SQL, because sys.default_constraints shows it and a default may read the session.
        value = self.expression(parse_expression(column.default), Scope())
        return self.assigned(value, column, relation, line)

    def with_checks(
        self,
        relation: Relation,
        values: dict[str, Value],
        verb: str,
        line: int,
        changed: set[str] | None = None,
    ) -> dict[str, str]:
        """The SQL of new values by column; the first value raises 547 if a CHECK constraint is false.

        ``values`` are the values of all columns. With ``changed``, the assigned columns in lower case, only their
        constraints are checked and only their values are returned.
        """
        tests = []
        for constraint in relation.constraints:
            if constraint.kind != "C":
                continue
            used = {column.lower() for column in constraint.columns}
            if changed is not None and not used & changed:
                continue
            source = relation_source(relation, relation.name, relation.name)
            source.replacements.update({name.lower(): value for name, value in values.items()})
            condition = self.condition(parse_expression(constraint.definition), Scope(None, [source]))
            # WHEN NOT: a CHECK that is unknown (NULL) allows the row.
            tests.append(f"WHEN NOT {condition} THEN {check_failed(verb, constraint, relation)}")
        sql = {name: value.sql for name, value in values.items() if changed is None or name.lower() in changed}
        if tests and sql:
            # The first value raises for the whole row: DuckDB's own CHECK constraints lack the names for error 547.
            first = next(iter(sql))
            sql[first] = f"CASE {' '.join(tests)} ELSE {sql[first]} END"
        return sql

    def insert(self, node: syntax.Insert) -> Translation:
        """INSERT."""
        line = node.line
        tables = self.common_tables(node)
        relation = self.target(node.target, line)
        writable = [column for column in relation.columns if not column.computed]
        columns = self._insert_columns(node, relation)
        if node.rows is not None:
            if any(len(row) != len(columns) for row in node.rows):
                raise _value_count(node, len(node.rows[0]), len(columns))
            rows = [self._row(row, columns, relation, line) for row in node.rows]
            source = " UNION ALL ".join(
                "SELECT "
                + ", ".join(
                    f"{row[column.name.lower()].sql} AS {identifier(column.name)}"
                    for column in writable
                    if column.name.lower() in row
                )
                for row in rows
            )
            given = set(rows[0])
        elif node.query is not None:
            selected = self.query_rows(node.query, None)
            if len(selected.columns) != len(columns):
                raise _value_count(node, len(selected.columns), len(columns))
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
            source, given = "SELECT 1 AS _none", set()  # DEFAULT VALUES: one row without a given column
        values = {}
        for column in writable:
            if column.name.lower() in given:
                values[column.name] = _column("_v", column.name, column.type)
            else:
                values[column.name] = self.default(column, relation, line)
        names = ", ".join(identifier(column.name) for column in writable)
        sql = f"{tables}INSERT INTO {relation.duckdb_name} ({names}) {self._checked_rows(relation, values, source)}"
        return self._inserted(sql, node, relation)

    def _checked_rows(self, relation: Relation, values: dict[str, Value], source: str) -> str:
        """A SELECT of the new rows' columns from ``source``.

        Checks read a subquery of the new values: a default or NEXTVAL that a check repeated would be evaluated again.
        """
        if not any(constraint.kind == "C" for constraint in relation.constraints):
            selected = ", ".join(value.sql for value in values.values())
            return f'SELECT {selected} FROM ({source}) AS "_v"'
        inner = ", ".join(f"{value.sql} AS {identifier(name)}" for name, value in values.items())
        named = {name: _column("_n", name, value.type) for name, value in values.items()}
        selected = ", ".join(self.with_checks(relation, named, "INSERT", self.line).values())
        return f'SELECT {selected} FROM (SELECT {inner} FROM ({source}) AS "_v") AS "_n"'

    def _insert_columns(self, node: syntax.Insert, relation: Relation) -> list[ColumnInfo]:
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

    def _row(
        self, row: tuple[syntax.Expression, ...], columns: list[ColumnInfo], relation: Relation, line: int
    ) -> dict[str, Value]:
        values = {}
        for node, column in zip(row, columns, strict=True):
            if isinstance(node, syntax.Literal) and node.kind == "default":
                values[column.name.lower()] = self.default(column, relation, line)
            else:
                value = self.expression(node, Scope())
                values[column.name.lower()] = self.assigned(value, column, relation, line)
        return values

    def _inserted(self, sql: str, node: syntax.Insert, relation: Relation) -> Translation:
        identity = next((column for column in relation.columns if column.identity), None)
        returned = None
        if node.output:
            source = relation_source(relation, "inserted", "")
            returned = self._output_clause(node.output, [source])
        returning = []
        if returned:
            returning.append(returned.sql)
        if identity:
            # last, because the engine removes the last column for SCOPE_IDENTITY()
            returning.append(identifier(identity.name))
        if returning:
            sql += f" RETURNING {', '.join(returning)}"
        return self._translation(
            (sql,), "insert", relation, node.output, returned, identity_table=relation if identity else None
        )

    def _translation(
        self,
        statements: tuple[str, ...],
        command: str,
        target: Relation,
        output: syntax.Output | None,
        returned: _CompiledOutput | None,
        *,
        identity_table: Relation | None = None,
    ) -> Translation:
        into = self.target(output.into, output.line) if output and output.into else None
        columns: tuple[str, ...] = ()
        if output and into:
            columns = output.columns or tuple(
                column.name for column in into.columns if not column.identity and not column.computed
            )
        return Translation(
            statements=statements,
            command=command,
            target=target,
            parameters=tuple(self.parameters),
            returns_rows=returned is not None and into is None,
            column_types=returned.types if returned else (),
            column_names=returned.names if returned else (),
            output_into=into,
            output_into_columns=columns,
            identity_table=identity_table,
        )

    def _output_clause(self, output: syntax.Output, sources: list[SourceColumns]) -> _CompiledOutput:
        """An OUTPUT clause over the given pseudo tables."""
        scope = Scope(None, sources)
        parts: list[str] = []
        names: list[str] = []
        types: list[SqlType | None] = []
        for item in output.items:
            if item.value is None:
                for name, value in self.star(item, scope):
                    parts.append(value.sql)
                    names.append(name)
                    types.append(value.type)
                continue
            value = self.expression(item.value, scope)
            shown = typed_null(value.type) if value.null else value
            name = item.alias
            if not name and isinstance(item.value, syntax.Column):
                name = item.value.parts[-1]
            parts.append(shown.sql)
            names.append(name)
            types.append(value.type)
        emitted = ", ".join(f"{sql} AS _o{index}" for index, sql in enumerate(parts))
        return _CompiledOutput(emitted, tuple(names), tuple(types))

    def _target_source(
        self, target: syntax.Name, source: syntax.Source | None, line: int
    ) -> tuple[Relation, SourceColumns, Scope, str, bool]:
        """The table that UPDATE or DELETE changes, its source, the scope, the SQL of FROM, and whether it joins."""
        scope = Scope()
        if source is None:
            relation = self.target(target, line)
            own = relation_source(relation, target[-1], target[-1])
            scope.add(own, line)
            return relation, own, scope, f"{relation.duckdb_name} AS {identifier(own.emitted)}", False
        sql = self.source(source, scope)
        # T-SQL finds the target in FROM by alias, else by table. If FROM lacks it, the statement is a cross join.
        own_source = None
        if len(target) == 1:
            own_source = next((known for known in scope.sources if known.alias.lower() == target[0].lower()), None)
        if own_source is None:
            relation = self.target(target, line)
            same = [known for known in scope.sources if known.relation == relation]
            if len(same) > 1:
                raise sql_error(8154, target[-1], line=line)
            if same:
                own_source = same[0]
            else:
                own_source = relation_source(relation, target[-1], scope.emitted_alias(target[-1]))
                scope.add(own_source, line)
                sql = f"{relation.duckdb_name} AS {identifier(own_source.emitted)}, {sql}"
        if own_source.relation is None:
            raise unsupported("Changing rows through a derived table or common table expression", line)
        if own_source.relation.kind in ("V", "S"):
            raise unsupported("Changing rows through a view", line)
        return own_source.relation, own_source, scope, sql, len(scope.sources) > 1

    def update(self, node: syntax.Update) -> Translation:
        """UPDATE: a subquery finds the rows and computes their new values; the UPDATE joins it by rowid.

        A single table without TOP, OUTPUT and CHECK constraints needs no subquery.
        """
        line = node.line
        tables = self.common_tables(node)
        self._refuse_common_target(node.target, line)
        relation, own, scope, source, joined = self._target_source(node.target, node.source, line)
        by_name = {column.name.lower(): column for column in relation.columns}
        values: dict[str, Value] = {}
        for assignment in node.assignments:
            column = by_name.get(assignment.column.lower())
            if column is None:
                raise sql_error(207, assignment.column, line=line)
            if column.identity:
                raise sql_error(8102, column.name, line=line)
            if column.computed:
                raise sql_error(271, column.name, line=line)
            if column.name in values:
                raise sql_error(264, column.name, line=line)
            is_default = isinstance(assignment.value, syntax.Literal) and assignment.value.kind == "default"
            value = (
                self.default(column, relation, line)
                if is_default
                else self.assigned(self.expression(assignment.value, scope), column, relation, line)
            )
            values[column.name] = value
        where = f" WHERE {self.condition(node.where, scope)}" if node.where else ""
        limit = self._row_limit(node.top)
        changed = {name.lower() for name in values}
        has_checks = any(
            constraint.kind == "C" and {name.lower() for name in constraint.columns} & changed
            for constraint in relation.constraints
        )
        plain = node.source is None and not (limit or node.output or has_checks)
        if plain:
            pairs = ", ".join(f"{identifier(name)} = {value.sql}" for name, value in values.items())
            sql = f"{tables}UPDATE {source} SET {pairs}{where}"
            return self._translation((sql,), "update", relation, None, None)
        # The rest is an UPDATE joined by rowid, because DuckDB's UPDATE has no TOP, returns only new values, and cannot
        # join its target in FROM. SQL Server changes a row with several matches once, by any of them: DISTINCT ON.
        rowid = f"{identifier(own.emitted)}.rowid"
        distinct = f"DISTINCT ON ({rowid}) " if joined else ""
        selected = [f"{rowid} AS _rowid"]
        selected += [f"{value.sql} AS {identifier('_new_' + name)}" for name, value in values.items()]
        # OUTPUT and checks also read columns that the statement does not assign.
        if node.output or has_checks:
            selected += [f"{own.value(column).sql} AS {identifier('_old_' + column.name)}" for column in own.columns]
        found = f"SELECT {distinct}{', '.join(selected)} FROM {source}{where}{limit}"
        new = {}
        for column in relation.columns:
            prefix = "_new_" if column.name in values else "_old_"
            new[column.name] = _column("_u", prefix + column.name, column.type)
        assigned = self.with_checks(relation, new, "UPDATE", line, changed)
        pairs = ", ".join(f"{identifier(name)} = {sql}" for name, sql in assigned.items())
        change = f'UPDATE {relation.duckdb_name} AS "_t" SET {pairs} FROM'
        if node.output is None:
            sql = f'{tables}{change} ({found}) AS "_u" WHERE "_t".rowid = "_u"._rowid'
            return self._translation((sql,), "update", relation, None, None)
        inserted = relation_source(relation, "inserted", "inserted")
        inserted.replacements.update({name.lower(): value for name, value in new.items()})
        deleted = relation_source(relation, "deleted", "deleted")
        deleted.replacements.update(
            {column.name.lower(): _column("_u", f"_old_{column.name}", column.type) for column in relation.columns}
        )
        returned = self._output_clause(node.output, [inserted, deleted])
        # DuckDB's RETURNING has no old values: keep both in a table, update from it, and select OUTPUT from it.
        statements = (
            f"CREATE OR REPLACE TEMP TABLE _tsql_output AS {tables}{found}",
            f'{change} {_OUTPUT_TABLE} AS "_u" WHERE "_t".rowid = "_u"._rowid',
            f'SELECT {returned.sql} FROM {_OUTPUT_TABLE} AS "_u"',
        )
        return self._translation(statements, "update", relation, node.output, returned)

    def _refuse_common_target(self, target: syntax.Name, line: int) -> None:
        if len(target) == 1 and target[0].lower() in self.tables:
            raise unsupported("UPDATE of a common table expression", line)

    def _row_limit(self, top: syntax.Top | None) -> str:
        if top is None:
            return ""
        if top.percent or top.ties:
            raise unsupported("TOP PERCENT and WITH TIES outside SELECT", top.line)
        return f" LIMIT {convert(self.expression(top.count, Scope()), BIGINT, line=top.line).sql}"

    def delete(self, node: syntax.Delete) -> Translation:
        """DELETE from a table, or from a common table expression over one table."""
        line = node.line
        if len(node.target) == 1 and node.source is None:
            table = next((table for table in node.tables if table.name.lower() == node.target[0].lower()), None)
            if table is not None:
                return self._delete_common(node, table)
        tables = self.common_tables(node)
        relation, own, scope, source, _ = self._target_source(node.target, node.source, line)
        where = f" WHERE {self.condition(node.where, scope)}" if node.where else ""
        limit = self._row_limit(node.top)
        returned = None
        if node.output:
            deleted = relation_source(relation, "deleted", "")
            returned = self._output_clause(node.output, [deleted])
        returning = f" RETURNING {returned.sql}" if returned else ""
        if not node.source and not limit:
            sql = f"{tables}DELETE FROM {source}{where}{returning}"
        else:
            # DuckDB's DELETE has no TOP, and IN deletes a row once although it may have several matches in FROM.
            rowid = f"{identifier(own.emitted)}.rowid"
            found = f"SELECT {rowid} FROM {source}{where}{limit}"
            sql = f"{tables}DELETE FROM {relation.duckdb_name} WHERE rowid IN ({found}){returning}"
        return self._translation((sql,), "delete", relation, node.output, returned)

    def _delete_common(self, node: syntax.Delete, table: syntax.CommonTable) -> Translation:
        body = table.query.body
        if (
            not isinstance(body, syntax.Select)
            or not isinstance(body.source, syntax.TableSource)
            or body.distinct
            or body.group
            or table.columns
        ):
            raise unsupported("DELETE from a common table expression over more than one table", node.line)
        # The expression may compute columns (ROW_NUMBER()) that WHERE reads, so it becomes a subquery with the rowid.
        self.common_tables(node)
        relation = self.target(body.source.name, node.line)
        columns = self.tables[table.name.lower()].columns
        inner = self.select(body, None, table.query, rowid=True)
        scope = Scope(None, [SourceColumns(table.name, table.name, columns)])
        where = f" WHERE {self.condition(node.where, scope)}" if node.where else ""
        limit = self._row_limit(node.top)
        returned = None
        if node.output:
            returned = self._output_clause(node.output, [relation_source(relation, "deleted", "")])
        returning = f" RETURNING {returned.sql}" if returned else ""
        others = tuple(other for other in node.tables if other is not table)
        if others:
            raise unsupported("DELETE from one of several common table expressions", node.line)
        sql = (
            f"DELETE FROM {relation.duckdb_name} WHERE rowid IN "
            f"(SELECT _rowid FROM ({inner.sql}) AS {identifier(table.name)}{where}{limit}){returning}"
        )
        return self._translation((sql,), "delete", relation, node.output, returned)

    def merge(self, node: syntax.Merge) -> Translation:
        """MERGE, by DuckDB's MERGE INTO."""
        line = node.line
        tables = self.common_tables(node)
        relation = self.target(node.target, line)
        own = relation_source(relation, node.alias, node.alias)
        scope = Scope()
        scope.add(own, line)
        source = self.source(node.source, scope)
        condition = self.condition(node.condition, scope)
        by_name = {column.name.lower(): column for column in relation.columns}
        clauses = []
        for clause in node.clauses:
            extra = f" AND {self.condition(clause.condition, scope)}" if clause.condition else ""
            # T-SQL's default is BY TARGET.
            match = {"NOT MATCHED": "NOT MATCHED BY TARGET"}.get(clause.match, clause.match)
            action = "DELETE"
            if clause.action == "UPDATE":
                values = {}
                for assignment in clause.assignments:
                    column = by_name.get(assignment.column.lower())
                    if column is None:
                        raise sql_error(207, assignment.column, line=line)
                    if column.identity:
                        raise sql_error(8102, column.name, line=line)
                    value = self.expression(assignment.value, scope)
                    values[column.name] = self.assigned(value, column, relation, line)
                changed = {name.lower() for name in values}
                # A CHECK constraint may read columns that the clause does not assign: it gets their old values.
                rest = {
                    column.name: own.value(output)
                    for column, output in zip(relation.columns, own.columns, strict=True)
                    if column.name not in values
                }
                guarded = self.with_checks(relation, values | rest, "MERGE", line, changed)
                action = "UPDATE SET " + ", ".join(f"{identifier(name)} = {guarded[name]}" for name in values)
            elif clause.action == "INSERT":
                action = self._merge_insert(clause, relation, scope)
            clauses.append(f"WHEN {match}{extra} THEN {action}")
        sql = (
            f"{tables}MERGE INTO {relation.duckdb_name} AS {identifier(node.alias)} "
            f"USING {source} ON {condition} {' '.join(clauses)}"
        )
        returned = None
        if node.output:
            returned = self._merge_output(node.output, relation)
            sql += f" RETURNING {returned.sql}"
        return self._translation((sql,), "merge", relation, node.output, returned)

    def _merge_insert(self, clause: syntax.MergeClause, relation: Relation, scope: Scope) -> str:
        # The rules for the column list are those of INSERT, so they check a node of it.
        as_insert = syntax.Insert(
            target=(relation.name,),
            columns=clause.columns,
            rows=(clause.values,),
            query=None,
            output=None,
            line=clause.line,
        )
        columns = self._insert_columns(as_insert, relation)
        if len(columns) != len(clause.values):
            raise _value_count(as_insert, len(clause.values), len(columns))
        values: dict[str, Value] = {}
        for column, node in zip(columns, clause.values, strict=True):
            is_default = isinstance(node, syntax.Literal) and node.kind == "default"
            values[column.name] = (
                self.default(column, relation, clause.line)
                if is_default
                else self.assigned(self.expression(node, scope), column, relation, clause.line)
            )
        for column in relation.columns:
            if column.name not in values and not column.computed:
                values[column.name] = self.default(column, relation, clause.line)
        guarded = self.with_checks(relation, values, "MERGE", clause.line)
        names = ", ".join(identifier(name) for name in values)
        return f"INSERT ({names}) VALUES ({', '.join(guarded[name] for name in values)})"

    def _merge_output(self, output: syntax.Output, relation: Relation) -> _CompiledOutput:
        for item in output.items:
            qualifier = item.qualifier or (item.value.parts[:-1] if isinstance(item.value, syntax.Column) else ())
            if qualifier and qualifier[-1].lower() == "deleted":
                raise unsupported("OUTPUT deleted.… of MERGE", item.line)
        inserted = relation_source(relation, "inserted", "")
        for column in relation.columns:  # DuckDB returns the old row of a DELETE here
            sql = f"CASE WHEN merge_action <> 'DELETE' THEN {identifier(column.name)} END"
            inserted.replacements[column.name.lower()] = Value(sql, column.type)
        marker = OutputColumn("$action", SqlType("nvarchar", length=10), "merge_action")
        return self._output_clause(output, [inserted, SourceColumns("", "", (marker,))])


def _column(alias: str, name: str, declared: SqlType) -> Value:
    return Value(f"{identifier(alias)}.{identifier(name)}", declared, cost=Cost.NAME)


def _value_count(node: syntax.Insert, given: int, needed: int) -> SqlError:
    if node.columns is None:
        return sql_error(213, line=node.line)
    fewer, more = (109, 110) if node.rows is not None else (120, 121)
    return sql_error(fewer if given < needed else more, line=node.line)

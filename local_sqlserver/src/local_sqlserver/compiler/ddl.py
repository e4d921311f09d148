"""CREATE, ALTER and DROP of tables, views and indexes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from local_sqlserver.collation import DATABASE, find, named
from local_sqlserver.compiler import determinism, foreign_keys
from local_sqlserver.compiler.contract import (
    KEY_KINDS,
    UNIQUE_KINDS,
    CatalogChange,
    ColumnInfo,
    ConstraintInfo,
    ForeignKey,
    Relation,
    SequenceInfo,
    Translation,
)
from local_sqlserver.compiler.dml import DataCompiler
from local_sqlserver.compiler.expressions import has_aggregate
from local_sqlserver.compiler.fragments import Value, identifier, quote, raise_sql, typed_null, without_lambdas
from local_sqlserver.compiler.functions.registry import columns_of
from local_sqlserver.compiler.keys import (
    computed_when_read,
    index_name,
    indexed_keys,
    refuse_duplicates,
    unique_index,
)
from local_sqlserver.compiler.names import Rows, Scope, relation_source
from local_sqlserver.compiler.objects import (
    check_failed,
    create_sequence,
    identity_sequence,
    last_identity,
    move_identity,
    sibling,
    temporary,
)
from local_sqlserver.compiler.schema_binding import check_schema_bound, is_schema_bound
from local_sqlserver.compiler.stored_text import stored_text
from local_sqlserver.compiler.types import duckdb_type
from local_sqlserver.compiler.view_changes import check_option_condition
from local_sqlserver.errors import SqlError, not_created, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_expression
from local_sqlserver.types import DECIMALS, INTEGER_RANGES, INTEGERS, MAX, TEXT, SqlType

_ROWS = "temp.main._tsql_rows"
"""The temporary table with the rows of a table that is made anew."""

_BEFORE_1750 = frozenset(
    (
        *(1715, 1753, 1761, 1762, 1763, 1764, 1765, 1767, 1768, 1769, 1770, 1773, 1776, 1778, 1785),
        *(1909, 1911, 1919, 2729, 2799, 8141, 10609),
    )
)
"""Errors of a constraint or index of CREATE TABLE and ALTER TABLE, after which 1750 follows."""


class DefinitionCompiler(DataCompiler):
    """Compiles DDL to DuckDB statements and the changes that the engine records in its catalog."""

    def existing(self, name: syntax.Name, line: int) -> Relation | None:
        """The relation of a name, or None."""
        try:
            return self.context.relation(name, line)
        except SqlError as error:
            if error.number != 208:
                raise
            return None

    def _existing_sequence(self, name: syntax.Name, line: int) -> Relation | None:
        try:
            return self.context.sequence(name, line)
        except SqlError as error:
            if error.number != 208:
                raise
            return None

    def create_table(self, node: syntax.CreateTable) -> Translation:
        """CREATE TABLE."""
        self.changed_name = ".".join(node.target)
        target = self.context.target(node.target, node.line)
        if not node.target[-1].startswith(("#", "@")) and self.existing(node.target, node.line):
            raise sql_error(2714, node.target[-1], line=node.line)
        columns: list[ColumnInfo] = []
        constraints: list[ConstraintInfo] = []
        # The columns of a primary key are NOT NULL, declared so or not.
        keyed = {
            name.lower() for constraint in node.constraints if constraint.kind == "PK" for name in constraint.columns
        }
        positions = {definition.name.lower(): position for position, definition in enumerate(node.columns)}
        # Computed columns last: they may read columns that follow them.
        for definition in sorted(node.columns, key=lambda definition: definition.computed is not None):
            if any(definition.name.lower() == known.name.lower() for known in columns):
                raise sql_error(2705, definition.name, self.changed_name, line=definition.line)
            is_key = definition.name.lower() in keyed
            if is_key and definition.nullable is True:
                raise _nullable_key(target, definition.line)
            computed = [other.name for other in node.columns if other.computed is not None]
            column = self._column(definition, target, columns, computed, False if is_key else definition.nullable)
            if is_key:
                _check_computed_key(column, target, definition.line)
            columns.append(column)
        if sum(column.identity is not None for column in columns) > 1:
            raise sql_error(2744, target.name, line=node.line)
        if sum(column.rowguid for column in columns) > 1:
            raise sql_error(8196, line=node.line)
        columns.sort(key=lambda column: positions[column.name.lower()])
        relation = replace(target, columns=tuple(columns), user_type=node.user_type)
        clustered = sum(bool(given.clustered) for given in node.constraints)
        if clustered > 1:
            raise sql_error(8112, target.name, line=node.line)
        # A foreign key may refer to a key of the table itself, so keys come first. Temporary tables have none.
        for given in sorted(node.constraints, key=lambda given: given.kind == "F"):
            if given.kind == "F" and target.kind == "T":
                continue
            if given.kind == "PK" and given.clustered is None:
                given = replace(given, clustered=not clustered)
            constraint = self._constraint(given, replace(relation, constraints=tuple(constraints)))
            if any(known.name.lower() == constraint.name.lower() for known in constraints):
                raise not_created(sql_error(2714, constraint.name, state=5, line=given.line))
            if constraint.kind == "PK" and any(known.kind == "PK" for known in constraints):
                raise sql_error(8110, self.changed_name, line=given.line)
            constraints.append(constraint)
        relation = replace(relation, constraints=tuple(constraints))
        statements = []
        identity = next((column.identity for column in columns if column.identity), None)
        if identity:
            statements.append(create_sequence(relation, identity))
        statements += self._created(relation)
        return _ddl(tuple(statements), CatalogChange("create table", relation))

    def _created(self, relation: Relation) -> list[str]:
        """The statements that create the DuckDB table of a relation, and its unique indexes."""
        absent = computed_when_read(relation)
        columns = [column for column in relation.columns if column.name not in absent]
        listed = ", ".join(self._emitted_column(column, relation) for column in columns)
        # Keys are indexes over expressions, because DuckDB's key constraints compare the bytes of text.
        return [
            f"CREATE {temporary(relation)}TABLE {relation.duckdb_name} ({listed})",
            *(
                unique_index(relation, constraint, self.key_filter(constraint, relation))
                for constraint in indexed_keys(relation)
            ),
        ]

    def truncate(self, node: syntax.Truncate) -> Translation:
        """TRUNCATE TABLE; an identity column restarts at its seed. Raises 4701 for an absent table."""
        known = self.existing(node.target, node.line)
        if known is None:
            raise sql_error(4701, node.target[-1], line=node.line)
        if known.kind == "V":
            raise sql_error(4708, ".".join(node.target), line=node.line)
        if known.synonym:
            raise sql_error(4708, node.target[-1], line=node.line)
        relation = self.target(node.target, node.line)
        if any(child != relation for child, _ in foreign_keys.is_referenced(self.context, relation)):
            raise sql_error(4712, ".".join(node.target), line=node.line)
        statements = []
        identity = next((column.identity for column in relation.columns if column.identity), None)
        if identity:
            statements.append(create_sequence(relation, identity))
        if indexed_keys(relation):
            # A new table, because DuckDB removes each key from its index alone: 10 seconds for 600,000 rows.
            statements += [f"DROP TABLE {relation.duckdb_name}", *self._created(relation)]
        else:
            statements.append(f"TRUNCATE {relation.duckdb_name}")
        return Translation(statements=tuple(statements), command="truncate")

    def _column(
        self,
        definition: syntax.ColumnDefinition,
        relation: Relation,
        before: list[ColumnInfo],
        computed: list[str],
        nullable: bool | None,
    ) -> ColumnInfo:
        if definition.computed is not None:
            so_far = replace(relation, columns=tuple(before))
            unreadable = {name.lower() for name in (*computed, definition.name)}
            for column in columns_of(definition.computed.expression):
                if column.parts[-1].lower() in unreadable:
                    raise sql_error(1759, column.parts[-1], relation.name, line=definition.line)
            value = self._computed(definition.computed.expression, so_far)
            if definition.persisted and not self._is_deterministic(definition.computed.expression, so_far):
                raise sql_error(4936, definition.name, relation.name, line=definition.line)
            return ColumnInfo(
                definition.name,
                value.type,
                nullable=definition.nullable is not False and not value.required,
                computed=stored_text(definition.computed),
                collation=named(value.collation),
                persisted=definition.persisted,
            )
        assert definition.type is not None
        duckdb_type(definition.type, definition.line)
        if definition.rowguid and definition.type.name != "uniqueidentifier":
            raise sql_error(2761, line=definition.line)
        if definition.identity:
            _check_identity(definition.name, definition.type, *definition.identity, definition.line)
        if definition.default is not None:
            if definition.identity:
                raise not_created(sql_error(1754, relation.name, definition.name, line=definition.line))
            self._check_default(definition.default)
        if definition.identity:
            if definition.nullable is True:
                raise sql_error(8147, definition.name, relation.name, line=definition.line)
            nullable = False
        name = definition.default_name
        if definition.default is not None and not name:
            name = self._generated_name("DF", relation, definition.name)
        return ColumnInfo(
            definition.name,
            definition.type,
            nullable=nullable is not False,
            identity=definition.identity,
            default=stored_text(definition.default) if definition.default else None,
            default_name=name or None,
            collation=_collation(definition, definition.type),
            rowguid=definition.rowguid,
        )

    def _check_default(self, default: syntax.Definition) -> None:
        before = len(self.parameters)
        try:
            self.expression(default.expression, Scope())
        except SqlError as error:
            if error.number not in (207, 4104):  # a default has no source in scope, so every column is unknown
                raise
            raise sql_error(128, default.text.strip("( )"), line=default.line) from error
        del self.parameters[before:]  # the default is compiled as a check: its parameters are not this statement's

    def _computed(self, expression: syntax.Expression, relation: Relation) -> Value:
        """The value of a computed column; raises 40510 for the user and the session."""
        source = relation_source(relation, relation.name, "")
        # Like a view, the definition in DuckDB has no parameters.
        kept, self.in_view = self.in_view, True
        with without_lambdas("a computed column"):
            value = self.expression(expression, Scope(None, [source]))
        self.in_view = kept
        return value

    def _is_deterministic(self, expression: syntax.Expression, relation: Relation) -> bool:
        """Whether the expression of a column that is persisted or a key is deterministic; 40510 if it is not certain.

        A function without SCHEMABINDING never is ("CREATE FUNCTION", Remarks).
        """
        found = determinism.is_deterministic(expression, _types(relation))
        if found is not None:
            return found
        for node in expression.walk():
            if isinstance(node, syntax.FunctionCall):
                text = self.context.function(node.name, node.line, tables=False).definition.text
                if not is_schema_bound(text):
                    return False
        raise unsupported("A persisted column or key whose expression may not be deterministic", expression.line)

    def _check_key(
        self, given: syntax.ConstraintDefinition | syntax.CreateIndex, name: str, relation: Relation
    ) -> None:
        """Check the columns of a key or index; raises 1909, 1911, 1919, 2729, 2799."""
        by_name = {column.name.lower(): column for column in relation.columns}
        table = f"{relation.schema}.{relation.name}"
        listed = (*given.columns, *given.included)
        for position, written in enumerate(listed):
            if written.lower() in {before.lower() for before in listed[:position]}:
                raise sql_error(1909, "index", written, line=given.line)
            column, is_key = by_name.get(written.lower()), position < len(given.columns)
            if column is None:
                raise sql_error(1911, written, line=given.line)
            if given.columnstore:
                continue
            if is_key and column.type.length == MAX:
                raise sql_error(1919, column.name, self.changed_name, line=given.line)
            if column.computed is None:
                continue
            expression = parse_expression(column.computed)
            if not self._is_deterministic(expression, relation):
                raise sql_error(2729, column.name, table, line=given.line)
            if is_key and not (column.persisted or determinism.is_precise(expression, _types(relation), column.type)):
                raise sql_error(2799, name, table, column.name, line=given.line)

    def _emitted_column(self, column: ColumnInfo, relation: Relation) -> str:
        if column.computed is not None:
            value = self._computed(parse_expression(column.computed), relation)
            return f"{identifier(column.name)} {duckdb_type(column.type)} GENERATED ALWAYS AS ({value.sql})"
        null = "" if column.nullable else " NOT NULL"
        return f"{identifier(column.name)} {duckdb_type(column.type)}{null}"

    def _constraint(self, given: syntax.ConstraintDefinition, relation: Relation) -> ConstraintInfo:
        """A constraint or index of CREATE TABLE or ALTER TABLE; raises 1750 after the error that prevents it."""
        try:
            return self._defined(given, relation)
        except SqlError as error:
            if error.number not in _BEFORE_1750:
                raise
            raise not_created(error) from error

    def _defined(self, given: syntax.ConstraintDefinition, relation: Relation) -> ConstraintInfo:
        columns = given.columns
        if given.kind == "F":
            name = given.name or self._generated_name("FK", relation, *columns, text=".".join(given.references))
            return foreign_keys.define(self, given, relation, name, self._referenced(given, relation, name))
        known = {column.name.lower(): column.name for column in relation.columns}
        if given.definition is not None:
            source = relation_source(relation, relation.name, "")
            self.condition(given.definition.expression, Scope(None, [source]))
        if given.kind == "C":
            columns = tuple(source.used)
            if given.columns and {name.lower() for name in columns} - {given.columns[0].lower()}:
                raise sql_error(8141, "CHECK", given.columns[0], relation.name, line=given.line)
            foreign_keys.check_persisted(columns, relation, "CHECK CONSTRAINT", given.line)
        else:
            prefix = "UQ" if given.kind == "UQ" else "PK"
            self._check_key(given, given.name or self._generated_name(prefix, relation, *columns), relation)
        columns = tuple(known[name.lower()] for name in columns)
        if given.kind in ("IX", "UX"):
            if given.definition is not None:
                _check_filter(given.name, tuple(source.used), relation, given.line)
            return ConstraintInfo(
                *(given.name, given.kind, columns, stored_text(given.definition) if given.definition else ""),
                clustered=bool(given.clustered),
                columnstore=given.columnstore,
                descending=tuple(known[name.lower()] for name in given.descending),
                included=tuple(known[name.lower()] for name in given.included),
            )
        prefix = {"C": "CK", "PK": "PK", "UQ": "UQ"}[given.kind]
        text = stored_text(given.definition) if given.definition else ""
        # The name of a CHECK of the table has no column, whichever columns it reads.
        named_after = given.columns if given.kind == "C" else columns
        name = given.name or self._generated_name(prefix, relation, *named_after, text=text)
        return ConstraintInfo(
            *(name, given.kind, columns, text),
            trusted=given.checked,
            clustered=given.kind == "PK" if given.clustered is None else given.clustered,
            descending=tuple(known[name.lower()] for name in given.descending),
        )

    def _generated_name(self, prefix: str, relation: Relation, *columns: str, text: str = "") -> str:
        """A free name for a constraint without one; the same definition gets the same name if that is free."""
        # In the form of SQL Server's names, whose last part is random there.
        first = f"{prefix}__{relation.name[:8]}__"
        digits = 16
        if prefix not in ("PK", "UQ"):
            first, digits = f"{prefix}__{relation.name[:9]}__{f'{columns[0][:5]}__' if columns else ''}", 8
        taken = {known.name for known in relation.constraints}
        number = 0
        while True:
            parts = (prefix, relation.name, *columns, text, *([str(number)] if number else []))
            name = first + blake2b(".".join(parts).lower().encode(), digest_size=8).hexdigest().upper()[:digits]
            if name not in taken and not self.context.is_taken(relation, name):
                return name
            number += 1

    def _referenced(self, given: syntax.ConstraintDefinition, relation: Relation, name: str) -> Relation:
        """The table that a foreign key refers to; raises 1763, 1767, 1768."""
        named = self.context.target(given.references, given.line)
        if named.duckdb_name.lower() == relation.duckdb_name.lower():
            return relation
        parent = self.existing(given.references, given.line)
        if parent is None:
            raise sql_error(1767, name, ".".join(given.references), line=given.line)
        if parent.kind != "U":
            raise sql_error(1768, name, ".".join(given.references), line=given.line)
        if parent.database != relation.database:
            raise sql_error(1763, name, line=given.line)
        return parent

    def alter_table(self, node: syntax.AlterTable) -> Translation:
        """ALTER TABLE ADD, DROP and ALTER COLUMN."""
        self.changed_name = ".".join(node.target)
        relation = self.existing(node.target, node.line)
        if relation is None or relation.kind in ("V", "S"):
            raise sql_error(4902, ".".join(node.target), line=node.line)
        if relation.synonym:
            raise sql_error(4909, ".".join(node.target), line=node.line)
        if node.switched:
            return self._switch_constraints(node, relation)
        if node.alter_column is not None:
            return self._alter_column(node, relation, node.alter_column)
        if node.drop_columns or node.drop_constraints:
            return self._alter_drop(node, relation)
        return self._alter_add(node, relation)

    def _rebuilt(self, before: Relation, after: Relation, values: dict[str, str]) -> list[str]:
        """Replace a table by one with the columns and keys of ``after``, filled with its rows.

        ``values`` is the SQL of the columns that do not keep their values. DuckDB alters no table with an index, adds
        no NOT NULL column, and creates no index on a table that the transaction has changed. All of this is possible
        before the table has rows, so it gets them last. Meanwhile a temporary table holds them: DuckDB cannot replay
        its log after a transaction that renamed the table and created another of its name.
        """
        stored = [column.name for column in after.columns if column.computed is None]
        names = ", ".join(identifier(name) for name in stored)
        selected = ", ".join(values.get(name, identifier(name)) for name in stored)
        return [
            f"CREATE OR REPLACE TEMP TABLE {_ROWS} AS FROM {before.duckdb_name}",
            f"DROP TABLE {before.duckdb_name}",
            *self._created(after),
            f"INSERT INTO {after.duckdb_name} ({names}) SELECT {selected} FROM {_ROWS}",
            f"DROP TABLE {_ROWS}",
        ]

    def _refuse_duplicates(
        self, constraint: ConstraintInfo, before: Relation, after: Relation, values: dict[str, str]
    ) -> list[str]:
        """The statement that raises 1505 if the rows of ``before`` have duplicates of a new key of ``after``."""
        by_name = {column.name: column for column in after.columns}
        if any(by_name[name].identity and name in values for name in constraint.columns):
            return []  # identity values that are still to be given are unique
        known = {column.name for column in before.columns}
        added = [
            f"{values[column.name]} AS {identifier(column.name)}"
            for column in after.columns
            if column.name not in known and column.name in values and not column.identity
        ]
        stored = known - computed_when_read(before)
        rows = f"SELECT {', '.join(['*', *added])} FROM {before.duckdb_name}"
        computed = [
            f"{self._computed(parse_expression(column.computed), after).sql} AS {identifier(column.name)}"
            for column in after.columns
            if column.computed is not None and column.name not in stored
        ]
        if computed:
            rows = f"SELECT {', '.join(['*', *computed])} FROM ({rows})"
        where = self.key_filter(constraint, after)
        return [refuse_duplicates(after, constraint, rows, where, constraint.name)]

    def _alter_add(self, node: syntax.AlterTable, relation: Relation) -> Translation:
        """ALTER TABLE ADD of columns and constraints."""
        before, values, checks = relation, {}, []
        statements: list[str] = []
        for definition in node.add_columns:
            relation, column = self._added_column(definition, relation, node)
            if column.computed is not None:
                continue
            if column.identity:
                statements.append(create_sequence(relation, column.identity))
            # Existing rows get the default only if the column is NOT NULL or the statement says WITH VALUES.
            filled = column.identity or not column.nullable or definition.with_values
            value = self.default(column, relation, definition.line) if filled else typed_null(column.type)
            values[column.name] = value.sql
            if not column.nullable and not column.identity and column.default is None:
                refused = raise_sql(4901, quote(column.name), quote(relation.name))
                statements.append(f"SELECT {refused} FROM {relation.duckdb_name} LIMIT 1")
        keys = []
        for given in node.add_constraints:
            if given.kind == "D":
                relation = self._add_default(given, relation)
                continue
            constraint = self._added_constraint(given, relation)
            relation = replace(relation, constraints=(*relation.constraints, constraint))
            if constraint.kind in UNIQUE_KINDS:
                keys.append(constraint)
            else:
                checks.append(constraint)
        for constraint in keys:
            statements += self._refuse_duplicates(constraint, before, relation, values)
        if keys or node.add_columns:
            statements += self._rebuilt(before, relation, values)
        statements += [self._refuse_rows(constraint, relation) for constraint in checks if constraint.trusted]
        return Translation(
            statements=tuple(statements),
            command="ddl",
            parameters=tuple(self.parameters),
            changes=(CatalogChange("alter table", relation),),
        )

    def _switch_constraints(self, node: syntax.AlterTable, relation: Relation) -> Translation:
        """CHECK CONSTRAINT and NOCHECK CONSTRAINT of CHECK constraints and foreign keys; raises 4916."""
        kinds = {constraint.name.lower(): constraint.kind for constraint in relation.constraints}
        kinds |= {(column.default_name or "").lower(): "D" for column in relation.columns}
        for name in filter(None, node.switched):
            kind = kinds.get(name.lower())
            if kind not in ("C", "F"):
                error = sql_error(4916, line=node.line)
                number = 11415 if kind in ("PK", "UQ", "D") else 4917
                error.causes = (sql_error(number, name, line=node.line),)
                raise error
        chosen = {name.lower() for name in node.switched}
        constraints = []
        statements = []
        for constraint in relation.constraints:
            if constraint.kind in ("C", "F") and ("" in chosen or constraint.name.lower() in chosen):
                constraint = replace(constraint, disabled=not node.enabled, trusted=node.enabled and node.checked)
                if constraint.trusted:
                    statements.append(self._refuse_rows(constraint, relation))
            constraints.append(constraint)
        after = replace(relation, constraints=tuple(constraints))
        return Translation(
            tuple(statements), "ddl", None, tuple(self.parameters), changes=(CatalogChange("alter table", after),)
        )

    def _added_column(
        self, definition: syntax.ColumnDefinition, relation: Relation, node: syntax.AlterTable
    ) -> tuple[Relation, ColumnInfo]:
        if any(column.name.lower() == definition.name.lower() for column in relation.columns):
            raise sql_error(2705, definition.name, self.changed_name, line=definition.line)
        if definition.identity and any(column.identity for column in relation.columns):
            raise sql_error(2744, relation.name, line=definition.line)
        if definition.rowguid and any(column.rowguid for column in relation.columns):
            raise sql_error(8196, line=definition.line)
        nullable, is_key = definition.nullable, False
        for constraint in node.add_constraints:
            if constraint.kind == "PK" and definition.name.lower() in {name.lower() for name in constraint.columns}:
                if nullable is True:
                    raise _nullable_key(relation, definition.line)
                nullable, is_key = False, True
        computed = [known.name for known in relation.columns if known.computed is not None]
        column = self._column(definition, relation, list(relation.columns), computed, nullable)
        if is_key:
            _check_computed_key(column, relation, definition.line)
        return replace(relation, columns=(*relation.columns, column)), column

    def _refuse_rows(self, constraint: ConstraintInfo, relation: Relation) -> str:
        """The statement that raises 547 if an existing row violates a CHECK constraint or foreign key."""
        if constraint.foreign is not None:
            return foreign_keys.refuse_rows(self, relation, constraint)
        scope = Scope(None, [relation_source(relation, relation.name, relation.name)])
        condition = self.condition(parse_expression(constraint.definition), scope)
        return (
            f"SELECT {check_failed('ALTER TABLE', constraint, relation)} FROM {relation.duckdb_name} "
            f"AS {identifier(relation.name)} WHERE NOT {condition} LIMIT 1"
        )

    def _added_constraint(self, given: syntax.ConstraintDefinition, relation: Relation) -> ConstraintInfo:
        """A constraint of ALTER TABLE ADD; raises 2714, 1779, 8111."""
        clustered = next((known.name for known in relation.constraints if known.clustered), None)
        if given.kind == "PK" and given.clustered is None:
            given = replace(given, clustered=clustered is None)
        constraint = self._constraint(given, relation)
        if constraint.clustered and clustered is not None:
            table = f"{relation.schema}.{relation.name}"
            raise not_created(sql_error(1902, table, clustered, state=3, line=given.line))
        if any(known.name.lower() == constraint.name.lower() for known in relation.constraints):
            raise not_created(sql_error(2714, constraint.name, state=5, line=given.line))
        if constraint.kind == "PK":
            if any(known.kind == "PK" for known in relation.constraints):
                raise not_created(sql_error(1779, relation.name, line=given.line))
            if any(column.name in constraint.columns and column.nullable for column in relation.columns):
                raise _nullable_key(relation, given.line)
        return constraint

    def _add_default(self, given: syntax.ConstraintDefinition, relation: Relation) -> Relation:
        columns = list(relation.columns)
        assert given.definition is not None
        for position, column in enumerate(columns):
            if column.name.lower() == given.columns[0].lower():
                if column.identity:
                    raise not_created(sql_error(1754, relation.name, column.name, line=given.line))
                if column.computed is not None:
                    break
                if column.default is not None:
                    raise not_created(sql_error(1781, line=given.line))
                name = given.name or self._generated_name("DF", relation, column.name)
                columns[position] = replace(column, default=stored_text(given.definition), default_name=name)
                return replace(relation, columns=tuple(columns))
        raise not_created(sql_error(1752, given.columns[0], relation.name, line=given.line))

    def _alter_drop(self, node: syntax.AlterTable, before: Relation) -> Translation:
        """ALTER TABLE DROP of constraints and columns."""
        statements: list[str] = []
        relation = before
        for name in node.drop_constraints:
            relation = self._without_constraint(name, relation, node, statements)
        stored = computed_when_read(before)
        before = relation
        for name in node.drop_columns:
            column = next((known for known in relation.columns if known.name.lower() == name.lower()), None)
            if column is None:
                if node.if_exists:
                    continue
                raise sql_error(4924, "ALTER TABLE DROP COLUMN", name, relation.name, line=node.line)
            if users := self._users(column, relation):
                raise _accessed("ALTER TABLE DROP COLUMN", column, users, node.line)
            kept = tuple(known for known in relation.columns if known is not column)
            if not kept:
                raise sql_error(4923, column.name, relation.name, line=node.line)
            if column.identity:
                statements.append(f"DROP SEQUENCE IF EXISTS {identity_sequence(relation)}")
            relation = replace(relation, columns=kept)
        if relation.columns != before.columns or computed_when_read(before) != stored:
            statements += self._rebuilt(before, relation, {})
        return _ddl(tuple(statements), CatalogChange("alter table", relation))

    def _users(self, column: ColumnInfo, relation: Relation) -> list[_User]:
        """The default, constraints, indexes and computed columns of a column."""
        users = [_User("D", column.default_name)] if column.default_name else []
        users += [_User(known.kind, known.name) for known in relation.constraints if column.name in known.columns]
        users += [_User("bound", name) for name in self.context.bound_to(relation, column.name)]
        for computed in relation.columns:
            if computed.computed is not None:
                source = relation_source(relation, relation.name, "")
                self.expression(parse_expression(computed.computed), Scope(None, [source]))
                if column.name in source.used and computed is not column:
                    users.append(_User("computed", computed.name))
        return users

    def _foreign_key_to(self, constraint: ConstraintInfo, relation: Relation) -> tuple[str, str] | None:
        """The table and the name of a foreign key that refers to a key or unique index."""
        for child, foreign in foreign_keys.is_referenced(self.context, relation):
            assert foreign.foreign is not None
            referenced = {column.lower() for column in foreign.foreign.columns}
            if constraint.kind in UNIQUE_KINDS and {column.lower() for column in constraint.columns} == referenced:
                return child.name, foreign.name
        return None

    def _read_by(self, constraint: ConstraintInfo, relation: Relation) -> list[str]:
        """The columns that the condition of a CHECK constraint or filtered index reads."""
        source = relation_source(relation, relation.name, "")
        self.condition(parse_expression(constraint.definition), Scope(None, [source]))
        return list(source.used)

    def _without_constraint(
        self, name: str, relation: Relation, node: syntax.AlterTable, statements: list[str]
    ) -> Relation:
        constraint = next((known for known in relation.constraints if known.name.lower() == name.lower()), None)
        if constraint is not None and constraint.kind not in ("UX", "IX"):
            if used := self._foreign_key_to(constraint, relation):
                raise _not_dropped(sql_error(3725, constraint.name, *used, line=node.line))
            if constraint in indexed_keys(relation):
                statements.append(f"DROP INDEX {index_name(relation, constraint.name)}")
            kept = tuple(known for known in relation.constraints if known is not constraint)
            return replace(relation, constraints=kept)
        for column in relation.columns:
            if column.default_name and column.default_name.lower() == name.lower():
                plain = replace(column, default=None, default_name=None)
                columns = tuple(plain if known is column else known for known in relation.columns)
                return replace(relation, columns=columns)
        if not node.if_exists:
            raise _not_dropped(sql_error(3728, name, line=node.line))
        return relation

    def _alter_column(
        self, node: syntax.AlterTable, relation: Relation, definition: syntax.ColumnDefinition
    ) -> Translation:
        column = next((known for known in relation.columns if known.name.lower() == definition.name.lower()), None)
        if column is None or definition.type is None:
            raise sql_error(4924, "ALTER TABLE ALTER COLUMN", definition.name, relation.name, line=node.line)
        if column.computed is not None:
            raise sql_error(4928, column.name, "COMPUTED", line=node.line)
        if column.identity:
            _check_identity(column.name, definition.type, *column.identity, node.line)
        nullable = definition.nullable is not False
        after_column = replace(
            column, type=definition.type, nullable=nullable, collation=_collation(definition, definition.type)
        )
        kept_by = [user for user in self._users(column, relation) if not _may_alter(user, column, after_column)]
        if kept_by and after_column != column:
            raise _accessed("ALTER TABLE ALTER COLUMN", column, kept_by, node.line)
        after = replace(
            relation,
            columns=tuple(after_column if known is column else known for known in relation.columns),
        )
        own = relation_source(relation, relation.name, "")
        output = own.find(column.name)
        assert output is not None
        value = self.assigned(own.value(output), after_column, relation, node.line)
        name = identifier(column.name)
        statements = []
        if not nullable and column.nullable:
            table = f"{relation.database}.{relation.schema}.{relation.name}"
            refused = raise_sql(515, *map(quote, (column.name, table, "UPDATE")))
            name = identifier(column.name)
            statements.append(f"SELECT {refused} FROM {relation.duckdb_name} WHERE {name} IS NULL LIMIT 1")
        if value.sql != own.value(output).sql or nullable != column.nullable:
            statements += self._rebuilt(relation, after, {column.name: value.sql})
        return _ddl(tuple(statements), CatalogChange("alter table", after))

    def drop(self, node: syntax.DropObjects) -> Translation:
        """DROP TABLE and DROP VIEW."""
        statements = []
        changes = []
        dropped: list[str] = []
        kind = node.kind.lower()
        for name in node.names:
            relation = (
                self._existing_sequence(name, node.line) if kind == "sequence" else self.existing(name, node.line)
            )
            if relation is None:
                if node.if_exists:
                    continue
                raise sql_error(3701, "drop", kind, ".".join(name), line=node.line)
            is_view = relation.kind in ("V", "S")
            fits = relation.kind == "SO" or (not relation.synonym and is_view == (kind == "view"))
            for user in self.context.bound_to(relation) if fits else ():
                raise sql_error(3729, f"DROP {node.kind}", ".".join(name), user, line=node.line)
            if relation.kind == "SO":
                statements.append(f"DROP SEQUENCE {relation.duckdb_name}")
                changes.append(CatalogChange("drop sequence", relation))
                continue
            if relation.synonym:
                named = ".".join(name)
                raise sql_error(3705, node.kind, named, named, "synonym", "DROP SYNONYM", line=node.line)
            if relation.kind == "S" or not fits:
                other = "VIEW" if is_view else "TABLE"
                raise sql_error(
                    3705, node.kind, ".".join(name), ".".join(name), other.lower(), f"DROP {other}", line=node.line
                )
            dropped.append(relation.duckdb_name)
            if any(child.duckdb_name not in dropped for child, _ in foreign_keys.is_referenced(self.context, relation)):
                raise sql_error(3726, ".".join(name), line=node.line)
            statements.append(f"DROP {node.kind} {relation.duckdb_name}")
            # DuckDB drops no sequence with the table whose values it numbers.
            if any(column.identity for column in relation.columns) and not is_view:
                statements.append(f"DROP SEQUENCE IF EXISTS {identity_sequence(relation)}")
            changes.append(CatalogChange(f"drop {kind}", relation))
        return Translation(statements=tuple(statements), command="ddl", changes=tuple(changes))

    def sequence(self, node: syntax.Sequence) -> Translation:
        """CREATE SEQUENCE and ALTER SEQUENCE … RESTART; raises 2714, 11700, 11702 to 11704, 11708."""
        known: Relation | None = None
        try:
            known = self.context.sequence(node.target, node.line)
        except SqlError as error:
            if error.number != 208 or node.action == "ALTER":
                raise
        if node.action == "CREATE" and (known is not None or self.existing(node.target, node.line) is not None):
            raise sql_error(2714, node.target[-1], line=node.line)
        before = known.sequence if known else None
        declared = before.type if before else node.type or SqlType("bigint")
        if declared.name not in ("tinyint", "smallint", "int", "bigint"):
            if declared.name in DECIMALS and declared.scale == 0:
                raise unsupported(f"A sequence of {declared}", node.line)
            raise sql_error(11702, ".".join(node.target), line=node.line)
        lowest, highest = INTEGER_RANGES[declared.name]
        increment = node.increment if node.increment is not None else before.increment if before else 1
        minimum = _bound(node.minimum, before.minimum if before else None, lowest)
        maximum = _bound(node.maximum, before.maximum if before else None, highest)
        start = node.start
        if start is None:
            start = before.start if before else minimum if increment > 0 else maximum
        cycle = node.cycle if node.cycle is not None else before.cycle if before else False
        cache = node.cache if node.cache is not None else before.cache if before else -1
        if not increment:
            raise sql_error(11700, ".".join(node.target), line=node.line)
        for argument, value in (("MINVALUE", minimum), ("MAXVALUE", maximum), ("START WITH", start)):
            if not lowest <= value <= highest:
                raise sql_error(11708, argument, line=node.line)
        if minimum >= maximum:
            raise sql_error(11704, ".".join(node.target), line=node.line)
        if not minimum <= start <= maximum:
            raise sql_error(11703, ".".join(node.target), line=node.line)
        target = replace(known or self.context.target(node.target, node.line), kind="SO", columns=())
        info = SequenceInfo(declared, before.start if before else start, increment, minimum, maximum, cycle, cache)
        sql = (
            f"CREATE OR REPLACE SEQUENCE {target.duckdb_name} MINVALUE {minimum} MAXVALUE {maximum} "
            f"START WITH {start} INCREMENT BY {increment}{' CYCLE' if cycle else ''}"
        )
        return _ddl((sql,), CatalogChange("create sequence", replace(target, sequence=info)))

    def create_view(self, node: syntax.CreateView) -> Translation:
        """CREATE, ALTER and CREATE OR ALTER VIEW."""
        if node.target[-1].startswith("#"):
            raise sql_error(4103, node.target[-1], line=node.line)
        for part in node.query.walk():
            if isinstance(part, syntax.TableSource) and part.name[-1].startswith("#"):
                raise sql_error(4508, line=part.line)
        target = self.context.target(node.target, node.line)
        known = self.existing(node.target, node.line)
        if known is not None and (node.action == "CREATE" or known.kind != "V"):
            raise sql_error(2714, node.target[-1], line=node.line)
        if known is None and node.action == "ALTER":
            raise sql_error(208, ".".join(node.target), state=6, line=node.line)
        for user in self.context.bound_to(known) if known is not None and not node.kept else ():
            raise sql_error(3729, "ALTER", ".".join(node.target), user, line=node.line)
        if is_schema_bound(node.text):
            check_schema_bound("view", node.target, node)
        if node.check_option:
            check_option_condition(node.query, node.line)
        self.in_view = True
        tables = self.common_tables(node)
        rows = self.rows(node.query, None)
        columns = _view_columns(rows, node, target)
        listed = ", ".join(identifier(column.name) for column in columns)
        selected = f"{tables}{rows.sql}"
        if len(columns) < len(rows.columns):
            emitted = ", ".join(identifier(column.emitted) for column in rows.columns[: len(columns)])
            selected = f"SELECT {emitted} FROM ({selected})"
        # OR REPLACE also for CREATE: a name that is taken has been refused above.
        sql = f"CREATE OR REPLACE VIEW {target.duckdb_name} ({listed}) AS {selected}"
        relation = replace(target, kind="V", columns=columns, constraints=())
        return _ddl((sql,), CatalogChange("create view", relation, node.text))

    def create_index(self, node: syntax.CreateIndex) -> Translation:
        """CREATE INDEX: a unique index is enforced; any other is only recorded, because it affects speed alone."""
        self.changed_name = ".".join(node.target)
        relation = self.existing(node.target, node.line)
        if relation is None:
            raise sql_error(1088, ".".join(node.target), state=12, line=node.line)
        if relation.kind not in ("U", "T", "@") or relation.synonym:
            raise unsupported(f"An index on a {'synonym' if relation.synonym else 'view'}", node.line)
        known = {column.name.lower(): column.name for column in relation.columns}
        self._check_key(node, node.name, relation)
        before = relation
        replaced = next((known for known in relation.constraints if known.name.lower() == node.name.lower()), None)
        if node.drop_existing:
            if replaced is None:
                raise sql_error(7999, node.name, ".".join(node.target), line=node.line)
            if replaced.kind not in ("IX", "UX"):
                raise unsupported("DROP_EXISTING of a constraint's index", node.line)
            kept = tuple(known for known in relation.constraints if known is not replaced)
            relation = replace(relation, constraints=kept)
        elif replaced is not None:
            raise sql_error(1913, node.name, "table", ".".join(node.target), line=node.line)
        clustered = next((constraint.name for constraint in relation.constraints if constraint.clustered), None)
        if node.clustered and clustered is not None:
            raise sql_error(1902, ".".join(node.target), clustered, state=3, line=node.line)
        columns = tuple(known[name.lower()] for name in node.columns)
        constraint = ConstraintInfo(
            node.name,
            "UX" if node.unique else "IX",
            columns,
            stored_text(node.where) if node.where else "",
            clustered=node.clustered,
            columnstore=node.columnstore,
            descending=tuple(known[name.lower()] for name in node.descending),
            included=tuple(known[name.lower()] for name in node.included),
        )
        statements: list[str] = []
        after = replace(relation, constraints=(*relation.constraints, constraint))
        if constraint.definition:
            _check_filter(node.name, tuple(self._read_by(constraint, relation)), relation, node.line)
        if node.unique:
            statements = self._refuse_duplicates(constraint, before, after, {}) + self._rebuilt(before, after, {})
        elif indexed_keys(before) != indexed_keys(after) or computed_when_read(before) != computed_when_read(after):
            statements = self._rebuilt(before, after, {})
        return _ddl(
            tuple(statements),
            CatalogChange("create index", after, "|".join((node.name, "UNIQUE" if node.unique else "", *columns))),
        )

    def rename(self, node: syntax.Rename) -> Translation:
        """The changes of sp_rename to a table or view, of ALTER SCHEMA to a table; raises 15248, 15335, 15336, 15348.

        The engine renames the object in the catalog; foreign keys to it follow here.
        """
        relation = self.existing(node.target, node.line)
        if relation is None:
            raise sql_error(15248, node.kind, line=node.line)
        if relation.kind not in ("U", "V"):
            raise unsupported("sp_rename of a temporary table", node.line)
        if node.kind == "COLUMN":
            return self._rename_column(node, relation)
        if node.kind == "INDEX":
            return self._rename_constraint(node, relation)
        if self.context.bound_to(relation):
            if node.kind == "SCHEMA":
                raise sql_error(15348, line=node.line)
            raise sql_error(15336, ".".join(node.target), line=node.line)
        if node.kind == "SCHEMA":
            moved = self.context.target((node.new, relation.name), node.line)
            after = replace(relation, schema=moved.schema, duckdb_name=moved.duckdb_name)
        else:
            after = replace(relation, name=node.new, duckdb_name=sibling(relation, node.new))
        if relation.kind == "V":
            return Translation((f"ALTER VIEW {relation.duckdb_name} RENAME TO {identifier(node.new)}",), "ddl")
        stored = ", ".join(identifier(column.name) for column in relation.columns if column.computed is None)
        statements = [
            *(f"DROP INDEX {index_name(relation, constraint.name)}" for constraint in indexed_keys(relation)),
            *self._created(after),
            f"INSERT INTO {after.duckdb_name} ({stored}) SELECT {stored} FROM {relation.duckdb_name}",
            f"DROP TABLE {relation.duckdb_name}",
        ]
        identity = next((column.identity for column in relation.columns if column.identity), None)
        if identity:
            last = last_identity(relation)
            sequence = quote(identity_sequence(after))
            statements += [
                create_sequence(after, identity),
                f"SELECT setval({sequence}, _l) FROM (SELECT {last} AS _l) AS _i WHERE _l IS NOT NULL",
                f"DROP SEQUENCE {identity_sequence(relation)}",
            ]
        changes = self._followers(relation, lambda foreign: replace(foreign, schema=after.schema, table=after.name))
        return Translation(tuple(statements), "ddl", changes=changes)

    def _followers(self, relation: Relation, change: Callable[[ForeignKey], ForeignKey]) -> tuple[CatalogChange, ...]:
        """The changes of the foreign keys that refer to a table."""
        changes = []
        for child in self.context.referencing(relation):
            constraints = tuple(
                replace(known, foreign=change(known.foreign))
                if known.foreign is not None
                and (known.foreign.schema.lower(), known.foreign.table.lower())
                == (relation.schema.lower(), relation.name.lower())
                else known
                for known in child.constraints
            )
            changes.append(CatalogChange("alter table", replace(child, constraints=constraints)))
        return tuple(changes)

    def _rename_column(self, node: syntax.Rename, relation: Relation) -> Translation:
        column = next((known for known in relation.columns if known.name.lower() == node.old.lower()), None)
        if column is None or relation.kind != "U":
            raise sql_error(15248, node.kind, line=node.line)
        if any(known is not column and known.name.lower() == node.new.lower() for known in relation.columns):
            raise sql_error(15335, node.new, "COLUMN", line=node.line)
        filtered = [known for known in relation.constraints if known.definition]
        if any(user.kind in ("bound", "computed") for user in self._users(column, relation)) or any(
            column.name in self._read_by(known, relation) for known in filtered
        ):
            raise sql_error(15336, f"{'.'.join(node.target)}.{node.old}", line=node.line)

        def renamed(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(node.new if name.lower() == node.old.lower() else name for name in names)

        def follow(foreign: ForeignKey) -> ForeignKey:
            return replace(foreign, columns=renamed(foreign.columns))

        columns = tuple(replace(known, name=node.new) if known is column else known for known in relation.columns)
        constraints = tuple(replace(known, columns=renamed(known.columns)) for known in relation.constraints)
        after = replace(relation, columns=columns, constraints=constraints)
        followers = [change for change in self._followers(after, follow) if change.relation.name != relation.name]
        return Translation(
            tuple(self._rebuilt(relation, after, {node.new: identifier(column.name)})),
            "ddl",
            changes=(CatalogChange("alter table", after), *followers),
        )

    def _rename_constraint(self, node: syntax.Rename, relation: Relation) -> Translation:
        """A new name of an index, a constraint or a default."""
        constraints = tuple(
            replace(known, name=node.new) if known.name.lower() == node.old.lower() else known
            for known in relation.constraints
        )
        columns = tuple(
            replace(known, default_name=node.new) if (known.default_name or "").lower() == node.old.lower() else known
            for known in relation.columns
        )
        after = replace(relation, columns=columns, constraints=constraints)
        if after == relation:
            raise sql_error(15248, node.kind, line=node.line)
        if any(known.name.lower() == node.new.lower() for known in relation.constraints):
            raise sql_error(15335, node.new, node.kind, line=node.line)
        return _ddl(tuple(self._rebuilt(relation, after, {})), CatalogChange("alter table", after))

    def maintain(self, node: syntax.Maintain) -> Translation:
        """ALTER INDEX and statistics: only the names are checked. A disabled unique index would not be enforced."""
        relation = self.existing(node.target, node.line)
        if relation is None:
            raise sql_error(1088, ".".join(node.target), state=9, line=node.line)
        known = {column.name.lower() for column in relation.columns}
        for name in node.columns:
            if name.lower() not in known:
                raise sql_error(1911, name, line=node.line)
        indexes = [constraint for constraint in relation.constraints if constraint.kind in ("IX", *UNIQUE_KINDS)]
        if node.index:
            indexes = [constraint for constraint in indexes if constraint.name.lower() == node.index.lower()]
            if not indexes:
                raise sql_error(2727, node.index, line=node.line)
        if node.disable and any(constraint.kind != "IX" for constraint in indexes):
            raise unsupported("ALTER INDEX … DISABLE of a unique index", node.line)
        return Translation(statements=(), command="ddl")

    def drop_index(self, node: syntax.DropIndex) -> Translation:
        """DROP INDEX name ON table."""
        relation = self.existing(node.target, node.line)
        constraint = None
        if relation is not None:
            constraint = next(
                (known for known in relation.constraints if known.name.lower() == node.name.lower()), None
            )
        if relation is None or constraint is None or constraint.kind not in ("IX", "UX"):
            if node.if_exists and constraint is None:
                return Translation(statements=(), command="ddl")
            if constraint is not None:
                raise _enforcing(node, KEY_KINDS[constraint.kind])
            raise sql_error(3701, "drop", "index", f"{'.'.join(node.target)}.{node.name}", line=node.line)
        if self._foreign_key_to(constraint, relation):
            raise _enforcing(node, "FOREIGN KEY")
        kept = tuple(known for known in relation.constraints if known is not constraint)
        after = replace(relation, constraints=kept)
        statements: list[str] = []
        if constraint in indexed_keys(relation):
            statements.append(f"DROP INDEX {index_name(relation, constraint.name)}")
        elif indexed_keys(after) != indexed_keys(relation) or computed_when_read(after) != computed_when_read(relation):
            statements = self._rebuilt(relation, after, {})
        return _ddl(tuple(statements), CatalogChange("drop index", after, node.name))

    def select_into(
        self,
        node: syntax.SelectStatement,
        body: syntax.Select,
        tables: str,
        rows: Rows,
        numbered: Sequence[tuple[str, syntax.IdentityFunction]] = (),
    ) -> Translation:
        """SELECT … INTO: a new table with the columns, types and NOT NULL of the result, and its IDENTITY column.

        ``numbered`` are the IDENTITY functions by the names of their columns. Raises 8108, 8109.
        """
        target = self.context.target(body.into, node.line)
        is_temporary = body.into[-1].startswith("#")
        if self.existing(body.into, node.line) is not None:
            raise sql_error(2714, body.into[-1] if is_temporary else target.name, line=node.line)
        # UNION keeps no IDENTITY.
        inherited = self._inherited_identity(body, rows) if isinstance(node.query.body, syntax.Select) else None
        if len(numbered) > 1:
            raise sql_error(8109, target.name, line=node.line)
        if numbered and inherited is not None:
            raise sql_error(8108, target.name, rows.columns[inherited[0]].name, line=node.line)
        functions = dict(numbered)
        columns: list[ColumnInfo] = []
        parts = []
        for index, column in enumerate(rows.columns):
            if not column.name:
                raise sql_error(1038, line=node.line)
            if any(column.name.lower() == known.name.lower() for known in columns):
                raise sql_error(2705, column.name, ".".join(body.into), line=node.line)
            identity = inherited[1] if inherited is not None and inherited[0] == index else None
            function = functions.get(column.name.lower())
            if function is not None:
                _check_identity(column.name, function.type, function.seed, function.increment, node.line)
                identity = function.seed, function.increment
            columns.append(
                ColumnInfo(
                    column.name,
                    column.type,
                    nullable=not column.required and function is None,
                    identity=identity,
                    collation=named(column.collation),
                )
            )
            value = identifier(column.emitted)
            if function is not None:
                value = f"{function.seed} + {function.increment} * (row_number() OVER () - 1)"
            # DuckDB may have computed a wider type than the declared one.
            parts.append(f"CAST({value} AS {duckdb_type(column.type)}) AS {identifier(column.name)}")
        relation = replace(target, columns=tuple(columns), constraints=())
        select = f"{tables}SELECT {', '.join(parts)} FROM ({rows.sql}) AS _i"
        statements = [f"CREATE {temporary(target)}TABLE {target.duckdb_name} AS {select}"]
        if any(not column.nullable for column in columns):
            statements = [*self._created(relation), f"INSERT INTO {target.duckdb_name} {select}"]
        identity_column = next((column for column in columns if column.identity), None)
        if identity_column is not None and identity_column.identity is not None:
            value = identifier(identity_column.name)
            moved = move_identity(relation, identity_column, target.duckdb_name, value)
            counted = f"SELECT count(*) FROM {target.duckdb_name}"
            statements = [create_sequence(relation, identity_column.identity), *statements, moved, counted]
        return Translation(
            statements=tuple(statements),
            command="select",
            parameters=tuple(self.parameters),
            changes=(CatalogChange("create table", relation),),
        )

    def _inherited_identity(self, body: syntax.Select, rows: Rows) -> tuple[int, tuple[int, int]] | None:
        """The position of the column that keeps the IDENTITY of its table, and its seed and increment.

        None if the query joins, groups, or selects the column twice ("SELECT - INTO clause": it is then NOT NULL).
        """
        positions = [index for index, column in enumerate(rows.columns) if column.identity]
        source = body.source
        if len(positions) != 1 or not isinstance(source, syntax.TableSource) or source.name[-1].lower() in self.tables:
            return None
        if body.group is not None or any(has_aggregate(item.value) for item in body.items if item.value):
            return None
        relation = self.context.relation(source.name, source.line)
        found = next((column.identity for column in relation.columns if column.identity), None)
        return (positions[0], found) if found is not None else None


@dataclass(frozen=True, slots=True)
class _User:
    """An object that uses a column: a constraint or index of a kind, a default (D), a computed column, or a module.

    A module is a view or function WITH SCHEMABINDING (bound).
    """

    kind: str
    name: str


def _not_dropped(cause: SqlError) -> SqlError:
    """Error 3727, which follows the error that keeps a constraint."""
    error = sql_error(3727, line=cause.line)
    error.causes = (cause,)
    return error


def _enforcing(node: syntax.DropIndex, kind: str) -> SqlError:
    """Error 3723: an index that DROP INDEX names enforces a constraint of this kind."""
    state = {"PRIMARY KEY": 4, "UNIQUE KEY": 5, "FOREIGN KEY": 6}[kind]
    return sql_error(3723, ".".join((*node.target, node.name)), kind, state=state, line=node.line)


def _nullable_key(relation: Relation, line: int) -> SqlError:
    """Error 1750, caused by 8111: a primary key on a column that allows NULL."""
    return not_created(sql_error(8111, relation.name, line=line))


def _check_computed_key(column: ColumnInfo, relation: Relation, line: int) -> None:
    """Raise 1750, caused by 1711, for a computed column of a primary key that is not persisted or allows NULL."""
    if column.computed is not None and (not column.persisted or column.nullable):
        raise not_created(sql_error(1711, column.name, relation.name, line=line))


def _check_filter(name: str, columns: tuple[str, ...], relation: Relation, line: int) -> None:
    """Raise 10609 if the filter of an index reads a computed column."""
    for column in relation.columns:
        if column.computed is not None and column.name in columns:
            raise sql_error(10609, "index", name, f"{relation.schema}.{relation.name}", column.name, line=line)


def _accessed(statement: str, column: ColumnInfo, users: list[_User], line: int) -> SqlError:
    """Error 4922, caused by a 5074 for each object that uses the column."""
    error = sql_error(4922, statement, column.name, line=line)
    names = {"IX": "index", "UX": "index", "computed": "column"}
    error.causes = tuple(
        sql_error(5074, names.get(user.kind, "object"), user.name, "column", column.name, line=line) for user in users
    )
    return error


def _may_alter(user: _User, before: ColumnInfo, after: ColumnInfo) -> bool:
    """Whether ALTER COLUMN may change a column although it is used (ALTER TABLE, "ALTER COLUMN").

    A default allows another length. A check, key or index allows one of text and binary of variable length, an index
    and a UNIQUE constraint a longer one.
    """
    if before.type.name != after.type.name:
        return False
    if user.kind == "D":
        return True
    varies = before.type.name.startswith("var") or before.type.name == "nvarchar"
    if user.kind in ("bound", "computed", "PK", "F") or not varies or before.collation != after.collation:
        return False
    old, new = before.type.length or 0, after.type.length or 0
    return user.kind == "C" or (new >= old if old != MAX and new != MAX else new == MAX)


def _bound(given: int | str | None, before: int | None, default: int) -> int:
    """The least or greatest value of a sequence: the given one, the present one, or that of the type."""
    if isinstance(given, int):
        return given
    return default if given == "" or before is None else before


def _types(relation: Relation) -> dict[str, SqlType]:
    """The types of the columns by name in lower case."""
    return {column.name.lower(): column.type for column in relation.columns}


def _ddl(statements: tuple[str, ...], change: CatalogChange) -> Translation:
    return Translation(statements=statements, command="ddl", changes=(change,))


def _collation(definition: syntax.ColumnDefinition, declared: SqlType) -> str | None:
    """The collation of a column, None for the database's; raises 448, and 447 if the column is not text."""
    if definition.collation is None:
        return None
    collation = find(definition.collation, definition.line)
    if declared.name not in TEXT:
        raise sql_error(447, declared.name, line=definition.line)
    return None if collation == DATABASE else collation.name


def _view_columns(rows: Rows, node: syntax.CreateView, target: Relation) -> tuple[ColumnInfo, ...]:
    if node.kept:
        # A star may stand for more columns than at first: the view keeps the first ones, under their names.
        if len(rows.columns) < len(node.kept):
            raise sql_error(4502, f"{target.schema}.{target.name}", line=node.line)
        node = replace(node, columns=node.kept)
        rows = replace(rows, columns=rows.columns[: len(node.kept)])
    if node.columns and len(node.columns) != len(rows.columns):
        number = 4502 if len(node.columns) > len(rows.columns) else 8158
        raise sql_error(number, target.name, line=node.line)
    columns: list[ColumnInfo] = []
    for position, column in enumerate(rows.columns):
        name = node.columns[position] if node.columns else column.name
        if not name:
            raise sql_error(4511, position + 1, line=node.line)
        if any(known.name.lower() == name.lower() for known in columns):
            raise sql_error(4506, name, target.name, line=node.line)
        columns.append(ColumnInfo(name, column.type, nullable=not column.required, collation=named(column.collation)))
    return tuple(columns)


def _check_identity(name: str, declared: SqlType, seed: int, increment: int, line: int) -> None:
    """Check the type of an IDENTITY column and the numbers; raises 2749, 2752, 2753."""
    if declared.name not in INTEGERS | DECIMALS or declared.scale:
        raise sql_error(2749, name, line=line)
    if declared.precision:
        highest = 10**declared.precision - 1
        lowest = -highest
    else:
        lowest, highest = INTEGER_RANGES[declared.name]
    if not lowest <= seed <= highest:
        raise sql_error(2752, name, line=line)
    if not increment or not -highest <= increment <= highest:
        raise sql_error(2753, name, line=line)

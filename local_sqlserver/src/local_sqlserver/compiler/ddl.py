"""CREATE, ALTER and DROP of tables, views and indexes."""

from __future__ import annotations

import zlib
from dataclasses import replace

from local_sqlserver.collation import DATABASE, find, named
from local_sqlserver.compiler.contract import (
    KEY_KINDS,
    UNIQUE_KINDS,
    CatalogChange,
    ColumnInfo,
    ConstraintInfo,
    Relation,
    Translation,
)
from local_sqlserver.compiler.dml import DataCompiler
from local_sqlserver.compiler.fragments import identifier
from local_sqlserver.compiler.names import Rows, Scope, relation_source
from local_sqlserver.compiler.objects import (
    check_failed,
    copy_name,
    create_sequence,
    identity_sequence,
    index_name,
    rename_copy,
    temporary,
    unique_index,
)
from local_sqlserver.compiler.types import duckdb_type
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_expression
from local_sqlserver.types import DECIMALS, INTEGERS, TEXT, SqlType


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

    def create_table(self, node: syntax.CreateTable) -> Translation:
        """CREATE TABLE."""
        target = self.context.target(node.target, node.line)
        if not node.target[-1].startswith(("#", "@")) and self.existing(node.target, node.line):
            raise sql_error(2714, node.target[-1], line=node.line)
        columns: list[ColumnInfo] = []
        constraints: list[ConstraintInfo] = []
        # The columns of a primary key are NOT NULL, declared so or not.
        keyed = {
            name.lower() for constraint in node.constraints if constraint.kind == "PK" for name in constraint.columns
        }
        for definition in node.columns:
            if any(definition.name.lower() == known.name.lower() for known in columns):
                raise sql_error(2705, definition.name, target.name, line=definition.line)
            if definition.name.lower() in keyed and definition.nullable is True:
                raise sql_error(8111, target.name, line=definition.line)
            nullable = False if definition.name.lower() in keyed else definition.nullable
            columns.append(self._column(definition, target, columns, nullable))
        if sum(column.identity is not None for column in columns) > 1:
            raise sql_error(2744, target.name, line=node.line)
        relation = replace(target, columns=tuple(columns))
        for given in node.constraints:
            constraint = self._constraint(given, relation)
            if constraint.kind == "PK" and any(known.kind == "PK" for known in constraints):
                raise sql_error(8110, relation.name, line=given.line)
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
        listed = ", ".join(self._emitted_column(column, relation) for column in relation.columns)
        # Keys are indexes over expressions, because DuckDB's key constraints compare the bytes of text.
        return [
            f"CREATE {temporary(relation)}TABLE {relation.duckdb_name} ({listed})",
            *(
                self._unique_index(constraint, relation)
                for constraint in relation.constraints
                if constraint.kind in UNIQUE_KINDS
            ),
        ]

    def truncate(self, node: syntax.Truncate) -> Translation:
        """TRUNCATE TABLE; an identity column restarts at its seed."""
        relation = self.target(node.target, node.line)
        statements = []
        identity = next((column.identity for column in relation.columns if column.identity), None)
        if identity:
            statements.append(create_sequence(relation, identity))
        if any(constraint.kind in UNIQUE_KINDS for constraint in relation.constraints):
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
        nullable: bool | None,
    ) -> ColumnInfo:
        if definition.computed is not None:
            so_far = replace(relation, columns=tuple(before))
            scope = Scope(None, [relation_source(so_far, relation.name, "")])
            value = self.expression(definition.computed.expression, scope)
            return ColumnInfo(
                definition.name, value.type, computed=definition.computed.text, collation=named(value.collation)
            )
        assert definition.type is not None
        duckdb_type(definition.type, definition.line)
        if definition.identity and definition.type.name not in INTEGERS | DECIMALS:
            raise sql_error(2749, definition.name, line=definition.line)
        if definition.default is not None:
            self._check_default(definition.default)
        if definition.identity:
            nullable = False
        name = definition.default_name
        if definition.default is not None and not name:
            name = _generated_name("DF", relation.name, definition.name)
        return ColumnInfo(
            definition.name,
            definition.type,
            nullable=nullable is not False,
            identity=definition.identity,
            default=definition.default.text if definition.default else None,
            default_name=name or None,
            collation=_collation(definition, definition.type),
        )

    def _check_default(self, default: syntax.Definition) -> None:
        try:
            self.expression(default.expression, Scope())
        except SqlError as error:
            if error.number not in (207, 4104):  # a default has no source in scope, so every column is unknown
                raise
            raise sql_error(128, default.text, line=default.line) from error
        self.parameters.clear()  # the default is compiled as a check: its parameters are not this statement's

    def _emitted_column(self, column: ColumnInfo, relation: Relation) -> str:
        if column.computed is not None:
            scope = Scope(None, [relation_source(relation, relation.name, "")])
            value = self.expression(parse_expression(column.computed), scope)
            return f"{identifier(column.name)} {duckdb_type(column.type)} GENERATED ALWAYS AS ({value.sql})"
        null = "" if column.nullable else " NOT NULL"
        return f"{identifier(column.name)} {duckdb_type(column.type)}{null}"

    def _constraint(self, given: syntax.ConstraintDefinition, relation: Relation) -> ConstraintInfo:
        columns = given.columns
        known = {column.name.lower(): column.name for column in relation.columns}
        if given.definition is not None:
            source = relation_source(relation, relation.name, "")
            self.condition(given.definition.expression, Scope(None, [source]))
            columns = tuple(source.used)
        else:
            for name in columns:
                if name.lower() not in known:
                    raise sql_error(1911, name, line=given.line)
            columns = tuple(known[name.lower()] for name in columns)
        prefix = {"C": "CK", "PK": "PK", "UQ": "UQ"}[given.kind]
        name = given.name or _generated_name(prefix, relation.name, *columns)
        return ConstraintInfo(
            name,
            given.kind,
            columns,
            given.definition.text if given.definition else "",
            clustered=given.kind == "PK" if given.clustered is None else given.clustered,
            descending=tuple(known[name.lower()] for name in given.descending),
        )

    def alter_table(self, node: syntax.AlterTable) -> Translation:
        """ALTER TABLE ADD, DROP and ALTER COLUMN."""
        relation = self.existing(node.target, node.line)
        if relation is None or relation.kind in ("V", "S"):
            raise sql_error(4902, ".".join(node.target), line=node.line)
        if node.alter_column is not None:
            return self._alter_column(node, relation, node.alter_column)
        if node.drop_columns:
            return self._drop_columns(node, relation)
        if node.drop_constraints:
            return self._drop_constraints(node, relation)
        statements: list[str] = []
        for definition in node.add_columns:
            relation = self._add_column(definition, relation, statements)
        for given in node.add_constraints:
            relation = self._add_constraint(given, relation, statements)
        return Translation(
            statements=tuple(statements),
            command="ddl",
            parameters=tuple(self.parameters),
            changes=(CatalogChange("alter table", relation),),
        )

    def _around_indexes(self, relation: Relation, changes: list[str], after: Relation | None = None) -> list[str]:
        """Drop the unique indexes before the changes and create them after: DuckDB cannot alter an indexed table."""
        keys = [constraint for constraint in relation.constraints if constraint.kind in UNIQUE_KINDS]
        drops = [f"DROP INDEX {index_name(relation, constraint.name)}" for constraint in keys]
        kept = after or relation
        names = {constraint.name for constraint in kept.constraints}
        creates = [self._unique_index(constraint, kept) for constraint in keys if constraint.name in names]
        return [*drops, *changes, *creates]

    def _unique_index(self, constraint: ConstraintInfo, relation: Relation) -> str:
        """The statement that creates the index of a key or unique index."""
        return unique_index(relation, constraint.name, constraint.columns, self._filter(constraint, relation))

    def _filter(self, constraint: ConstraintInfo, relation: Relation) -> str:
        if constraint.kind != "UX" or not constraint.definition:
            return ""
        scope = Scope(None, [relation_source(relation, relation.name, "")])
        return self.condition(parse_expression(constraint.definition), scope).sql

    def _add_column(self, definition: syntax.ColumnDefinition, relation: Relation, statements: list[str]) -> Relation:
        if any(column.name.lower() == definition.name.lower() for column in relation.columns):
            raise sql_error(2705, definition.name, relation.name, line=definition.line)
        column = self._column(definition, relation, list(relation.columns), definition.nullable)
        after = replace(relation, columns=(*relation.columns, column))
        # SQL Server fills existing rows with the default only if the column is NOT NULL.
        if column.nullable:
            added = f"{identifier(column.name)} {duckdb_type(column.type)}"
            changes = [f"ALTER TABLE {relation.duckdb_name} ADD COLUMN {added}"]
        else:
            changes = self._rebuilt(relation, after, definition.line)
        statements += self._around_indexes(relation, changes, after)
        return after

    def _rebuilt(self, relation: Relation, after: Relation, line: int) -> list[str]:
        """Replace the table by a copy of its rows with the added last column, which gets its default.

        DuckDB cannot add a NOT NULL column, nor fill a column and declare it NOT NULL in one transaction.
        """
        added = after.columns[-1]
        kept = [column for column in relation.columns if column.computed is None]
        names = ", ".join(identifier(column.name) for column in (*kept, added))
        values = [identifier(column.name) for column in kept]
        values.append("NULL" if added.default is None else self.default(added, after, line).sql)
        listed = ", ".join(self._emitted_column(column, after) for column in after.columns)
        copy = copy_name(relation)
        return [
            f"CREATE {temporary(relation)}TABLE {copy} ({listed})",
            f"INSERT INTO {copy} ({names}) SELECT {', '.join(values)} FROM {relation.duckdb_name}",
            f"DROP TABLE {relation.duckdb_name}",
            rename_copy(relation),
        ]

    def _add_constraint(
        self, given: syntax.ConstraintDefinition, relation: Relation, statements: list[str]
    ) -> Relation:
        if given.kind == "D":
            return self._add_default(given, relation)
        constraint = self._constraint(given, relation)
        if any(known.name.lower() == constraint.name.lower() for known in relation.constraints):
            raise sql_error(2714, constraint.name, line=given.line)
        if constraint.kind == "PK":
            if any(known.kind == "PK" for known in relation.constraints):
                raise sql_error(1779, relation.name, line=given.line)
            nullable = [
                column.name for column in relation.columns if column.name in constraint.columns and column.nullable
            ]
            if nullable:
                raise sql_error(8111, relation.name, line=given.line)
        if given.definition is not None:
            scope = Scope(None, [relation_source(relation, relation.name, relation.name)])
            condition = self.condition(given.definition.expression, scope)
            # This SELECT raises 547 if an existing row violates the constraint.
            statements.append(
                f"SELECT {check_failed('ALTER TABLE', constraint, relation)} FROM {relation.duckdb_name} "
                f"AS {identifier(relation.name)} WHERE NOT {condition} LIMIT 1"
            )
        else:
            statements.append(self._unique_index(constraint, relation))
        return replace(relation, constraints=(*relation.constraints, constraint))

    def _add_default(self, given: syntax.ConstraintDefinition, relation: Relation) -> Relation:
        columns = list(relation.columns)
        assert given.definition is not None
        for position, column in enumerate(columns):
            if column.name.lower() == given.columns[0].lower():
                if column.default is not None:
                    raise sql_error(1781, line=given.line)
                name = given.name or _generated_name("DF", relation.name, column.name)
                columns[position] = replace(column, default=given.definition.text, default_name=name)
                return replace(relation, columns=tuple(columns))
        raise sql_error(1752, given.columns[0], relation.name, line=given.line)

    def _drop_columns(self, node: syntax.AlterTable, relation: Relation) -> Translation:
        columns = list(relation.columns)
        changes = []
        for name in node.drop_columns:
            column = next((known for known in columns if known.name.lower() == name.lower()), None)
            if column is None:
                if node.if_exists:
                    continue
                raise sql_error(4924, "ALTER TABLE DROP COLUMN", name, relation.name, line=node.line)
            holders = [
                constraint.name
                for constraint in relation.constraints
                if name.lower() in (used.lower() for used in constraint.columns)
            ]
            if column.default is not None and column.default_name:
                holders.insert(0, column.default_name)
            if holders:
                raise sql_error(4922, "ALTER TABLE DROP COLUMN", column.name, line=node.line)
            columns.remove(column)
            changes.append(f"ALTER TABLE {relation.duckdb_name} DROP COLUMN {identifier(column.name)}")
        after = replace(relation, columns=tuple(columns))
        statements = self._around_indexes(relation, changes, after) if changes else []
        return _ddl(tuple(statements), CatalogChange("alter table", after))

    def _drop_constraints(self, node: syntax.AlterTable, relation: Relation) -> Translation:
        statements = []
        for name in node.drop_constraints:
            constraint = next((known for known in relation.constraints if known.name.lower() == name.lower()), None)
            default = next(
                (
                    column
                    for column in relation.columns
                    if column.default_name and column.default_name.lower() == name.lower()
                ),
                None,
            )
            if constraint is not None and constraint.kind != "UX":
                if constraint.kind != "C":
                    statements.append(f"DROP INDEX {index_name(relation, constraint.name)}")
                kept = tuple(known for known in relation.constraints if known is not constraint)
                relation = replace(relation, constraints=kept)
            elif default is not None:
                columns = tuple(
                    replace(column, default=None, default_name=None) if column is default else column
                    for column in relation.columns
                )
                relation = replace(relation, columns=columns)
            elif not node.if_exists:
                raise sql_error(3728, name, line=node.line)
        return _ddl(tuple(statements), CatalogChange("alter table", relation))

    def _alter_column(
        self, node: syntax.AlterTable, relation: Relation, definition: syntax.ColumnDefinition
    ) -> Translation:
        column = next((known for known in relation.columns if known.name.lower() == definition.name.lower()), None)
        if column is None or definition.type is None:
            raise sql_error(4924, "ALTER TABLE ALTER COLUMN", definition.name, relation.name, line=node.line)
        used = [
            constraint
            for constraint in relation.constraints
            if column.name in constraint.columns and constraint.kind != "C"
        ]
        # The type of a column with a key or index is fixed in SQL Server; only its length may change.
        if used and definition.type.name != column.type.name:
            raise sql_error(4922, "ALTER TABLE ALTER COLUMN", column.name, line=node.line)
        nullable = definition.nullable is not False
        after_column = replace(
            column, type=definition.type, nullable=nullable, collation=_collation(definition, definition.type)
        )
        if used and after_column.collation != column.collation:
            raise sql_error(5074, "object", used[0].name, "column", column.name, line=node.line)
        after = replace(
            relation,
            columns=tuple(after_column if known is column else known for known in relation.columns),
        )
        own = relation_source(relation, relation.name, "")
        output = own.find(column.name)
        assert output is not None
        value = self.assigned(own.value(output), after_column, relation, node.line)
        name = identifier(column.name)
        changes = []
        if value.sql != own.value(output).sql:  # else the new type stores every old value unchanged
            changes.append(
                f"ALTER TABLE {relation.duckdb_name} ALTER COLUMN {name} TYPE "
                f"{duckdb_type(definition.type)} USING {value.sql}"
            )
        if nullable != column.nullable:
            word = "DROP" if nullable else "SET"
            changes.append(f"ALTER TABLE {relation.duckdb_name} ALTER COLUMN {name} {word} NOT NULL")
        statements = self._around_indexes(relation, changes, after) if changes else []
        return _ddl(tuple(statements), CatalogChange("alter table", after))

    def drop(self, node: syntax.DropObjects) -> Translation:
        """DROP TABLE and DROP VIEW."""
        statements = []
        changes = []
        kind = node.kind.lower()
        for name in node.names:
            relation = self.existing(name, node.line)
            if relation is None:
                if node.if_exists:
                    continue
                raise sql_error(3701, "drop", kind, ".".join(name), line=node.line)
            is_view = relation.kind in ("V", "S")
            if relation.kind == "S" or is_view != (kind == "view"):
                other = "VIEW" if is_view else "TABLE"
                raise sql_error(
                    3705, node.kind, ".".join(name), ".".join(name), other.lower(), f"DROP {other}", line=node.line
                )
            statements.append(f"DROP {node.kind} {relation.duckdb_name}")
            # DuckDB drops no sequence with the table whose values it numbers.
            if any(column.identity for column in relation.columns) and not is_view:
                statements.append(f"DROP SEQUENCE IF EXISTS {identity_sequence(relation)}")
            changes.append(CatalogChange(f"drop {kind}", relation))
        return Translation(statements=tuple(statements), command="ddl", changes=tuple(changes))

    def create_view(self, node: syntax.CreateView) -> Translation:
        """CREATE, ALTER and CREATE OR ALTER VIEW."""
        target = self.context.target(node.target, node.line)
        known = self.existing(node.target, node.line)
        if known is not None and (node.action == "CREATE" or known.kind != "V"):
            raise sql_error(2714, node.target[-1], line=node.line)
        if known is None and node.action == "ALTER":
            raise sql_error(208, ".".join(node.target), state=6, line=node.line)
        self.in_view = True
        tables = self.common_tables(node)
        rows = self.rows(node.query, None)
        columns = _view_columns(rows, node, target)
        listed = ", ".join(identifier(column.name) for column in columns)
        # OR REPLACE also for CREATE: a name that is taken has been refused above.
        sql = f"CREATE OR REPLACE VIEW {target.duckdb_name} ({listed}) AS {tables}{rows.sql}"
        relation = replace(target, kind="V", columns=columns, constraints=())
        return _ddl((sql,), CatalogChange("create view", relation, node.text))

    def create_index(self, node: syntax.CreateIndex) -> Translation:
        """CREATE INDEX: a unique index is enforced; any other is only recorded, because it affects speed alone."""
        relation = self.existing(node.target, node.line)
        if relation is None:
            raise sql_error(1088, ".".join(node.target), state=12, line=node.line)
        if relation.kind not in ("U", "T", "@"):
            raise unsupported("An index on a view", node.line)
        known = {column.name.lower(): column.name for column in relation.columns}
        for name in (*node.columns, *node.included):
            if name.lower() not in known:
                raise sql_error(1911, name, line=node.line)
        if any(constraint.name.lower() == node.name.lower() for constraint in relation.constraints):
            raise sql_error(1913, node.name, "table", ".".join(node.target), line=node.line)
        columns = tuple(known[name.lower()] for name in node.columns)
        constraint = ConstraintInfo(
            node.name,
            "UX" if node.unique else "IX",
            columns,
            node.where.text if node.where else "",
            clustered=node.clustered,
            columnstore=node.columnstore,
            descending=tuple(known[name.lower()] for name in node.descending),
            included=tuple(known[name.lower()] for name in node.included),
        )
        statements: tuple[str, ...] = ()
        if node.unique:
            statements = (self._unique_index(constraint, relation),)
        after = replace(relation, constraints=(*relation.constraints, constraint))
        return _ddl(
            statements,
            CatalogChange("create index", after, "|".join((node.name, "UNIQUE" if node.unique else "", *columns))),
        )

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
                kind = KEY_KINDS[constraint.kind]
                raise sql_error(3723, f"{node.target[-1]}.{node.name}", kind, line=node.line)
            raise sql_error(3701, "drop", "index", f"{'.'.join(node.target)}.{node.name}", line=node.line)
        statements: tuple[str, ...] = ()
        if constraint.kind == "UX":
            statements = (f"DROP INDEX {index_name(relation, constraint.name)}",)
        kept = tuple(known for known in relation.constraints if known is not constraint)
        return _ddl(statements, CatalogChange("drop index", replace(relation, constraints=kept), node.name))

    def select_into(self, node: syntax.SelectStatement, body: syntax.Select, tables: str, rows: Rows) -> Translation:
        """SELECT … INTO: a new table with the columns and types of the result."""
        target = self.context.target(body.into, node.line)
        is_temporary = body.into[-1].startswith("#")
        if self.existing(body.into, node.line) is not None:
            raise sql_error(2714, body.into[-1] if is_temporary else target.name, line=node.line)
        columns: list[ColumnInfo] = []
        parts = []
        for column in rows.columns:
            if not column.name:
                raise sql_error(1038, line=node.line)
            if any(column.name.lower() == known.name.lower() for known in columns):
                raise sql_error(2705, column.name, target.name, line=node.line)
            columns.append(ColumnInfo(column.name, column.type, collation=named(column.collation)))
            # DuckDB may have computed a wider type than the declared one.
            parts.append(
                f"CAST({identifier(column.emitted)} AS {duckdb_type(column.type)}) AS {identifier(column.name)}"
            )
        relation = replace(target, columns=tuple(columns), constraints=())
        sql = (
            f"CREATE {temporary(target)}TABLE {target.duckdb_name} AS {tables}SELECT "
            f"{', '.join(parts)} FROM ({rows.sql}) AS _i"
        )
        return Translation(
            statements=(sql,),
            command="select",
            parameters=tuple(self.parameters),
            changes=(CatalogChange("create table", relation),),
        )


def _ddl(statements: tuple[str, ...], change: CatalogChange) -> Translation:
    return Translation(statements=statements, command="ddl", changes=(change,))


def _generated_name(prefix: str, table: str, *columns: str) -> str:
    """A name for a constraint without one; the same definition always gets the same name."""
    # In the form of SQL Server's names, whose last part is random there.
    digest = zlib.crc32(".".join((prefix, table, *columns)).lower().encode())
    column = f"{columns[0][:5]}__" if columns and prefix != "PK" else ""
    return f"{prefix}__{table[:9]}__{column}{digest:08X}"


def _collation(definition: syntax.ColumnDefinition, declared: SqlType) -> str | None:
    """The collation of a column, None for the database's; raises 448, and 447 if the column is not text."""
    if definition.collation is None:
        return None
    collation = find(definition.collation, definition.line)
    if declared.name not in TEXT:
        raise sql_error(447, declared.name, line=definition.line)
    return None if collation == DATABASE else collation.name


def _view_columns(rows: Rows, node: syntax.CreateView, target: Relation) -> tuple[ColumnInfo, ...]:
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
        columns.append(ColumnInfo(name, column.type, collation=named(column.collation)))
    return tuple(columns)

"""A small world for the compiler: a catalog in memory over a real DuckDB connection."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from local_sqlserver.compiler import (
    SESSION_VALUES,
    FunctionInfo,
    Relation,
    Translation,
    compile_expression,
    compile_statement,
    macros,
)
from local_sqlserver.compiler.failures import to_sql_error
from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch, parse_expression
from local_sqlserver.types import SqlType

NOW = datetime(2026, 2, 3, 4, 5, 6, 123000)


class World:
    """A ``Context`` with a catalog that DDL changes; it also runs compiled statements."""

    database = "Warehouse"
    default_schema = "dbo"

    def __init__(self, path: Path | None = None) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(f"ATTACH '{path or ':memory:'}' AS \"Warehouse\"")
        for schema in ("dbo", "silver"):
            self.connection.execute(f'CREATE SCHEMA IF NOT EXISTS "Warehouse"."{schema}"')
        macros.install(self.connection)
        self.relations: dict[tuple[str, ...], Relation] = {}
        self.variables: dict[str, tuple[SqlType, Any]] = {}
        self.identity: int | None = None

    def declare(self, name: str, declared: SqlType, value: Any) -> None:
        self.variables[name.lower()] = (declared, value)

    def relation(self, parts: tuple[str, ...], line: int) -> Relation:
        key = self._full(parts)
        if key not in self.relations:
            raise sql_error(208, ".".join(parts), line=line)
        return self.relations[key]

    def view(self, parts: tuple[str, ...], line: int) -> None:
        return None

    def table(self, database: str, schema: str, name: str) -> Relation:
        return self.relations[(database.lower(), schema.lower(), name.lower())]

    def sequence(self, parts: tuple[str, ...], line: int) -> Relation:
        raise sql_error(208, ".".join(parts), line=line)

    def referencing(self, relation: Relation) -> tuple[Relation, ...]:
        return tuple(
            other
            for other in self.relations.values()
            if any(known.foreign and known.foreign.table == relation.name for known in other.constraints)
        )

    def bound_to(self, relation: Relation, column: str = "") -> list[str]:
        return []

    def is_taken(self, relation: Relation, name: str) -> bool:
        return False

    def _full(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        lowered = tuple(part.lower() for part in parts)
        if lowered[-1].startswith(("#", "@")):
            return ("tempdb", "dbo", lowered[-1])
        return (*("warehouse", "dbo")[: 3 - len(lowered)], *lowered)

    def target(self, parts: tuple[str, ...], line: int) -> Relation:
        database, schema, _ = self._full(parts)
        name = parts[-1]
        if database == "tempdb":
            kind = "T" if name.startswith("#") else "@"
            return Relation(f'temp.main."{name}"', kind, "tempdb", "dbo", name)
        return Relation(f'"Warehouse"."{schema}"."{name}"', "U", self.database, schema, name)

    def file(self, path: str, data_source: str | None, line: int) -> str:
        return path

    def function(self, parts: tuple[str, ...], line: int, *, tables: bool) -> FunctionInfo:
        name = ".".join(parts)
        raise sql_error(208, name, line=line) if tables else sql_error(4121, parts[0], name, line=line)

    def give_table(self, name: str, relation: Relation) -> None:
        raise AssertionError("no function of the tests has a table-valued parameter")

    def variable(self, name: str, line: int) -> SqlType:
        if name.lower() not in self.variables:
            raise sql_error(137, name, line=line)
        return self.variables[name.lower()][0]

    def _bound(self, name: str) -> Any:
        if name in self.variables:
            return self.variables[name][1]
        values = {"getdate()": NOW, "sysdatetime()": NOW, "@@rowcount": 7, "sysutcdatetime()": NOW}
        assert name in SESSION_VALUES
        return values.get(name)

    def execute(self, translation: Translation, relation: Relation | None = None) -> list[tuple[Any, ...]]:
        """Run a compiled statement and record its changes; return the rows or the one-row count of the last."""
        rows: list[tuple[Any, ...]] = []
        for statement in translation.statements:
            used = {
                str(index): self._bound(name)
                for index, name in enumerate(translation.parameters, 1)
                if f"${index}" in statement
            }
            try:
                cursor = self.connection.execute(statement, used or None)
                rows = cursor.fetchall()
            except duckdb.Error as error:
                raise to_sql_error(error, 1, [relation] if relation else []) from error
        for change in translation.changes:
            key = self._full(
                (change.relation.schema, change.relation.name)
                if change.relation.kind not in ("T", "@")
                else (change.relation.name,)
            )
            if change.action.startswith("drop") and change.action != "drop index":
                del self.relations[key]
            else:
                self.relations[key] = change.relation
        if translation.identity_table is not None:
            self.identity = rows[-1][-1] if rows else None
            rows = [row[:-1] for row in rows] if translation.returns_rows else [(len(rows),)]
        return rows

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """Compile and run one statement."""
        return self.execute(self.compiled(statement), self._written(statement))

    def compiled(self, text: str) -> Translation:
        """The compiled form of one statement, whose variables need no declaration."""
        (statement,) = parse_batch(text, undeclared=True).statements
        if isinstance(statement, syntax.Declare):
            (item,) = statement.items
            assert isinstance(item, syntax.TableDeclaration)
            statement = item.table
        assert isinstance(statement, syntax.CompiledStatement)
        return compile_statement(statement, self)

    def _written(self, statement: str) -> Relation | None:
        """The target of an INSERT, UPDATE or MERGE, for messages."""
        words = statement.replace("(", " ").split()
        for word in words[1:4]:
            key = self._full(tuple(word.replace("[", "").replace("]", "").split(".")))
            if key in self.relations:
                return self.relations[key]
        return None

    def value(self, expression: str) -> Any:
        """The value of an expression or condition."""
        return self.execute(compile_expression(parse_expression(expression), self))[0][0]

    def type(self, expression: str) -> str:
        """The type of an expression; checks that its DuckDB value has this type too."""
        declared = compile_expression(parse_expression(expression), self).column_types[0]
        return str(declared)


__all__ = ["NOW", "Decimal", "World", "date", "datetime"]

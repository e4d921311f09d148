"""Resolution of names to relations: the ``Context`` of the compiler."""

from __future__ import annotations

from dataclasses import replace

from local_sqlserver.catalog import refused_views, system_views
from local_sqlserver.catalog.objects import MASTER, CatalogObject, quote, sequence_of
from local_sqlserver.catalog.server_views import SPT_VALUES
from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.catalog.view_declaration import SystemView
from local_sqlserver.compiler import FunctionInfo, Relation, ViewInfo
from local_sqlserver.compiler.functions.registry import columns_of
from local_sqlserver.compiler.schema_binding import is_schema_bound
from local_sqlserver.engine.bulk_insert import resolve
from local_sqlserver.engine.bulk_options import no_data_source
from local_sqlserver.engine.permissions import Permissions
from local_sqlserver.engine.shared import Shared
from local_sqlserver.engine.state import Frame, SessionState, TableVariable
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch, parse_expression, parse_name
from local_sqlserver.types import SqlType

_SYSTEM_SCHEMAS = ("sys", "information_schema")


def invalid_object(parts: tuple[str, ...], line: int) -> SqlError:
    """Error 208."""
    return sql_error(208, ".".join(parts), line=line)


def relation_of(item: CatalogObject, database: str) -> Relation:
    """Return a table or view of the catalog as a relation of the compiler."""
    return Relation(
        duckdb_name=f"{quote(database)}.{quote(item.schema)}.{quote(item.name)}",
        kind=item.type,
        database=database,
        schema=item.schema,
        name=item.name,
        columns=item.columns,
        constraints=item.constraints,
        sequence=sequence_of(item.definition) if item.type == "SO" else None,
    )


class StatementContext:
    """Resolves the names of one statement in one frame, and collects their relations.

    With ``ignores_checks``, tables have neither CHECK nor FOREIGN KEY constraints, as for a bulk load.
    """

    def __init__(
        self,
        shared: Shared,
        state: SessionState,
        view: CatalogView,
        permissions: Permissions,
        frame: Frame,
        *,
        absent: frozenset[str] = frozenset(),
    ) -> None:
        self.database = frame.database
        self.default_schema = frame.schema
        self.relations: list[Relation] = []
        self.ignores_checks = False
        self.reads_file = False
        self.reads_sequence = False
        self._shared = shared
        self._state = state
        self._view = view
        self._permissions = permissions
        self._frame = frame
        self._absent = absent

    def file(self, path: str, data_source: str | None, line: int) -> str:
        """Return the file below the bulk roots that OPENROWSET names; raises SqlError."""
        self.reads_file = True
        self._permissions.check_bulk_files(line)
        if data_source is not None:
            raise no_data_source(data_source, line)
        return str(resolve(path, self._shared.bulk_roots, line))

    def variable(self, name: str, line: int) -> SqlType:
        """Return the declared type of a variable."""
        return self._frame.variable(name, line).type

    def give_table(self, name: str, relation: Relation) -> None:
        """Let a table-valued parameter of a function stand for a table variable of its caller."""
        self._frame.tables[name.lower()] = TableVariable(relation, ())

    def relation(self, parts: tuple[str, ...], line: int) -> Relation:
        """Resolve a name in FROM, INTO, UPDATE …; raises SqlError 208 or 1087."""
        relation = self._relation(parts, line)
        if self.ignores_checks:
            kept = tuple(constraint for constraint in relation.constraints if constraint.kind not in ("C", "F"))
            relation = replace(relation, constraints=kept)
        self.relations.append(relation)
        return relation

    def function(self, parts: tuple[str, ...], line: int, *, tables: bool, of_synonym: bool = False) -> FunctionInfo:
        """Resolve a user-defined function; raises SqlError 4121, or 208 for a table-valued one."""
        name = ".".join(parts)
        missing = sql_error(208, name, line=line) if tables else sql_error(4121, parts[0], name, line=line)
        try:
            database, schema = self._database_and_schema(parts, line)
        except SqlError as error:
            raise missing from error
        catalog = self._view.catalog(database)
        item = None
        if len(parts) == 1 and self.default_schema.lower() != "dbo":
            item = catalog.find(self.default_schema, parts[-1])
        item = item or catalog.find(schema, parts[-1])
        if item is not None and item.type == "SN" and not of_synonym:
            return self.function(parse_name(item.definition), line, tables=tables, of_synonym=True)
        if item is None or item.type not in (("IF", "TF") if tables else ("FN",)):
            raise missing
        self.relations.append(Relation("", item.type, database, item.schema, item.name))
        definition, context = self._opened(item, database)
        assert isinstance(definition, syntax.CreateFunction)
        return FunctionInfo(f"{item.schema}.{item.name}", definition, context)

    def view(self, parts: tuple[str, ...], line: int) -> ViewInfo | None:
        """Return the view of a name, or None; the session needs permissions only if it is resolved as a relation."""
        try:
            relation = self._relation(parts, line)
        except SqlError:
            return None
        if relation.kind != "V":
            return None
        item = self._view.catalog(relation.database).find(relation.schema, relation.name)
        assert item is not None
        definition, context = self._opened(item, relation.database)
        assert isinstance(definition, syntax.CreateView)
        return ViewInfo(relation, definition, context)

    def _opened(self, item: CatalogObject, database: str) -> tuple[syntax.Statement, StatementContext]:
        """Return the definition of a function or view, and the context of the names in it."""
        (definition,) = parse_batch(item.definition, types=self._view.user_types(database)).statements
        frame = Frame(self._frame.depth + 1, database, item.schema, settings=self._frame.settings)
        return definition, StatementContext(self._shared, self._state, self._view, self._permissions, frame)

    def table(self, database: str, schema: str, name: str) -> Relation:
        """Return the table that a foreign key refers to."""
        item = self._view.catalog(database).find(schema, name)
        if item is None:
            raise invalid_object((schema, name), 0)
        return relation_of(item, database)

    def sequence(self, parts: tuple[str, ...], line: int) -> Relation:
        """Resolve the name of a sequence object; raises SqlError 208."""
        self.reads_sequence = True
        database, schema = self._database_and_schema(parts, line)
        catalog = self._view.catalog(database)
        item = catalog.find(self.default_schema, parts[-1]) if len(parts) == 1 else None
        item = item or catalog.find(schema, parts[-1])
        if item is None or item.type != "SO":
            raise invalid_object(parts, line)
        return relation_of(item, database)

    def referencing(self, relation: Relation) -> tuple[Relation, ...]:
        """Return the tables with a foreign key to a table."""
        if relation.kind != "U":
            return ()
        key = (relation.schema.lower(), relation.name.lower())
        return tuple(
            relation_of(item, relation.database)
            for item in self._view.catalog(relation.database).objects.values()
            if any(
                known.foreign is not None and (known.foreign.schema.lower(), known.foreign.table.lower()) == key
                for known in item.constraints
            )
        )

    def bound_to(self, relation: Relation, column: str = "") -> list[str]:
        """Return the views and functions WITH SCHEMABINDING that read a relation, or a column of this name of it.

        Of a sequence they are the defaults that use it.
        """
        if relation.kind == "SO":
            return self._numbered(relation)
        if relation.kind not in ("U", "V"):
            return []
        found = []
        for item in self._view.catalog(relation.database).objects.values():
            if item.type not in ("V", "FN", "IF", "TF") or not is_schema_bound(item.definition):
                continue
            batch = parse_batch(item.definition, types=self._view.user_types(relation.database))
            sources = (node for node in batch.walk() if isinstance(node, syntax.TableSource))
            tables = {tuple(part.lower() for part in source.name[-2:]) for source in sources}
            columns = {node.parts[-1].lower() for node in columns_of(batch)}
            key = (relation.schema.lower(), relation.name.lower())
            if key in tables and (not column or column.lower() in columns):
                found.append(item.name)
        return found

    def _numbered(self, sequence: Relation) -> list[str]:
        """Return the defaults of columns that take their values from a sequence."""
        key = (sequence.schema.lower(), sequence.name.lower())
        return [
            column.default_name or ""
            for item in self._view.catalog(sequence.database).objects.values()
            for column in item.columns
            if column.default is not None
            for node in parse_expression(column.default).walk()
            if isinstance(node, syntax.NextValue) and ("dbo", *map(str.lower, node.sequence))[-2:] == key
        ]

    def is_taken(self, relation: Relation, name: str) -> bool:
        """Return whether an object or constraint in the schema of a table has this name."""
        return relation.kind == "U" and self._view.catalog(relation.database).is_taken(relation.schema, name)

    def target(self, parts: tuple[str, ...], line: int) -> Relation:
        """Resolve the name of a new table or view; raises SqlError 2760."""
        name = parts[-1]
        if name.startswith("@"):
            return Relation(f"temp.main.{quote(f'{name.lower()} {self._frame.depth}')}", "@", "tempdb", "dbo", name)
        if name.startswith("##"):
            raise unsupported("A global temporary table", line)
        if name.startswith("#"):
            return Relation(f"temp.main.{quote(f'{name.lower()} {self._frame.depth}')}", "T", "tempdb", "dbo", name)
        database, schema = self._database_and_schema(parts, line)
        catalog = self._view.catalog(database)
        written = catalog.schema(schema)
        if written is None or written.lower() in _SYSTEM_SCHEMAS:
            raise sql_error(2760, schema, line=line)
        return Relation(f"{quote(database)}.{quote(written)}.{quote(name)}", "U", database, written, name)

    def _database_and_schema(self, parts: tuple[str, ...], line: int) -> tuple[str, str]:
        """Return the database and schema of a name, or the defaults."""
        if len(parts) > 4:
            raise sql_error(117, ".".join(parts), line=line)
        if len(parts) > 3:
            raise unsupported("A linked server", line)
        database = self.database
        if len(parts) == 3:
            found = self._shared.databases.find(parts[0])
            if found is None:
                raise invalid_object(parts, line)
            if found.name != self.database:
                self._permissions.check_database(found)
            database = found.name
        return database, parts[-2] if len(parts) > 1 else "dbo"

    def _relation(self, parts: tuple[str, ...], line: int, *, of_synonym: bool = False) -> Relation:
        name = parts[-1]
        if name.startswith("@"):
            table = self._frame.tables.get(name.lower())
            if table is None:
                raise sql_error(1087, name, line=line)
            return table.relation
        if name.startswith("#"):
            temporary = self._state.temporary(name)
            if temporary is None or name.lower() in self._absent:
                raise invalid_object(parts, line)
            return self._with_identity_insert(temporary)
        database, schema = self._database_and_schema(parts, line)
        if len(parts) > 1 and schema.lower() in _SYSTEM_SCHEMAS:
            return self._system(parts, database, schema, line)
        catalog = self._view.catalog(database)
        item = None
        if len(parts) == 1 and self.default_schema.lower() != "dbo":
            item = catalog.find(self.default_schema, name)
        item = item or catalog.find(schema, name)
        if item is None and schema.lower() == "dbo" and (view := system_views.find_compatible(name)) is not None:
            return self._system_relation(view, database)
        if item is None and schema.lower() == "dbo" and database == MASTER and name.lower() == SPT_VALUES.name:
            return self._system_relation(SPT_VALUES, database)
        if item is None and name.lower().startswith("sys") and refused_views.is_refused("sys", name):
            raise unsupported(f"The system view {name}", line)
        if item is not None and item.type == "SN" and not of_synonym:  # the base of a synonym is none
            try:
                return replace(self._relation(parse_name(item.definition), line, of_synonym=True), synonym=True)
            except SqlError as error:
                if error.number != 208:
                    raise
                raise sql_error(5313, ".".join(parts), line=line) from error
        if item is not None and item.type in ("IF", "TF"):
            raise sql_error(216, ".".join(parts), line=line)
        if item is None or item.type not in ("U", "V"):
            raise invalid_object(parts, line)
        return self._with_identity_insert(relation_of(item, database))

    def _with_identity_insert(self, relation: Relation) -> Relation:
        """Mark the table for which IDENTITY_INSERT is ON."""
        on = self._frame.settings.identity_insert == (relation.database, relation.schema, relation.name)
        return replace(relation, identity_insert=True) if on else relation

    def _system(self, parts: tuple[str, ...], database: str, schema: str, line: int) -> Relation:
        view = system_views.find(schema, parts[-1])
        if view is None and refused_views.is_refused(schema, parts[-1]):
            raise unsupported(f"The system view {schema}.{parts[-1]}", line)
        if view is None:
            raise invalid_object(parts, line)
        return self._system_relation(view, database)

    @staticmethod
    def _system_relation(view: SystemView, database: str) -> Relation:
        return Relation(system_views.query(view, database), "S", database, view.schema, view.name, view.columns)

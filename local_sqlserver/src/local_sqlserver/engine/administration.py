"""Statements about procedures, functions, views, schemas, databases, logins and permissions."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import duckdb

from local_sqlserver.catalog import store
from local_sqlserver.catalog.databases import TEMPDB
from local_sqlserver.catalog.objects import (
    BUILT_IN_SCHEMAS,
    MASTER,
    Catalog,
    CatalogObject,
    ParameterInfo,
    quote,
)
from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.compiler import ColumnInfo, check_function
from local_sqlserver.engine import catalog_changes
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.events import Done, Event
from local_sqlserver.engine.permissions import Permissions
from local_sqlserver.engine.resolution import invalid_object
from local_sqlserver.engine.runner import Runner
from local_sqlserver.engine.shared import Shared
from local_sqlserver.engine.stale_views import StaleViews, names_any
from local_sqlserver.engine.state import Frame, SessionState
from local_sqlserver.engine.synonyms import Synonyms
from local_sqlserver.engine.user_types import UserTypes
from local_sqlserver.engine.work import Work
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch

_DATABASE_OPTIONS = {
    "AUTO_CLOSE": {"OFF"},
    "AUTO_SHRINK": {"OFF"},
    "CURSOR_CLOSE_ON_COMMIT": {"OFF"},
    "CURSOR_DEFAULT": {"GLOBAL"},
    "DB_CHAINING": {"OFF"},
    "DATE_CORRELATION_OPTIMIZATION": {"OFF"},
    "DELAYED_DURABILITY": {"DISABLED"},
    "NUMERIC_ROUNDABORT": {"OFF"},
    "ONLINE": {""},
    "PAGE_VERIFY": {"CHECKSUM"},
    "PARAMETERIZATION": {"SIMPLE"},
    "READ_WRITE": {""},
    "RECURSIVE_TRIGGERS": {"OFF"},
    "TRUSTWORTHY": {"OFF"},
}
"""ALTER DATABASE … SET options that are accepted with the value that they have anyway."""
_SHOWN_OPTIONS = {
    "ANSI_NULLS": {"ON", "OFF"},
    "ANSI_NULL_DEFAULT": {"ON", "OFF"},
    "ANSI_PADDING": {"ON", "OFF"},
    "ANSI_WARNINGS": {"ON", "OFF"},
    "ARITHABORT": {"ON", "OFF"},
    "AUTO_CREATE_STATISTICS": {"ON", "OFF"},
    "AUTO_UPDATE_STATISTICS": {"ON", "OFF"},
    "AUTO_UPDATE_STATISTICS_ASYNC": {"ON", "OFF"},
    "COMPATIBILITY_LEVEL": {"150", "160"},
    "CONCAT_NULL_YIELDS_NULL": {"ON", "OFF"},
    "QUOTED_IDENTIFIER": {"ON", "OFF"},
}
"""Those that the catalog shows and that change no result: clients set the options of their sessions themselves."""


_KINDS = {
    "U": "table",
    "V": "view",
    "P": "procedure",
    "SO": "sequence",
    "SN": "synonym",
    **dict.fromkeys(("FN", "IF", "TF"), "function"),
}
"""The kinds of objects by their type in sys.objects."""


class Administration:
    """Administrative statements for one session."""

    def __init__(
        self,
        shared: Shared,
        state: SessionState,
        view: CatalogView,
        work: Work,
        permissions: Permissions,
        compilation: Compilation,
        runner: Runner,
        stale_views: StaleViews,
    ) -> None:
        self._shared = shared
        self._state = state
        self._view = view
        self._work = work
        self._transactions = work.transactions
        self._permissions = permissions
        self._compilation = compilation
        self._runner = runner
        self._stale_views = stale_views
        self.types = UserTypes(view, work, permissions, compilation, self._writing)
        self.synonyms = Synonyms(view, work, permissions, compilation, self._writing)

    @contextmanager
    def _writing(self, line: int) -> Iterator[None]:
        """Enclose changes and convert DuckDB's failures to SQL errors; raises 3930 in a doomed transaction."""
        self._transactions.check_writable()
        try:
            with self._work.writing():
                yield
        except duckdb.Error as failure:
            raise self._runner.error(failure, line, ()) from failure

    # --- procedures and views

    def create_procedure(self, statement: syntax.CreateProcedure, frame: Frame) -> Iterator[Event]:
        """CREATE [OR ALTER] and ALTER PROCEDURE."""
        if statement.name[-1].startswith("#"):
            self._create_temporary(statement, frame)
            yield Done(in_procedure=frame.in_procedure)
            return
        target = self._compilation.context(frame).target(statement.name, statement.line)
        catalog = self._view.catalog(target.database)
        present = catalog.find(target.schema, target.name)
        self._check_action(statement.action, statement.name, present, "P", catalog, target.schema)
        self._check_table_types(statement.parameters, target.database)
        inner = Frame(frame.depth + 1, target.database, target.schema, settings=frame.settings, chained=True)
        self._bind(statement, inner)
        now = datetime.now()
        item = CatalogObject(
            id=present.id if present else self._view.database(target.database).new_object_id(),
            schema=present.schema if present else target.schema,
            name=present.name if present else target.name,
            type="P",
            created=present.created if present else now,
            modified=now,
            definition=catalog_changes.stored_definition(statement.text),
            parameters=tuple(
                ParameterInfo(parameter.name, parameter.type, parameter.output, parameter.default is not None)
                for parameter in statement.parameters
            ),
        )
        yield from self._work.begin_implicitly(frame)
        with self._writing(statement.line):
            catalog_changes.put(self._view, self._transactions, target.database, item, new=present is None)
        yield Done(in_procedure=frame.in_procedure)

    def _check_table_types(self, parameters: tuple[syntax.ProcedureParameter, ...], database: str) -> None:
        """Raise SqlError 229 without REFERENCES on the type of a table-valued parameter."""
        for parameter in parameters:
            if parameter.table is not None:
                self._permissions.check_type(database, "REFERENCES", parameter.type.user)

    def _create_temporary(self, statement: syntax.CreateProcedure, frame: Frame) -> None:
        """CREATE PROCEDURE #name: it ends with the session."""
        name = statement.name[-1]
        if name.startswith("##"):
            raise unsupported("A global temporary procedure", statement.line)
        present = self._state.procedures.get(name.lower())
        if present is None and statement.action == "ALTER":
            raise invalid_object(statement.name, 0)
        if present is not None and statement.action == "CREATE":
            raise sql_error(2714, name, state=3)
        self._bind(statement, Frame(frame.depth + 1, frame.database, settings=frame.settings, chained=True))
        now = datetime.now()
        self._state.procedures[name.lower()] = CatalogObject(0, "dbo", name, "P", now, now, statement.text)

    def create_function(self, statement: syntax.CreateFunction, frame: Frame) -> Iterator[Event]:
        """CREATE [OR ALTER] and ALTER FUNCTION."""
        target = self._compilation.context(frame).target(statement.name, statement.line)
        catalog = self._view.catalog(target.database)
        present = catalog.find(target.schema, target.name)
        kind = "FN" if statement.returns is not None else "IF" if statement.query is not None else "TF"
        self._check_action(statement.action, statement.name, present, kind, catalog, target.schema)
        self._check_table_types(statement.parameters, target.database)
        for declared in (*(parameter.type for parameter in statement.parameters), statement.returns):
            if declared is not None:
                self._permissions.check_type(target.database, "EXECUTE", declared.user)
        views = () if present is None else self._callers(present, catalog, "ALTER", statement.line)
        inner = Frame(frame.depth + 1, target.database, target.schema, settings=frame.settings)
        columns: tuple[ColumnInfo, ...] = ()
        try:
            columns = check_function(statement, self._compilation.context(inner))
        except SqlError as error:
            # A function is bound again by each statement that calls it, so tables and functions may be created later.
            if statement.query is not None or error.number not in (208, 4121):
                error.procedure = statement.name[-1]
                raise
        now = datetime.now()
        result = (ParameterInfo("", statement.returns, True, False),) if statement.returns is not None else ()
        item = CatalogObject(
            id=present.id if present else self._view.database(target.database).new_object_id(),
            schema=present.schema if present else target.schema,
            name=present.name if present else target.name,
            type=kind,
            created=present.created if present else now,
            modified=now,
            definition=catalog_changes.stored_definition(statement.text),
            columns=columns,
            parameters=result
            + tuple(
                ParameterInfo(parameter.name, parameter.type, False, parameter.default is not None)
                for parameter in statement.parameters
            ),
        )
        yield from self._work.begin_implicitly(frame)
        with self._one_transaction():
            with self._writing(statement.line):
                catalog_changes.put(self._view, self._transactions, target.database, item, new=present is None)
            for view in views:  # their SQL contains the body of the function
                types = self._view.user_types(target.database)
                (definition,) = parse_batch(view.definition, types=types).statements
                assert isinstance(definition, syntax.CreateView)
                deque(self.create_view(replace(definition, action="CREATE OR ALTER"), inner), maxlen=0)
        yield Done(in_procedure=frame.in_procedure)

    @contextmanager
    def _one_transaction(self) -> Iterator[None]:
        """Enclose several changes in one transaction, unless one is open; an error undoes them all."""
        if self._transactions.count:
            yield
            return
        deque(self._work.begin(), maxlen=0)
        try:
            yield
        except BaseException:
            deque(self._work.roll_back_open(), maxlen=0)
            raise
        deque(self._work.commit(), maxlen=0)

    def _callers(self, function: CatalogObject, catalog: Catalog, action: str, line: int) -> list[CatalogObject]:
        """Return the views that call a function, directly or through others.

        Raises SqlError 3729 if a table's definition calls it, 40510 if a computed column does so through another.
        """
        names, found = {function.name.lower()}, 0
        functions = [item for item in catalog.objects.values() if item.type in ("FN", "IF", "TF")]
        while found != len(names):
            found = len(names)
            names |= {item.name.lower() for item in functions if names_any(item.definition, names)}
        for item in catalog.objects.values():
            if item.type != "U":
                continue
            callers = [(column.computed, item.name) for column in item.columns]
            callers += [(column.default, column.default_name or item.name) for column in item.columns]
            callers += [(constraint.definition, constraint.name) for constraint in item.constraints]
            for text, caller in callers:
                if names_any(text or "", {function.name.lower()}):
                    name = f"{function.schema}.{function.name}"
                    raise sql_error(3729, f"{action} FUNCTION", name, caller, line=line)
            if any(names_any(column.computed or "", names) for column in item.columns):
                raise unsupported(f"{action} FUNCTION of a function behind the computed columns of {item.name}", line)
        return [item for item in catalog.objects.values() if item.type == "V" and names_any(item.definition, names)]

    def create_view(self, statement: syntax.CreateView, frame: Frame) -> Iterator[Event]:
        """CREATE [OR ALTER] and ALTER VIEW."""
        target = self._compilation.context(frame).target(statement.target, statement.line)
        catalog = self._view.catalog(target.database)
        present = catalog.find(target.schema, target.name)
        self._check_action(statement.action, statement.target, present, "V", catalog, target.schema)
        translation, relations = self._compilation.compiled(statement, frame)
        before = self._stale_views.types_before(translation.changes)
        yield from self._runner.run(translation, relations, frame, statement.line)
        if present is not None:
            self._stale_views.refresh(translation.changes, before, frame)

    def _check_action(
        self,
        action: str,
        name: tuple[str, ...],
        present: CatalogObject | None,
        kind: str,
        catalog: Catalog,
        schema: str,
    ) -> None:
        self._permissions.check_definition(f"CREATE {_KINDS[kind].upper()}")
        if present is None:
            if action == "ALTER":
                raise invalid_object(name, 0)
            catalog.check_free(schema, name[-1])
        elif action == "CREATE":
            raise sql_error(2714, name[-1], state=3)
        elif present.type != kind:
            raise sql_error(2010, ".".join(name))

    def _bind(self, statement: syntax.CreateProcedure, frame: Frame) -> None:
        try:
            self._compilation.bind(statement.body, frame)
        except SqlError as error:
            error.procedure = statement.name[-1]
            raise

    # --- schemas

    def create_schema(self, statement: syntax.CreateSchema, frame: Frame) -> Iterator[Event]:
        """CREATE SCHEMA."""
        self._permissions.check_definition("CREATE SCHEMA")
        database = self._view.database(frame.database)
        if self._view.catalog(database.name).schema(statement.name) is not None:
            raise sql_error(2714, statement.name)
        schema_id = database.new_schema_id()
        yield from self._work.begin_implicitly(frame)
        with self._writing(statement.line):
            connection = self._transactions.connection
            connection.execute(f"CREATE SCHEMA {quote(database.name)}.{quote(statement.name)}")
            store.put_schema(connection, database.name, schema_id, statement.name)

            def apply(catalog: Catalog) -> None:
                catalog.schemas[statement.name.lower()] = (schema_id, statement.name)

            self._view.change(database.name, apply)
        yield Done(in_procedure=frame.in_procedure)

    def _drop_schema(self, name: tuple[str, ...], frame: Frame, if_exists: bool) -> None:
        catalog = self._view.catalog(frame.database)
        schema = name[-1]
        if catalog.schema(schema) is None:
            if if_exists:
                return
            raise sql_error(15151, "drop", "schema", schema)
        if schema.lower() in (built_in.lower() for built_in in BUILT_IN_SCHEMAS):
            raise sql_error(15150, "drop", "schema", schema)
        for item in catalog.in_schema(schema):
            raise sql_error(3729, "drop schema", schema, item.name)
        for known in catalog.types.values():
            if known.schema.lower() == schema.lower():
                raise sql_error(3729, "drop schema", schema, known.name)
        connection = self._transactions.connection
        # CASCADE, because RESTRICT would count objects that this transaction has dropped.
        connection.execute(f"DROP SCHEMA {quote(frame.database)}.{quote(schema)} CASCADE")
        store.drop_schema(connection, frame.database, schema)
        catalog_changes.drop_permissions(self._view, self._transactions, frame.database, f"schema:{schema.lower()}")

        def apply(changed: Catalog) -> None:
            changed.schemas.pop(schema.lower(), None)

        self._view.change(frame.database, apply)

    def transfer(self, statement: syntax.Transfer, frame: Frame) -> Iterator[Event]:
        """ALTER SCHEMA … TRANSFER of a table, procedure or synonym; the permissions on it are dropped."""
        catalog, name = self._view.catalog(frame.database), statement.name
        schema = catalog.schema(statement.schema)
        if schema is None or not self._permissions.may_define():
            raise sql_error(15151, "alter", "schema", statement.schema)
        item = catalog.find_named(name)
        if item is None:
            raise sql_error(15151, "find", "object", name[-1])
        if item.type not in ("U", "P", "SN"):
            raise unsupported(f"ALTER SCHEMA … TRANSFER of a {_KINDS[item.type]}", statement.line)
        if item.schema.lower() != schema.lower():
            names = [item.name, *(known.name for known in item.constraints)]
            names += [column.default_name for column in item.columns if column.default_name]
            for taken in names:
                if catalog.is_taken(schema, taken):
                    raise sql_error(15530, taken)
            yield from self._work.begin_implicitly(frame)
            with self._writing(statement.line):
                self._move(item, schema, statement.line, frame)
        yield Done(in_procedure=frame.in_procedure)

    def _move(self, item: CatalogObject, schema: str, line: int, frame: Frame) -> None:
        connection, database = self._transactions.connection, frame.database
        if item.type == "U":
            node = syntax.Rename(target=(item.schema, item.name), kind="SCHEMA", old=item.schema, new=schema, line=line)
            translation, _ = self._compilation.compiled(node, frame)
            for sql in translation.statements:
                connection.execute(sql)
            for change in translation.changes:
                catalog_changes.record(self._state, self._view, self._transactions, frame, change)
        catalog_changes.drop_permissions(self._view, self._transactions, database, f"object:{'.'.join(item.key)}")
        present = self._view.catalog(database).by_id(item.id)
        assert present is not None

        def apply(changed: Catalog) -> None:
            changed.objects.pop(item.key, None)

        self._view.change(database, apply)
        moved = replace(present, schema=schema, modified=datetime.now())
        catalog_changes.put(self._view, self._transactions, database, moved, new=False)

    # --- DROP

    def drop(self, statement: syntax.DropObjects, frame: Frame) -> Iterator[Event]:
        """DROP TABLE, VIEW, SEQUENCE, TYPE, PROCEDURE, FUNCTION, SCHEMA and DATABASE."""
        if statement.kind in ("TYPE", "SYNONYM"):
            yield from (self.types if statement.kind == "TYPE" else self.synonyms).drop(statement, frame)
            return
        if statement.kind in ("TABLE", "VIEW", "SEQUENCE"):
            for name in statement.names:
                item = self._view.catalog(frame.database).find_named(name)
                if item is not None and item.type in ("P", "FN", "IF", "TF"):
                    raise _other_kind(statement.kind, name, item)
            translation, relations = self._compilation.compiled(statement, frame)
            yield from self._runner.run(translation, relations, frame, statement.line)
            return
        if statement.kind in ("PROCEDURE", "FUNCTION"):
            self._permissions.check_drop(statement.kind.lower(), ".".join(statement.names[0]))
        else:
            self._permissions.check_definition(f"DROP {statement.kind}")
        for name in statement.names:
            if statement.kind == "DATABASE":
                self._drop_database(name[-1], statement.if_exists)
                continue
            yield from self._work.begin_implicitly(frame)
            with self._writing(statement.line):
                if statement.kind == "SCHEMA":
                    self._drop_schema(name, frame, statement.if_exists)
                else:
                    self._drop_module(statement, name, frame)
        yield Done(in_procedure=frame.in_procedure)

    def _drop_module(self, statement: syntax.DropObjects, name: tuple[str, ...], frame: Frame) -> None:
        kind = statement.kind.lower()
        if kind == "procedure" and self._state.procedures.pop(name[-1].lower(), None) is not None:
            return
        catalog = self._view.catalog(frame.database)
        item = catalog.find_named(name)
        if item is None:
            if statement.if_exists:
                return
            raise sql_error(3701, "drop", kind, ".".join(name))
        if _KINDS[item.type] != kind:
            raise _other_kind(statement.kind, name, item)
        if kind == "function":
            for view in self._callers(item, catalog, "DROP", statement.line):
                raise unsupported(f"DROP FUNCTION {item.name}, which the view {view.name} calls,", statement.line)
        catalog_changes.drop(self._view, self._transactions, frame.database, item)

    # --- databases

    def _outside_transaction(self, statement: str) -> None:
        if self._transactions.count:
            raise sql_error(226, statement)

    def create_database(self, statement: syntax.CreateDatabase, frame: Frame) -> Iterator[Event]:
        """CREATE DATABASE."""
        self._permissions.check_server("CREATE DATABASE")
        self._outside_transaction("CREATE DATABASE")
        self._shared.databases.create(statement.name)
        yield Done(in_procedure=frame.in_procedure)

    def _drop_database(self, name: str, if_exists: bool) -> None:
        self._permissions.check_server("DROP DATABASE")
        self._outside_transaction("DROP DATABASE")
        database = self._shared.databases.find(name)
        if database is None:
            if if_exists:
                return
            raise sql_error(3701, "drop", "database", name, state=1)
        if database.name in (MASTER, TEMPDB):
            raise sql_error(3708, "drop", "database", name, "database")
        for other in self._shared.sessions():
            if not other.state.killed and any(frame.database == database.name for frame in other.state.frames):
                raise sql_error(3702, database.name)
        self._shared.databases.drop(database)

    def alter_database(self, statement: syntax.AlterDatabase, frame: Frame) -> Iterator[Event]:
        """ALTER DATABASE … SET."""
        self._permissions.check_server("ALTER DATABASE")
        self._outside_transaction("ALTER DATABASE")
        name = statement.name or frame.database
        database = self._shared.databases.find(name)
        if database is None:
            raise sql_error(5011, name)
        if statement.rollback_immediate:
            for other in self._shared.sessions():
                if other.state is not self._state and other.state.base.database == database.name:
                    other.kill()
        for option, value in statement.options:
            if option == "READ_COMMITTED_SNAPSHOT" and value in ("ON", "OFF"):
                database.read_committed_snapshot = value == "ON"
            elif option == "ALLOW_SNAPSHOT_ISOLATION" and value in ("ON", "OFF"):
                database.snapshot_isolation = value == "ON"
            elif option == "RECOVERY" and value in ("FULL", "SIMPLE", "BULK_LOGGED"):
                database.recovery_model = value
            elif option in ("SINGLE_USER", "MULTI_USER", "RESTRICTED_USER"):
                database.user_access = option
                database.single_user = self._state.spid if option == "SINGLE_USER" else None
            elif value in _SHOWN_OPTIONS.get(option, ()):
                database.options[option] = value
            elif value not in _DATABASE_OPTIONS.get(option, ()):
                raise unsupported(f"ALTER DATABASE … SET {option} {value}".rstrip(), statement.line)
        self._shared.databases.save(database)
        yield Done(in_procedure=frame.in_procedure)


def _other_kind(kind: str, name: syntax.Name, item: CatalogObject) -> SqlError:
    """Error 3705: DROP of an object of another kind."""
    other = _KINDS[item.type]
    return sql_error(3705, kind, ".".join(name), ".".join(name), other, f"DROP {other.upper()}")

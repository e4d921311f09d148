"""Calling procedures and dynamic SQL: arguments, parameters, OUTPUT, return codes, RPC."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import Any

from local_sqlserver.catalog.objects import CatalogObject
from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.engine import system_procedures, table_variables
from local_sqlserver.engine.arguments import ArgumentValue, Call, CallResult
from local_sqlserver.engine.coercion import coerce
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.events import (
    Batch,
    Columns,
    Done,
    Event,
    Parameter,
    ProcedureDone,
    ReturnValue,
    Rows,
    TableValue,
)
from local_sqlserver.engine.permissions import Permissions
from local_sqlserver.engine.ports import Statements
from local_sqlserver.engine.result_sets import declared_results
from local_sqlserver.engine.rows import insert_rows
from local_sqlserver.engine.runner import Runner
from local_sqlserver.engine.scalars import Scalars
from local_sqlserver.engine.shared import Shared
from local_sqlserver.engine.signing import signers
from local_sqlserver.engine.state import Frame, Returned, ScopeAborted, SessionState, TableVariable, Variable
from local_sqlserver.engine.work import Work
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch, parse_name
from local_sqlserver.types import SqlType

_MAXIMUM_DEPTH = 32
_NO_PROCEDURES = {"U": "table", "V": "view", "IF": "table valued function", "TF": "table valued function"}
"""The objects that EXEC refuses by their kind."""
_INSERT_EXEC = "#insert exec"
_FAILED_CONVERSIONS = frozenset((235, 241, 242, 244, 245, 248, 293, 8114, 8115, 8169))


class Calls:
    """Calls for one session."""

    def __init__(
        self,
        shared: Shared,
        state: SessionState,
        view: CatalogView,
        work: Work,
        permissions: Permissions,
        compilation: Compilation,
        runner: Runner,
        scalars: Scalars,
        statements: Statements,
        reset: Callable[[], None],
    ) -> None:
        self.shared = shared
        self.state = state
        self.view = view
        self.transactions = work.transactions
        self.compilation = compilation
        self.reset = reset
        self.writing = work.writing
        self.check_definition = permissions.check_definition
        self._work = work
        self._permissions = permissions
        self._runner = runner
        self._scalars = scalars
        self._statements = statements
        self._inserting = False
        self._inserting_since = 0
        self.prepared: dict[int, tuple[str, tuple[syntax.ProcedureParameter, ...]]] = {}

    # --- statements of T-SQL

    def execute(self, statement: syntax.Execute, frame: Frame) -> Generator[Event, None, None]:
        """EXEC procedure."""
        name = statement.procedure
        if isinstance(name, str):
            text = frame.variable(name, statement.line).value
            name = parse_name(text or "")
        arguments = [self._argument(argument, frame) for argument in statement.arguments]
        self.state.last_error = 0
        call = self.invoke(name, arguments, frame, statement.line)
        if statement.results is not None:
            call = declared_results(call, statement.results, frame.settings.date_order, statement.line)
        result = yield from call
        for position, (value, kind) in result.outputs.items():
            variable = arguments[position].variable
            if variable is not None:
                variable.value = coerce(value, variable.type, kind, frame.settings.date_order)
        if statement.return_variable is not None:
            target = frame.variable(statement.return_variable, statement.line)
            target.value = coerce(result.code, target.type, result.type)
        if result.mismatch is not None:
            raise result.mismatch
        if not frame.in_procedure:
            yield ProcedureDone(result.code if result.type is None else 0)

    def _argument(self, argument: syntax.Argument, frame: Frame) -> ArgumentValue:
        if argument.table:
            table = frame.tables.get(argument.table.lower())
            if table is None:
                raise sql_error(1087, argument.table, line=argument.line)
            return ArgumentValue(argument.name, table, SqlType("table", user=table.relation.user_type))
        if argument.value is None:
            return ArgumentValue(argument.name, None, SqlType("int"), default=True)
        value, kind = self._scalars.evaluate(frame, argument.value)
        variable = None
        if argument.output_variable is not None:
            variable = frame.variable(argument.output_variable, argument.value.line)
        return ArgumentValue(argument.name, value, kind, output=variable is not None, variable=variable)

    def execute_string(self, statement: syntax.ExecuteString, frame: Frame) -> Generator[Event, None, None]:
        """EXEC ('text')."""
        text, _ = self._scalars.evaluate(frame, statement.text)
        self.state.last_error = 0
        call = self.dynamic(text or "", (), frame)
        if statement.results is not None:
            call = declared_results(call, statement.results, frame.settings.date_order, statement.line)
        result = yield from call
        if result.mismatch is not None:
            raise result.mismatch

    def insert_execute(self, statement: syntax.InsertExecute, frame: Frame) -> Iterator[Event]:
        """INSERT … EXEC inserts the rows of all result sets into the target."""
        if self._inserting:
            raise sql_error(8164)
        self._inserting, self._inserting_since = True, self.transactions.count
        kinds: list[SqlType] | None = None
        rows: list[tuple[Any, ...]] = []
        try:
            source = statement.source
            if source.results is not None:
                raise unsupported("INSERT … EXEC … WITH RESULT SETS", statement.line)
            if isinstance(source, syntax.Execute):
                events = self.execute(source, frame)
            else:
                events = self.execute_string(source, frame)
            with closing(events):  # at once, because an open result would block the session's next statement
                for event in events:
                    if isinstance(event, Columns):
                        found = [column.type for column in event.columns]
                        if kinds is not None and len(kinds) != len(found):
                            raise sql_error(213, state=7)
                        kinds = found
                    elif isinstance(event, Rows | Batch):
                        rows.extend(event.rows)
                    elif not isinstance(event, Done | ProcedureDone):
                        yield event
        finally:
            self._inserting = False
        yield from self._insert_rows(statement, frame, kinds or [], rows)

    def commit(self) -> Iterator[Event]:
        """COMMIT; raises SqlError 3916 within INSERT … EXEC for a transaction that began before it."""
        if self._inserting and self.transactions.count <= self._inserting_since:
            raise sql_error(3916)
        yield from self._work.commit()

    def roll_back(self, name: str) -> Iterator[Event]:
        """ROLLBACK, which is error 3915 within INSERT … EXEC."""
        if self._inserting:
            raise sql_error(3915)
        yield from self._work.roll_back(name)

    def _insert_rows(
        self, statement: syntax.InsertExecute, frame: Frame, kinds: list[SqlType], rows: list[tuple[Any, ...]]
    ) -> Iterator[Event]:
        if not kinds:
            self.state.row_count = 0
            return
        # The rows go into a temporary table, so that INSERT … SELECT from it is compiled and checked like any other.
        self.transactions.check_writable()
        line, names = statement.line, [f"c{index}" for index in range(len(kinds))]
        columns = tuple(
            syntax.ColumnDefinition(name=name, type=kind, nullable=True, line=line)
            for name, kind in zip(names, kinds, strict=True)
        )
        table = syntax.CreateTable(target=(_INSERT_EXEC,), columns=columns, constraints=(), line=line)
        create, _ = self.compilation.compiled(table, frame)
        for _ in self._runner.run(create, (), frame, statement.line):
            pass
        connection = self.transactions.connection
        staged = frame.temporary[_INSERT_EXEC]
        try:
            insert_rows(connection, staged.duckdb_name, rows)
            try:
                insert, relations = self.compilation.compiled(_insert_of(statement, names), frame)
            except SqlError as error:
                if error.number not in (120, 121, 213):  # a wrong number of columns is 213 for INSERT … EXEC
                    raise
                raise sql_error(213, state=7) from error
            yield from self._runner.run(insert, relations, frame, statement.line)
        finally:
            del frame.temporary[_INSERT_EXEC]
            if not (self.transactions.aborted and self.transactions.obstacle):
                connection.execute(f"DROP TABLE IF EXISTS {staged.duckdb_name}")

    # --- calls from T-SQL and RPC

    def invoke(self, name: tuple[str, ...], arguments: Sequence[ArgumentValue], frame: Frame, line: int) -> Call:
        """Call a user or system procedure. Raises SqlError 2812, 201, 8143, 8144, 8145, 8162."""
        found = self._find(name, frame)
        if found is not None:
            database, item = found
            if item.type == "FN":
                return self._scalar_function(database, name, item, arguments, frame, line)
            if not item.name.startswith("#"):
                self._permissions.check_execute(frame, database, item)
            return (yield from self._user_procedure(database, item, arguments, frame, line))
        system = system_procedures.find(name)
        if system is not None:
            before = frame.database
            if len(name) == 3 and name[0]:  # it works in the database of its name
                other = self.view.database(name[0])
                self._permissions.check_database(other)
                frame.database = other.name
            try:
                result = system(self, arguments, frame)
                return result if isinstance(result, CallResult) else (yield from result)
            finally:
                frame.database = before
        raise sql_error(2812, ".".join(name), line=line)

    def _find(
        self, name: tuple[str, ...], frame: Frame, *, of_synonym: bool = False
    ) -> tuple[str, CatalogObject] | None:
        if len(name) > 3:
            raise unsupported("A linked server")
        database = frame.database
        if name[-1].startswith("#"):
            temporary = self.state.procedures.get(name[-1].lower())
            return (database, temporary) if temporary is not None else None
        if len(name) == 3:
            known = self.shared.databases.find(name[0])
            if known is None:
                return None
            database = known.name
        schemas = [name[-2]] if len(name) > 1 else dict.fromkeys([frame.schema, "dbo"])
        for schema in schemas:
            item = self.view.catalog(database).find(schema, name[-1])
            if item is not None and item.type == "SN" and not of_synonym:
                base = self._find(parse_name(item.definition), frame, of_synonym=True)
                if base is None:
                    raise sql_error(5313, ".".join(name))
                return base
            if item is not None and item.type in ("P", "FN"):
                return database, item
            if item is not None and item.type in _NO_PROCEDURES:
                raise sql_error(2809, item.name, item.name, _NO_PROCEDURES[item.type])
        return None

    def _scalar_function(
        self,
        database: str,
        name: tuple[str, ...],
        item: CatalogObject,
        arguments: Sequence[ArgumentValue],
        frame: Frame,
        line: int,
    ) -> CallResult:
        """EXEC of a scalar function, whose value is the return code; raises 201, 8143, 8144, 8145."""
        (definition,) = parse_batch(item.definition, types=self.view.user_types(database)).statements
        assert isinstance(definition, syntax.CreateFunction)
        inner = self._enter(frame)
        self._bind(definition.parameters, item, arguments, inner, line)
        variables = tuple(syntax.Variable(name=parameter.name, line=line) for parameter in definition.parameters)
        full_name = name if len(name) > 1 else (item.schema, item.name)
        value, kind = self._scalars.evaluate(inner, syntax.FunctionCall(name=full_name, arguments=variables, line=line))
        return CallResult(value, {}, kind)

    def _user_procedure(
        self, database: str, item: CatalogObject, arguments: Sequence[ArgumentValue], frame: Frame, line: int
    ) -> Call:
        (definition,) = parse_batch(item.definition, types=self.view.user_types(database)).statements
        assert isinstance(definition, syntax.CreateProcedure)
        full_name = f"{item.schema}.{item.name}"
        if definition.as_owner and not self.shared.accounts.is_administrator(self.state.login):
            raise unsupported("EXECUTE AS OWNER for a login other than the administrator", line)
        inner = self._enter(frame)
        inner.database, inner.schema, inner.procedure = database, item.schema, full_name
        inner.object_id, inner.chained = item.id, True
        inner.signers = signers(self.view.catalog(database), item)
        try:
            positions = self._bind(definition.parameters, item, arguments, inner, line)
        except SqlError as error:
            error.line, error.procedure = 0, full_name
            raise
        before = self.transactions.count
        # 266: SQL Server requires that a procedure ends with the @@TRANCOUNT that it began with.
        code = yield from self._run(definition.body, inner)
        after = self.transactions.count
        outputs: dict[int, tuple[Any, SqlType]] = {}
        for position, parameter in positions.items():
            if arguments[position].output:
                variable = inner.variables[parameter.lower()]
                outputs[position] = (variable.value, variable.type)
        mismatch = sql_error(266, before, after, procedure=full_name) if before != after else None
        return CallResult(code, outputs, mismatch=mismatch)

    def _enter(self, frame: Frame, levels: int = 1) -> Frame:
        """Return a new frame some levels below ``frame``, not yet on the stack."""
        depth = self.state.frame.depth + levels
        if depth > _MAXIMUM_DEPTH:
            raise sql_error(217, 32)
        return Frame(depth, frame.database, settings=frame.settings.copy())

    def _run(self, body: syntax.Batch, inner: Frame) -> Generator[Event, None, int]:
        """Bind and run statements in a frame of their own; return the return code."""
        inner.declare(body.variables)
        self.compilation.bind(body, inner)
        self.state.frames.append(inner)
        try:
            yield from self._statements(body.statements, inner)
        except Returned as returned:
            return returned.code
        except ScopeAborted:
            return -6
        finally:
            self.state.frames.remove(inner)
            self._work.leave(inner)
        # Without RETURN, the code of a procedure that has reported errors is 10 less the highest severity.
        return min(0, 10 - inner.worst)

    def _bind(
        self,
        parameters: Sequence[syntax.ProcedureParameter],
        item: CatalogObject,
        arguments: Sequence[ArgumentValue],
        inner: Frame,
        line: int,
    ) -> dict[int, str]:
        """Declare the parameters in the new frame; return the argument of each parameter."""
        by_name = {parameter.name.lower(): parameter for parameter in parameters}
        if arguments and not parameters and item.id:  # dynamic SQL without parameters has no id
            raise sql_error(8146, item.name, state=1 if arguments[0].name else 2, line=line)
        positions: dict[int, str] = {}
        for position, argument in enumerate(arguments):
            if argument.name:
                if argument.name.lower() not in by_name:
                    raise sql_error(8145, argument.name, item.name, line=line)
                name = by_name[argument.name.lower()].name
            elif position >= len(parameters):
                raise sql_error(8144, item.name, line=line)
            else:
                name = parameters[position].name
            if name in positions.values():
                raise sql_error(8143, name, line=line)
            positions[position] = name
        given = {name: arguments[position] for position, name in positions.items()}
        for parameter in parameters:
            passed = given.get(parameter.name)
            if parameter.table is not None:
                self._bind_table(parameter, parameter.table, passed, inner, line)
                continue
            variable = Variable(parameter.type)
            inner.variables[parameter.name.lower()] = variable
            if passed is not None and passed.output and not parameter.output:
                raise sql_error(8162, parameter.name, line=line)
            if passed is not None and not passed.default:
                variable.value = self._convert(passed, parameter, inner.settings.date_order, line)
            elif parameter.default is not None:
                variable.value = self._scalars.evaluate_as(inner, parameter.default, parameter.type)
            else:
                raise sql_error(201, item.name, parameter.name, line=line)
        return positions

    def _bind_table(
        self,
        parameter: syntax.ProcedureParameter,
        declaration: syntax.TableDeclaration,
        passed: ArgumentValue | None,
        inner: Frame,
        line: int,
    ) -> None:
        """Declare a table-valued parameter with the rows of its argument, none without one; raises 206, 500."""
        table = table_variables.declare(self.compilation, self.transactions, declaration, inner)
        if passed is None or passed.default:
            return
        if isinstance(passed.value, TableValue):
            self._permissions.check_type(inner.database, "EXECUTE", parameter.type.user)
            self._receive(passed.value, parameter.name, table, inner, line)
        elif isinstance(passed.value, TableVariable) and passed.type.user == parameter.type.user:
            table_variables.copy_rows(self.transactions, passed.value, table)
        else:
            names = (self._type_name(kind, inner.database) for kind in (passed.type, parameter.type))
            raise sql_error(206, *names, line=line)

    def _type_name(self, kind: SqlType, database: str) -> str:
        user = self.view.catalog(database).type_by_id(kind.user)
        return kind.name if user is None else user.name

    def _receive(self, value: TableValue, name: str, table: TableVariable, inner: Frame, line: int) -> None:
        """Insert the rows that a client sent; they must satisfy the type's constraints."""
        columns = table.relation.columns
        if not value.types:  # NULL or DEFAULT instead of a table
            return
        if len(value.types) != len(columns):
            raise sql_error(500, len(value.types), len(columns), line=line)
        sent = [index for index in range(len(columns)) if index not in value.defaults]
        rows = [tuple(row[index] for index in sent) for row in value.rows]
        target = syntax.InsertExecute(
            target=(name,),
            columns=tuple(columns[index].name for index in sent),
            source=syntax.ExecuteString(text=syntax.Literal(kind="null", value="", line=line), line=line),
            line=line,
        )
        before = self.state.last_identity, self.state.row_count
        self.state.frames.append(inner)
        try:
            deque(self._insert_rows(target, inner, [value.types[index] for index in sent], rows), maxlen=0)
        finally:
            self.state.frames.remove(inner)
        (self.state.last_identity, self.state.row_count), inner.scope_identity = before, None

    def _convert(
        self, argument: ArgumentValue, parameter: syntax.ProcedureParameter, date_order: str, line: int
    ) -> Any:
        if argument.type.name == "table":
            raise sql_error(206, "table", str(parameter.type), line=line)
        try:
            return coerce(argument.value, parameter.type, argument.type, date_order)
        except SqlError as error:
            # SQL Server reports a parameter that does not convert as 8114, whichever its type.
            if error.number not in _FAILED_CONVERSIONS:
                raise
            raise sql_error(8114, argument.type.name, parameter.type.name, line=line) from error

    def dynamic(
        self,
        text: str,
        parameters: tuple[syntax.ProcedureParameter, ...],
        frame: Frame,
        arguments: Sequence[ArgumentValue] = (),
        name: str = "sp_executesql",
        levels: int = 1,
    ) -> Call:
        """Run dynamic SQL in a frame of its own, ``levels`` below; ``outputs`` are by the argument's position."""
        inner = self._enter(frame, levels)
        inner.dynamic, inner.signers = True, frame.signers
        parsed = parse_batch(text, parameters, types=self.view.user_types(frame.database))
        item = CatalogObject(0, "", name, "P", self.state.clock, self.state.clock)
        try:
            positions = self._bind(parameters, item, arguments, inner, 0)
        except SqlError as error:
            if error.number != 201:
                raise
            listed = ",".join(f"{parameter.name} {parameter.type}" for parameter in parameters)
            missing = re.findall(r"'(@[^']*)'", error.message)[-1]
            raise sql_error(8178, f"({listed}){text}", missing) from error
        before = self.transactions.count
        code = yield from self._run(parsed, inner)
        after = self.transactions.count
        outputs = {
            position: (inner.variables[name.lower()].value, inner.variables[name.lower()].type)
            for position, name in positions.items()
            if arguments[position].output
        }
        return CallResult(code, outputs, mismatch=sql_error(266, before, after) if before != after else None)

    # --- RPC

    def remote(self, name: str, parameters: Sequence[Parameter]) -> Iterator[Event]:
        """Run an RPC and return its OUTPUT parameters and return code."""
        self.state.begin_statement()
        arguments = [
            ArgumentValue(parameter.name, parameter.value, parameter.type, parameter.output, parameter.default)
            for parameter in parameters
        ]
        result = yield from self.invoke(parse_name(name), arguments, self.state.base, 1)
        for position, (value, kind) in sorted(result.outputs.items()):
            yield ReturnValue(position, parameters[position].name, kind, value)
        if result.mismatch is not None:
            raise result.mismatch
        yield ProcedureDone(result.code)


def _insert_of(statement: syntax.InsertExecute, names: Sequence[str]) -> syntax.Insert:
    """Return INSERT … SELECT of these columns from the table with the rows that EXEC returned."""
    line = statement.line
    select = syntax.Select(
        items=tuple(syntax.Item(value=syntax.Column(parts=(name,), line=line), line=line) for name in names),
        source=syntax.TableSource(name=(_INSERT_EXEC,), alias="", line=line),
        line=line,
    )
    query = syntax.Query(body=select, line=line)
    return syntax.Insert(target=statement.target, columns=statement.columns, query=query, line=line)

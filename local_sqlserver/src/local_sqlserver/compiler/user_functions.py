"""User-defined functions: the body of a function becomes part of the statement that calls it.

A scalar function is compiled to one expression by running its statements symbolically: every variable stands for the
SQL of its present value. IF becomes CASE. WHILE becomes a recursive common table expression whose column ``s`` is a
STRUCT of the variables. A value that is used more than once gets a name, as the parameter of a lambda, or as the column
of a derived table if a subquery uses it. Table variables are lists of STRUCTs. Source: the T-SQL reference, CREATE
FUNCTION.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from local_sqlserver.compiler.accumulation import accumulates, accumulation
from local_sqlserver.compiler.contract import FunctionInfo, Relation
from local_sqlserver.compiler.conversions import assign, implicit
from local_sqlserver.compiler.expressions import is_default
from local_sqlserver.compiler.fragments import Value, identifier, quote, raise_sql, typed_null
from local_sqlserver.compiler.names import OutputColumn, Rows, Scope, reference
from local_sqlserver.compiler.queries import QueryCompiler, named_columns
from local_sqlserver.compiler.schema_binding import check_schema_bound, is_schema_bound
from local_sqlserver.compiler.types import BIT, duckdb_type
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import SqlType

_MAXIMUM_DEPTH = 32
_LONGEST = 2_000_000
"""The longest SQL of a function, in characters: IFs with RETURN in one branch can double it."""
_STRING = re.compile(r"'(?:[^']|'')*'")
_OWN_NAME = re.compile(r'_f\d+(?:\.s)?\."(?:[^"]|"")*"')
_LEAVES = (syntax.Return, syntax.Break, syntax.Continue)


@dataclass(frozen=True, slots=True)
class _Values:
    """The present values of the variables of a function, and of its table variables, by name in lower case."""

    scalars: dict[str, Value]
    tables: dict[str, _TableValue]

    def changed(self, scalars: dict[str, Value]) -> _Values:
        return replace(self, scalars={**self.scalars, **scalars})


@dataclass(frozen=True, slots=True)
class _TableValue:
    """A table variable: the SQL of a list of STRUCTs, and the columns."""

    sql: str
    columns: tuple[syntax.ColumnDefinition, ...]

    @property
    def duckdb_type(self) -> str:
        fields = ", ".join(f"{identifier(c.name)} {duckdb_type(c.type)}" for c in self.columns if c.type is not None)
        return f"STRUCT({fields})[]"

    def rows(self) -> Rows:
        columns = tuple(OutputColumn(c.name, c.type, c.name) for c in self.columns if c.type is not None)
        listed = ", ".join(f"_r.{identifier(column.name)}" for column in columns)
        return Rows(f"SELECT {listed} FROM (SELECT unnest({self.sql}) AS _r)", columns)


_Then = Callable[[_Values], str]


@dataclass(frozen=True, slots=True)
class _Flow:
    """What RETURN, BREAK and CONTINUE make of the present values."""

    returned: Callable[[_Values, syntax.Expression | None], str]
    broken: _Then
    continued: _Then


class FunctionCompiler(QueryCompiler):
    """Compiles calls of user-defined functions."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.recursion = None
        self._calls: list[str] = []
        self._names = 0
        self._lists: dict[str, _TableValue] = {}

    # --- calls

    def user_function(self, node: syntax.FunctionCall, scope: Scope) -> Value:
        """The value of a scalar function; raises 4121, 313, 8144, 217."""
        function = self.context.function(node.name, node.line, tables=False)
        definition = function.definition
        declared = definition.returns
        assert declared is not None
        arguments = self._arguments(function, node, scope)
        if len(self._calls) >= _MAXIMUM_DEPTH:
            failed = raise_sql(217, quote(str(_MAXIMUM_DEPTH)))
            return Value(f"CAST({failed} AS {duckdb_type(declared)})", declared)
        if function.name in self._calls and _count_calls(definition, function.name) > 1:
            raise unsupported(f"The function {function.name}, which calls itself more than once,", node.line)
        name, placeholders = self._named(arguments)
        with self._inside(function, arguments):
            body = self._scalar_body(definition, declared, placeholders)
        if definition.null_on_null and placeholders:
            unknown = " OR ".join(f"{value.sql} IS NULL" for value in placeholders.values())
            body = f"CASE WHEN {unknown} THEN NULL ELSE {body} END"
        return Value(self._bound(name, {key: value.sql for key, value in arguments.items()}, body), declared)

    def user_rows(self, node: syntax.FunctionCall, scope: Scope) -> Rows:
        """The rows of a table-valued function; raises 208, 313, 8144."""
        function = self.context.function(node.name, node.line, tables=True)
        arguments = self._arguments(function, node, scope)
        if function.name in self._calls:
            raise unsupported(f"The recursive function {function.name}", node.line)
        name, placeholders = self._named(arguments)
        with self._inside(function, arguments):
            rows = self._rows(function.definition, placeholders)
        sqls = {key: value.sql for key, value in arguments.items()}
        if all(_is_own(sql) for sql in sqls.values()):
            sql = _substituted(rows.sql, name, sqls)
        else:
            given = ", ".join(f"{sql} AS {identifier(key)}" for key, sql in sqls.items())
            sql = f"SELECT _b.* FROM (SELECT {given}) AS {name}, LATERAL ({rows.sql}) AS _b"
        return Rows(sql, rows.columns)

    def check_function(self, definition: syntax.CreateFunction) -> tuple[OutputColumn, ...]:
        """Compile a body on its own; return the columns of a table-valued function. Raises SqlError."""
        if is_schema_bound(definition.text):
            check_schema_bound("function", definition.name, definition)
        function = FunctionInfo(".".join(definition.name), definition, self.context)
        scalars = [parameter for parameter in definition.parameters if parameter.table is None]
        nulls = {parameter.name.lower(): typed_null(parameter.type) for parameter in scalars}
        with self._inside(function, {}):
            if definition.returns is None:
                return self._rows(definition, nulls).columns
            self._scalar_body(definition, definition.returns, nulls)
        return ()

    def _arguments(self, function: FunctionInfo, node: syntax.FunctionCall, scope: Scope) -> dict[str, Value]:
        parameters = function.definition.parameters
        if len(node.arguments) != len(parameters):
            few = len(node.arguments) < len(parameters)
            raise sql_error(313 if few else 8144, function.name, line=node.line)
        values = {}
        for parameter, argument in zip(parameters, node.arguments, strict=True):
            if parameter.table is not None:
                function.context.give_table(parameter.name, self._table_argument(argument, parameter))
                continue
            given = argument
            if is_default(argument):
                given = parameter.default or syntax.Literal(kind="null", value="", line=node.line)
            value = implicit(self.expression(given, scope), parameter.type, node.line)
            values[parameter.name.lower()] = typed_null(parameter.type) if value.null else value
        return values

    def _table_argument(self, argument: syntax.Expression, parameter: syntax.ProcedureParameter) -> Relation:
        """The table variable that a table-valued parameter gets; raises 206 for anything else."""
        name = argument.name if isinstance(argument, syntax.Variable) else ""
        if is_default(argument):
            raise unsupported("DEFAULT for a table-valued parameter of a function", argument.line)
        if name.lower() in self._lists:
            raise unsupported("A table variable of a function as an argument", argument.line)
        found = self.context.relation((name,), argument.line) if name.startswith("@") else None
        if found is None or found.user_type != parameter.type.user:
            raise sql_error(206, "table" if found else "expression", parameter.type.name, line=argument.line)
        return found

    def _named(self, values: dict[str, Value]) -> tuple[str, dict[str, Value]]:
        """A new name for a set of values, and the references to its parts."""
        # From one for each outermost call, because GROUP BY finds equal expressions by their SQL.
        self._names = self._names + 1 if self._calls else 1
        name = f"_f{self._names}"
        return name, {key: Value(f"{name}.{identifier(key)}", value.type) for key, value in values.items()}

    @contextmanager
    def _inside(self, function: FunctionInfo, arguments: dict[str, Value]) -> Iterator[None]:
        kept = self.context, self.running, self.tables, self._lists, self.recursion, self.lateral
        self.lateral = self.lateral or not all(_is_own(value.sql) for value in arguments.values())
        self.context, self.tables, self._lists, self.recursion = function.context, {}, {}, None
        self._calls.append(function.name)
        try:
            yield
        finally:
            self._calls.pop()
            self.context, self.running, self.tables, self._lists, self.recursion, self.lateral = kept

    def variable(self, name: str, line: int) -> Value:
        """@x or @@x; in a function, the session's values that its own statements would change are refused."""
        if self._calls and name.lower() in ("@@rowcount", "@@error", "@@fetch_status", "@@identity"):
            raise unsupported(f"{name.upper()} in a function", line)
        return super().variable(name, line)

    def _table(self, node: syntax.TableSource, scope: Scope) -> str:
        if node.name[-1].lower() in self._lists:
            rows = self._lists[node.name[-1].lower()].rows()
            return self._derived(rows, node.alias or node.name[-1], (), scope, node.line)
        return super()._table(node, scope)

    # --- bodies

    def _scalar_body(self, definition: syntax.CreateFunction, declared: SqlType, arguments: dict[str, Value]) -> str:
        def returned(values: _Values, value: syntax.Expression | None) -> str:
            if value is None:
                raise sql_error(102, "RETURN", line=definition.line)
            return self._as(value, declared, values).sql

        def missing(values: _Values) -> str:
            return typed_null(declared).sql

        flow = _Flow(returned, missing, missing)
        sql = self._run(_statements(definition), _start(definition, arguments), flow, missing)
        if len(sql) > _LONGEST:
            raise unsupported("A function with so many branches", definition.line)
        return sql

    def _rows(self, definition: syntax.CreateFunction, arguments: dict[str, Value]) -> Rows:
        if definition.query is not None:
            self.running = arguments
            tables = self.common_tables(definition.query)
            rows = self.rows(definition.query.query, None)
            names: set[str] = set()
            for position, column in enumerate(rows.columns, 1):
                if not column.name:
                    raise sql_error(4514, position, line=definition.line)
                if column.name.lower() in names:
                    raise sql_error(4506, column.name, definition.name[-1], line=definition.line)
                names.add(column.name.lower())
            columns = named_columns(rows, (), definition.name[-1], definition.line)
            listed = ", ".join(
                f"_q.{identifier(old.emitted)} AS {identifier(new.emitted)}"
                for old, new in zip(rows.columns, columns, strict=True)
            )
            return Rows(f"SELECT {listed} FROM ({tables}{rows.sql}) AS _q", columns)
        assert definition.table is not None
        name = definition.table.name.lower()

        def result(values: _Values) -> str:
            return values.tables[name].sql

        flow = _Flow(lambda values, value: result(values), result, result)
        start = self._with_table(definition.table, _start(definition, arguments))
        table = start.tables[name]
        return _TableValue(self._run(_statements(definition), start, flow, result), table.columns).rows()

    def _with_table(self, item: syntax.TableDeclaration, values: _Values) -> _Values:
        table = item.table
        if table.constraints or any(c.identity or c.computed or c.default or c.type is None for c in table.columns):
            raise unsupported("A table variable with constraints, defaults or IDENTITY in a function", item.line)
        empty = _TableValue("", table.columns)
        empty = replace(empty, sql=f"CAST([] AS {empty.duckdb_type})")
        return replace(values, tables={**values.tables, item.name.lower(): empty})

    def _as(self, node: syntax.Expression, declared: SqlType, values: _Values) -> Value:
        """An expression over the present values, as a type."""
        self.running = values.scalars
        self._lists = values.tables
        value = implicit(self.expression(node, Scope()), declared, node.line)
        return typed_null(declared) if value.null else value

    def _test(self, node: syntax.Expression, values: _Values) -> str:
        self.running = values.scalars
        self._lists = values.tables
        return self.condition(node, Scope()).sql

    # --- statements

    def _run(self, statements: tuple[syntax.Statement, ...], values: _Values, flow: _Flow, then: _Then) -> str:
        """The SQL of the function's result after these statements; ``then`` gives that of the rest."""
        if not statements:
            return then(values)
        first, rest = statements[0], statements[1:]

        def go_on(after: _Values) -> str:
            return self._run(rest, after, flow, then)

        match first:
            case syntax.Block(statements=inner):
                return self._run((*inner, *rest), values, flow, then)
            case syntax.Declare(items=items):
                return self._declared(items, values, go_on)
            case syntax.SetVariable(name=name, value=value):
                return self._assigned(name, value, values, go_on)
            case syntax.Return(value=value):
                return flow.returned(values, value)
            case syntax.Break():
                return flow.broken(values)
            case syntax.Continue():
                return flow.continued(values)
            case syntax.If():
                return self._if(first, values, flow, go_on)
            case syntax.While():
                return self._while(first, values, flow, go_on)
            case syntax.SelectStatement():
                return self._select_assigned(first, values, go_on)
            case syntax.Insert():
                return self._insert_value(first, values, go_on)
        raise unsupported(f"{type(first).__name__.upper()} in a function", first.line)

    def _declared(
        self, items: tuple[syntax.VariableDeclaration | syntax.TableDeclaration, ...], values: _Values, then: _Then
    ) -> str:
        if not items:
            return then(values)
        first, rest = items[0], items[1:]
        if isinstance(first, syntax.TableDeclaration):
            return self._declared(rest, self._with_table(first, values), then)
        if first.initial is None:
            return self._declared(rest, values, then)
        return self._assigned(first.name, first.initial, values, lambda after: self._declared(rest, after, then))

    def _assigned(self, name: str, value: syntax.Expression, values: _Values, then: _Then) -> str:
        key = name.lower()
        if key not in values.scalars:
            raise sql_error(137, name, line=value.line)
        return self._let({key: self._as(value, values.scalars[key].type, values)}, values, then)

    def _let(self, changed: dict[str, Value], values: _Values, then: _Then) -> str:
        """The SQL of the rest with new values of variables, each computed once."""
        name, references = self._named(changed)
        rest = then(values.changed(references))
        return self._bound(name, {key: value.sql for key, value in changed.items()}, rest)

    def _bound(self, name: str, sqls: dict[str, str], rest: str) -> str:
        """``rest`` with the values of ``name."key"``: written in their place if used once, else named."""
        has_query = "SELECT" in rest
        once = {
            key: sql
            for key, sql in sqls.items()
            if (not has_query or _is_own(sql))
            and (rest.count(f"{name}.{identifier(key)}") <= 1 or len(sql) < 30)
            and not ("SELECT" in sql and "lambda" in rest)
        }
        rest = _substituted(rest, name, once)
        kept = {key: sql for key, sql in sqls.items() if key not in once and f"{name}.{identifier(key)}" in rest}
        if not kept:
            return f"({rest})"
        if has_query:
            given = ", ".join(f"{sql} AS {identifier(key)}" for key, sql in kept.items())
            return f"(SELECT {rest} FROM (SELECT {given}) AS {name})"
        return f"list_transform([{_struct(kept)}], lambda {name}: {rest})[1]"

    def _if(self, node: syntax.If, values: _Values, flow: _Flow, then: _Then) -> str:
        name, test = self._named({"?": Value("", BIT)})
        holds = test["?"].sql
        otherwise = (node.otherwise,) if node.otherwise is not None else ()
        condition = self._test(node.condition, values)
        if any(isinstance(inner, _LEAVES) for branch in (node.then, *otherwise) for inner in branch.walk()):
            yes = self._run((node.then,), values, flow, then)
            no = self._run(otherwise, values, flow, then)
            return self._bound(name, {"?": f"coalesce({condition}, FALSE)"}, _choice(holds, yes, no))
        # Without RETURN, the branches only change variables: one STRUCT of them goes on.
        scalars, tables = _changed(node, values)

        def state(after: _Values) -> str:
            return _struct(_state(after, scalars, tables))

        both = _choice(holds, self._run((node.then,), values, flow, state), self._run(otherwise, values, flow, state))
        both = self._bound(name, {"?": f"coalesce({condition}, FALSE)"}, both)
        return self._from_state(both, values, scalars, tables, lambda after, _: then(after))

    def _while(self, node: syntax.While, values: _Values, flow: _Flow, then: _Then) -> str:
        scalars, tables = _changed(node, values)
        loop, _ = self._named({})
        inside = _of_state(f"{loop}.s", values, scalars, tables)
        returns = [inner for inner in node.body.walk() if isinstance(inner, syntax.Return)]
        nothing = flow.returned(values, syntax.Literal(kind="null", value="", line=node.line)) if returns else "NULL"

        def state(after: _Values, leaves: int, value: str = nothing) -> str:
            return _struct({**_state(after, scalars, tables), "?leaves": str(leaves), "?value": value})

        inner = _Flow(
            returned=lambda after, value: state(after, 2, flow.returned(after, value)),
            broken=lambda after: state(after, 1),
            continued=lambda after: state(after, 0),
        )
        step = self._run((node.body,), inside, inner, inner.continued)
        condition = self._test(node.condition, inside)
        sql = (
            f"(WITH RECURSIVE {loop}(n, s) AS (SELECT 0, {state(values, 0)} UNION ALL"
            f' SELECT {loop}.n + 1, {step} FROM {loop} WHERE {loop}.s."?leaves" = 0 AND {condition})'
            f" SELECT arg_max(s, n) FROM {loop})"
        )

        def after_loop(after: _Values, name: str) -> str:
            rest = then(after)
            if not returns:
                return rest
            return f'CASE WHEN {name}.s."?leaves" = 2 THEN {name}.s."?value" ELSE {rest} END'

        return self._from_state(sql, values, scalars, tables, after_loop)

    def _from_state(
        self, state: str, values: _Values, scalars: list[str], tables: list[str], then: Callable[[_Values, str], str]
    ) -> str:
        """The SQL of the rest with the variables in a STRUCT."""
        name, _ = self._named({})
        rest = then(_of_state(f"{name}.s", values, scalars, tables), name)
        if "SELECT" in rest or "SELECT" in state:
            return f"(SELECT {rest} FROM (SELECT {state} AS s) AS {name})"
        return f"list_transform([{{s: {state}}}], lambda {name}: {rest})[1]"

    def _select_assigned(self, node: syntax.SelectStatement, values: _Values, then: _Then) -> str:
        body = node.query.body
        if not isinstance(body, syntax.Select) or not all(item.variable for item in body.items):
            raise sql_error(444, line=node.line)
        if body.source is None and body.where is None and not node.tables:
            items = body.items

            def assign(position: int, after: _Values) -> str:
                if position == len(items):
                    return then(after)
                item = items[position]
                assert item.value is not None
                return self._assigned(item.variable, item.value, after, lambda new: assign(position + 1, new))

            return assign(0, values)
        self.running, self._lists = values.scalars, values.tables
        prefix = self.common_tables(node)
        names = list(dict.fromkeys(item.variable.lower() for item in body.items))
        types = {name: values.scalars[name].type for name in names}
        if accumulates(body):
            row = accumulation(self, node, body, types)
            state = f"(SELECT {_struct({name: f'_q.{identifier(name)}' for name in names})} FROM ({prefix}{row}) AS _q)"
        else:
            rows = self.query_rows(node.query, None)
            parts = {}
            for item, column in zip(body.items, rows.columns, strict=True):
                declared = types[item.variable.lower()]
                value = implicit(reference("_q", column), declared, node.line)
                parts[item.variable.lower()] = typed_null(declared).sql if column.null else value.sql
            state = (
                f"(SELECT arg_max(s, n) FROM (SELECT {_struct(parts)} AS s, row_number() OVER () AS n"
                f" FROM ({prefix}{rows.sql}) AS _q))"
            )
        # No row leaves the variables as they are.
        name, _ = self._named({})
        new = {
            key: Value(
                f"CASE WHEN {name}.s IS NULL THEN {values.scalars[key].sql} ELSE {name}.s.{identifier(key)} END",
                types[key],
            )
            for key in names
        }
        rest = self._let(new, values, then)
        return f"(SELECT {rest} FROM (SELECT {state} AS s) AS {name})"

    def _insert_value(self, node: syntax.Insert, values: _Values, then: _Then) -> str:
        key = node.target[-1].lower()
        table = values.tables.get(key)
        if table is None:
            raise sql_error(443, "INSERT", line=node.line)
        if node.output is not None or node.tables:
            raise unsupported("INSERT with OUTPUT or WITH in a function", node.line)
        self.running, self._lists = values.scalars, values.tables
        names = [name.lower() for name in node.columns or [column.name for column in table.columns]]
        known = {column.name.lower() for column in table.columns}
        for name in names:
            if name not in known:
                raise sql_error(207, name, line=node.line)
        if node.query is not None:
            rows = self.query_rows(node.query, None)
            if len(rows.columns) != len(names):
                raise sql_error(120 if len(rows.columns) < len(names) else 121, line=node.line)
            given = [reference("_q", column) for column in rows.columns]
            given = [replace(v, null=c.null) for v, c in zip(given, rows.columns, strict=True)]
            added = f"(SELECT coalesce(list({self._table_row(table, names, given, node)}), []) FROM ({rows.sql}) AS _q)"
        else:
            lines = []
            for row in node.rows or ():
                if len(row) != len(names):
                    raise sql_error(110 if len(row) < len(names) else 109, line=node.line)
                lines.append(self._table_row(table, names, [self.expression(value, Scope()) for value in row], node))
            added = f"[{', '.join(lines)}]"
        joined = _TableValue(f"list_concat({table.sql}, CAST({added} AS {table.duckdb_type}))", table.columns)
        # Named like a variable, because the list may be read more than once.
        name, _ = self._named({})
        rest = then(replace(values, tables={**values.tables, key: replace(table, sql=f"{name}.{identifier(key)}")}))
        return self._bound(name, {key: joined.sql}, rest)

    def _table_row(self, table: _TableValue, names: list[str], given: list[Value], node: syntax.Insert) -> str:
        by_name = dict(zip(names, given, strict=True))
        parts = {}
        for column in table.columns:
            assert column.type is not None
            value = by_name.get(column.name.lower())
            converted = typed_null(column.type)
            if value is not None:
                table_name = f"tempdb.dbo.{node.target[-1]}"
                converted = assign(value, column.type, table=table_name, column=column.name, line=node.line)
            sql = typed_null(column.type).sql if converted.null else converted.sql
            if column.nullable is False:
                failed = raise_sql(515, quote(column.name), quote(node.target[-1]), quote("INSERT"))
                sql = f"CASE WHEN {sql} IS NULL THEN {failed} ELSE {sql} END"
            parts[column.name] = sql
        return _struct(parts)


def _statements(definition: syntax.CreateFunction) -> tuple[syntax.Statement, ...]:
    assert definition.body is not None
    return definition.body.statements


def _start(definition: syntax.CreateFunction, arguments: dict[str, Value]) -> _Values:
    """The values at the begin: the arguments, and NULL for the variables that the body declares."""
    assert definition.body is not None
    nulls = {name: typed_null(declared) for name, declared in definition.body.variables}
    return _Values({**nulls, **arguments}, {})


def _count_calls(definition: syntax.CreateFunction, name: str) -> int:
    last = name.split(".")[-1].lower()
    return sum(isinstance(node, syntax.FunctionCall) and node.name[-1].lower() == last for node in definition.walk())


def _changed(node: syntax.Statement, values: _Values) -> tuple[list[str], list[str]]:
    """The variables and the table variables that a statement may change."""
    scalars: dict[str, None] = {}
    tables: dict[str, None] = {}
    for inner in node.walk():
        if isinstance(inner, syntax.SetVariable | syntax.VariableDeclaration):
            scalars[inner.name.lower()] = None
        elif isinstance(inner, syntax.Item) and inner.variable:
            scalars[inner.variable.lower()] = None
        elif isinstance(inner, syntax.Insert):
            tables[inner.target[-1].lower()] = None
        elif isinstance(inner, syntax.TableDeclaration):
            raise unsupported("DECLARE of a table variable inside IF or WHILE of a function", inner.line)
    return [name for name in scalars if name in values.scalars], [name for name in tables if name in values.tables]


def _state(values: _Values, scalars: list[str], tables: list[str]) -> dict[str, str]:
    """The SQL of the variables as the fields of a STRUCT, which is never empty."""
    parts = {name: f"CAST({values.scalars[name].sql} AS {duckdb_type(values.scalars[name].type)})" for name in scalars}
    return {"?": "0", **parts, **{name: values.tables[name].sql for name in tables}}


def _of_state(state: str, values: _Values, scalars: list[str], tables: list[str]) -> _Values:
    """The variables, read from a STRUCT."""
    after = values.changed({n: Value(f"{state}.{identifier(n)}", values.scalars[n].type) for n in scalars})
    lists = {n: replace(values.tables[n], sql=f"{state}.{identifier(n)}") for n in tables}
    return replace(after, tables={**values.tables, **lists})


def _choice(holds: str, yes: str, no: str) -> str:
    """CASE; a subquery in a branch runs only where the branch is taken, which DuckDB's CASE does not ensure."""
    if "SELECT" in yes:
        yes = f"(SELECT {yes} WHERE {holds})"
    if "SELECT" in no:
        no = f"(SELECT {no} WHERE NOT {holds})"
    return f"CASE WHEN {holds} THEN {yes} ELSE {no} END"


def _is_own(sql: str) -> bool:
    """Whether SQL names nothing but the values of functions, so that a subquery around it cannot capture a name."""
    return '"' not in _OWN_NAME.sub("", _STRING.sub("", sql))


def _substituted(sql: str, name: str, sqls: dict[str, str]) -> str:
    for key, value in sqls.items():
        sql = sql.replace(f"{name}.{identifier(key)}", value)
    return sql


def _struct(parts: dict[str, str]) -> str:
    return "{" + ", ".join(f"{identifier(name)}: {sql}" for name, sql in parts.items()) + "}"

"""Table-valued functions, in FROM."""

from __future__ import annotations

from local_sqlserver.compiler.fragments import quote, raise_sql
from local_sqlserver.compiler.functions.registry import Call, Place, Theme
from local_sqlserver.compiler.names import OutputColumn, Rows
from local_sqlserver.compiler.types import BIGINT, INT, common_type, text_type
from local_sqlserver.errors import unsupported
from local_sqlserver.types import INTEGERS, MAX

tables = Theme("rows")


@tables.table("STRING_SPLIT", least=2, most=3)
def _string_split(call: Call) -> Rows:
    text, separator = call.text(0), call.text(1)
    pieces = f"tsql_split({text.sql}, {separator.sql})"
    name = "nvarchar" if text.type.name in ("nvarchar", "nchar") else "varchar"
    columns = [OutputColumn("value", text_type(name, text.type.length or MAX), "value", text.collation)]
    selected = f'unnest({pieces}) AS "value"'
    if len(call.arguments) == 3:
        columns.append(OutputColumn("ordinal", BIGINT, "ordinal"))
        selected += f', unnest(range(1, len({pieces}) + 1)) AS "ordinal"'
    return Rows(f"SELECT {selected}", tuple(columns))


@tables.table("GENERATE_SERIES", least=2, most=3)
def _generate_series(call: Call) -> Rows:
    declared = common_type([argument.type for argument in call.arguments])
    if declared.name not in INTEGERS:
        raise unsupported(f"GENERATE_SERIES of {declared.name}", call.line)
    start, stop = call.arguments[0].sql, call.arguments[1].sql
    if len(call.arguments) == 2:
        step = f"CASE WHEN {start} <= {stop} THEN 1 ELSE -1 END"
    else:
        given, zero = call.arguments[2].sql, raise_sql(4199, quote("0"), quote("3"), quote("generate_series"))
        step = f"CASE WHEN {given} = 0 THEN {zero} ELSE {given} END"
    bounds = f"{start}, {stop}, {step}"
    kind, column = ("BIGINT", BIGINT) if declared == BIGINT else ("INTEGER", INT)
    sql = f'SELECT CAST(unnest(generate_series({bounds})) AS {kind}) AS "value"'
    return Rows(sql, (OutputColumn("value", column, "value"),))


tables.refuse("CONTAINSTABLE", "FREETEXTTABLE", "OPENDATASOURCE", "OPENQUERY", "OPENXML", place=Place.TABLE)

graphs = Theme("graphs")
graphs.refuse(
    *("EDGE_ID_FROM_PARTS", "GRAPH_ID_FROM_EDGE_ID", "GRAPH_ID_FROM_NODE_ID", "NODE_ID_FROM_PARTS"),
    *("OBJECT_ID_FROM_EDGE_ID", "OBJECT_ID_FROM_NODE_ID"),
)

"""Table-valued functions, in FROM."""

from __future__ import annotations

from local_sqlserver.compiler.fragments import identifier, quote, raise_sql
from local_sqlserver.compiler.functions.registry import Call, Place, Theme
from local_sqlserver.compiler.functions.session import SESSION_VALUES, SYSNAME
from local_sqlserver.compiler.names import OutputColumn, Rows
from local_sqlserver.compiler.types import BIGINT, BIT, INT, duckdb_type, text_type
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.types import DECIMALS, INTEGERS, MAX, SqlType

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
    typed = [argument.type for argument in call.arguments if not argument.null] or [INT]
    declared = typed[0]
    if any(each.name != declared.name for each in typed) or declared.name not in INTEGERS | DECIMALS:
        raise sql_error(5373, line=call.line)
    if declared.name in DECIMALS:
        raise unsupported(f"GENERATE_SERIES of {declared.name}", call.line)
    start, stop = call.arguments[0].sql, call.arguments[1].sql
    if len(call.arguments) == 2:
        step = f"CASE WHEN {start} <= {stop} THEN 1 ELSE -1 END"
    else:
        given, zero = call.arguments[2].sql, raise_sql(4199, quote("0"), quote("3"), quote("generate_series"))
        step = f"CASE WHEN {given} = 0 THEN {zero} ELSE {given} END"
    bounds = f"{start}, {stop}, {step}"
    sql = f'SELECT CAST(unnest(generate_series({bounds})) AS {duckdb_type(declared)}) AS "value"'
    return Rows(sql, (OutputColumn("value", declared, "value"),))


@tables.table("FN_LISTEXTENDEDPROPERTY", least=7, most=7)
def _extended_properties(call: Call) -> Rows:
    """The extended properties of an object, or of all of a level whose name is NULL."""
    properties = call.compiler.context.relation(("sys", "fn_listextendedproperty"), call.line)
    columns = [OutputColumn(column.name, column.type, column.name) for column in properties.columns[:4]]
    names = ("name", "level0type", "level0name", "level1type", "level1name", "level2type", "level2name")
    tests = []
    for name, argument in zip(names, call.arguments, strict=True):
        given = f"lower(CAST({argument.sql} AS VARCHAR))"
        missing = f"{identifier(name)} IS NULL" if name.endswith("type") else "TRUE"
        tests.append(f"CASE WHEN {given} IS NULL THEN {missing} ELSE lower({identifier(name)}) = {given} END")
    selected = ", ".join(identifier(column.name) for column in columns)
    return Rows(f"SELECT {selected} FROM {properties.duckdb_name} AS p WHERE {' AND '.join(tests)}", tuple(columns))


@tables.table("DM_EXEC_DESCRIBE_FIRST_RESULT_SET", least=3, most=3)
def _first_result_set(call: Call) -> Rows:
    """The columns of the first result set of a batch, or the error that it gives; the engine describes it."""
    spid = call.compiler.parameter("@@spid", SESSION_VALUES["@@spid"])
    statement, parameters = (f"CAST({argument.sql} AS VARCHAR)" for argument in call.arguments[:2])
    sql = f"SELECT unnest(tsql_describe({spid.sql}, {statement}, {parameters}), recursive := TRUE)"
    return Rows(sql, tuple(OutputColumn(name, kind, name) for name, kind in DESCRIBED))


_TINYINT, _SMALLINT = SqlType("tinyint"), SqlType("smallint")

DESCRIBED: tuple[tuple[str, SqlType], ...] = (
    ("is_hidden", BIT),
    ("column_ordinal", INT),
    ("name", SYSNAME),
    ("is_nullable", BIT),
    ("system_type_id", INT),
    ("system_type_name", text_type("nvarchar", 256)),
    ("max_length", _SMALLINT),
    ("precision", _TINYINT),
    ("scale", _TINYINT),
    ("collation_name", SYSNAME),
    ("user_type_id", INT),
    *((f"user_type_{part}", SYSNAME) for part in ("database", "schema", "name")),
    ("assembly_qualified_type_name", text_type("nvarchar", 4000)),
    ("xml_collection_id", INT),
    *((f"xml_collection_{part}", SYSNAME) for part in ("database", "schema", "name")),
    *((f"is_{flag}", BIT) for flag in ("xml_document", "case_sensitive", "fixed_length_clr_type")),
    *((f"source_{part}", SYSNAME) for part in ("server", "database", "schema", "table", "column")),
    *((f"is_{flag}", BIT) for flag in ("identity_column", "part_of_unique_key", "updateable", "computed_column")),
    ("is_sparse_column_set", BIT),
    *((name, _SMALLINT) for name in ("ordinal_in_order_by_list", "order_by_list_length", "order_by_is_descending")),
    ("error_number", INT),
    ("error_severity", INT),
    ("error_state", INT),
    ("error_message", text_type("nvarchar", 4000)),
    ("error_type", INT),
    ("error_type_desc", text_type("nvarchar", 60)),
)
"""The columns of sys.dm_exec_describe_first_result_set."""


tables.refuse(
    *("CONTAINSTABLE", "FN_BUILTIN_PERMISSIONS", "FN_DBLOG", "FN_GET_AUDIT_FILE", "FN_GET_SQL", "FN_HELPCOLLATIONS"),
    *("FN_MY_PERMISSIONS", "FN_SERVERSHAREDDRIVES", "FN_TRACE_GETEVENTINFO", "FN_TRACE_GETINFO", "FN_TRACE_GETTABLE"),
    *("FN_VIRTUALFILESTATS", "FN_XE_FILE_TARGET_READ_FILE", "FREETEXTTABLE", "OPENDATASOURCE", "OPENQUERY", "OPENXML"),
    place=Place.TABLE,
)

graphs = Theme("graphs")
graphs.refuse(
    *("EDGE_ID_FROM_PARTS", "GRAPH_ID_FROM_EDGE_ID", "GRAPH_ID_FROM_NODE_ID", "NODE_ID_FROM_PARTS"),
    *("OBJECT_ID_FROM_EDGE_ID", "OBJECT_ID_FROM_NODE_ID"),
)

"""System procedures: dynamic SQL, prepared statements, application locks, and the catalog procedures of drivers."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

from local_sqlserver.engine import extended_properties, undeclared_parameters
from local_sqlserver.engine.arguments import ArgumentValue, Call, CallResult
from local_sqlserver.engine.coercion import coerce
from local_sqlserver.engine.events import Column, Columns, Event, Rows
from local_sqlserver.engine.locks import MODES
from local_sqlserver.engine.ports import Caller
from local_sqlserver.engine.state import Cancelled, Frame
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.language.parser import parse_batch, parse_name, parse_parameters
from local_sqlserver.types import MAX, MONEY, NUMBERS, TEMPORAL, TEXT, TYPES, SqlType, TypeRow

_INT = SqlType("int")
_TEXT = SqlType("nvarchar", length=MAX)
_NAME = SqlType("nvarchar", length=128)

Handler = Callable[[Caller, Sequence[ArgumentValue], Frame], Call | CallResult]
"""A procedure that sends rows is a generator; any other returns its result at once."""


def find(name: tuple[str, ...]) -> Handler | None:
    """Return the system procedure of that name, with or without sys or master in front."""
    if len(name) > 1 and name[-2].lower() not in ("sys", "dbo"):
        return None
    return _PROCEDURES.get(name[-1].lower())


def _call_result(code: int = 0, outputs: dict[int, tuple[Any, SqlType]] | None = None) -> CallResult:
    return CallResult(code, outputs or {})


def _text(arguments: Sequence[ArgumentValue], position: int) -> str:
    if position >= len(arguments) or arguments[position].value is None:
        return ""
    return str(coerce(arguments[position].value, _TEXT, arguments[position].type))


def _by_parameter(names: Sequence[str], arguments: Sequence[ArgumentValue], procedure: str) -> dict[str, ArgumentValue]:
    """Return the arguments by parameter name, whether passed by name or by position."""
    picked: dict[str, ArgumentValue] = {}
    for position, argument in enumerate(arguments):
        name = argument.name.lower() or (names[position] if position < len(names) else "")
        if not name:
            raise sql_error(8144, procedure)
        if name not in names:
            raise sql_error(8145, argument.name, procedure)
        if not argument.default:
            picked[name] = argument
    return picked


def _shifted_outputs(result: CallResult, by: int) -> dict[int, tuple[Any, SqlType]]:
    return {position + by: value for position, value in result.outputs.items()}


def _executesql(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    if not arguments:
        raise sql_error(201, "sp_executesql", "@statement")
    for position in (0, 1):
        if (
            position < len(arguments)
            and arguments[position].type.name not in ("nvarchar", "nchar", "ntext")
            and (arguments[position].value is not None)
        ):
            name = "@statement" if position == 0 else "@params"
            raise sql_error(214, name, "ntext/nchar/nvarchar", state=2 if position == 0 else 3)
    declared = parse_parameters(_text(arguments, 1))
    result = yield from caller.dynamic(_text(arguments, 0), declared, frame, arguments[2:])
    return _call_result(result.code, _shifted_outputs(result, 2))


def _prepare(caller: Caller, parameters: str, statement: str) -> int:
    declared = parse_parameters(parameters)
    parse_batch(statement, declared)
    handle = max(caller.prepared, default=0) + 1
    caller.prepared[handle] = (statement, declared)
    return handle


def _sp_prepare(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
    handle = _prepare(caller, _text(arguments, 1), _text(arguments, 2))
    return _call_result(0, {0: (handle, _INT)})


def _sp_prepexec(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    handle = _prepare(caller, _text(arguments, 1), _text(arguments, 2))
    statement, declared = caller.prepared[handle]
    result = yield from caller.dynamic(statement, declared, frame, arguments[3:])
    return _call_result(result.code, {0: (handle, _INT), **_shifted_outputs(result, 3)})


def _sp_execute(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    statement, declared = _prepared(caller, arguments)
    result = yield from caller.dynamic(statement, declared, frame, arguments[1:])
    return _call_result(result.code, _shifted_outputs(result, 1))


def _prepared(caller: Caller, arguments: Sequence[ArgumentValue]) -> tuple[str, tuple[Any, ...]]:
    handle = arguments[0].value if arguments else None
    if handle not in caller.prepared:
        raise sql_error(8179, handle)
    return caller.prepared[handle]


def _sp_unprepare(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
    _prepared(caller, arguments)
    del caller.prepared[arguments[0].value]
    return _call_result()


_CALL = re.compile(
    r"\s*\{?\s*(?:\?\s*=\s*)?(?:call\s+|exec(?:ute)?\s+)?(?P<name>[^(?{}]+?)\s*(?:\(.*\)|\?.*)?\s*\}?\s*",
    re.I | re.S,
)


def _sp_prepexecrpc(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    text = _text(arguments, 1)
    match = _CALL.fullmatch(text)
    if match is None:
        raise unsupported(f"sp_prepexecrpc of {text!r}")
    result = yield from caller.invoke(parse_name(match["name"]), arguments[2:], frame, 1)
    return _call_result(result.code, {0: (0, _INT), **_shifted_outputs(result, 2)})


def _sp_reset_connection(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
    caller.reset()
    return _call_result()


def _getapplock(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
    names = ("@resource", "@lockmode", "@lockowner", "@locktimeout", "@dbprincipal")
    given = _by_parameter(names, arguments, "sp_getapplock")
    resource, owner = _resource_and_owner("sp_getapplock", given, frame)
    mode = next((mode for mode in MODES if mode.lower() == str(_value(given, "@lockmode", "")).lower()), None)
    if mode is None:
        return _call_result(-999)
    if owner == "Transaction" and not caller.transactions.count:
        raise sql_error(3918)
    timeout = _value(given, "@locktimeout", frame.settings.lock_timeout)
    code = caller.shared.locks.acquire(
        caller.state.spid, resource, mode, owner, int(timeout), caller.state.cancelled.is_set
    )
    if code == -2:
        raise Cancelled
    return _call_result(code)


def _releaseapplock(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
    given = _by_parameter(("@resource", "@lockowner", "@dbprincipal"), arguments, "sp_releaseapplock")
    resource, owner = _resource_and_owner("sp_releaseapplock", given, frame)
    if owner == "Transaction" and not caller.transactions.count:
        raise sql_error(3918)
    if not caller.shared.locks.release(caller.state.spid, resource, owner):
        name = _value(given, "@resource", "")
        raise sql_error(1223, "public", name)
    return _call_result()


def _value(given: dict[str, ArgumentValue], name: str, default: Any) -> Any:
    return given[name].value if name in given else default


def _resource_and_owner(procedure: str, given: dict[str, ArgumentValue], frame: Frame) -> tuple[str, str]:
    """Return the resource of a lock, qualified with its database, and its owner."""
    owner = str(_value(given, "@lockowner", "Transaction")).capitalize()
    if owner not in ("Transaction", "Session"):
        raise sql_error(1226, procedure)
    return f"{frame.database.lower()}|{str(_value(given, '@resource', ''))[:255]}", owner


def _result(columns: Sequence[tuple[str, SqlType]], rows: list[tuple[Any, ...]], caller: Caller) -> Iterator[Event]:
    yield Columns(tuple(Column(name, kind) for name, kind in columns))
    if rows:
        yield Rows(rows)
    caller.state.row_count = len(rows)
    yield caller.state.done(caller.state.frame, len(rows), 0xC1)


_LISTED = sorted((row for row in reversed(TYPES.values()) if row.odbc is not None), key=lambda row: row.odbc or 0)
"""The types by ODBC's number; of types with the same number the first is the one that applications use."""


def _column_size(row: TypeRow) -> int:
    """Return ODBC's column size: digits, characters or bytes."""
    return row.longest or row.precision or row.text_length


def _datatype_info(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    given = _by_parameter(("@data_type", "@odbcver"), arguments, "sp_datatype_info_100")
    wanted = int(_value(given, "@data_type", 0) or 0)
    small = SqlType("smallint")
    text = SqlType("nvarchar", length=32)
    columns = [
        *(("TYPE_NAME", _NAME), ("DATA_TYPE", small), ("PRECISION", _INT), ("LITERAL_PREFIX", text)),
        *(("LITERAL_SUFFIX", text), ("CREATE_PARAMS", text), ("NULLABLE", small), ("CASE_SENSITIVE", small)),
        *(("SEARCHABLE", small), ("UNSIGNED_ATTRIBUTE", small), ("MONEY", small), ("AUTO_INCREMENT", small)),
        *(("LOCAL_TYPE_NAME", _NAME), ("MINIMUM_SCALE", small), ("MAXIMUM_SCALE", small)),
        *(("SQL_DATA_TYPE", small), ("SQL_DATETIME_SUB", small), ("NUM_PREC_RADIX", _INT)),
        *(("INTERVAL_PRECISION", small), ("USERTYPE", small)),
    ]
    rows = []
    for row in _LISTED:
        if wanted not in (0, row.odbc):
            continue
        signed = row.name in NUMBERS - {"bit"}
        searchable = 3 if row.name in TEXT | TEMPORAL else 2
        unsigned = int(row.name == "tinyint") if signed else None
        rows.append(
            (
                *(row.name, row.odbc, _column_size(row), *row.quotes, row.parameters, 1, 0, searchable, unsigned),
                *(int(row.name in MONEY), 0 if signed else None, row.name, None, None, row.odbc, None, None, None, 0),
            )
        )
    yield from _result(columns, rows, caller)
    return _call_result()


def _catalog_query(caller: Caller, text: str, frame: Frame) -> Generator[Event, None, CallResult]:
    return (yield from caller.dynamic(text, (), frame))


def _literal(pattern: Any) -> str:
    return "N'" + str(pattern).replace("'", "''") + "'"


def _sp_tables(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    names = ("@table_name", "@table_owner", "@table_qualifier", "@table_type", "@fusepattern")
    given = _by_parameter(names, arguments, "sp_tables")
    where = "1 = 1"
    for name, column in (("@table_name", "TABLE_NAME"), ("@table_owner", "TABLE_SCHEMA")):
        if _value(given, name, None):
            where += f" AND {column} LIKE {_literal(given[name].value)}"
    kinds = str(_value(given, "@table_type", None) or "'TABLE','VIEW'").upper()
    kinds = ", ".join(_literal(kind.strip(" '")) for kind in kinds.split(","))
    text = (
        "SELECT TABLE_CATALOG AS TABLE_QUALIFIER, TABLE_SCHEMA AS TABLE_OWNER, TABLE_NAME, "
        "CASE TABLE_TYPE WHEN 'BASE TABLE' THEN 'TABLE' ELSE 'VIEW' END AS TABLE_TYPE, CAST(NULL "
        "AS VARCHAR(254)) AS REMARKS "
        f"FROM INFORMATION_SCHEMA.TABLES WHERE {where} AND CASE TABLE_TYPE WHEN 'BASE TABLE' THEN "
        f"'TABLE' ELSE 'VIEW' END IN ({kinds}) "
        "ORDER BY 4, 1, 2, 3"
    )
    return (yield from _catalog_query(caller, text, frame))


def _sp_columns(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    names = (
        "@table_name",
        "@table_owner",
        "@table_qualifier",
        "@column_name",
        "@namescope",
        "@odbcver",
        "@fusepattern",
    )
    given = _by_parameter(names, arguments, "sp_columns")
    where = "1 = 1"
    for name, column in (
        ("@table_name", "TABLE_NAME"),
        ("@table_owner", "TABLE_SCHEMA"),
        ("@column_name", "COLUMN_NAME"),
    ):
        if _value(given, name, None):
            where += f" AND {column} LIKE {_literal(given[name].value)}"
    odbc = " ".join(f"WHEN '{row.name}' THEN {row.odbc}" for row in _LISTED)
    sizes = " ".join(f"WHEN '{row.name}' THEN {_column_size(row)}" for row in _LISTED)
    text = (
        "SELECT TABLE_CATALOG AS TABLE_QUALIFIER, TABLE_SCHEMA AS TABLE_OWNER, TABLE_NAME, COLUMN_NAME, "
        f"CAST(CASE DATA_TYPE {odbc} END AS SMALLINT) AS DATA_TYPE, DATA_TYPE AS TYPE_NAME, "
        f"CAST(COALESCE(CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, CASE DATA_TYPE {sizes} END) "
        f"AS INT) AS [PRECISION], "
        "CAST(COALESCE(CHARACTER_OCTET_LENGTH, NUMERIC_PRECISION, 16) AS INT) AS [LENGTH], "
        "CAST(NUMERIC_SCALE AS SMALLINT) AS [SCALE], "
        "CAST(NUMERIC_PRECISION_RADIX AS SMALLINT) AS RADIX, CAST(CASE IS_NULLABLE WHEN 'YES' "
        "THEN 1 ELSE 0 END AS SMALLINT) AS NULLABLE, "
        "CAST(NULL AS VARCHAR(254)) AS REMARKS, COLUMN_DEFAULT AS COLUMN_DEF, "
        f"CAST(CASE DATA_TYPE {odbc} END AS SMALLINT) AS SQL_DATA_TYPE, CAST(NULL AS SMALLINT) AS "
        f"SQL_DATETIME_SUB, "
        "CHARACTER_OCTET_LENGTH AS CHAR_OCTET_LENGTH, ORDINAL_POSITION, IS_NULLABLE "
        f"FROM INFORMATION_SCHEMA.COLUMNS WHERE {where} ORDER BY 2, 3, 17"
    )
    return (yield from _catalog_query(caller, text, frame))


def _sp_pkeys(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    given = _by_parameter(("@table_name", "@table_owner", "@table_qualifier"), arguments, "sp_pkeys")
    where = f"k.TABLE_NAME = {_literal(_value(given, '@table_name', ''))}"
    if _value(given, "@table_owner", None):
        where += f" AND k.TABLE_SCHEMA = {_literal(given['@table_owner'].value)}"
    text = (
        "SELECT k.TABLE_CATALOG AS TABLE_QUALIFIER, k.TABLE_SCHEMA AS TABLE_OWNER, k.TABLE_NAME, "
        "k.COLUMN_NAME, "
        "CAST(k.ORDINAL_POSITION AS SMALLINT) AS KEY_SEQ, k.CONSTRAINT_NAME AS PK_NAME FROM "
        "INFORMATION_SCHEMA.KEY_COLUMN_USAGE AS k "
        "INNER JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS AS c ON c.CONSTRAINT_NAME = "
        "k.CONSTRAINT_NAME AND c.TABLE_SCHEMA = k.TABLE_SCHEMA "
        f"WHERE c.CONSTRAINT_TYPE = 'PRIMARY KEY' AND {where} ORDER BY 2, 3, 5"
    )
    return (yield from _catalog_query(caller, text, frame))


def _sp_helptext(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    name = _text(arguments, 0)
    parts = parse_name(name)
    item = caller.view.catalog(frame.database).find(parts[-2] if len(parts) > 1 else "dbo", parts[-1])
    if item is None:
        raise sql_error(15009, name, frame.database)
    if not item.definition:
        raise sql_error(15197, name)
    rows: list[tuple[Any, ...]] = [(line,) for line in item.definition.splitlines(keepends=True)]
    yield from _result(
        [("Text", SqlType("nvarchar", length=255 if all(len(row[0]) <= 255 for row in rows) else MAX))],
        rows,
        caller,
    )
    return _call_result()


def _sp_describe_undeclared_parameters(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    given = _by_parameter(("@tsql", "@params"), arguments, "sp_describe_undeclared_parameters")
    declared = parse_parameters(str(_value(given, "@params", None) or ""))
    context = caller.compilation.context(frame)
    names = {parameter.name.lower() for parameter in declared}
    rows = undeclared_parameters.describe(str(_value(given, "@tsql", "")), names, context)
    yield from _result(undeclared_parameters.COLUMNS, rows, caller)
    return _call_result()


_PROPERTY = (
    *("@name", "@value", "@level0type", "@level0name", "@level1type", "@level1name", "@level2type", "@level2name"),
)


def _on_property(procedure: str, change: Callable[[Caller, dict[str, ArgumentValue], Frame], CallResult]) -> Handler:
    names = _PROPERTY if change is not extended_properties.drop else (_PROPERTY[0], *_PROPERTY[2:])

    def run(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
        return change(caller, _by_parameter(names, arguments, procedure), frame)

    return run


def _refused(name: str) -> Handler:
    def refuse(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
        raise unsupported(name)

    return refuse


_REFUSED = frozenset(
    {
        "sp_describe_first_result_set",
        "sp_rename",
        "sp_addmessage",
        "sp_configure",
        "sp_cursoropen",
        "sp_cursorprepexec",
        "sp_cursor",
        "sp_help",
        "sp_helpindex",
        "sp_helpdb",
        "sp_who",
        "sp_who2",
        "sp_spaceused",
        "sp_addrolemember",
        "sp_addlogin",
        "sp_adduser",
        "sp_set_session_context",
        "sp_recompile",
        "sp_updatestats",
        "sp_fkeys",
        "sp_statistics",
        "sp_stored_procedures",
        "sp_sproc_columns",
        "sp_special_columns",
        "xp_cmdshell",
        "xp_fileexist",
        "xp_logevent",
    }
)
"""Procedures of SQL Server that are refused by name."""

_PROCEDURES: dict[str, Handler] = {
    "sp_executesql": _executesql,
    "sp_prepare": _sp_prepare,
    "sp_prepexec": _sp_prepexec,
    "sp_prepexecrpc": _sp_prepexecrpc,
    "sp_execute": _sp_execute,
    "sp_unprepare": _sp_unprepare,
    "sp_describe_undeclared_parameters": _sp_describe_undeclared_parameters,
    "sp_reset_connection": _sp_reset_connection,
    "sp_getapplock": _getapplock,
    "sp_releaseapplock": _releaseapplock,
    "sp_datatype_info": _datatype_info,
    "sp_datatype_info_100": _datatype_info,
    "sp_datatype_info_90": _datatype_info,
    "sp_tables": _sp_tables,
    "sp_columns": _sp_columns,
    "sp_columns_90": _sp_columns,
    "sp_columns_100": _sp_columns,
    "sp_pkeys": _sp_pkeys,
    "sp_helptext": _sp_helptext,
    "sp_addextendedproperty": _on_property("sp_addextendedproperty", extended_properties.add),
    "sp_updateextendedproperty": _on_property("sp_updateextendedproperty", extended_properties.update),
    "sp_dropextendedproperty": _on_property("sp_dropextendedproperty", extended_properties.drop),
    **{name: _refused(name) for name in _REFUSED},
}

NAMES = tuple(sorted(name for name in _PROCEDURES if name not in _REFUSED))
"""The supported procedures."""

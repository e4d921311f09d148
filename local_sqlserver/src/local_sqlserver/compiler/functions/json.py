"""Functions of JSON, which is text; ``json_text`` has their rules."""

from __future__ import annotations

from local_sqlserver.collation import DATABASE
from local_sqlserver.compiler.conversions import convert
from local_sqlserver.compiler.fragments import Value, identifier, quote
from local_sqlserver.compiler.functions.registry import Call, Theme
from local_sqlserver.compiler.functions.tables import tables
from local_sqlserver.compiler.names import OutputColumn, Rows
from local_sqlserver.compiler.types import INT, text_type
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import DECIMALS, INTEGERS, MAX, SqlType

json = Theme("JSON")

_LONG = SqlType("nvarchar", length=MAX)
_FRAGMENTS = ("JSON_QUERY", "JSON_MODIFY", "JSON_OBJECT", "JSON_ARRAY")
"""The functions whose results are JSON and therefore not escaped where JSON is made of them."""


def _path(call: Call, position: int) -> str:
    return call.text(position).sql if len(call.arguments) > position else "'$'"


def _as_json(value: Value, node: syntax.Expression, line: int) -> str:
    """SQL of a value as JSON; NULL for NULL."""
    if isinstance(node, syntax.Call) and node.name in _FRAGMENTS:
        return value.sql
    if value.type.name in INTEGERS | DECIMALS:
        return convert(value, text_type("varchar", 8000), line=line).sql
    if value.type.name == "bit":
        return f"CASE {value.sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
    if value.is_text:
        return f"('\"' || tsql_json_escape({value.sql}) || '\"')"
    raise unsupported(f"JSON of a value of type {value.type.name}", line)


@json.scalar("ISJSON", least=1, most=2, result=INT)
def _isjson(call: Call) -> str:
    kind = ""
    if len(call.node.arguments) == 2:
        word = call.node.arguments[1]
        kind = word.parts[0].upper() if isinstance(word, syntax.Column) and len(word.parts) == 1 else ""
        if kind not in ("VALUE", "OBJECT", "ARRAY", "SCALAR"):
            raise sql_error(102, kind, line=call.line)
    value = call.compiler.expression(call.node.arguments[0], call.scope)
    if not value.is_text and not value.null:
        raise sql_error(8116, value.type.name, 1, "isjson", line=call.line)
    return f"tsql_is_json({value.sql}, {quote(kind)})"


@json.scalar("JSON_VALUE", least=2, result=text_type("nvarchar", 4000))
def _json_value(call: Call) -> str:
    return f"tsql_json_value({call.text(0).sql}, {_path(call, 1)}, 4000)"


@json.scalar("JSON_QUERY", least=1, most=2, result=_LONG)
def _json_query(call: Call) -> str:
    return f"tsql_json_query({call.text(0).sql}, {_path(call, 1)})"


@json.scalar("JSON_PATH_EXISTS", least=2, result=INT)
def _json_path_exists(call: Call) -> str:
    return f"tsql_json_exists({call.text(0).sql}, {_path(call, 1)})"


@json.scalar("JSON_MODIFY", least=3, result=_LONG)
def _json_modify(call: Call) -> str:
    value = call.arguments[2]
    given = "NULL" if value.null else _as_json(value, call.node.arguments[2], call.line)
    return f"tsql_json_modify({call.text(0).sql}, {_path(call, 1)}, coalesce({given}, ''))"


@json.scalar("JSON_ARRAY", "JSON_OBJECT", least=0, most=254, result=_LONG)
def _json_constructor(call: Call) -> str:
    values = [_as_json(value, node, call.line) if not value.null else "CAST(NULL AS VARCHAR)"
              for value, node in zip(call.arguments, call.node.arguments, strict=True)]  # fmt: skip
    names = [""] * len(values)
    if call.name == "JSON_OBJECT":
        names = [f"'\"' || tsql_json_escape({call.text(place).sql}) || '\":' || " for place in range(0, len(values), 2)]
        values = values[1::2]
    if not call.node.ignore_nulls:
        values = [f"coalesce({value}, 'null')" for value in values]
    listed = ", ".join(f"{name}{value}" for name, value in zip(names, values, strict=True))
    opening, closing = "[]" if call.name == "JSON_ARRAY" else "{}"
    return f"('{opening}' || concat_ws(',', {listed or 'NULL'}) || '{closing}')"


@tables.table("OPENJSON", least=1, most=2)
def _openjson(call: Call) -> Rows:
    arguments = f"{call.text(0).sql}, {_path(call, 1)}"
    if call.node.columns is None:
        members = f"tsql_json_members({arguments})"
        columns = (("key", text_type("nvarchar", 4000)), ("value", _LONG), ("type", INT))
        selected = ", ".join(
            f"unnest(list_transform({members}, lambda member: struct_extract(member, '{name}'))) AS {identifier(name)}"
            for name, _ in columns
        )
        return Rows(
            f"SELECT {selected}", tuple(OutputColumn(name, declared, name, DATABASE) for name, declared in columns)
        )
    listed, outputs = [], []
    for column in call.node.columns:
        path = column.path if column.path is not None else f'$."{column.name}"'
        if column.as_json:
            if column.type != _LONG:
                raise sql_error(13618, line=call.line)
            value = Value(f"tsql_json_query(_rows.member, {quote(path)})", _LONG)
        else:
            text = Value(f"tsql_json_value(_rows.member, {quote(path)}, 0)", _LONG)
            value = convert(text, column.type, line=call.line)
        listed.append(f"{value.sql} AS {identifier(column.name)}")
        outputs.append(OutputColumn(column.name, column.type, column.name, DATABASE))
    rows = f"(SELECT unnest(tsql_json_rows({arguments})) AS member) AS _rows"
    return Rows(f"SELECT {', '.join(listed)} FROM {rows}", tuple(outputs))

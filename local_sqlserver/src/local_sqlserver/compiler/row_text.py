"""FOR XML and FOR JSON: the rows of a query as one text.

Sources: the T-SQL reference, "FOR XML" (RAW and PATH mode) and "Format query results as JSON with FOR JSON". AUTO mode
with several sources, and types that are written in base64 are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from local_sqlserver.compiler.conversions import convert
from local_sqlserver.compiler.date_styles import date_text
from local_sqlserver.compiler.fragments import Value, identifier, quote, raise_sql
from local_sqlserver.compiler.names import OutputColumn, Rows, reference
from local_sqlserver.compiler.types import text_type
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import APPROXIMATE, DECIMALS, INTEGERS, MAX, MONEY, SqlType

NAMES = {kind: f"{kind}_F52E2B61-18A1-11d1-B105-00805F49916B" for kind in ("XML", "JSON")}
"""The names of the column of a result."""

_LONG = SqlType("nvarchar", length=MAX)
_XML_NAME = re.compile(r"[^\W\d][\w.-]*")
_TEXT_NODES = ("", "*", "text()", "node()")
"""Names of columns whose values become the text of the row's element."""
_JSON_FUNCTIONS = ("JSON_QUERY", "JSON_MODIFY", "JSON_OBJECT", "JSON_ARRAY")
_CONTROLS = "[\\x01-\\x08\\x0B\\x0C\\x0E-\\x1F]"


def row_text(rows: Rows, form: syntax.RowsAs, body: syntax.Body) -> Rows:
    """The query of the one row with the text, without a row if ``rows`` has none."""
    values = [(column, reference("_f", column)) for column in rows.columns]
    made = _json(values, form, body) if form.kind == "JSON" else _xml(values, form)
    counted = f"SELECT *, row_number() OVER () AS _n FROM ({rows.sql}) AS _f"
    name = NAMES[form.kind]
    sql = f"SELECT {made} AS {identifier(name)} FROM ({counted}) AS _f HAVING count(*) > 0"
    return Rows(sql, (OutputColumn(name, _LONG, name),))


def chunks(rows: Rows) -> Rows:
    """The rows of a result for a client: it gets the text in rows of 2033 characters."""
    name = identifier(rows.columns[0].emitted)
    parts = f"list_transform(range(0, length(_t.{name}), 2033), lambda i: substring(_t.{name}, i + 1, 2033))"
    return Rows(f"SELECT unnest({parts}) AS {name} FROM ({rows.sql}) AS _t", rows.columns)


def not_allowed(form: syntax.RowsAs, statement: str) -> SqlError:
    """Error 6819 or 13602: the clause in a statement that is no query."""
    if form.kind == "XML":
        return sql_error(6819, "FOR XML", statement, line=form.line)
    return sql_error(13602, statement, line=form.line)


def _plain(value: Value, form: syntax.RowsAs) -> str:
    """SQL of a value as the text that XML and JSON have in common; NULL for NULL."""
    name, line = value.type.name, form.line
    if value.null:
        return "CAST(NULL AS VARCHAR)"
    if value.is_text:
        return value.sql
    if name in INTEGERS | DECIMALS | {"bit"}:
        return convert(value, text_type("varchar", 8000), line=line).sql
    if name in MONEY | APPROXIMATE:
        style = 1 if name == "real" else 2  # all digits of the type
        return convert(value, text_type("varchar", 8000), line=line, style=style).sql
    if name in ("date", "smalldatetime", "datetime"):
        return date_text(value, 23 if name == "date" else 126, line)
    if name in ("datetime2", "time"):
        text = date_text(value, 126, line)
        return f"regexp_replace({text}, '\\.?0+$', '')" if value.type.scale else text
    if name == "uniqueidentifier":
        return f"upper(CAST({value.sql} AS VARCHAR))"
    raise unsupported(f"FOR {form.kind} of a value of type {name}", line)


# --- XML


@dataclass(slots=True)
class _Element:
    """An element of FOR XML PATH, or an attribute or text in one, whose ``sql`` it then has.

    Neighbouring columns whose names have the same path belong to one element.
    """

    name: str = ""
    attributes: list[_Element] = field(default_factory=list)
    content: list[_Element] = field(default_factory=list)
    sql: str = ""

    def written(self) -> str:
        """SQL of the XML; NULL for an element of NULLs, which is left out."""
        if self.sql:
            return self.sql
        start, inside = self.parts()
        given = ", ".join(part.written() for part in (*self.attributes, *self.content))
        return f"CASE WHEN coalesce({given}) IS NOT NULL THEN {self.around(start, inside)} END"

    def parts(self) -> tuple[str, str]:
        """SQL of the attributes and of the content."""
        start, inside = (
            " || ".join(f"coalesce({part.written()}, '')" for part in parts) or "''"
            for parts in (self.attributes, self.content)
        )
        return start, inside

    def around(self, start: str, inside: str) -> str:
        """SQL of the element with these attributes and this content."""
        given = ", ".join(part.written() for part in self.content)
        end = f"CASE WHEN coalesce({given}) IS NULL THEN '/>' " if given else "CASE WHEN TRUE THEN '/>' "
        return f"({quote(f'<{self.name}')} || {start} || {end}ELSE '>' || {inside} || {quote(f'</{self.name}>')} END)"


def _xml(values: Sequence[tuple[OutputColumn, Value]], form: syntax.RowsAs) -> str:
    if form.mode == "RAW":
        values = [
            (OutputColumn(f"{'' if 'ELEMENTS' in form.options else '@'}{column.name}", column.type, ""), value)
            for column, value in values
        ]
        if any(column.name in ("", "@") for column, _ in values):
            raise sql_error(6809, line=form.line)
    row = _Element(_xml_name(form.element, form) if form.element else "")
    for column, value in values:
        _add(row, column.name, _plain(value, form), form)
    start, inside = row.parts()
    made = f"string_agg({row.around(start, inside) if form.element else inside}, '' ORDER BY _f._n)"
    if form.root is not None:
        root = _xml_name(form.root, form)
        return f"({quote(f'<{root}>')} || {made} || {quote(f'</{root}>')})"
    return made


def _add(row: _Element, path: str, text: str, form: syntax.RowsAs) -> None:
    """Put the text of a column into the element of its path; raises 6810, 6852 and 6864."""
    *outer, last = path.split("/") if form.mode == "PATH" else [path]
    if not last.startswith("@") and last not in _TEXT_NODES:
        outer, last = [*outer, last], ""
    if outer and form.raw:
        raise unsupported("value() of XML with elements", form.line)
    element = row
    for step in outer:
        inner = element.content[-1] if element.content else None
        if inner is None or inner.sql or inner.name != step or form.mode != "PATH":
            inner = _Element(_xml_name(step, form))
            element.content.append(inner)
        element = inner
    if last.startswith("@"):
        if element.content:
            raise sql_error(6852, path, line=form.line)
        if element is row and not form.element:
            raise sql_error(6864, line=form.line)
        name = _xml_name(last[1:], form)
        if any(known.name == name for known in element.attributes):
            raise sql_error(6810, path.removeprefix("@") if form.mode == "RAW" else path, line=form.line)
        escaped = _xml_escaped(text, form, (('"', "&quot;"), ("\t", "&#x09;"), ("\n", "&#x0A;")))
        element.attributes.append(_Element(name, sql=f"({quote(f' {name}=')} || '\"' || {escaped} || '\"')"))
    else:
        element.content.append(_Element(sql=text if form.raw else _xml_escaped(text, form, ())))


def _xml_name(name: str, form: syntax.RowsAs) -> str:
    if not _XML_NAME.fullmatch(name):
        raise unsupported(f"FOR XML with the name {name!r}", form.line)
    return name


def _xml_escaped(sql: str, form: syntax.RowsAs, more: Sequence[tuple[str, str]]) -> str:
    """SQL of a text in XML; text of blanks alone is written as &#x20;, control characters are refused."""
    escaped = sql
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#x0D;"), *more):
        escaped = f"replace({escaped}, {quote(character)}, {quote(entity)})"
    refused = raise_sql(40510, quote("FOR XML of control characters"))
    return (
        f"CASE WHEN regexp_matches({sql}, {quote(_CONTROLS)}) THEN {refused} "
        f"WHEN regexp_full_match({sql}, ' +') THEN replace({sql}, ' ', '&#x20;') ELSE {escaped} END"
    )


# --- JSON


def _json(values: Sequence[tuple[OutputColumn, Value]], form: syntax.RowsAs, body: syntax.Body) -> str:
    items = body.items if isinstance(body, syntax.Select) else ()
    nodes = [item.value for item in items] if len(items) == len(values) else [None] * len(values)
    members: dict[str, object] = {}
    for (column, value), node in zip(values, nodes, strict=True):
        if not column.name:
            raise sql_error(13605, line=form.line)
        path = column.name.split(".")
        if len(path) > 1 and form.mode == "AUTO":
            raise unsupported("FOR JSON AUTO with a point in a name", form.line)
        _place(members, path, _json_value(value, node, form), column.name, form)
    made = f"string_agg({_object(members)}, ',' ORDER BY _f._n)"
    if "WITHOUT_ARRAY_WRAPPER" not in form.options:
        made = f"('[' || {made} || ']')"
    if form.root is not None:
        return f"('{{\"' || tsql_json_escape({quote(form.root)}) || '\":' || {made} || '}}')"
    return made


def _place(members: dict[str, object], path: list[str], sql: str, name: str, form: syntax.RowsAs) -> None:
    """Put a value into the object of its path; raises 13601 if a property has the name already."""
    *outer, last = path
    place = members
    for index, part in enumerate(outer):
        inner = place.setdefault(part, {})
        # Properties of one object stand together.
        if not isinstance(inner, dict) or (index == 0 and part != list(members)[-1]):
            raise sql_error(13601, name, line=form.line)
        place = inner
    if last in place:
        raise sql_error(13601, name, line=form.line)
    place[last] = sql


def _object(members: dict[str, object]) -> str:
    """SQL of an object, of which NULL values are left out."""
    parts = []
    for name, value in members.items():
        key = f"'\"' || tsql_json_escape({quote(name)}) || '\":' || "
        if isinstance(value, dict):
            made = _object(value)
            parts.append(f"({key}nullif({made}, '{{}}'))")
        else:
            parts.append(f"({key}{value})")
    return f"('{{' || concat_ws(',', {', '.join(parts)}) || '}}')"


def _json_value(value: Value, node: syntax.Expression | None, form: syntax.RowsAs) -> str:
    """SQL of a value as JSON; NULL for NULL, or null with INCLUDE_NULL_VALUES."""
    name = value.type.name
    text = _plain(value, form)
    nested = isinstance(node, syntax.Subquery) and node.query.form is not None and node.query.form.kind == "JSON"
    if nested and "WITHOUT_ARRAY_WRAPPER" in node.query.form.options:  # type: ignore[union-attr]
        nested = False  # such a text is escaped
    if nested or (isinstance(node, syntax.Call) and node.name in _JSON_FUNCTIONS):
        made = text
    elif name == "bit":
        made = f"CASE {value.sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
    elif name in INTEGERS | DECIMALS | MONEY | APPROXIMATE:
        made = text
    else:
        made = f"('\"' || tsql_json_escape({text}) || '\"')"
    return f"coalesce({made}, 'null')" if "INCLUDE_NULL_VALUES" in form.options else made

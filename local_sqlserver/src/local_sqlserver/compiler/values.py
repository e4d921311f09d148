"""A translated expression: DuckDB SQL with its T-SQL type, and the SQL of literals and names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from local_sqlserver.collation import DATABASE, UNRESOLVED, Collation
from local_sqlserver.compiler import folding
from local_sqlserver.compiler.types import INT, TEXT, duckdb_type
from local_sqlserver.errors import SqlError
from local_sqlserver.types import SqlType

_NAME = re.compile(r'(?:[\w$]+|"[^"]*")(?:\.(?:[\w$]+|"[^"]*"))*')
"""A column or parameter in DuckDB SQL."""


@dataclass(frozen=True, slots=True)
class Value:
    """DuckDB SQL of an expression whose DuckDB type is the one of ``type``.

    ``constant`` is the value of a literal (text without quotes, digits of a number). ``null`` marks the bare NULL,
    which takes any type. ``collation`` is that of a column or of a COLLATE clause; None, which gives way to either, is
    the database's.
    """

    sql: str
    type: SqlType
    constant: str | None = None
    null: bool = False
    collation: Collation | None = None

    @property
    def is_text(self) -> bool:
        """Whether the value is CHAR, VARCHAR, NCHAR or NVARCHAR."""
        return self.type.name in TEXT

    @property
    def compares_by(self) -> Collation:
        """The collation that the value has, the database's if no other."""
        return self.collation or DATABASE

    @property
    def case_counts(self) -> bool:
        """Whether a letter differs from its capital."""
        return self.compares_by.binary or self.compares_by.case


NULL = Value("NULL", INT, null=True)


def quote(text: str) -> str:
    """A DuckDB string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def integer_constant(number: int) -> Value:
    """An INT literal."""
    return Value(str(number), INT, constant=str(number))


def typed_null(declared: SqlType) -> Value:
    """NULL of a type."""
    return Value(f"CAST(NULL AS {duckdb_type(declared)})", declared)


def without_trailing_blanks(sql: str) -> str:
    """SQL of text without its trailing blanks; DuckDB's rtrim(x) would take every kind of Unicode blank."""
    if _NAME.fullmatch(sql):  # asking first is four times as fast, where asking costs nothing
        return f"CASE WHEN ends_with({sql}, ' ') THEN rtrim({sql}, ' ') ELSE {sql} END"
    return f"rtrim({sql}, ' ')"


def once(template: str, sql: str, *others: str) -> str:
    """SQL of a template that names its argument {0} several times (macros do) without computing it each time.

    ``others`` are what {1}, {2} … stand for. A name costs nothing to repeat; an argument that calls macros of its own
    is bound by a lambda: repeated in every layer of nested calls it would grow beyond bounds. A lambda can hold
    neither another one nor a query.
    """
    if "tsql_" not in sql or any("lambda" in other or "SELECT" in other for other in others):
        return template.format(sql, *others)
    return f"list_transform([{sql}], lambda once: {template.format('once', *others)})[1]"


def key(value: Value) -> str:
    """What to compare, group and sort instead of a value: text by its collation, and without trailing blanks.

    Raises SqlError 446 for a text whose collation is unresolved.
    """
    if not value.is_text:
        return value.sql
    collation = value.compares_by
    if collation == UNRESOLVED:
        raise SqlError(446, "Cannot resolve collation conflict for GROUP BY, DISTINCT or ORDER BY operation.")
    if value.constant is not None and (collation.binary or re.fullmatch(folding.PLAIN, value.constant)):
        text = value.constant.rstrip(" ")
        return quote(text if value.case_counts else text.lower())
    if collation.binary:
        return without_trailing_blanks(value.sql)
    if collation.column() == DATABASE:
        return once("tsql_key({0})", value.sql)
    return _once(value.sql, lambda sql: folding.key(sql, collation))


def sort_key(value: Value) -> str:
    """What to sort and to compare with < by: ``key``, but UTF-16 code units for a binary collation."""
    if value.is_text and value.compares_by.binary:
        return once("tsql_units({0})", key(value))
    return key(value)


def folded(value: Value, *, expand: bool) -> str:
    """What LIKE compares instead of a text: ``folding.fold`` of it."""
    return _once(value.sql, lambda sql: folding.fold(sql, value.compares_by, expand=expand))


def _once(sql: str, template: Callable[[str], str]) -> str:
    """``once`` for a template that is no format string."""
    if _NAME.fullmatch(sql) or "tsql_" not in sql:
        return template(sql)
    return f"list_transform([{sql}], lambda once: {template('once')})[1]"

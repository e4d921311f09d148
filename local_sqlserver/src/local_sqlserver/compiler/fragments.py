"""A translated expression: DuckDB SQL with its T-SQL type, and the SQL of literals and names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from local_sqlserver.collation import DATABASE, UNRESOLVED, Collation
from local_sqlserver.compiler import folding
from local_sqlserver.compiler.types import INT, duckdb_type
from local_sqlserver.errors import sql_error
from local_sqlserver.types import TEXT, SqlType


class Cost(Enum):
    """What it costs to write the SQL of a value twice."""

    NAME = 0
    """Nothing: a column, a parameter or a constant."""
    NATIVE = 1
    """A computation by DuckDB's own functions, over values of no higher cost."""
    MACROS = 2
    """Anything else. Macros repeat their arguments, so that nested calls would grow beyond bounds."""


@dataclass(frozen=True, slots=True)
class Value:
    """DuckDB SQL of an expression whose DuckDB type is the one of ``type``.

    ``constant`` is the value of a literal (text without quotes, digits of a number). ``null`` marks the bare NULL,
    which takes any type. ``collation`` is that of a column or of a COLLATE clause; None, which gives way to either, is
    the database's. ``cost`` is what repeating the SQL costs; a value that does not say it is never repeated.
    """

    sql: str
    type: SqlType
    constant: str | None = None
    null: bool = False
    collation: Collation | None = None
    cost: Cost = Cost.MACROS

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


NULL = Value("NULL", INT, null=True, cost=Cost.NAME)


@dataclass(frozen=True, slots=True)
class Predicate:
    """DuckDB SQL of a search condition, a BOOLEAN, and what repeating it costs; in an f-string it is its SQL."""

    sql: str
    cost: Cost = Cost.MACROS

    def __str__(self) -> str:
        return self.sql


def native(*operands: Value | Predicate) -> Cost:
    """The cost of a computation over these values that calls no macro itself."""
    for operand in operands:
        if operand.cost is Cost.MACROS:
            return Cost.MACROS
    return Cost.NATIVE


def quote(text: str) -> str:
    """A DuckDB string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def raise_sql(number: int, *arguments: str) -> str:
    """SQL that raises a message of the catalogue; ``arguments`` are SQL of the texts that its placeholders take."""
    return f"tsql_raise({', '.join((str(number), *arguments))})"


def integer_constant(number: int) -> Value:
    """An INT literal."""
    return Value(str(number), INT, constant=str(number), cost=Cost.NAME)


def typed_null(declared: SqlType) -> Value:
    """NULL of a type."""
    return Value(f"CAST(NULL AS {duckdb_type(declared)})", declared, cost=Cost.NAME)


def without_trailing_blanks(value: Value) -> Value:
    """Text without its trailing blanks; DuckDB's rtrim(x) would take every kind of Unicode blank."""
    sql = value.sql
    if value.cost is Cost.NAME:  # asking first is four times as fast, where asking costs nothing
        sql = f"CASE WHEN ends_with({sql}, ' ') THEN rtrim({sql}, ' ') ELSE {sql} END"
        return _text(value, sql, Cost.NATIVE)
    return _text(value, f"rtrim({sql}, ' ')", value.cost)


def _text(value: Value, sql: str, cost: Cost) -> Value:
    return Value(sql, value.type, collation=value.collation, cost=cost)


def once(template: Callable[..., str], value: Value, *others: Value) -> str:
    """The SQL that a template makes of values, without computing the first of them more than once.

    A template, or the macros that it calls, may repeat its arguments. What calls macros itself is therefore bound by a
    lambda: repeated in every layer of nested calls it would grow beyond bounds. A lambda can hold neither another one
    nor a query, so other values that may be either are bound with it.
    """
    if value.cost is not Cost.MACROS:
        return template(value.sql, *(other.sql for other in others))
    if native(*others) is Cost.NATIVE:
        return _bound(value.sql, template("once", *(other.sql for other in others)))
    names = [f"once.v{position}" for position in range(len(others) + 1)]
    fields = ", ".join(f"v{position} := {each.sql}" for position, each in enumerate((value, *others)))
    return _bound(f"struct_pack({fields})", template(*names))


def _bound(sql: str, body: str) -> str:
    return f"list_transform([{sql}], lambda once: {body})[1]"


def key(value: Value) -> str:
    """What to compare, group and sort instead of a value: text by its collation, and without trailing blanks.

    Raises SqlError 446 for a text whose collation is unresolved.
    """
    return keyed(value).sql


def keyed(value: Value) -> Value:
    """``key`` with what repeating it costs."""
    if not value.is_text:
        return value
    collation = value.compares_by
    if collation == UNRESOLVED:
        raise sql_error(446, "GROUP BY, DISTINCT or ORDER BY")
    if value.constant is not None and (collation.binary or re.fullmatch(folding.PLAIN, value.constant)):
        text = value.constant.rstrip(" ")
        return _text(value, quote(text if value.case_counts else text.lower()), Cost.NAME)
    if collation.binary:
        return without_trailing_blanks(value)
    if collation.column() == DATABASE:
        return _text(value, once(lambda sql: f"tsql_key({sql})", value), Cost.MACROS)
    return _text(value, once(lambda sql: folding.key(sql, collation), value), native(value))


def sort_key(value: Value) -> str:
    """What to sort and to compare with < by: ``key``, but UTF-16 code units for a binary collation."""
    return sort_keyed(value).sql


def sort_keyed(value: Value) -> Value:
    """``sort_key`` with what repeating it costs."""
    if value.is_text and value.compares_by.binary:
        return _text(value, once(lambda sql: f"tsql_units({sql})", keyed(value)), Cost.MACROS)
    return keyed(value)


def folded(value: Value, *, expand: bool) -> str:
    """What LIKE compares instead of a text: ``folding.fold`` of it."""
    return once(lambda sql: folding.fold(sql, value.compares_by, expand=expand), value)

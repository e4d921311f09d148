"""A translated expression: DuckDB SQL with its T-SQL type, and the SQL of literals and names."""

from __future__ import annotations

from dataclasses import dataclass

from local_sqlserver.translate.types import INT, TEXT, UNICODE, duckdb_type, text_type
from local_sqlserver.types import SqlType


@dataclass(frozen=True, slots=True)
class Value:
    """DuckDB SQL of an expression whose DuckDB type is the one of ``type``.

    ``constant`` is the value of a literal (text without quotes, digits of a number). ``null`` marks the bare NULL,
    which takes any type. ``collation`` is '' for the database's or 'bin'.
    """

    sql: str
    type: SqlType
    constant: str | None = None
    null: bool = False
    collation: str = ""

    @property
    def is_text(self) -> bool:
        """Whether the value is CHAR, VARCHAR, NCHAR or NVARCHAR."""
        return self.type.name in TEXT


NULL = Value("NULL", INT, null=True)


def quote(text: str) -> str:
    """A DuckDB string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def text_constant(text: str, name: str = "varchar") -> Value:
    """A text literal."""
    return Value(quote(text), text_type(name, len(text)), constant=text)


def integer_constant(number: int) -> Value:
    """An INT literal."""
    return Value(str(number), INT, constant=str(number))


def typed_null(declared: SqlType) -> Value:
    """NULL of a type."""
    return Value(f"CAST(NULL AS {duckdb_type(declared)})", declared)


def key(value: Value) -> str:
    """What to compare, group and sort instead of a value.

    Text compares without regard to case (accents count) and to trailing blanks; with a binary collation to blanks alone.
    """
    if not value.is_text:
        return value.sql
    if value.constant is not None:
        text = value.constant.rstrip(" ")
        return quote(text if value.collation else text.lower())
    trimmed = f"rtrim({value.sql})"
    return trimmed if value.collation else f"lower({trimmed})"


def is_unicode(value: Value) -> bool:
    """Whether a text value is NCHAR or NVARCHAR."""
    return value.type.name in UNICODE

"""DuckDB's failures as SQL Server errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import wraps
from typing import ParamSpec, TypeVar

import duckdb

from local_sqlserver.compiler.contract import KEY_KINDS, ConstraintInfo, Relation
from local_sqlserver.compiler.keys import NULL_NUMBER, NULL_TEXT, keys_of
from local_sqlserver.errors import MESSAGES, SqlError, sql_error
from local_sqlserver.types import INTEGER_RANGES, INTEGERS, SqlType

ERROR_MARK = "SQLSERVER:"
"""The start of the error text of ``tsql_raise(number, argument, …)``, by which ``to_sql_error`` finds it."""

ARGUMENT_MARK = "\ufdd1"
"""Precedes each argument in it: a code point that Unicode reserves as no character."""

_P = ParamSpec("_P")
_R = TypeVar("_R")

_DUCKDB_TYPES = {
    "INT8": "bit",
    "UINT8": "tinyint",
    "INT16": "smallint",
    "INT32": "int",
    "INT64": "bigint",
    "INT128": "bigint",
    "UINT128": "bigint",
    "DOUBLE": "float",
    "FLOAT": "real",
}


def is_conflict(failure: duckdb.Error) -> bool:
    """Whether another transaction has changed the same rows or the same table."""
    if not isinstance(failure, duckdb.TransactionException):
        return False
    text = str(failure)
    return "onflict" in text or "another transaction has" in text


def is_without_transaction(failure: duckdb.Error) -> bool:
    """Whether COMMIT or ROLLBACK found no transaction; a failed COMMIT has ended it."""
    return isinstance(failure, duckdb.TransactionException) and "no transaction is active" in str(failure)


def to_sql_error(
    failure: duckdb.Error, line: int, relations: Sequence[Relation] = (), spid: int = 0, verb: str = "INSERT"
) -> SqlError:
    """The SQL Server error for a DuckDB failure.

    ``relations`` are the tables of the statement; the table of a failed constraint is looked up among them. ``spid``
    is the session's number, ``verb`` the kind of change in message 515. An unknown failure becomes error 50000 with
    DuckDB's text, so that it is never hidden.
    """
    message = str(failure)
    # The first form is from ``raising``, the second from tsql_raise in the compiled SQL.
    if raised := re.search(rf"{ERROR_MARK}(\d+)/(\d+)/(\d+):(.*)", message, re.DOTALL):
        number, severity, state, text = raised.groups()
        return SqlError(int(number), text, severity=int(severity), state=int(state), line=line)
    if raised := re.search(rf"{ERROR_MARK}(\d+)(.*)", message, re.DOTALL):
        count = MESSAGES[int(raised[1])].text.count("%s")
        return sql_error(int(raised[1]), *raised[2].split(ARGUMENT_MARK, count)[1:], line=line)
    if is_conflict(failure):
        return sql_error(1205, spid, "lock", line=line)
    # DuckDB's exceptions have no error numbers, so their texts are recognised; the first pattern that matches decides.
    for pattern, build in _PATTERNS:
        if found := re.search(pattern, message, re.DOTALL):
            result = build(found, relations)
            if result.number == 515:
                result.message = result.message.replace("INSERT fails", f"{verb} fails")
            result.line = line
            return result
    return sql_error(50000, message, line=line)


class _RaisedError(Exception):
    """Carries a SqlError through DuckDB in its text."""


def raising(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Wrap a Python function that DuckDB calls, so that ``to_sql_error`` restores the SqlError that it raises.

    DuckDB keeps only the text of an exception, so the text contains number, severity, state and message.
    """

    @wraps(function)
    def called(*arguments: _P.args, **named: _P.kwargs) -> _R:
        try:
            return function(*arguments, **named)
        except SqlError as error:
            text = f"{ERROR_MARK}{error.number}/{error.severity}/{error.state}:{error.message}"
            raise _RaisedError(text) from error

    return called


def tsql_fail(text: str) -> None:
    """Fail with the text of ``tsql_raise``: as DuckDB's error(), but not volatile."""
    raise _RaisedError(text)


_Build = Callable[["re.Match[str]", "Sequence[Relation]"], SqlError]


def _table(relation: Relation | None) -> str:
    return f"{relation.schema}.{relation.name}" if relation else "?"


def _full(relation: Relation | None) -> str:
    return f"{relation.database}.{relation.schema}.{relation.name}" if relation else "?"


def _not_null(found: re.Match[str], relations: Sequence[Relation]) -> SqlError:
    table, column = found[1].strip('"'), found[2].strip('"')
    # The DuckDB name of a temporary table is not its name.
    names = (f'."{table}"'.lower(), f".{table}".lower())
    relation = next((known for known in relations if known.duckdb_name.lower().endswith(names)), None)
    return sql_error(515, column, _full(relation), "INSERT")


def _duplicate(found: re.Match[str], relations: Sequence[Relation]) -> SqlError:
    """Errors 2627 and 2601. They show the key of the index: in lower case, without trailing blanks."""
    relation, constraint, values = _violated(found[1], relations)
    types: tuple[SqlType | None, ...] = (None,) * len(values)
    if relation is not None and constraint is not None:
        by_name = {column.name.lower(): column.type for column in relation.columns}
        types = tuple(by_name[name.lower()] for name in constraint.columns)
    shown = ", ".join(_shown(value, declared) for value, declared in zip(values, types, strict=True))
    table = _table(relation)
    if constraint is not None and constraint.kind in KEY_KINDS:
        return sql_error(2627, KEY_KINDS[constraint.kind], constraint.name, table, f"({shown})")
    name = constraint.name if constraint else "?"
    return sql_error(2601, table, name, f"({shown})")


def _shown(value: str, declared: SqlType | None) -> str:
    """A value of a key as the message shows it: NULL as ``keys`` writes it, other values are DuckDB's text."""
    if value in (NULL_TEXT, str(NULL_NUMBER)):
        return "<NULL>"
    match declared.name if declared else "":
        case "datetime" | "smalldatetime":
            moment = datetime.fromisoformat(value)
            return f"{moment:%b} {moment.day:>2} {moment.year} {moment.hour % 12 or 12:>2}:{moment:%M%p}"
        case "money" | "smallmoney":
            return f"{Decimal(value):.2f}"
        case "binary" | "varbinary":
            data = re.sub(r"\\x([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), value)
            return f"0x{data.encode('latin-1').hex()}"
        case "char" | "nchar":
            return value.ljust(declared.length if declared and declared.length else 0)
    return value


def _violated(
    text: str, relations: Sequence[Relation]
) -> tuple[Relation | None, ConstraintInfo | None, tuple[str, ...]]:
    """The table, key and values of DuckDB's ``a: 1, lower(rtrim(b)): x`` (``1, x`` for rows of one statement)."""
    keys = [(relation, constraint) for relation in relations for constraint in keys_of(relation)]
    for relation, constraint in keys:
        named = ", ".join(rf"[^:]*\b{re.escape(column)}\b[^:]*: (.*?)" for column in constraint.columns)
        if match := re.fullmatch(named, text, re.DOTALL | re.IGNORECASE):
            return relation, constraint, match.groups()
    for relation, constraint in keys:  # the expression of a collation has colons itself
        named = ", ".join(rf".*?\b{re.escape(column)}\b.*: (.*?)" for column in constraint.columns)
        if match := re.fullmatch(named, text, re.DOTALL | re.IGNORECASE):
            return relation, constraint, match.groups()
    # For two rows of one statement DuckDB names no columns, so the number and the types of the values find the key.
    values = tuple(text.split(", "))
    for relation, constraint in keys:
        if len(constraint.columns) == len(values) and _may_be_key(values, constraint, relation):
            return relation, constraint, values
    if keys:
        return keys[0][0], keys[0][1], (text,)
    return None, None, (text,)


def _may_be_key(values: tuple[str, ...], constraint: ConstraintInfo, relation: Relation) -> bool:
    """Whether values can be those of a key: of its types, and of no identity, which numbers a statement's rows."""
    by_name = {column.name.lower(): column for column in relation.columns}
    columns = [by_name[name.lower()] for name in constraint.columns]
    if any(column.identity and not relation.identity_insert for column in columns):
        return False
    whole = [(value, column) for value, column in zip(values, columns, strict=True) if column.type.name in INTEGERS]
    return all(re.fullmatch(r"-?\d+", value) or value in ("NULL", NULL_TEXT) for value, _ in whole)


def _type(duckdb_name: str) -> str:
    return _DUCKDB_TYPES.get(duckdb_name, duckdb_name.lower())


def _conversion(found: re.Match[str], relations: Sequence[Relation]) -> SqlError:
    return sql_error(245, "nvarchar", found[1], _type(found[2]))


def _disk_full(found: re.Match[str], relations: Sequence[Relation]) -> SqlError:
    relation = relations[0] if relations else None
    return sql_error(1105, _table(relation), "", relation.database if relation else "?", "PRIMARY")


def _plain(number: int, *arguments: str, state: int | None = None) -> _Build:
    return lambda found, relations: sql_error(number, *arguments, state=state)


def _named(number: int) -> _Build:
    """An error with the pattern's first group as its argument."""
    return lambda found, relations: sql_error(number, found[1])


def _overflow(source: str) -> _Build:
    """Error 8115 for a conversion to the DuckDB type in the pattern's first group."""
    return lambda found, relations: sql_error(8115, source, _type(found[1]))


def _small_overflow(found: re.Match[str], relations: Sequence[Relation]) -> SqlError:
    return sql_error(220, _type(found[2]), found[1])


def _float_overflow(found: re.Match[str], relations: Sequence[Relation]) -> SqlError:
    return sql_error(232, _type(found[2]), f"{float(found[1]):f}")


def _division_overflow(found: re.Match[str], relations: Sequence[Relation]) -> SqlError:
    """Error 8115 for the lowest value of an integer type divided by -1."""
    lowest = int(found[1])
    return sql_error(8115, "expression", next(name for name in INTEGERS if INTEGER_RANGES[name][0] == lowest))


_TWO_DATABASES = "Writing to two databases in one transaction"

_PATTERNS: tuple[tuple[str, _Build], ...] = (
    (r"NOT NULL constraint failed: (.*)\.(\"[^\"]+\"|[^.]+)$", _not_null),
    (r"Duplicate key \"(.*)\" violates unique constraint", _duplicate),
    (r"PRIMARY KEY or UNIQUE constraint violation: duplicate key \"(.*)\"", _duplicate),
    (r"nextval: reached (?:maximum|minimum) value of sequence \"+([^\"]+)\"", _named(11728)),
    (r"Division by zero", _plain(8134)),
    (r"Overflow in division of (-\d+) / -1", _division_overflow),
    (r"Overflow in .* of (INT\d+|UINT\d+)", _overflow("expression")),
    (r"Type INT\d+ with value (-?\d+) can't be cast .* destination type (UINT8|INT16)", _small_overflow),
    (r"Type (?:DOUBLE|FLOAT) with value (\S+) can't be cast .* destination type (UINT8|INT16|INT32)", _float_overflow),
    (r"out of range for the destination type (\w+)", _overflow("expression")),
    (r"Failed to cast decimal value .* to type (\w+)", _overflow("numeric")),
    (
        r"Overflow in .*DECIMAL|Could not cast value .* to DECIMAL|Casting value .* to type DECIMAL",
        _plain(8115, "numeric", "numeric", state=8),
    ),
    (r"Overflow in HUGEINT", _plain(8115, "expression", "numeric")),
    (r"(?:date|time|timestamp) field (?:format|value out of range)", _plain(241)),
    (r"Could not convert string ['\"](.*)['\"] to (\w+)", _conversion),
    (
        r"Date out of range|not in timestamp range|Timestamp microseconds out of range|Interval value .* out of range",
        _plain(517, "datetime"),
    ),
    (r"More than one row returned by a subquery", _plain(512)),
    (r"Table with name \"?([^\"\s]+)\"? does not exist", _named(208)),
    (r"(?:Table|View|Index) with name \"?(#[^\"]+) \d+\"? already exists", _named(2714)),
    (r"(?:Table|View|Index) with name \"?([^\"\s]+)\"? already exists", _named(2714)),
    (r"Referenced column \"([^\"]+)\" not found", _named(207)),
    (r"Table \"[^\"]+\" does not have a column (?:named|with name) \"([^\"]+)\"", _named(207)),
    (r"Ambiguous reference to column name \"([^\"]+)\"", _named(209)),
    (r"column \"([^\"]+)\" must appear in the GROUP BY clause", _named(8120)),
    (r"Current transaction is aborted", _plain(3930)),
    (r"can only write to a single attached database", _plain(40510, _TWO_DATABASES)),
    (
        r"Lambda functions are currently not supported in|xpressions? of generated column|generated column expressions",
        _plain(40510, "This expression in a computed column"),
    ),
    (r"Out of Memory", _plain(701, "default")),
    (r"No space left on device", _disk_full),
    (r"on database \"([^\"]+)\" which is attached in read-only mode", _named(3906)),
)

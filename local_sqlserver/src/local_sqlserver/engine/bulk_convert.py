"""Conversion of BULK INSERT's fields from text to the type of their column, as DuckDB expressions per declared type.

The bulk provider's rules are stricter than CAST: no decimal point or exponent in an integer, only 0 and 1 in a
BIT, no time in a DATE. Blanks, tabs and a carriage return around a number or a date are ignored. A field that does
not convert is error 4864, a number out of range 4867, a text or decimal too long 4863.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from local_sqlserver.compiler import ColumnInfo
from local_sqlserver.compiler.types import duckdb_type
from local_sqlserver.errors import unsupported
from local_sqlserver.types import DAYS, FIXED_TEXT, INTEGERS, MAX, TEXT

TRUNCATION, MISMATCH, OVERFLOW, UNEXPECTED_NULL = 4863, 4864, 4867, 4869

_BLANKS = r"' \t\r\n'"
_DAY = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{8}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"
_CLOCK = r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-9]{2}(\.[0-9]{1,7})?)?"
_DAY_FORMATS = "['%Y-%m-%d', '%Y%m%d', '%m/%d/%Y']"


@dataclass(frozen=True, slots=True)
class Conversion:
    """DuckDB expressions for one column: ``value`` (NULL when empty or bad), ``error`` (0 or a number)."""

    value: str
    error: str


def conversion(
    column: ColumnInfo, field: str, *, wide: bool, default: str | None, invalid: str | None, line: int
) -> Conversion:
    """Build the expressions that convert ``field``, a DuckDB expression that is NULL for an empty field.

    ``default`` is the DuckDB expression for an empty field, if any; ``wide`` is True for a UTF-16 file;
    a field with the character ``invalid``, if given, is an error.
    Raises SqlError 40510 for a type that the stand-in cannot load.
    """
    value, failed = _rule(column, field, wide=wide, line=line)
    if default is not None:
        value = f"CASE WHEN {field} IS NULL THEN {default} ELSE {value} END"
    elif not column.nullable:
        failed = f"CASE WHEN {field} IS NULL THEN {UNEXPECTED_NULL} ELSE {failed} END"
    if invalid is not None:
        failed = f"CASE WHEN contains({field}, '{invalid}') THEN {MISMATCH} ELSE {failed} END"
    return Conversion(value, failed)


def _rule(column: ColumnInfo, text: str, *, wide: bool, line: int) -> tuple[str, str]:
    """Return the expressions for the value of a field that is not empty and for its error number."""
    declared = column.type
    trimmed = f"trim({text}, E{_BLANKS})"
    match declared.name:
        case name if name in TEXT:
            if declared.length is None or declared.length == MAX:
                return text, "0"
            # A field of a char file that is too long for an NVARCHAR is reported as a type mismatch.
            number = MISMATCH if name.startswith("n") and not wide else TRUNCATION
            value = f"rpad({text}, {declared.length}, ' ')" if name in FIXED_TEXT else text
            return value, f"CASE WHEN {_longer_than(text, declared.length)} THEN {number} ELSE 0 END"
        case name if name in INTEGERS:
            bare = f"replace({trimmed}, ' ', '')"
            integer = duckdb_type(declared)
            value, failed = _checked(trimmed, "[+-]? *[0-9]+", f"TRY_CAST({bare} AS {integer})", OVERFLOW)
            # Nearly every field is digits alone, and trimming costs more than this regular expression.
            digits, cast = f"regexp_full_match({text}, '[0-9]+')", f"TRY_CAST({text} AS {integer})"
            return (
                f"CASE WHEN {digits} THEN {cast} ELSE {value} END",
                f"CASE WHEN {digits} AND {cast} IS NOT NULL THEN 0 ELSE {failed} END",
            )
        case "bit":
            return _checked(text, "[01]", f"TRY_CAST({text} AS INTEGER)", OVERFLOW)
        case "decimal" | "numeric":
            number_type = duckdb_type(declared)
            return _checked(
                trimmed,
                r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)",
                f"TRY_CAST({trimmed} AS {number_type})",
                TRUNCATION,
            )
        case "money" | "smallmoney":
            number_type = duckdb_type(declared)
            bare = f"replace({trimmed}, ',', '')"
            return _checked(trimmed, r"[+-]?[0-9][0-9,]*(\.[0-9]*)?", f"TRY_CAST({bare} AS {number_type})", OVERFLOW)
        case "float" | "real":
            number_type = duckdb_type(declared)
            shape = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
            cast = f"TRY_CAST({trimmed} AS {number_type})"
            return _checked(trimmed, shape, f"CASE WHEN isfinite({cast}) THEN {cast} END", OVERFLOW)
        case "date":
            midnight = r"([ T]0{1,2}:00(:00(\.0{1,7})?)?)?"
            day = f"CAST(TRY_STRPTIME(regexp_extract({trimmed}, '^[^ T]*'), {_DAY_FORMATS}) AS DATE)"
            return _checked(trimmed, f"({_DAY}){midnight}", day, MISMATCH)
        case "datetime" | "datetime2" | "smalldatetime":
            return _checked(
                trimmed, f"({_DAY})([ T]{_CLOCK})?", _moment(declared.name, declared.scale, trimmed), MISMATCH
            )
        case "time":
            clock = f"TRY_CAST({trimmed} AS TIME)"
            if declared.scale is not None and declared.scale < 6:
                unit = 10 ** (6 - declared.scale)
                clock = f"CAST(make_timestamp((epoch_us({clock}) + {unit // 2}) // {unit} * {unit}) AS TIME)"
            return _checked(trimmed, _CLOCK, clock, MISMATCH)
        case "uniqueidentifier":
            digits = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
            bare = f"trim({trimmed}, '{{}}')"
            return _checked(trimmed, rf"{digits}|\{{{digits}\}}", f"TRY_CAST({bare} AS UUID)", MISMATCH)
        case "binary" | "varbinary":
            value, failed = _checked(text, "([0-9A-Fa-f]{2})+", f"unhex({text})", MISMATCH)
            if declared.length is not None and declared.length != MAX:
                failed = f"CASE WHEN length({text}) > {2 * declared.length} THEN {TRUNCATION} ELSE {failed} END"
            return value, failed
        case name:
            raise unsupported(f"BULK INSERT into a column of type {name}", line)


def _checked(text: str, shape: str, value: str, out_of_range: int) -> tuple[str, str]:
    """Require that a field matches a regular expression (else 4864) and converts."""
    shaped = f"regexp_full_match({text}, '{shape}')"
    guarded = f"CASE WHEN {shaped} THEN {value} END"
    failed = (
        f"CASE WHEN {text} IS NULL THEN 0 WHEN NOT {shaped} THEN {MISMATCH} "
        f"WHEN ({value}) IS NULL THEN {out_of_range} ELSE 0 END"
    )
    return guarded, failed


def _longer_than(text: str, limit: int) -> str:
    """Compare the length in UTF-16 code units, as SQL Server counts it, with ``limit``.

    A text of at most ``limit`` bytes in UTF-8 is never longer, which spares nearly every field the exact count.
    """
    beyond_bmp = f"length(regexp_replace({text}, '[^\\x{{10000}}-\\x{{10FFFF}}]', '', 'g'))"
    return f"strlen({text}) > {limit} AND length({text}) + {beyond_bmp} > {limit}"


def _moment(name: str, scale: int | None, trimmed: str) -> str:
    """Build the value of a date with an optional time, rounded to the type's precision, NULL out of its range."""
    day = f"TRY_STRPTIME(regexp_extract({trimmed}, '^[^ T]*'), {_DAY_FORMATS})"
    clock = f"TRY_CAST(coalesce(nullif(regexp_extract({trimmed}, '{_CLOCK}$'), ''), '00:00') AS TIME)"
    microseconds = f"(epoch_us({day}) + epoch_us({clock}))"
    if name == "datetime":  # ticks of 1/300 s, shown as whole milliseconds
        rounded = f"round(round(CAST({microseconds} AS DECIMAL(38, 6)) * 3 / 10000) * 10 / 3) * 1000"
    elif name == "smalldatetime":
        rounded = f"round(CAST({microseconds} AS DECIMAL(38, 6)) / 60000000) * 60000000"
    else:
        step = 10 ** (6 - min(scale if scale is not None else 7, 6))
        rounded = f"round(CAST({microseconds} AS DECIMAL(38, 6)) / {step}) * {step}"
    moment = f"make_timestamp(CAST({rounded} AS BIGINT))"
    first, last = DAYS.get(name, (date.min, date.max))
    return f"CASE WHEN CAST({moment} AS DATE) BETWEEN DATE '{first}' AND DATE '{last}' THEN {moment} END"

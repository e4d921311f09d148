"""Dates and times as text, in the styles of CONVERT."""

from __future__ import annotations

from local_sqlserver.compiler.fragments import Value
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.types import SqlType

_DATE_STYLES = {
    1: "%m/%d/%y", 101: "%m/%d/%Y", 2: "%y.%m.%d", 102: "%Y.%m.%d", 3: "%d/%m/%y", 103: "%d/%m/%Y",
    4: "%d.%m.%y", 104: "%d.%m.%Y", 5: "%d-%m-%y", 105: "%d-%m-%Y", 6: "%d %b %y", 106: "%d %b %Y",
    7: "%b %d, %y", 107: "%b %d, %Y", 10: "%m-%d-%y", 110: "%m-%d-%Y", 11: "%y/%m/%d", 111: "%Y/%m/%d",
    12: "%y%m%d", 112: "%Y%m%d", 23: "%Y-%m-%d",
}  # fmt: skip
_MOMENT_STYLES = {
    8: "%H:%M:%S", 24: "%H:%M:%S", 108: "%H:%M:%S", 20: "%Y-%m-%d %H:%M:%S", 120: "%Y-%m-%d %H:%M:%S",
}  # fmt: skip
_FRACTION_STYLES = {21: "%Y-%m-%d %H:%M:%S", 25: "%Y-%m-%d %H:%M:%S", 121: "%Y-%m-%d %H:%M:%S"}
_COLON_STYLES = {14: "%H:%M:%S", 114: "%H:%M:%S", 13: "%d %b %Y %H:%M:%S", 113: "%d %b %Y %H:%M:%S"}
"""Styles whose fraction follows a colon, but a point where the type has more digits than DATETIME."""
_ISO_STYLES = (126, 127)
STYLES = (*range(15), *range(20, 26), *range(100, 115), 120, 121, 126, 127, 130, 131)
"""The styles of CONVERT, for all types."""

_OFFSET_STYLES = (20, 21, 25, 120, 121, 126)
# A DATE has no time: in a style of date and time it takes the style of the date.
_DATE_ONLY = {20: 23, 21: 23, 25: 23, 120: 23, 121: 23, 126: 23, 127: 23, 13: 106, 113: 106}


def _fraction(value: Value) -> str:
    """SQL of '.123' with as many digits as the type has."""
    scale = 3 if value.type.name == "datetime" else (value.type.scale if value.type.scale is not None else 7)
    if value.type.name == "smalldatetime" or scale == 0:
        return "''"
    moment = f"DATE '1900-01-01' + {value.sql}" if value.type.name == "time" else value.sql
    return f"'.' || left(strftime({moment}, '%f') || '0', {scale})"


def _after_colon(value: Value) -> str:
    """SQL of the fraction in the styles with a colon: ':123', or of DATETIME2 '.1234567'."""
    return _fraction(value) if value.type.name == "datetime2" else f"strftime({value.sql}, ':%g')"


def date_text(value: Value, style: int | None, line: int) -> str:
    """SQL of a date, time or datetime as text in a CONVERT style."""
    name, sql = value.type.name, value.sql
    if name == "time":
        if style not in (None, 0, 8, 14, 20, 21, 24, 25, 108, 114, 120, 121, 126):
            raise unsupported(f"CONVERT of time with style {style}", line)
        moment = f"DATE '1900-01-01' + {sql}"
        if style in (0,):
            return f"(lpad(strftime({moment}, '%-I'), 2, ' ') || strftime({moment}, ':%M%p'))"
        if style in (8, 20, 24, 108, 120):
            return f"strftime({moment}, '%H:%M:%S')"
        return f"(strftime({moment}, '%H:%M:%S') || {_fraction(value)})"
    if name == "datetimeoffset":
        if style in _OFFSET_STYLES or style is None:
            blank = "" if style == 126 else " "
            local = Value(f"tsql_local({sql})", SqlType("datetime2", scale=value.type.scale))
            zone = f"tsql_zone_text(struct_extract({sql}, 'minutes'))"
            return f"({date_text(local, style, line)} || '{blank}' || {zone})"
        if style in _DATE_STYLES:
            return date_text(Value(f"tsql_local({sql})", SqlType("datetime2", scale=7)), style, line)
        raise unsupported(f"CONVERT of datetimeoffset with style {style}", line)
    if style is None:
        style = {"date": 23, "datetime2": 121}.get(name, 0)
    if name == "date":
        style = _DATE_ONLY.get(style, style)
    if style in _DATE_STYLES:
        return f"strftime({sql}, '{_DATE_STYLES[style]}')"
    if style in (130, 131):
        raise unsupported(f"CONVERT with the Hijri style {style}", line)
    day = f"strftime({sql}, '%b ') || lpad(strftime({sql}, '%-d'), 2, ' ') || strftime({sql}, ' %Y')"
    if style in (0, 100, 9, 109):
        if name == "date":
            return f"({day})"
        clock = f"' ' || lpad(strftime({sql}, '%-I'), 2, ' ')"
        if style in (0, 100):
            return f"({day} || {clock} || strftime({sql}, ':%M%p'))"
        return f"({day} || {clock} || strftime({sql}, ':%M:%S') || {_after_colon(value)} || strftime({sql}, '%p'))"
    if name == "date":
        raise sql_error(281, style, "date", line=line)
    if style in _MOMENT_STYLES:
        return f"strftime({sql}, '{_MOMENT_STYLES[style]}')"
    if style == 22:
        return f"(strftime({sql}, '%m/%d/%y ') || lpad(strftime({sql}, '%-I'), 2, ' ') || strftime({sql}, ':%M:%S %p'))"
    if style in _COLON_STYLES:
        return f"(strftime({sql}, '{_COLON_STYLES[style]}') || {_after_colon(value)})"
    if style in _FRACTION_STYLES:
        # A SMALLDATETIME has the form of a DATETIME.
        fraction = "'.000'" if name == "smalldatetime" else _fraction(value)
        return f"(strftime({sql}, '{_FRACTION_STYLES[style]}') || {fraction})"
    if style in _ISO_STYLES:
        fraction = _fraction(value)
        if name == "datetime":
            fraction = f"CASE WHEN date_part('microsecond', {sql}) % 1000000 = 0 THEN '' ELSE {fraction} END"
        return f"(strftime({sql}, '%Y-%m-%dT%H:%M:%S') || {fraction})"
    raise sql_error(281, style, name, line=line)

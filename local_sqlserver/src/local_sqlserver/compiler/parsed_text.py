"""PARSE and TRY_PARSE: text as .NET reads it for en-US.

Sources: the T-SQL reference, PARSE, with the styles of each type; .NET's NumberStyles and DateTimeStyles.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.types import APPROXIMATE, DECIMALS, INTEGERS, MONEY

_NUMBERS = INTEGERS | DECIMALS | APPROXIMATE | MONEY
PARSED = frozenset(_NUMBERS | {"date", "datetime", "datetime2", "smalldatetime"})
"""The types that PARSE supports here; SQL Server also parses TIME and DATETIMEOFFSET."""

_DIGITS = r"(?P<digits>\d[\d,]*(?:\.\d*)?|\.\d+)"
_NUMBER = re.compile(rf"\s*(?P<sign>[-+]?){_DIGITS}\s*(?P<last>[-+]?)\s*", re.ASCII)
_CURRENCY = re.compile(
    rf"\s*(?P<open>\(?)(?P<sign>[-+]?)(?P<symbol>\$?){_DIGITS}\s*(?P<last>[-+]?)\s*(?P<close>\)?)\s*", re.ASCII
)
_FLOAT = re.compile(r"\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\s*", re.ASCII)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DATES = [
    re.compile(rf"\s*{pattern}(?:(?:T|\s+)(?P<clock>\S.*?))?\s*", re.ASCII | re.IGNORECASE)
    for pattern in (
        r"(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)",
        r"(?P<m>\d\d?)/(?P<d>\d\d?)/(?P<y>\d{4})",
        r"(?:(?P<weekday>[a-z]+),\s*)?(?P<d>\d\d?)\s+(?P<month>[a-z]+)\s+(?P<y>\d{4})",
        r"(?:(?P<weekday>[a-z]+),\s*)?(?P<month>[a-z]+)\s+(?P<d>\d\d?),?\s+(?P<y>\d{4})",
    )
]
_CLOCK = re.compile(r"(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?(?:\s*([AP]M))?", re.ASCII | re.IGNORECASE)


def tsql_parse(text: str, kind: str, culture: str) -> str:
    """Return a text in a form that converts to a type; raises SqlError 9819, and 40510 for an unknown form of date."""
    found = tsql_try_parse(text, kind)
    if found is None:
        raise sql_error(9819, text, "numeric" if kind == "decimal" else kind, culture)
    return found


def tsql_try_parse(text: str, kind: str) -> str | None:
    """Return the same; None for a text of no value."""
    return _number(text, kind) if kind in _NUMBERS else _moment(text)


def _number(text: str, kind: str) -> str | None:
    if kind in APPROXIMATE:
        return text.strip() if _FLOAT.fullmatch(text) else None
    match = (_CURRENCY if kind in MONEY else _NUMBER).fullmatch(text)
    if match is None or (match["sign"] and match["last"]):
        return None
    part = match.groupdict()
    if bool(part.get("open")) != bool(part.get("close")):
        return None
    value = Decimal(match["digits"].replace(",", ""))
    if match["sign"] == "-" or match["last"] == "-" or part.get("open"):
        value = -value
    if kind in INTEGERS:
        return None if value % 1 else f"{value:.0f}"
    return f"{value:f}"


def _moment(text: str) -> str | None:
    if not re.search(r"\d", text):
        return None
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            part = match.groupdict()
            try:
                day = datetime(
                    int(match["y"]), int(part.get("m") or _position(part["month"], _MONTHS)), int(match["d"])
                )
                weekday = part.get("weekday")
                if weekday is not None and _position(weekday, _WEEKDAYS) != day.weekday() + 1:
                    return None
                return f"{day.date().isoformat()} {_clock(match['clock'] or '00:00')}"
            except ValueError:
                return None
    raise unsupported(f"PARSE of the text '{text}'")


def _position(name: str, names: tuple[str, ...]) -> int:
    """The number of a month or weekday, from 1; raises ValueError for another name."""
    known = [name.lower() in (full, full[:3]) for full in names]
    return known.index(True) + 1


def _clock(text: str) -> str:
    """A time of day; raises ValueError for one out of range."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise unsupported(f"PARSE of the time '{text}'")
    hour, minute, second = (int(match[number] or 0) for number in (1, 2, 3))
    if match[5]:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if match[5].upper() == "PM" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(text)
    return f"{hour:02}:{minute:02}:{second:02}.{(match[4] or '0')}"

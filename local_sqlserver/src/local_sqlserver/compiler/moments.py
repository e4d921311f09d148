"""Text as a date and time, in Python: for the values that the engine converts without a query.

The macros ``tsql_timestamp`` and ``tsql_zone`` are the same rules in SQL. Source: the T-SQL reference, "datetime",
"datetimeoffset" and the date styles of "CAST and CONVERT"; the language is us_english, so the month comes first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_DATES = [
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)",
        r"(?P<y>\d{4})[-/.](?P<m>\d\d?)[-/.](?P<d>\d\d?)",
        r"(?P<m>\d\d?)[-/.](?P<d>\d\d?)[-/.](?P<y>\d{4}|\d\d)",
        r"(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)",
        r"(?P<d>\d\d?)[- /.]*(?P<name>[a-z]{3})[a-z]*,?[- /.]*(?P<y>\d{4}|\d\d)",
        r"(?P<name>[a-z]{3})[a-z]* +(?P<d>\d\d?)(?:,| |, +) *(?P<y>\d{4}|\d\d)",
        r"(?P<y>\d{4})",
    )
]
_CLOCK = re.compile(
    r"(?:^|[T ])(?P<h>\d\d?)(?::(?P<mi>\d\d)(?::(?P<s>\d\d)(?P<point>[.:])?(?P<f>(?<=[.:])\d{1,9})?)?)?"
    r"(?: ?(?P<half>[AP]M))?(?: ?(?P<zone>Z|[+-]\d\d?:\d\d))?$",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time as written: the local time, the digits of its fraction, the minutes of its offset, if any."""

    local: datetime
    digits: int = 0
    seventh: int = 0
    """The seventh digit of the fraction, which ``local`` has not."""
    minutes: int | None = None


def parse_moment(text: str) -> Moment | None:
    """Return the date and time of a text; None for another text. Raises ValueError for a date or time out of range."""
    day, clock = text.strip(" "), None
    found = _CLOCK.search(day)
    if found is not None and (found["mi"] or found["half"]):
        day, clock = day[: found.start()].rstrip(" "), found
    moment = datetime(1900, 1, 1)
    if day:
        moment_of_day = _date(day)
        if moment_of_day is None:
            return None
        moment = moment_of_day
    return Moment(moment) if clock is None else _with_clock(moment, clock)


def _date(text: str) -> datetime | None:
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            part = match.groupdict()
            year = int(part["y"])
            if len(part["y"]) == 2:  # the cut-off year is 2049
                year += 2000 if year < 50 else 1900
            month = part.get("m") or _MONTHS.get((part.get("name") or "jan").lower())
            return None if month is None else datetime(year, int(month), int(part.get("d") or 1))
    return None


def _with_clock(day: datetime, clock: re.Match[str]) -> Moment | None:
    hour, minute, second = (int(clock[name] or 0) for name in ("h", "mi", "s"))
    if clock["half"]:
        late = clock["half"].upper() == "PM"
        if hour > 12 or (late and hour == 0):
            return None
        hour = hour % 12 + 12 * late
    if clock["point"] and not clock["f"]:
        return None
    digits = clock["f"] or ""
    # After a colon the digits count thousandths.
    fraction = digits.zfill(3) if clock["point"] == ":" else digits
    minutes = None
    if clock["zone"]:
        minutes = 0
        if clock["zone"].upper() != "Z":
            sign, hours, rest = clock["zone"][0], int(clock["zone"][1:-3]), int(clock["zone"][-2:])
            minutes = (hours * 60 + rest) * (-1 if sign == "-" else 1)
            if rest > 59 or abs(minutes) > 14 * 60:
                return None
    local = datetime.combine(day, time(hour, minute, second)) + timedelta(microseconds=int(fraction.ljust(6, "0")[:6]))
    return Moment(local, len(digits), int(fraction[6:7] or 0), minutes)

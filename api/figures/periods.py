"""Periods of days: calendar units, comparison periods, and the presets of the date filter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LEVELS = ("year", "quarter", "month", "day")
"""The levels of calendar units, from coarse to fine. A click on a unit drills down to the next level."""

MONTHS = {"year": 12, "quarter": 3, "month": 1}
SHORTEST = {"year": 365, "quarter": 90, "month": 28, "day": 1}
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
"""The range of dates shown; a date outside it is an error of the sources."""

DAYS_SHOWN_SINGLY = 62
MONTHS_SHOWN_SINGLY = 36
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Period:
    """The days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    @property
    def unit(self) -> str | None:
        """The level of the period if it is exactly one calendar unit, else None."""
        return next((level for level in LEVELS if self == unit_of(self.first, level)), None)

    @property
    def is_whole_months(self) -> bool:
        """Whether the period begins with the first day of a month and ends with the last day of one."""
        return self.first.day == 1 and (self.last + ONE_DAY).day == 1

    def until(self, day: date) -> Period:
        """Return the period without the days after a day, but with at least its first day."""
        return Period(self.first, max(self.first, min(self.last, day)))

    def clipped(self, other: Period) -> Period:
        """Return the intersection with another period, which must overlap."""
        return Period(max(self.first, other.first), min(self.last, other.last))

    def previous(self, until: date) -> Period:
        """Return the preceding period: the unit before a calendar unit, else the same number of days.

        If the period has not ended by the day ``until``, only its days up to then count: an unfinished month is
        compared with as many days of the month before.
        """
        elapsed = self.until(until)
        unit = self.unit
        if unit in MONTHS:
            before = unit_of(add_months(self.first, -MONTHS[unit]), unit)
            return before if elapsed == self else before.until(before.first + timedelta(days=elapsed.days - 1))
        if elapsed == self and self.is_whole_months:
            months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
            return Period(add_months(self.first, -months), self.first - ONE_DAY)
        return Period(elapsed.first - timedelta(days=elapsed.days), elapsed.first - ONE_DAY)

    def year_before(self, until: date) -> Period:
        """Return the same days a year earlier; of an unfinished period, those up to the day ``until``."""
        elapsed = self.until(until)
        if elapsed == self and self.is_whole_months:
            return Period(add_months(self.first, -12), unit_of(add_months(self.last, -12), "month").last)
        return Period(add_months(elapsed.first, -12), add_months(elapsed.last, -12))

    def units(self, level: str) -> list[Period]:
        """Return the complete calendar units of a level that overlap the period."""
        parts = [unit_of(self.first, level)]
        while parts[-1].last < self.last:
            parts.append(unit_of(parts[-1].last + ONE_DAY, level))
        return parts

    def default_level(self) -> str:
        """Return the level of the trend by default: the one below the period's unit, or one that fits its length."""
        if self.unit in MONTHS:
            return LEVELS[LEVELS.index(self.unit) + 1]
        if self.days <= DAYS_SHOWN_SINGLY:
            return "day"
        return "month" if self.days <= MONTHS_SHOWN_SINGLY * 31 else "year"

    def level_of_at_most(self, level: str, count: int) -> str:
        """Return the level, or the next coarser one at which the period has about ``count`` units or fewer."""
        while self.days / SHORTEST[level] > count and level != LEVELS[0]:
            level = LEVELS[LEVELS.index(level) - 1]
        return level

    def enclosing_units(self) -> list[Period]:
        """Return the calendar units that contain the period, the coarsest first."""
        units = [unit_of(self.first, level) for level in LEVELS]
        return [unit for unit in units if unit.last >= self.last and unit != self]

    def __str__(self) -> str:
        """Format the period: 2025, Q3 2025, July 2025, 5 Jul 2025, first and last month, or first and last day."""
        match self.unit:
            case "year":
                return str(self.first.year)
            case "quarter":
                return f"Q{quarter(self.first)} {self.first.year}"
            case "month":
                return f"{self.first:%B %Y}"
            case "day":
                return format_day(self.first)
        if self.is_whole_months:
            return f"{self.first:%b %Y} – {self.last:%b %Y}"
        return f"{format_day(self.first)} – {format_day(self.last)}"


def period_code(part: Period) -> str:
    """Format a year, quarter or month for URLs: 2025, 2025-Q3, 2025-07."""
    match part.unit:
        case "year":
            return f"{part.first:%Y}"
        case "quarter":
            return f"{part.first:%Y}-Q{quarter(part.first)}"
    return f"{part.first:%Y-%m}"


CODE = re.compile(r"([12]\d{3})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


def parse_period_code(text: str) -> Period | None:
    """Parse the format of ``period_code``; None if the text is invalid."""
    found = CODE.fullmatch(text)
    if not found:
        return None
    year, quarter_of_year, month = (int(part) if part else 0 for part in found.groups())
    if quarter_of_year:
        return unit_of(date(year, quarter_of_year * 3, 1), "quarter")
    return unit_of(date(year, month or 1, 1), "month" if month else "year")


def format_day(day: date) -> str:
    """Format a date: 5 Jul 2025."""
    return f"{day.day} {day:%b %Y}"


def format_time(time: datetime) -> str:
    """Format a time in UTC: 5 Jul 2025, 13:57 UTC."""
    utc = time.astimezone(UTC)
    return f"{format_day(utc.date())}, {utc:%H:%M} UTC"


def quarter(day: date) -> int:
    """Return the quarter of a date, 1 to 4."""
    return (day.month + 2) // 3


def unit_of(day: date, level: str) -> Period:
    """Return the calendar unit of a level that contains a day."""
    if level == "day":
        return Period(day, day)
    months = MONTHS[level]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, add_months(first, months) - ONE_DAY)


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - ONE_DAY).day))


def label(part: Period, level: str) -> str:
    """Return a short label of a calendar unit for axes and tables."""
    match level:
        case "year":
            return str(part.first.year)
        case "quarter":
            return f"Q{quarter(part.first)} {part.first.year}"
        case "month":
            return f"{part.first:%b %Y}"
    return f"{part.first.day} {part.first:%b %Y}"


def last_twelve_months(business_date: date) -> Period:
    """Return the last twelve months that are over on the business date, the default period."""
    month = unit_of(business_date, "month")
    last = month.last if business_date == month.last else month.first - ONE_DAY
    return Period(unit_of(add_months(last, -11), "month").first, last)


def presets(business_date: date) -> dict[str, Period]:
    """Return the preset periods of the date filter by name, relative to a business date."""
    this_month, this_quarter, this_year = (unit_of(business_date, level) for level in ("month", "quarter", "year"))
    return {
        "Last 12 months": last_twelve_months(business_date),
        "Last month": unit_of(this_month.first - ONE_DAY, "month"),
        "Last quarter": unit_of(this_quarter.first - ONE_DAY, "quarter"),
        "Last year": unit_of(this_year.first - ONE_DAY, "year"),
        "This month": this_month,
        "This quarter": this_quarter,
        "This year": this_year,
        "Last 30 days": Period(business_date - timedelta(days=29), business_date),
        "Last 90 days": Period(business_date - timedelta(days=89), business_date),
    }

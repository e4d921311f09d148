"""What the totals of a picture are held against: the time before, and their course within."""

from __future__ import annotations

from api.dashboards.periods import DAYS_SHOWN_SINGLY, Period
from api.dashboards.picture import Picture
from api.dashboards.star import Lines


def compared(picture: Picture) -> list[tuple[str, Lines | None, Period | None]]:
    """Return what totals are compared with: lines and their period, None when the orders do not go back so far."""
    period, there, until = picture.selection.period, picture.star.dates, picture.star.business_date
    if period is None or there is None or period.first > until:
        return [("vs period before", None, None), ("vs year before", None, None)]
    before = {"vs period before": period.previous(until), "vs year before": period.year_before(until)}
    return [
        (what, picture.lines_in(other), other) if other.first >= there.first else (what, None, None)
        for what, other in before.items()
    ]


def course_parts(picture: Picture) -> list[Period]:
    """Return the units that courses are drawn in: days of short periods, else months."""
    days = picture.days
    return days.parts("day" if days.days <= DAYS_SHOWN_SINGLY else "month") if days else []


def dated(picture: Picture) -> Lines:
    """Return the lines that have a day."""
    return picture.lines_in(picture.days) if picture.selection.period is None else picture.lines

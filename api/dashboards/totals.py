"""The tiles of a page: its totals, held against the time before, and their course within."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from api.dashboards.marks import Card, Tile, change, percent, sparkline
from api.dashboards.periods import DAYS_SHOWN_SINGLY, Period
from api.dashboards.picture import Picture
from api.dashboards.star import Lines

Figures = Mapping[str, float | None]
Shown = Mapping[str, tuple[str, Callable[[float], str]]]
"""The name of a figure → what people call it, and how it is written."""


def tiles(
    picture: Picture,
    shown: Shown,
    figures: Callable[[Lines, Period | None], Figures],
    courses: Mapping[str, Sequence[float | None]],
) -> Card:
    """Return the card with the totals; ``figures`` are those of some lines and their period, None if there is none."""
    now = figures(picture.lines, picture.selection.period)
    before = [(what, figures(lines, period) if lines else {}) for what, lines, period in compared(picture)]
    return Card(
        "tiles",
        "Totals",
        tiles=[
            Tile(
                name,
                title,
                "—" if (value := now[name]) is None else write(value),
                [change(what, value, other.get(name), points=write is percent) for what, other in before],
                sparkline(courses.get(name, ())),
            )
            for name, (title, write) in shown.items()
        ],
    )


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

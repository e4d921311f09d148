"""The tiles of a page: its totals, held against the time before, and their course within."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from api.dashboards.marks import Card, Tile, change, percent, sparkline
from api.dashboards.periods import DAYS_SHOWN_SINGLY, Period, label
from api.dashboards.picture import Picture
from api.dashboards.star import Lines

Figures = Mapping[str, float | None]
Shown = Mapping[str, tuple[str, Callable[[float], str]]]
"""The name of a figure → what people call it, and how it is written."""

MOST_POINTS = 240
"""Of a course."""


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


def course(picture: Picture) -> tuple[Lines, list[Period]] | None:
    """Return the units that courses are drawn in, days of short periods, else months, and the lines in them.

    A unit that is not over would look like a fall: it is left out if there are others.
    """
    days = picture.days
    if days is None:
        return None
    parts = days.parts("day" if days.days <= DAYS_SHOWN_SINGLY else days.at_most("month", MOST_POINTS))
    if parts[-1].last > days.last and len(parts) > 1:
        parts.pop()
    parts = [part.clipped(days) for part in parts]
    return picture.lines_in(Period(parts[0].first, parts[-1].last)), parts


def partly(parts: Sequence[Period], days: Period, level: str) -> str:
    """Say which units the days hold only a part of."""
    names = [label(part, level) for part in dict.fromkeys((parts[0], parts[-1])) if part.clipped(days) != part]
    return f"Only a part of {' and of '.join(names)} is within these dates." if names else ""

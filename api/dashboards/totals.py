"""The tiles of a page: its measures, each with its change against an earlier period and its course.

A click on a tile shows its measure in all charts of the page.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from api.dashboards.charts import NO_CHANGE, Card, Change, Tile, change, sparkline
from api.dashboards.cube_view import CubeView
from api.dashboards.measures import MEASURES, NEW, Measure, by_part, measure_of
from api.figures.periods import DAYS_SHOWN_SINGLY, Period, label
from api.figures.sales_cube import Floats, Lines, number, within

MAX_SPARKLINE_POINTS = 240
FIXED_BY_THE_LAST_ORDERS = ("segment", "orders", "recency", "joined")
"""Filters by all orders of a customer up to now, which decide how many of the chosen customers are new."""


def tiles(view: CubeView) -> Card:
    """Return the card of tiles."""
    selection, shown = view.selection, measure_of(view.selection.page, view.selection.measure)
    courses = _courses(view)
    return Card(
        "tiles",
        "Totals",
        tiles=[
            Tile(
                measure.name,
                measure.title,
                "—" if (value := measure.total(view.lines, selection.period)) is None else measure.format(value),
                compared(view, measure, value),
                f"vs {view.before.name.removeprefix('the ')}" if view.before else "no earlier period",
                sparkline(courses.get(measure.name, ())),
                selection.showing(measure=measure.name).href(),
                measure == shown,
            )
            for measure in MEASURES[selection.page]
        ],
    )


def compared(view: CubeView, measure: Measure, now: float | None) -> Change:
    """Return the change of a measure against the earlier period."""
    if view.before is None:
        return NO_CHANGE
    if measure == NEW and set(FIXED_BY_THE_LAST_ORDERS) & view.selection.chosen.keys():
        return NO_CHANGE  # the customers that the filters keep were new when the filters say
    before = view.before.period
    return change(now, measure.total(view.lines_in(before), before), measure.format)


def _courses(view: CubeView) -> dict[str, list[float | None]]:
    found = sparkline_periods(view)
    if found is None:
        return {}
    lines, parts = found
    groups = by_part(lines, parts)
    span = Period(parts[0].first, parts[-1].last)
    courses = {}
    for measure in MEASURES[view.selection.page]:
        values = new_by(view.lines, parts) if measure == NEW else measure.of(groups, span)
        courses[measure.name] = [None if np.isnan(value) else float(value) for value in values]
    return courses


def new_by(lines: Lines, parts: Sequence[Period]) -> Floats:
    """Count the customers of some lines by the period of their first order."""
    first = lines.cube.first_days[lines.buying]
    first = first[within(first, Period(parts[0].first, parts[-1].last))]
    begins = np.array([number(part.first) for part in parts])
    return np.bincount(np.searchsorted(begins, first, side="right") - 1, minlength=len(parts)).astype(np.float64)


def sparkline_periods(view: CubeView) -> tuple[Lines, list[Period]] | None:
    """Return the lines and the calendar units of the sparklines: days of a short period, else months.

    The last unit is left out if it is incomplete, because it would look like a decline, unless it is the only one.
    """
    days = view.days
    if days is None:
        return None
    parts = days.units(
        "day" if days.days <= DAYS_SHOWN_SINGLY else days.level_of_at_most("month", MAX_SPARKLINE_POINTS)
    )
    if parts[-1].last > days.last and len(parts) > 1:
        parts.pop()
    parts = [part.clipped(days) for part in parts]
    return view.lines_in(Period(parts[0].first, parts[-1].last)), parts


def partial_units_note(view: CubeView, parts: Sequence[Period], level: str) -> str:
    """Return a note that names the calendar units which the days cover only partly."""
    days = view.days
    names = [label(part, level) for part in dict.fromkeys((parts[0], parts[-1])) if days and part.clipped(days) != part]
    return f"Only a part of {' and of '.join(names)} is within these dates." if names else ""

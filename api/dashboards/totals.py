"""The tiles of a page: totals with comparisons to earlier periods, and sparklines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from api.dashboards.charts import Card, Tile, change, format_percent, sparkline
from api.dashboards.cube_view import CubeView
from api.dashboards.periods import DAYS_SHOWN_SINGLY, Period, label
from api.dashboards.sales_cube import Lines

Figures = Mapping[str, float | None]
TileSpecs = Mapping[str, tuple[str, Callable[[float], str]]]
"""Name of a figure → its title and number format."""

MAX_SPARKLINE_POINTS = 240


def tiles(
    view: CubeView,
    specs: TileSpecs,
    figures: Callable[[Lines, Period | None], Figures],
    series: Mapping[str, Sequence[float | None]],
) -> Card:
    """Return the card of tiles. ``figures`` computes the totals of lines in a period (None for all dates)."""
    now = figures(view.lines, view.selection.period)
    before = [(baseline, figures(lines, period) if lines else {}) for baseline, lines, period in comparisons(view)]
    return Card(
        "tiles",
        "Totals",
        tiles=[
            Tile(
                name,
                title,
                "—" if (value := now[name]) is None else format_figure(value),
                [
                    change(baseline, value, other.get(name), points=format_figure is format_percent)
                    for baseline, other in before
                ],
                sparkline(series.get(name, ())),
            )
            for name, (title, format_figure) in specs.items()
        ],
    )


def comparisons(view: CubeView) -> list[tuple[str, Lines | None, Period | None]]:
    """Return the comparisons: label, lines and period. Lines are None if the orders start later than the period."""
    period, orders, until = view.selection.period, view.cube.dates, view.cube.business_date
    if period is None or orders is None or period.first > until:
        return [("vs period before", None, None), ("vs year before", None, None)]
    before = {"vs period before": period.previous(until), "vs year before": period.year_before(until)}
    return [
        (baseline, view.lines_in(other), other) if other.first >= orders.first else (baseline, None, None)
        for baseline, other in before.items()
    ]


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


def partial_units_note(parts: Sequence[Period], days: Period, level: str) -> str:
    """Return a note that names the calendar units which the days cover only partly."""
    names = [label(part, level) for part in dict.fromkeys((parts[0], parts[-1])) if part.clipped(days) != part]
    return f"Only a part of {' and of '.join(names)} is within these dates." if names else ""

"""The parts of cards: tiles, bars, pyramids, shaded tables, and figures for Plotly.

Bars and cells are HTML links, rendered by the templates in ``api/templates/dashboards``, because links are fast and
accessible by keyboard and screen reader. Plotly draws the other charts; ``assets/dashboards.js`` opens the URL of a
clicked element, which is its ``customdata``, or ``layout.meta.href`` with ``{}`` replaced by it. The style sheet sets
the colours of text and lines, because they depend on the light or dark theme.

One colour means one thing: blue is the measure that the page shows, grey the year before, green and vermillion a rise
and a fall, amber what is chosen.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

BLUE = "#0072B2"
"""Of the palette of Okabe and Ito, distinguishable with all kinds of colour vision."""

PALE = "#9CC9E3"
"""A second kind of the same measure."""

GREY = "rgba(138,150,163,0.45)"
SHADES = [[0, "rgba(0,114,178,0.08)"], [1, "rgba(0,114,178,1)"]]
"""Colour scale from low to high, on light and dark backgrounds."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
AXIS = {"fixedrange": True, "zeroline": False, "showgrid": False, "ticks": ""}
UNIT_LABELS = 8
UNIT_AXIS = {**AXIS, "type": "category", "tickangle": 0, "ticks": "outside", "ticklen": 5} | {
    "tickcolor": "rgba(0,0,0,0)"  # invisible ticks keep the labels apart from those of the other axis
}
TICKS = 6
AMOUNT_AXIS = {**AXIS, "showgrid": True, "nticks": TICKS, "rangemode": "tozero"}
SPARK_WIDTH, SPARK_HEIGHT = 120, 28


@dataclass(frozen=True)
class Link:
    """A link; ``current`` if it leads to the current selection. Without a URL it is plain text."""

    text: str
    href: str = ""
    current: bool = False


@dataclass(frozen=True)
class Change:
    """The change of a figure: direction (up, down or same), formatted difference, and percentage or points alone."""

    direction: str
    text: str
    share: str

    @property
    def brief(self) -> Change:
        """The change with its percentage or points alone."""
        return replace(self, text=self.share)


@dataclass(frozen=True)
class Tile:
    """A figure, its change against ``baseline``, its sparkline as a data URL, and the link to show it in all charts."""

    name: str
    label: str
    value: str
    change: Change
    baseline: str
    spark: str
    href: str
    current: bool


@dataclass(frozen=True)
class Bar:
    """A bar: label, formatted figures beside it, and link.

    It fills its track from ``start`` over ``length``, and ``mark`` stands for the year before; all are from 0 to 1.
    ``kind`` is up, down or total in a waterfall.
    """

    label: str
    figures: Sequence[str | Change]
    length: float
    href: str = ""
    chosen: bool = False
    start: float = 0.0
    mark: float | None = None
    kind: str = ""


@dataclass(frozen=True)
class Bars:
    """A horizontal bar chart; ``columns`` are the titles of the figures, as links if the bars can be sorted by them.

    ``baseline`` says what the marks stand for.
    """

    rows: Sequence[Bar]
    columns: Sequence[Link]
    baseline: str = ""


@dataclass(frozen=True)
class Pyramid:
    """Two bars a row, to the left and to the right of its label; ``titles`` are those of the sides."""

    titles: tuple[str, str]
    rows: Sequence[tuple[str, Bar, Bar]]


@dataclass(frozen=True)
class Cell:
    """A cell of a shaded table: text, shade (0 to 1), link, if it filters, and whether it is chosen."""

    text: str
    shade: float
    href: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Table:
    """A shaded table; None stands for an empty cell."""

    corner: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell | None]]]


NOTHING_EARLIER = "There is no earlier period to compare with."
"""What an empty card of changes says."""


@dataclass(frozen=True)
class Card:
    """A card of a page. ``breadcrumbs`` are links to enclosing selections, ``levels`` to other views of the card.

    ``story`` is a sentence above the chart; ``nothing`` stands in an empty card.
    """

    name: str
    title: str
    note: str = ""
    story: str = ""
    breadcrumbs: Sequence[Link] = ()
    levels: Sequence[Link] = ()
    figure: Mapping[str, Any] | None = None
    table: Table | None = None
    bars: Bars | None = None
    pyramid: Pyramid | None = None
    tiles: Sequence[Tile] = ()
    nothing: str = "No data in this selection."

    @property
    def empty(self) -> bool:
        """Whether the card has no data."""
        return not (
            self.figure
            or self.tiles
            or (self.table and self.table.rows)
            or (self.bars and self.bars.rows)
            or (self.pyramid and self.pyramid.rows)
        )


def format_integer(value: float) -> str:
    """Format a number without decimals, with thousands separators."""
    return f"{round(value):,}".replace("-", "−")


def format_decimal(value: float) -> str:
    """Format a number with two decimals and thousands separators."""
    return f"{value:,.2f}".replace("-", "−")


def format_percent(share: float) -> str:
    """Format a share as percent with one decimal."""
    return f"{share * 100:,.1f}\u00a0%".replace("-", "−")


def unit_axis(names: Sequence[str]) -> dict[str, Any]:
    """Return the axis of calendar units. The last one has a label, and so many before it as fit on a phone."""
    step = -(-len(names) // UNIT_LABELS)
    return {**UNIT_AXIS, "tickvals": names[::-1][::step][::-1]}


def amount_axis(tick_format: str, most: float) -> dict[str, Any]:
    """Return the axis of amounts up to ``most``: whole numbers where they are small, with k and M where large."""
    if tick_format == ",~s" and most < FEW:
        return {**AMOUNT_AXIS, "tickformat": ",d", **({"dtick": 1} if most <= TICKS else {})}
    return {**AMOUNT_AXIS, "tickformat": tick_format}


FEW = 10_000
"""Axes up to this number show whole numbers."""


NO_CHANGE = Change("same", "—", "—")
"""There is nothing to compare with."""


def change(now: float | None, before: float | None, format_figure: Callable[[float], str]) -> Change:
    """Return the change of a figure with its percentage; of a percentage, in percentage points."""
    if now is None or before is None or np.isnan(now) or np.isnan(before):
        return NO_CHANGE
    difference = now - before
    if format_figure is format_percent:
        amount = share = f"{abs(difference) * 100:,.1f}\u00a0pp"
        is_zero = amount.startswith("0.0")
    elif before:
        amount, share = format_figure(abs(difference)), f"{abs(difference / before) * 100:,.1f}\u00a0%"
        is_zero = not difference
    else:
        return NO_CHANGE
    direction = "same" if is_zero else "up" if difference > 0 else "down"
    sign = SIGNS[direction]
    text = f"{ARROWS[direction]}{sign}{amount}"
    if share != amount and not is_zero:
        text += f" ({sign}{share})"
    return Change(direction, text, f"{sign}{share}")


SIGNS = {"up": "+", "down": "−", "same": "±"}
ARROWS = {"up": "▲ ", "down": "▼ ", "same": ""}


def scaled(values: Sequence[float] | Any, *others: Sequence[float] | Any) -> tuple[float, float]:
    """Return zero's place and the length of 1 on a track for bars of some values, so that all values fit."""
    numbers = np.concatenate([np.nan_to_num(np.asarray(each, dtype=np.float64)) for each in (values, *others)])
    low, high = min(0.0, float(numbers.min(initial=0))), max(0.0, float(numbers.max(initial=0)))
    width = (high - low) or 1.0
    return -low / width, 1 / width


def bar_of(value: float, zero: float, unit: float) -> tuple[float, float]:
    """Return start and length of a bar from zero to a value."""
    length = 0.0 if np.isnan(value) else value * unit
    return zero + min(length, 0.0), abs(length)


def two_lines(text: str) -> str:
    """Break a label at its last blank, so that it fits an axis on a narrow screen."""
    return "<br>".join(text.rsplit(" ", 1))


def sparkline(values: Sequence[float | None]) -> str:
    """Return a line chart without axes as a data URL of SVG; the line is interrupted where a value is None."""
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0, 0)
    step = SPARK_WIDTH / max(len(values) - 1, 1)
    parts: list[list[str]] = [[]]
    for position, value in enumerate(values):
        if value is None:
            parts.append([])
            continue
        height = (value - low) / (high - low) if high > low else 0.5
        parts[-1].append(f"{position * step:.1f},{SPARK_HEIGHT - 3 - height * (SPARK_HEIGHT - 6):.1f}")
    lines = "".join(
        f'<polyline vector-effect="non-scaling-stroke" points="{" ".join(part)}"/>' for part in parts if part
    )
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}"'
        ' preserveAspectRatio="none">'
        f'<g fill="none" stroke="{BLUE}" stroke-width="2" stroke-linejoin="round">{lines}</g></svg>'
    )
    return "data:image/svg+xml;base64," + b64encode(drawing.encode()).decode()


def figure(traces: Sequence[Mapping[str, Any]], **layout: Any) -> dict[str, Any]:
    """Return a figure for Plotly with the common layout."""
    return {
        "data": traces,
        "layout": {
            "margin": {"l": 44, "r": 8, "t": 8, "b": 36},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "size": 12},
            "hoverlabel": {"font": {"family": FONT, "size": 13}},
            "separators": ".,",
            "dragmode": False,
            **layout,
        },
    }

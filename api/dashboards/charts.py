"""The parts of cards: tiles, bars, shaded tables, treemaps, and figures for Plotly.

Bars, cells and treemaps are HTML links, rendered by the templates in ``api/templates/dashboards``, because links are
fast and accessible by keyboard and screen reader. Plotly draws the other charts; ``assets/dashboards.js`` opens the URL
of a clicked element, which is its ``customdata``, or ``layout.meta.href`` with ``{}`` replaced by it. The style sheet
sets the colours of text and lines, because they depend on the light or dark theme.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BLUE, ORANGE, GREEN, SKY, VERMILLION, PURPLE = "#0072B2", "#E69F00", "#009E73", "#56B4E9", "#D55E00", "#CC79A7"
"""The palette of Okabe and Ito, distinguishable with all kinds of colour vision."""

GREY = "#8A96A3"
SHADES = [[0, "rgba(0,114,178,0.08)"], [1, "rgba(0,114,178,1)"]]
"""Colour scale from low to high, on light and dark backgrounds."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
AXIS = {"fixedrange": True, "zeroline": False, "showgrid": False, "ticks": ""}
UNIT_AXIS = {**AXIS, "type": "category", "nticks": 8, "tickangle": 0, "ticks": "outside", "ticklen": 5} | {
    "tickcolor": "rgba(0,0,0,0)"  # invisible ticks keep the labels apart from those of the other axis
}
AMOUNT_AXIS = {**AXIS, "showgrid": True, "tickformat": ",~s", "nticks": 6, "rangemode": "tozero"}
SPARK_WIDTH, SPARK_HEIGHT = 120, 28


@dataclass(frozen=True)
class Link:
    """A link; ``current`` if it leads to the current selection. Without a URL it is plain text."""

    text: str
    href: str = ""
    current: bool = False


@dataclass(frozen=True)
class Change:
    """The change of a figure: direction (up, down or same), formatted difference, and name of the comparison."""

    direction: str
    difference: str
    baseline: str


@dataclass(frozen=True)
class Tile:
    """A figure with its changes, and its sparkline as a data URL."""

    name: str
    label: str
    value: str
    changes: Sequence[Change]
    spark: str


@dataclass(frozen=True)
class Bar:
    """A bar: label, formatted figures beside it, length (0 to 1), and link."""

    label: str
    figures: Sequence[str]
    length: float
    href: str
    chosen: bool = False


@dataclass(frozen=True)
class Bars:
    """A horizontal bar chart; ``columns`` are the titles of the figures."""

    rows: Sequence[Bar]
    columns: Sequence[str]


@dataclass(frozen=True)
class Cell:
    """A cell of a shaded table: text, shade (0 to 1), link, and whether it is chosen."""

    text: str
    shade: float
    href: str
    chosen: bool = False


@dataclass(frozen=True)
class Table:
    """A shaded table; None stands for an empty cell."""

    corner: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell | None]]]


@dataclass(frozen=True)
class Area:
    """A node of a treemap. ``lines`` are the visible lines of its label; ``rest`` is the text that does not fit.

    ``box`` is left, top, width and height in percent of the enclosing node.
    """

    lines: Sequence[str]
    rest: str
    value: float
    href: str
    colour: str
    box: tuple[float, float, float, float]
    chosen: bool = False
    within: Sequence[Area] = ()

    @property
    def ink(self) -> str:
        """The colour of the label."""
        return "#fff" if self.colour == BLUE else "#000"


@dataclass(frozen=True)
class Card:
    """A card of a page. ``breadcrumbs`` are links to enclosing selections, ``levels`` to other levels of the chart."""

    name: str
    title: str
    note: str = ""
    breadcrumbs: Sequence[Link] = ()
    levels: Sequence[Link] = ()
    figure: Mapping[str, Any] | None = None
    table: Table | None = None
    bars: Bars | None = None
    areas: Sequence[Area] = ()
    tiles: Sequence[Tile] = ()

    @property
    def empty(self) -> bool:
        """Whether the card has no data."""
        return not (
            self.figure
            or self.tiles
            or self.areas
            or (self.table and self.table.rows)
            or (self.bars and self.bars.rows)
        )


def format_integer(value: float) -> str:
    """Format a number without decimals, with thousands separators."""
    return f"{round(value):,}".replace("-", "−")


def format_decimal(value: float) -> str:
    """Format a number with two decimals and thousands separators."""
    return f"{value:,.2f}".replace("-", "−")


def format_percent(share: float) -> str:
    """Format a share as percent with one decimal."""
    return f"{share * 100:,.1f} %".replace("-", "−")


def ratio(dividend: float, divisor: float) -> float | None:
    """Divide; None if the divisor is 0."""
    return dividend / divisor if divisor else None


def change(baseline: str, now: float | None, before: float | None, *, points: bool = False) -> Change:
    """Return the change of a figure, in percent or, with ``points``, in percentage points; "—" without a comparison."""
    if now is None or before is None or (not before and not points):
        return Change("same", "—", baseline)
    difference = (now - before) * 100 if points else (now - before) / abs(before) * 100
    shown = f"{abs(difference):,.1f}"
    unit = "pp" if points else "%"
    if shown == "0.0":
        return Change("same", f"±{shown} {unit}", baseline)
    return (
        Change("up", f"▲ +{shown} {unit}", baseline)
        if difference > 0
        else Change("down", f"▼ −{shown} {unit}", baseline)
    )


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

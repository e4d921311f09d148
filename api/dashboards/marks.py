"""What the pages are made of: cards with tiles, bars, tables of shades, or a figure that Plotly draws.

Marks are links where HTML can draw them: they are quick, and keyboards and screen readers know them. The templates
in ``api/templates/dashboards`` write them. What needs a chart is drawn by Plotly; ``assets/dashboards.js`` follows
its marks' addresses, which lie in ``customdata`` (or in ``layout.meta.href``, with ``{}`` for it). Colours of text
and lines are left to the style sheet, which knows whether the page is light or dark.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BLUE, ORANGE, GREEN, SKY, VERMILLION, PURPLE = "#0072B2", "#E69F00", "#009E73", "#56B4E9", "#D55E00", "#CC79A7"
"""Okabe and Ito's colours, which all kinds of colour vision tell apart."""

GREY = "#8A96A3"
SHADES = [[0, "rgba(0,114,178,0.08)"], [1, "rgba(0,114,178,1)"]]
"""From little to much; on light and on dark paper."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
AXIS = {"fixedrange": True, "zeroline": False, "showgrid": False, "ticks": ""}
UNITS = {**AXIS, "type": "category", "nticks": 8, "tickangle": 0, "ticks": "outside", "ticklen": 5} | {
    "tickcolor": "rgba(0,0,0,0)"  # only to keep the names off the figures of the other axis
}
AMOUNTS = {**AXIS, "showgrid": True, "tickformat": ",~s", "nticks": 6, "rangemode": "tozero"}
SPARK_WIDTH, SPARK_HEIGHT = 120, 28


@dataclass(frozen=True)
class Link:
    """Where a click leads; ``here`` when that is where one is. Without an address it is only a text."""

    text: str
    href: str = ""
    here: bool = False


@dataclass(frozen=True)
class Change:
    """How a figure differs from another: up, down or same; the difference, and from what."""

    direction: str
    difference: str
    what: str


@dataclass(frozen=True)
class Tile:
    """A figure, how it differs from others, and its course as the address of a picture."""

    name: str
    label: str
    value: str
    changes: Sequence[Change]
    spark: str


@dataclass(frozen=True)
class Bar:
    """A bar: what it stands for, the figures beside it, and how long it is (0 to 1)."""

    label: str
    figures: Sequence[str]
    length: float
    href: str
    chosen: bool = False


@dataclass(frozen=True)
class Bars:
    """Bars one below the other; ``columns`` name the figures beside them."""

    rows: Sequence[Bar]
    columns: Sequence[str]


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its text, how dark it is (0 to 1), where a click leads, and whether it is filtered by."""

    text: str
    shade: float
    href: str
    chosen: bool = False


@dataclass(frozen=True)
class Table:
    """A table of cells, None for an empty one."""

    corner: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell | None]]]


@dataclass(frozen=True)
class Area:
    """A part of a treemap, as large as its figure; ``lines`` are written in it, ``rest`` is what has no room there.

    ``box`` is left, top, width and height in percent of what it lies in.
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
        """The colour of what is written on it."""
        return "#fff" if self.colour == BLUE else "#000"


@dataclass(frozen=True)
class Card:
    """A part of a page. ``name`` is its id; ``way`` leads up from what is shown, ``levels`` are ways to show it."""

    name: str
    title: str
    note: str = ""
    way: Sequence[Link] = ()
    levels: Sequence[Link] = ()
    figure: Mapping[str, Any] | None = None
    table: Table | None = None
    bars: Bars | None = None
    areas: Sequence[Area] = ()
    tiles: Sequence[Tile] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not (
            self.figure
            or self.tiles
            or self.areas
            or (self.table and self.table.rows)
            or (self.bars and self.bars.rows)
        )


def whole(value: float) -> str:
    """Write a whole number with thousands."""
    return f"{round(value):,}".replace("-", "−")


def exact(value: float) -> str:
    """Write a number with two decimals."""
    return f"{value:,.2f}".replace("-", "−")


def percent(share: float) -> str:
    """Write a share with one decimal."""
    return f"{share * 100:,.1f} %".replace("-", "−")


def ratio(above: float, below: float) -> float | None:
    """Divide; None where nothing is below."""
    return above / below if below else None


def change(what: str, now: float | None, before: float | None, *, points: bool = False) -> Change:
    """Say how much a figure has changed, in percent of what it was or in points, if there is something before."""
    if now is None or before is None or (not before and not points):
        return Change("same", "—", what)
    difference = (now - before) * 100 if points else (now - before) / abs(before) * 100
    shown = f"{abs(difference):,.1f}"
    unit = "pp" if points else "%"
    if shown == "0.0":
        return Change("same", f"±{shown} {unit}", what)
    return Change("up", f"▲ +{shown} {unit}", what) if difference > 0 else Change("down", f"▼ −{shown} {unit}", what)


def two_lines(text: str) -> str:
    """Break a text at its last blank, for an axis on a narrow screen."""
    return "<br>".join(text.rsplit(" ", 1))


def sparkline(values: Sequence[float | None]) -> str:
    """Draw the course of a figure, without axes; where it has no value the line is broken."""
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0, 0)
    step = SPARK_WIDTH / max(len(values) - 1, 1)
    parts: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            parts.append([])
            continue
        height = (value - low) / (high - low) if high > low else 0.5
        parts[-1].append(f"{place * step:.1f},{SPARK_HEIGHT - 3 - height * (SPARK_HEIGHT - 6):.1f}")
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
    """Return a figure for Plotly."""
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

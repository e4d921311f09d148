"""The card "What changed?": one sentence and a waterfall from an earlier period to the selected one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from api.dashboards.charts import (
    NO_CHANGE,
    NOTHING_EARLIER,
    Bar,
    Bars,
    Card,
    Change,
    Link,
    bar_of,
    change,
    format_integer,
    scaled,
)
from api.dashboards.compared import groups_of
from api.dashboards.cube_view import Baseline, CubeView
from api.dashboards.measures import (
    AVERAGE,
    MARGIN,
    ORDERS,
    PROFIT,
    QUANTITY,
    SALES,
    Measure,
    measure_of,
)
from api.figures.sales_cube import Floats, Lines

SHOWN_PARTS = 6
SPLITS = {"country": "Country", "category": "Category", "product": "Product", "effects": "Volume, mix, price"}
"""What the change is divided by → its title."""

COMPANIONS = {
    SALES: (ORDERS, AVERAGE),
    PROFIT: (SALES, MARGIN),
    MARGIN: (SALES, PROFIT),
    ORDERS: (SALES, AVERAGE),
    QUANTITY: (ORDERS, SALES),
    AVERAGE: (SALES, ORDERS),
}
"""Measure → the measures that the sentence names beside it."""

LEAST_SHARE = 0.1
"""The sentence names a category or a country from this share of the change on."""

CUT_BELOW = 0.15
"""If the parts are below this share of the totals, the bars of the totals are cut, so that the parts can be seen."""


@dataclass(frozen=True)
class Part:
    """A part of the change: its label, its value before and now, and the link of its bar."""

    label: str
    before: float
    now: float
    href: str = ""
    chosen: bool = False

    @property
    def difference(self) -> float:
        """The change of the part; NaN if there is nothing to compare."""
        return self.now - self.before


def changed(view: CubeView) -> Card:
    """Return the card of the change of the page's measure."""
    measure = measure_of("sales", view.selection.measure)
    split = _split(view, measure)
    levels = [
        Link(title, view.selection.showing(split=name).href(), name == split)
        for name, title in SPLITS.items()
        if name != "effects" or measure == SALES
    ]
    before = view.before
    card = Card("changed", "What changed?", levels=levels)
    if before is None:
        card = replace(card, nothing=NOTHING_EARLIER)
    if before is None or not (view.sold or view.lines_in(before.period).days.size):
        return card
    then = view.lines_in(before.period)
    totals = measure.total(then, before.period), measure.total(view.lines, view.selection.period)
    if totals[0] is None or totals[1] is None:
        return card
    parts = effects(then, view.lines) if split == "effects" else parts_of(view, measure, split, before)
    adds_up = split == "effects" or _adds_up(measure, split)
    bars = _waterfall(measure, totals[0], totals[1], parts, before, view) if adds_up else _differences(measure, parts)
    note = (
        ""
        if adds_up
        else f"Parts of this measure do not add up to the whole: each row has its own {measure.title.lower()}."
    )
    story = sentence(view, measure, totals[0], totals[1], before)
    return Card("changed", card.title, note, story, levels=levels, bars=bars)


def _split(view: CubeView, measure: Measure) -> str:
    """Return what the change is divided by: as chosen, or the first that the filters leave several values of."""
    chosen = view.selection.split
    if chosen and (chosen != "effects" or measure == SALES):
        return chosen
    filters = view.selection.chosen
    if not {"category", "subcategory", "product"} & filters.keys():
        return "category"
    return "country" if "country" not in filters else "product"


def _adds_up(measure: Measure, split: str) -> bool:
    """Whether the parts of a measure add up: an order has one country and lines of several categories."""
    return measure.per is None and (measure != ORDERS or split == "country")


def values_of(view: CubeView, measure: Measure, split: str, before: Baseline) -> tuple[Floats, Floats, Sequence[str]]:
    """Return the values of a measure by a dimension before and now, and the labels."""
    then, labels = groups_of(view, view.lines_in(before.period), split)
    now, _ = groups_of(view, view.lines, split)
    return measure.of(then, before.period), measure.of(now, view.selection.period), labels


def parts_of(view: CubeView, measure: Measure, split: str, before: Baseline) -> list[Part]:
    """Return the parts of a change by a dimension: the largest changes first, those of a ratio by their sales."""
    then, now, labels = values_of(view, measure, split, before)
    weights = np.abs(now - then)
    if measure.per is not None:  # the small ones change most
        weights = np.add(*values_of(view, SALES, split, before)[:2])
    chosen = view.selection.chosen.get(split, ())
    parts = []
    for position in np.argsort(-np.nan_to_num(weights), kind="stable"):
        value = str(view.cube.product_keys[position]) if split == "product" else labels[position]
        if now[position] == then[position] or (np.isnan(now[position]) and np.isnan(then[position])):
            continue
        href = view.selection.after_click(**{split: value}).href()
        parts.append(Part(labels[position], float(then[position]), float(now[position]), href, value in chosen))
    return parts


def effects(then: Lines, now: Lines) -> list[Part]:
    """Return the effects of volume, mix and price on sales; they add up to the change.

    Price: the units sold now of products that were sold before, at the difference of their average prices. Volume: the
    difference of all units at the average price before. Mix: the rest, dearer or cheaper products than before.
    """
    count = len(now.cube.product_keys)
    (old_sales, old_units), (sales, units) = (
        tuple(np.bincount(lines.products, lines.measure(name), count) for name in ("sales", "quantity"))
        for lines in (then, now)
    )
    both = (old_units > 0) & (units > 0)
    price = round(float((sales[both] - units[both] * old_sales[both] / old_units[both]).sum()))
    total_units = float(old_units.sum())
    volume = round(float((units.sum() - total_units) * old_sales.sum() / total_units)) if total_units else 0
    mix = round(float(sales.sum() - old_sales.sum())) - price - volume
    named = {"Volume: units sold": volume, "Mix: other products": mix, "Price": price}
    return [Part(name, 0.0, float(value)) for name, value in named.items()]


def _waterfall(
    measure: Measure, then: float, now: float, parts: Sequence[Part], before: Baseline, view: CubeView
) -> Bars:
    shown = list(parts)
    if len(parts) > SHOWN_PARTS + 1:
        rest = parts[SHOWN_PARTS:]
        others = Part(f"{len(rest):,} others", sum(part.before for part in rest), sum(part.now for part in rest))
        shown = [*parts[:SHOWN_PARTS], others]
    ends = [then]
    for part in shown:
        ends.append(ends[-1] + part.difference)
    low, high = min(0.0, *ends, now), max(0.0, *ends, now)
    span = max(ends) - min(ends)
    is_cut = min(ends) > 0 and 0 < span < CUT_BELOW * high
    if is_cut:
        low = min(ends) - span / 2
    width = (high - low) or 1.0

    def place(value: float) -> float:
        return (value - low) / width

    def total(label: str, value: float) -> Bar:
        start, end = sorted((place(max(low, 0.0) if not is_cut else low), place(value)))
        return Bar(
            label, [measure.format(value), ""], end - start, start=start, kind="total cut" if is_cut else "total"
        )

    rows = [total(str(before.period), then)]
    for part, end in zip(shown, ends[1:], strict=True):
        start, stop = sorted((place(end - part.difference), place(end)))
        found = change(part.now, part.before, measure.format)
        kind = "up" if part.difference > 0 else "down"
        text, share = signed(part.difference), found.brief
        rows.append(
            Bar(
                part.label, [text, share if part.before else ""], stop - start, part.href, part.chosen, start, kind=kind
            )
        )
    rows.append(total(str(view.elapsed), now))
    return Bars(rows, (Link("Change"), Link("%")))


def signed(value: float) -> str:
    """Format a change in whole numbers, with its sign."""
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{format_integer(abs(value))}"


def _differences(measure: Measure, parts: Sequence[Part]) -> Bars:
    """Return bars of the changes of parts that do not add up."""
    known = [part for part in parts if not np.isnan(part.difference)][:SHOWN_PARTS]
    zero, unit = scaled([part.difference for part in known])
    rows = []
    for part in known:
        start, length = bar_of(part.difference, zero, unit)
        figures: list[str | Change] = [measure.format(part.now), change(part.now, part.before, measure.format)]
        kind = "up" if part.difference > 0 else "down"
        rows.append(Bar(part.label, figures, length, part.href, part.chosen, start, kind=kind))
    return Bars(rows, (Link(measure.title), Link("Change")))


def sentence(view: CubeView, measure: Measure, then: float, now: float, before: Baseline) -> str:
    """Return the change in words: how much, where most of it is, and what else changed."""
    found = change(now, then, measure.format)
    verb = "rose" if now > then else "fell"
    if found == NO_CHANGE and now != then:  # there was nothing before
        text = f"{measure.title} {verb} by {measure.format(abs(now - then))} from {measure.format(then)}"
    elif found.direction == "same":
        text = f"{measure.title} did not change"
    else:
        text = f"{measure.title} {verb} by {_unsigned(found)}"
    text += f" against {before.name}"
    if measure.per is None and now != then:
        shares = [_largest(view, measure, split, then, now, before) for split in ("category", "country")]
        named = [share for share in shares if share]
        if named:
            text += f": {', '.join(named)}"
    return text + reasons(view, measure, now - then, before)


def reasons(view: CubeView, measure: Measure, direction: float, before: Baseline) -> str:
    """Return the end of a sentence about a change: what else changed, and the product that changed most."""
    others = []
    for other in COMPANIONS[measure]:
        values = (
            other.total(view.lines_in(before.period), before.period),
            other.total(view.lines, view.selection.period),
        )
        moved = change(values[1], values[0], other.format)
        if moved.text != "—":
            others.append(f"{other.title.lower()} {moved.share}")
    end = f"; {', '.join(others)}." if others else "."
    return end + _most_changed(view, measure, direction, before)


def _most_changed(view: CubeView, measure: Measure, direction: float, before: Baseline) -> str:
    """Return the product that changed most in a direction, as a sentence; empty if no product stands out."""
    if measure.per is not None or not direction or "product" in view.selection.chosen:
        return ""
    old, new, labels = values_of(view, measure, "product", before)
    moves = (new - old) * (1 if direction > 0 else -1)
    position = int(np.argmax(moves))
    if moves[position] <= 0:
        return ""
    verb = "rose" if direction > 0 else "fell"
    return f" {labels[position]} {verb} most, by {measure.format(float(moves[position]))}."


def _largest(view: CubeView, measure: Measure, split: str, then: float, now: float, before: Baseline) -> str | None:
    """Return the part that has most of the change, if that is worth saying, with its share of the change and before.

    The two shares tell whether the part moved more than the others or is only the largest.
    """
    if split in view.selection.chosen or not _adds_up(measure, split):
        return None
    old, new, labels = values_of(view, measure, split, before)
    shares = (new - old) / (now - then)
    position = int(np.argmax(shares))
    share = float(shares[position])
    if share < LEAST_SHARE or np.count_nonzero(new != old) < 2:
        return None
    earlier = f" ({old[position] / then * 100:,.0f}\u00a0% before)" if then else ""
    return f"{labels[position]} {share * 100:,.0f}\u00a0% of it{earlier}"


def _unsigned(found: Change) -> str:
    """Return the text of a change without its arrow and the sign of its amount: 9,594,162 (−55.8 %)."""
    return found.text[3:]

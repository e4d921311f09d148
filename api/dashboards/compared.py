"""Bars of a measure by a dimension, each beside its value in the earlier period."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from api.dashboards.charts import Bar, Bars, Change, Link, bar_of, change, scaled
from api.dashboards.cube_view import CubeView, largest
from api.dashboards.measures import SALES, Groups, Measure, by_customer, by_product
from api.dashboards.selection import PRODUCT_FILTERS
from api.figures.sales_cube import Lines


def groups_of(view: CubeView, lines: Lines, split: str) -> tuple[Groups, Sequence[str]]:
    """Return lines of a view grouped by a dimension, and the labels of the groups."""
    cube = view.cube
    labels = cube.product_names if split == "product" else cube.attributes[split].labels
    if (lines, split) not in view.groups:
        count = len(labels)
        codes = np.arange(count, dtype=np.int32) if split == "product" else cube.attributes[split].codes
        group = by_product if split in PRODUCT_FILTERS else by_customer
        view.groups[lines, split] = group(lines, codes, count)
    return view.groups[lines, split], labels


def compared_bars(
    view: CubeView,
    measure: Measure,
    split: str,
    *,
    without: Sequence[str],
    shown: int,
    more: Sequence[Measure] = (),
    removes: Sequence[str] = (),
    in_order: bool = False,
) -> tuple[Bars, int]:
    """Return bars of a measure by a dimension, and the number of all of them: the largest first, or ``in_order``.

    The figures are those of the measure and of ``more`` measures, and the change. A ratio is ordered by its sales.
    ``without``: the filters that the card sets and therefore ignores; ``removes``: those that a click removes, too.
    """
    cube, selection = view.cube, view.selection
    now, labels = groups_of(view, view.lines_without(*without), split)
    values = measure.of(now, selection.period)
    others = [each.of(now, selection.period) for each in more]
    before = np.full(len(values), np.nan)
    if view.before:
        then, _ = groups_of(view, view.lines_in(view.before.period, *without), split)
        before = measure.of(then, view.before.period)
    weights = values if measure.per is None else SALES.of(now, selection.period)
    order = largest(np.nan_to_num(weights), len(weights))
    if in_order:
        order.sort()
    zero, unit = scaled(values[order[:shown]], before[order[:shown]])
    chosen = selection.chosen.get(split, ())
    rows = []
    for position in order[:shown]:
        value = str(cube.product_keys[position]) if split == "product" else labels[position]
        start, length = bar_of(values[position], zero, unit)
        figures: list[str | Change] = [
            "—" if np.isnan(each[position]) else form.format(each[position])
            for form, each in zip((measure, *more), (values, *others), strict=True)
        ]
        figures.append(change(values[position], before[position], measure.format).brief)
        target = selection.after_click(**{split: value}).with_filters(**dict.fromkeys(removes))
        rows.append(
            Bar(
                labels[position],
                figures,
                length,
                target.href(),
                value in chosen,
                start,
                None if np.isnan(before[position]) else zero + before[position] * unit,
            )
        )
    columns = [*(Link(each.title) for each in (measure, *more)), Link("Change")]
    return Bars(rows, columns, view.before.name.removeprefix("the ") if view.before else ""), len(order)

"""The sales cube computes the same sums as SQL, also for orders of several days and customers."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import Engine, text

from api.figures import cube_loader, sales_cube
from api.figures.cube_loader import CubeLoader
from api.figures.periods import Period
from api.figures.sales_cube import Lines, SalesCube
from tests.api.conftest import Publish

FIRST = date(2025, 11, 20)
DAYS = 100
PERIODS = [None, Period(FIRST, FIRST + timedelta(days=DAYS)), Period(date(2025, 12, 24), date(2026, 1, 6))]


def lines(seed: int, count: int = 400) -> list[dict[str, Any]]:
    """Return random order lines; an order may have several days and customers, or no date."""
    chance = random.Random(seed)
    return [
        {
            "order_number": f"SO{chance.randrange(count // 3)}",
            "product_key": chance.choice([0, 3, 4, 90]),
            "customer_key": chance.choice([0, 7, 8, 1000]),
            "order_date": chance.choice([None, *(FIRST + timedelta(days=chance.randrange(DAYS)) for _ in range(9))]),
            "sales_amount": chance.choice([None, 0, 7, 2_000_000_000]),
            "quantity": chance.choice([None, 1, 5]),
            "profit": chance.choice([None, -3, 5_000_000_000]),
        }
        for _ in range(count)
    ]


@pytest.fixture(params=[20260201, 20260202])
def cube(request: pytest.FixtureRequest, app: Flask, publish: Publish) -> SalesCube:
    """The cube of a run with random order lines."""
    publish(
        products=[
            {"product_key": key, "category": category} for key, category in zip((0, 3, 4, 90), "xyzz", strict=True)
        ],
        customers=[{"customer_key": key, "country": None if key == 7 else str(key)} for key in (0, 7, 8, 1000)],
        sales=lines(request.param),
    )
    with app.app_context():
        found = CubeLoader().current()
    assert found is not None
    return found


def sql(engine: Engine, group: str, period: Period | None, where: str = "true") -> dict[Any, tuple[int, ...]]:
    """Return sales, profit, quantity and distinct orders by group, computed by SQL."""
    bounds = f"order_date BETWEEN '{period.first}' AND '{period.last}'" if period else "true"
    statement = (
        f"SELECT {group}, COALESCE(sum(sales_amount), 0), COALESCE(sum(profit), 0), COALESCE(sum(quantity), 0),"
        f" count(DISTINCT order_number) FROM serving.sales WHERE {bounds} AND {where} GROUP BY 1 ORDER BY 1"
    )
    with engine.connect() as connection:
        return {row[0]: tuple(map(int, row[1:])) for row in connection.execute(text(statement))}


def sums(found: Lines, by: Callable[[str], Any], groups: Any, keys: Sequence[Any]) -> dict[Any, tuple[int, ...]]:
    """Return the same sums from the cube, without empty groups."""
    columns = [*(by(measure) for measure in ("sales", "profit", "quantity")), found.orders_by(groups, len(keys))]
    there = np.bincount(groups, minlength=len(keys))
    rows = zip(keys, there, *columns, strict=True)
    return {key: tuple(map(int, values)) for key, lines_there, *values in rows if lines_there}


@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_totals_equal_those_of_sql(cube: SalesCube, engine: Engine, period: Period | None) -> None:
    found = cube.lines(period)
    measured = (*map(found.total, ("sales", "profit", "quantity")), found.orders)
    assert measured == sql(engine, "1", period)[1]


@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_sums_by_product_and_by_customer_equal_those_of_sql(
    cube: SalesCube, engine: Engine, period: Period | None
) -> None:
    found = cube.lines(period)
    products = sums(found, found.by_product, found.products, cube.product_keys.tolist())
    assert products == sql(engine, "product_key", period)
    customers = sums(found, found.by_customer, found.customers, cube.customer_keys.tolist())
    assert customers == sql(engine, "customer_key", period)


@pytest.mark.parametrize("level", ["day", "month", "quarter", "year"])
def test_sums_by_period_equal_those_of_sql(cube: SalesCube, engine: Engine, level: str) -> None:
    period = PERIODS[1]
    assert period is not None
    found, parts = cube.lines(period), period.units(level)
    measured = sums(found, lambda measure: found.by_part(parts, measure), found.part(parts), [p.first for p in parts])
    assert measured == sql(engine, f"date_trunc('{level}', order_date)::date", period)


def test_sums_of_some_products_and_customers_equal_those_of_sql(cube: SalesCube, engine: Engine) -> None:
    period = PERIODS[1]
    found = cube.lines(period, cube.product_keys == 3, np.isin(cube.customer_keys, [7, 1000]))
    measured = sums(found, found.by_customer, found.customers, cube.customer_keys.tolist())
    assert measured == sql(engine, "customer_key", period, "product_key = 3 AND customer_key IN (7, 1000)")


def test_the_first_order_date_of_each_customer_equals_that_of_sql(cube: SalesCube, engine: Engine) -> None:
    with engine.connect() as connection:
        statement = "SELECT customer_key, min(order_date) - DATE '1970-01-01' FROM serving.sales GROUP BY 1 ORDER BY 1"
        first = [row[1] for row in connection.execute(text(statement))]
    assert cube.first_days.tolist() == first


def test_the_test_data_has_orders_of_several_days_or_customers(cube: SalesCube) -> None:
    assert cube.mixed_orders.any()
    assert not cube.mixed_orders.all()


def test_rows_that_come_in_several_blocks_make_the_same_cube(
    cube: SalesCube, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cube_loader, "BLOCK_ROWS", 3)
    with app.app_context():
        found = cube_loader.load()
    assert found is not None
    for name in ("product_keys", "customer_keys", "first_days", "days", "line_products", "line_customers"):
        assert np.array_equal(getattr(found, name), getattr(cube, name)), name
    assert np.array_equal(found.mixed_orders, cube.mixed_orders)
    for measure in cube.measures:
        assert np.array_equal(found.measures[measure], cube.measures[measure]), measure
        known, expected = found.known[measure], cube.known[measure]
        assert known is not None
        assert expected is not None
        assert np.array_equal(known, expected), measure


def test_a_run_without_order_lines_is_loaded(app: Flask, publish: Publish) -> None:
    publish(products=[{"product_key": 1}])
    with app.app_context():
        empty = CubeLoader().current()
    assert empty is not None
    assert empty.dates is None
    assert (empty.lines(None).total("sales"), empty.lines(None).orders) == (0, 0)


def test_an_order_line_of_a_missing_product_is_an_error_that_names_the_tables(app: Flask, publish: Publish) -> None:
    publish(sales=[{"order_number": "SO1", "product_key": 5, "customer_key": 6}])
    with (
        app.app_context(),
        pytest.raises(ValueError, match=r"serving\.sales has a product_key that serving\.products lacks"),
    ):
        CubeLoader().current()


def test_the_cube_is_loaded_again_only_if_another_run_is_served(app: Flask, publish: Publish) -> None:
    loader = CubeLoader()
    publish()
    with app.app_context():
        first, again = loader.current(), loader.current()
        run_id = publish()
        second = loader.current()
    assert first is again
    assert second is not None
    assert second.run_id == run_id


def test_without_a_served_run_there_is_no_cube(app: Flask) -> None:
    with app.app_context():
        assert CubeLoader().current() is None


@pytest.mark.parametrize("count", [0, 1, 2_000])
def test_distinct_members_are_counted_by_sorting_as_in_a_table(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(count)
    members, groups = (chance.integers(0, most, count).astype(np.int32) for most in (300, 7))
    in_a_table = sales_cube.distinct(members, 300, groups, 7)
    monkeypatch.setattr(sales_cube, "MOST_CELLS", 0)
    assert sales_cube.distinct(members, 300, groups, 7).tolist() == in_a_table.tolist()
    assert in_a_table.tolist() == [len({*members[groups == group].tolist()}) for group in range(7)]

"""The stand-in killed in the middle of a load: no half-written day, no lost history, and the load works again."""

from __future__ import annotations

import os
import random
import signal
import threading
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

import pyodbc
import pytest

from tests import SOAK
from tests.days.drop import BASE, LOC, SALES, write_drop
from tests.oracle import compare, compute
from tests.oracle.schema import KEYS
from tests.warehouse import Warehouse, stand_in

FIRST = date(2024, 6, 15)
MOVED = {LOC: ["AW-00011000,France", *BASE[LOC][1:]], SALES: [*BASE[SALES], "SO103,HL-U509,11000,0,0,0,35,1,35"]}
"""Every other day the first customer lives in France, and there is one more sale."""

EVENTS = """
SELECT DATEDIFF(MILLISECOND, b.opened_at, e.moment) AS milliseconds
FROM etl.batch AS b
INNER JOIN etl.step AS s ON b.batch_id = s.batch_id
CROSS APPLY (VALUES (s.started_at), (s.ended_at), (b.published_at), (b.closed_at)) AS e(moment)
WHERE b.batch_id = (SELECT MAX(batch_id) FROM etl.batch)
ORDER BY milliseconds
"""
"""The moments that the last load has logged, counted from the moment at which its batch was opened."""

VERSIONS = (
    "SELECT country, valid_from FROM gold.dim_customers_history WHERE customer_id = 11000 ORDER BY version_number"
)
WITHOUT_VERSION = (
    "SELECT COUNT(*) FROM gold.fact_sales AS f WHERE NOT EXISTS (SELECT 1 FROM gold.dim_customers_history AS w"
    " WHERE w.customer_version_key = f.customer_version_key"
    " AND COALESCE(f.order_date, '99991231') BETWEEN w.valid_from AND w.valid_to)"
)


class Days:
    """Days in succession: the drop of each, and what gold shows of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sales = []
        for number, lines in enumerate((BASE, {**BASE, **MOVED})):
            write_drop(folder / str(number), lines)
            self._sales.append(compute(folder / str(number), FIRST).fact_sales.iloc[:, :-2])  # without versions

    def load(self, warehouse: Warehouse, number: int) -> None:
        warehouse.load(self._folder / str(number % 2), FIRST + timedelta(number), same_drop=True)

    def load_from(self, warehouse: Warehouse, number: int) -> NoReturn:
        for later in count(number):
            self.load(warehouse, later)
        raise AssertionError

    def differences(self, warehouse: Warehouse, number: int) -> list[str]:
        """List what gold and the history have otherwise than after the day of that number."""
        sales = self._sales[number % 2]
        found = compare(sales, warehouse.table("gold.fact_sales", list(sales.columns)), KEYS["fact_sales"])
        versions = [tuple(row.values()) for row in warehouse.execute(VERSIONS)]
        expected = [
            (("Germany", "France")[day % 2], FIRST + timedelta(day) if day else date.min) for day in range(number + 1)
        ]
        if versions != expected:
            found.append(f"versions: {versions}")
        if warehouse.value(WITHOUT_VERSION):
            found.append("a sale without its version")
        return found


def kill_in_loads(folder: Path, start_sqlserver: Any, points: int, seed: int) -> None:
    """Load day after day, and kill the server in each load, ``points`` times, close to an event that a load logs."""
    draw, days = random.Random(seed), Days(folder)
    with start_sqlserver(folder / "server") as server:
        warehouse = Warehouse(stand_in(server))
        warehouse.rebuild()
        for number in range(2):
            days.load(warehouse, number)
        events = [row["milliseconds"] / 1000 for row in warehouse.execute(EVENTS)]
    for killed in range(points):
        with start_sqlserver(folder / "server") as server:
            warehouse = Warehouse(stand_in(server))
            shown = warehouse.value("SELECT business_date FROM gold.current_batch")
            number = (shown - FIRST).days
            assert days.differences(warehouse, number) == [], f"after kill {killed}, seed {seed}"
            days.load(warehouse, number)  # whatever the kill has left, the same day loads again
            assert days.differences(warehouse, number) == [], f"loaded again after kill {killed}, seed {seed}"
            wait = max(draw.choice(events) + draw.uniform(-0.05, 0.05), 0)
            killer = threading.Timer(wait, os.kill, (server.pid, signal.SIGKILL))
            killer.start()
            with pytest.raises(pyodbc.Error):
                days.load_from(warehouse, number + 1)
            killer.join()
    with start_sqlserver(folder / "server") as server:
        warehouse = Warehouse(stand_in(server))
        last = (warehouse.value("SELECT business_date FROM gold.current_batch") - FIRST).days
        assert days.differences(warehouse, last) == []
        days.load(warehouse, last + 1)
        assert days.differences(warehouse, last + 1) == []


def test_a_server_killed_in_a_load_shows_one_whole_day_and_loads_again(tmp_path: Path, start_sqlserver: Any) -> None:
    kill_in_loads(tmp_path, start_sqlserver, points=2, seed=14)


@pytest.mark.soak
def test_a_server_killed_again_and_again_loses_no_day_and_no_version(tmp_path: Path, start_sqlserver: Any) -> None:
    kill_in_loads(tmp_path, start_sqlserver, points=3 if SOAK == 1 else 10 * SOAK, seed=SOAK)

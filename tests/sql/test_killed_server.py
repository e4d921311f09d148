"""The stand-in killed in the middle of a load: no half-written day, and the next load works."""

import os
import random
import signal
import threading
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pyodbc
import pytest

from tests import SOAK
from tests.days import handmade
from tests.days.drop import write_drop
from tests.days.successive import DAYS
from tests.oracle import compute
from tests.sql.comparison import differences
from tests.warehouse import Warehouse, stand_in

LONGEST_WAIT = 1.5
"""Latest time of a kill in seconds; a load of this size takes little longer."""


def load_without_end(warehouse: Warehouse) -> NoReturn:
    while True:
        warehouse.load(handmade.HANDMADE_DAY, handmade.BUSINESS_DATE, reject_limit=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2 * SOAK))
def test_a_server_killed_in_the_middle_of_a_load_shows_one_whole_day_and_loads_again(
    tmp_path: Path, seed: int, start_sqlserver: Any
) -> None:
    drop = tmp_path / "drop"
    write_drop(drop, DAYS[0].lines)
    next_day = date(2024, 6, 16)
    with start_sqlserver(tmp_path / "server") as server:
        warehouse = Warehouse(stand_in(server))
        warehouse.rebuild()
        warehouse.load(handmade.HANDMADE_DAY, handmade.BUSINESS_DATE, reject_limit=1)
        wait = random.Random(seed).uniform(0, LONGEST_WAIT)
        killer = threading.Timer(wait, os.kill, (server.pid, signal.SIGKILL))
        killer.start()
        with pytest.raises(pyodbc.Error):
            load_without_end(warehouse)
        killer.join()
    with start_sqlserver(tmp_path / "server") as server:
        warehouse = Warehouse(stand_in(server))
        assert differences(warehouse, handmade.expected) == {}
        warehouse.load(drop, next_day, reject_limit=1)
        sales = compute(drop, next_day).fact_sales["sales_amount"].sum()
        assert warehouse.value("SELECT SUM(sales_amount) FROM gold.fact_sales") == sales

"""A deployment is all or nothing, and may run during loads."""

from __future__ import annotations

import re
import shutil
import threading
from pathlib import Path

import pyodbc
import pytest

from tests.days import handmade
from tests.sql.callers import Callers
from tests.sql.comparison import differences
from tests.warehouse import Server, Warehouse
from warehouse.deploy import SQL_DIR, DeployError, deploy

MISTAKES = {
    "a view that cannot be parsed": (
        "40_gold/21_dim_products.sql",
        ("    product_name,\n", "    product_name product_id oops,\n"),
        102,
    ),
    "a view of a column that is not there": (
        "50_reports/12_report_sales_daily.sql",
        ("    t.order_date,\n", "    t.no_such_column,\n"),
        207,
    ),
    "a right on a procedure that is not there": (
        "60_security/10_etl_loader.sql",
        ("OBJECT::etl.publish TO", "OBJECT::etl.publis TO"),
        15151,
    ),
}
"""The mistake → the file, the change, and the number of the error."""


def load(caller_warehouse: Warehouse) -> None:
    caller_warehouse.load(handmade.HANDMADE_DAY, handmade.BUSINESS_DATE, reject_limit=1)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_failed_deployment_names_the_line_and_keeps_procedures_signatures_and_permissions(
    callers: Callers, server: Server, tmp_path: Path, mistake: str
) -> None:
    deploy(callers.owner.odbc)
    scripts = tmp_path / "sql"
    shutil.copytree(SQL_DIR, scripts)
    name, (right, wrong), number = MISTAKES[mistake]
    place = _change(scripts / name, right, wrong)
    _change(scripts / "10_etl" / "41_publish.sql", "-- One message a warning", "-- tomorrow's: one message a warning")

    with pytest.raises(DeployError) as failed:
        deploy(callers.owner.odbc, scripts)

    first, second = str(failed.value).splitlines()
    said = re.fullmatch(rf"{name}, line (\d+): SQL Server error {number}: .+", first)
    assert said is not None, first
    assert place - int(said[1]) in (0, 1), "of a query the server names the first line"
    assert second.startswith("Nothing was deployed")
    publish = "SELECT OBJECT_DEFINITION(OBJECT_ID(N'etl.publish'))"
    assert "tomorrow's" not in Warehouse(server).value(publish)
    load(Warehouse(callers.loader.at(server)))
    assert differences(Warehouse(server), handmade.expected) == {}
    assert callers.reader.refusal("SELECT product_name FROM gold.dim_products") is None


def _change(file: Path, old: str, new: str) -> int:
    """Change a file in one place and return the line of it."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file.name} has changed"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_loads_go_on_while_it_is_deployed(callers: Callers, server: Server) -> None:
    deploy(callers.owner.odbc)
    as_loader = Warehouse(callers.loader.at(server))
    failed: list[Exception] = []

    def load_three_times() -> None:
        try:
            for _ in range(3):
                load(as_loader)
        except pyodbc.Error as error:
            failed.append(error)

    loading = threading.Thread(target=load_three_times)
    loading.start()
    deployments = 0
    while loading.is_alive():
        deploy(callers.owner.odbc)
        deployments += 1
    loading.join()
    assert failed == []
    assert deployments > 1
    assert differences(Warehouse(server), handmade.expected) == {}

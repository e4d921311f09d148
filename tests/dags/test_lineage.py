"""What a stopped publish tells OpenLineage; tests/e2e reads the events of good days."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyodbc
import pytest

from tests.days import plausible
from tests.days.drop import SALES, write_drop
from tests.days.plausible import put
from tests.sql.quality import REPAIRED, ROWS
from tests.warehouse import Warehouse

pytestmark = pytest.mark.usefixtures("airflow_database", "airflow_settings")


def test_a_publish_that_a_check_has_stopped_tells_the_check_and_writes_nothing(
    shared_warehouse: Warehouse, tmp_path: Path
) -> None:
    from warehouse import lineage

    shared_warehouse.empty()
    write_drop(tmp_path / "1", plausible.day(1))
    shared_warehouse.load(tmp_path / "1", plausible.BUSINESS_DATE, waive=None)
    wrong = plausible.day(2)
    put(SALES, 6, "119", 402)(wrong)
    write_drop(tmp_path / "2", wrong)
    with pytest.raises(pyodbc.Error, match="Quality checks failed"):
        shared_warehouse.load(tmp_path / "2", plausible.BUSINESS_DATE + timedelta(days=1), waive=None)

    told = lineage.of_publish(2, committed=False)

    assert told.outputs == []
    checks = [
        (read.name, check.name, check.success)
        for read in told.inputs
        for check in read.inputFacets["dataQualityAssertions"].assertions
        if check.severity == "error"
    ]
    assert [(name, rule) for name, rule, success in checks if not success] == [("DataWarehouse.silver", REPAIRED)]
    assert ("DataWarehouse.silver.crm_sales_details", ROWS, True) in checks

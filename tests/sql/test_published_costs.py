"""The cost of a published sale changes only with its version, and never without a finding."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.days.drop import BASE, PRD, SALES, Lines, write_drop
from tests.warehouse import Warehouse

FIRST, SECOND = date(2024, 6, 15), date(2024, 6, 16)
CHANGED = (
    "SELECT observed, passed FROM gold.quality_results"
    " WHERE batch_id = ? AND check_name = N'no published cost was changed'"
)


def load(warehouse: Warehouse, folder: Path, day: date, lines: Lines) -> None:
    write_drop(folder / str(day), lines)
    warehouse.load(folder / str(day), day)


def costs(warehouse: Warehouse) -> list[tuple[str, int, int]]:
    rows = warehouse.execute("SELECT order_number, cost, profit FROM gold.fact_sales ORDER BY order_number, profit")
    return [(row["order_number"], row["cost"], row["profit"]) for row in rows]


def test_purged_versions_leave_published_costs_as_they_are(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path, FIRST, BASE)
    before = costs(emptied)
    current = ["211,CO-RF-FR-R92B-58,Road Frame,350,R ,2023-07-01,", "215,AC-HE-HL-U509,Sport Helmet,20,S ,2024-06-01,"]
    new = "SO103,FR-R92B-58,11002,20230101,20230106,20230113,500,1,500"
    load(emptied, tmp_path, SECOND, {**BASE, PRD: current, SALES: [*BASE[SALES], new]})
    assert costs(emptied) == [*before, ("SO103", 300, 200)]  # of the version that the drop no longer has
    assert emptied.execute(CHANGED, 2) == [{"observed": 0, "passed": True}]


def test_a_corrected_version_changes_published_costs_and_the_amount_is_a_finding(
    emptied: Warehouse, tmp_path: Path
) -> None:
    load(emptied, tmp_path, FIRST, BASE)
    corrected = [BASE[PRD][0], BASE[PRD][1].replace(",350,", ",340,"), BASE[PRD][2].replace(",12,", ",13,")]
    load(emptied, tmp_path, SECOND, {**BASE, PRD: corrected})
    assert costs(emptied) == [("SO100", 13, 44), ("SO100", 300, 200), ("SO101", 13, 22), ("SO102", 340, 320)]
    # Two helmets and one of 1 each, two frames of 10 each.
    assert emptied.execute(CHANGED, 2) == [{"observed": 23, "passed": False}]
    assert emptied.value("SELECT restated_cost FROM gold.load_batches WHERE batch_id = 2") == 23


def test_a_new_version_changes_no_published_cost(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path, FIRST, BASE)
    before = costs(emptied)
    load(emptied, tmp_path, SECOND, {**BASE, PRD: [*BASE[PRD], "216,AC-HE-HL-U509,Sport Helmet,20,S ,2024-06-01,"]})
    assert costs(emptied) == before
    assert emptied.execute(CHANGED, 2) == [{"observed": 0, "passed": True}]


def test_a_cost_of_a_drop_that_is_corrected_on_its_day_is_not_kept(emptied: Warehouse, tmp_path: Path) -> None:
    wrong = [line.replace(",12,", ",99,") for line in BASE[PRD]]
    load(emptied, tmp_path, FIRST, {**BASE, PRD: wrong})
    current = ["215,AC-HE-HL-U509,Sport Helmet,20,S ,2024-06-01,", *BASE[PRD][:2]]
    load(emptied, tmp_path, FIRST, {**BASE, PRD: current})
    assert costs(emptied)[0] == ("SO100", 20, 30)

"""Texts that figures are grouped by have one spelling in the whole warehouse."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.days.drop import AZ12, BASE, CUST, LOC, PRD, PX, SALES, Lines, with_base, write_drop
from tests.sql.steps import load_history
from tests.warehouse import Warehouse

FIRST, SECOND = date(2024, 6, 15), date(2024, 6, 16)


def write(folder: Path, countries: list[str], categories: tuple[str, str] = ("Components", "Accessories")) -> Path:
    """Write the base drop with one more customer a country, and with these categories."""
    more: Lines = {
        CUST: [f"{12000 + n},AW{12000 + n:08},Ann,Lee,S,F,2023-04-01" for n in range(len(countries))],
        LOC: [f"AW-{12000 + n:08},{country}" for n, country in enumerate(countries)],
    }
    first, second = categories
    lines = {**with_base(more), PX: [f"CO_RF,{first},Road Frames,Yes", f"AC_HE,{second},road frames,YES"]}
    write_drop(folder, lines)
    return folder


def countries_of(warehouse: Warehouse) -> list[str]:
    rows = warehouse.execute("SELECT country FROM gold.dim_customers WHERE customer_key > 3 ORDER BY customer_key")
    return [row["country"] for row in rows]


def test_the_spelling_of_most_customers_counts(emptied: Warehouse, tmp_path: Path) -> None:
    emptied.load(write(tmp_path / "1", ["SPAIN", "Spain", "spain", "Spain", "germany", "ITALY", "Italy"]), FIRST)
    assert countries_of(emptied) == ["Spain"] * 4 + ["Germany"] + ["ITALY"] * 2


def test_categories_have_one_spelling_too(emptied: Warehouse, tmp_path: Path) -> None:
    emptied.load(write(tmp_path / "1", [], ("BIKES", "Bikes")), FIRST)
    rows = emptied.execute("SELECT category, subcategory, maintenance FROM gold.dim_products WHERE product_key > 0")
    assert {tuple(row.values()) for row in rows} == {("BIKES", "Road Frames", "YES")}


def test_customers_that_left_the_drops_are_respelled(emptied: Warehouse, tmp_path: Path) -> None:
    emptied.load(write(tmp_path / "1", ["Spain", "SPAIN", "SPAIN"]), FIRST)
    left = write(tmp_path / "2", ["Spain", "Spain"])
    emptied.load(left, SECOND)
    assert countries_of(emptied) == ["Spain"] * 3
    assert emptied.value("SELECT in_source FROM gold.dim_customers WHERE customer_key = 6") == 0


def test_a_history_batch_takes_the_spellings_of_silver(emptied: Warehouse, tmp_path: Path) -> None:
    emptied.load(write(tmp_path / "2", ["Spain"]), SECOND)
    load_history(emptied, "history", FIRST, write(tmp_path / "1", ["SPAIN", "SPAIN", "SPAIN"]))
    assert countries_of(emptied) == ["Spain"] * 3


def test_gold_groups_as_a_comparison_by_code_point_does(emptied: Warehouse, tmp_path: Path) -> None:
    customers = [*BASE[CUST], "11003,aw00011003,Ada,Roth,S,F,2023-04-01"]
    lines: Lines = {
        CUST: customers,
        SALES: [*BASE[SALES], "so100,hl-u510,11000,20230515,20230520,20230527,20,1,20"],
        PRD: [*BASE[PRD], "215,AC-HE-HL-U510,Helmet,12,S ,2022-05-05,"],
        AZ12: [*BASE[AZ12], "Aw00011003,1990-01-01,F"],
        LOC: ["AW-00011000,norway", "AW-00011001,Norway", "AW-00011002,NORWAY", "Aw-00011003,Norway"],
    }
    write_drop(tmp_path / "1", lines)
    emptied.load(tmp_path / "1", FIRST)
    for table, column in (("dim_customers", "country"), ("fact_sales", "order_number"), ("dim_products", "category")):
        (row,) = emptied.execute(
            f"SELECT COUNT(DISTINCT {column}) AS grouped,"
            f" COUNT(DISTINCT {column} COLLATE Latin1_General_100_BIN2) AS spelled FROM gold.{table}"
        )
        assert row["grouped"] == row["spelled"], column
    assert emptied.value("SELECT COUNT(DISTINCT order_number) FROM gold.fact_sales") == 3

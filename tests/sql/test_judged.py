"""The rules of silver, one by one: rows are written into bronze and read from silver.<table>_judged."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.days.drop import header
from tests.oracle.convert import TRIMMED
from tests.warehouse import Warehouse
from warehouse.staging import INVISIBLE

SALE = "SO1,P1,7,20240301,20240306,20240313"


@pytest.fixture
def judge(emptied: Warehouse) -> Any:
    """Return the judged rows of lines of a source file, in the order of the lines."""

    def judged(table: str, *lines: str) -> list[dict[str, Any]]:
        names = header(table)
        marks = ", ".join("?" * (names.count(",") + 2))
        for number, line in enumerate(lines, start=2):
            values = [text or None for text in line.split(",")]
            insert = f"INSERT INTO bronze.{table} ({names}, dwh_source_line) VALUES ({marks})"
            emptied.execute(insert, *values, number)
        return emptied.execute(f"SELECT * FROM silver.{table}_judged ORDER BY dwh_source_line")

    return judged


@pytest.mark.parametrize(
    ("table", "line", "verdict"),
    [
        ("crm_cust_info", ",K1,A,B,S,F,2024-01-01", "cst_id: no customer id"),
        ("crm_cust_info", "1.0,K1,A,B,S,F,2024-01-01", "cst_id: not an integer"),
        ("crm_cust_info", f"1,{'K' * 51},A,B,S,F,2024-01-01", "cst_key: longer than 50 characters"),
        ("crm_cust_info", "1,K1,A,B,S,F,01.02.2024", "cst_create_date: not a date (yyyy-mm-dd)"),
        ("crm_cust_info", "1,,,,,,", None),
        ("crm_prd_info", "1,AC-HE,Helmet,1,S,2024-01-01,", "prd_key: no product number"),
        ("crm_prd_info", "1,AC-HE-P1,Helmet,1.5,S,2024-01-01,", "prd_cost: not an integer"),
        ("crm_prd_info", "1,AC-HE-P1,Helmet,1,S,20240101,", "prd_start_dt: not a date (yyyy-mm-dd)"),
        ("crm_sales_details", f"{SALE},,,", "sls_sales: neither sales nor price can be established"),
        ("crm_sales_details", f"{SALE},,99999,99999", "sls_sales: quantity × price does not fit"),
        ("crm_sales_details", f"{SALE},1,one,1", "sls_quantity: not an integer"),
        ("crm_sales_details", "SO1,P1,7,0,never,,1,1,1", None),
        ("erp_cust_az12", "NAS-,1990-01-01,F", "CID: no customer key"),
        ("erp_cust_az12", "NASK1,1990,F", "BDATE: not a date (yyyy-mm-dd)"),
        ("erp_loc_a101", "-,DE", "CID: no customer key"),
        ("erp_px_cat_g1v2", ",Bikes,Road,Yes", "ID: no category id"),
    ],
)
def test_a_row_is_rejected_for_the_first_column_that_fails(
    judge: Any, table: str, line: str, verdict: str | None
) -> None:
    (row,) = judge(table, line)
    assert row["verdict"] == verdict


@pytest.mark.parametrize(
    ("money", "sales", "price"),
    [
        (",2,10", 20, 10),
        ("19,2,10", 20, 10),
        ("-20,2,10", 20, 10),
        ("20,2,-10", 20, 10),
        ("25,2,", 25, 12),
        ("25,0,", 25, None),
    ],
)
def test_sales_and_price_are_repaired_from_the_values_of_the_source(
    judge: Any, money: str, sales: int, price: int | None
) -> None:
    (row,) = judge("crm_sales_details", f"{SALE},{money}")
    assert (row["sls_sales"], row["sls_price"], row["verdict"]) == (sales, price, None)


def test_of_the_good_rows_of_a_customer_the_latest_counts_and_then_the_later_line(judge: Any) -> None:
    rows = judge(
        "crm_cust_info",
        "1,K1,A,B,S,F,2024-01-01",
        "1,K1,A,B,M,F,2024-02-01",
        "1,K1,C,B,M,F,2024-02-01",
        "1,K1,D,B,M,F,wrong",
        "1,K1,E,B,M,F,",
    )
    assert [row["version_rank"] for row in rows if row["verdict"] is None] == [3, 2, 1, 4]
    assert [row["cst_firstname"] for row in rows if row["verdict"]] == ["D"]


def test_versions_of_a_product_end_on_the_day_before_the_next_one(judge: Any) -> None:
    rows = judge(
        "crm_prd_info",
        "1,AC-HE-P1,Old,5,S,2022-01-01,",
        "2,AC-HE-P1,Superseded,6,S,2023-01-01,",
        "3,AC-HE-P1,New,7,M,2023-01-01,1999-01-01",
        "4,AC-HE-P1,Rejected,x,M,2022-06-01,",
    )
    loaded = [row for row in rows if row["verdict"] is None and row["version_rank"] == 1]
    assert [(row["prd_nm"], row["version_number"], str(row["prd_end_dt"]), row["is_current"]) for row in loaded] == [
        ("Old", 1, "2022-12-31", False),
        ("New", 2, "None", True),
    ]
    assert {(row["product_number"], row["category_id"]) for row in loaded} == {("P1", "AC_HE")}


def test_codes_are_spelled_out_and_keys_are_in_capitals(judge: Any) -> None:
    (customer,) = judge("crm_cust_info", " 1 , k1 ,, B ,s,x,")
    assert {name: customer[name] for name in ("cst_id", "cst_key", "cst_firstname", "cst_lastname")} == {
        "cst_id": 1,
        "cst_key": "K1",
        "cst_firstname": None,
        "cst_lastname": "B",
    }
    assert (customer["cst_marital_status"], customer["cst_gndr"]) == ("Single", "n/a")
    (birth,) = judge("erp_cust_az12", "nasAW-1,,female")
    assert (birth["cid"], birth["gen"]) == ("AW1", "Female")
    countries = judge("erp_loc_a101", "AW-1,us", "AW-2,GERMANY", "AW-3,N/A", "AW-4, France ", "AW-5,united states")
    assert [row["cntry"] for row in countries] == ["United States", "Germany", "n/a", "France", "United States"]


def test_invisible_characters_at_the_ends_are_removed(judge: Any) -> None:
    def around(*values: str, before: str = "") -> list[str]:
        """Return a line for each character, which stands around each value; # is the number of the line."""
        lines = (
            before.replace("?", character) + ",".join(f" {character}{value} {character}{character}" for value in values)
            for character in INVISIBLE
        )
        return [line.replace("#", str(number)) for number, line in enumerate(lines)]

    def judged(table: str, lines: list[str], *columns: str) -> list[tuple[Any, ...]]:
        return [tuple(row[column] for column in columns) for row in judge(table, *lines)]

    numbers = range(len(INVISIBLE))
    countries = judged("erp_loc_a101", around("AW-#", "DE"), "cid", "cntry")
    assert countries == [(f"AW{number}", "Germany") for number in numbers]
    births = judged("erp_cust_az12", around("AW-#", "1990-01-01", "F", before="NAS?"), "cid", "bdate", "gen")
    assert births == [(f"AW{number}", date(1990, 1, 1), "Female") for number in numbers]
    columns = ("sls_ord_num", "sls_prd_key", "sls_cust_id", "sls_sales", "sls_price", "sls_order_dt")
    lines = judged("crm_sales_details", around("so#", "p1", "7", "20240301", "", "", "2", "1", "2"), *columns)
    assert lines == [(f"SO{number}", "P1", 7, 2, 2, date(2024, 3, 1)) for number in numbers]


def test_staging_counts_the_characters_that_silver_removes(emptied: Warehouse) -> None:
    characters = emptied.value("SELECT characters FROM silver.trimmed_characters")
    assert sorted(characters) == sorted(" " + INVISIBLE) == sorted(TRIMMED)

"""Facts about the nasty drops that a person can verify, against the oracle and against staging."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from tests.days.drop import AZ12, CUST, LOC, PRD, PX, SALES
from tests.days.nasty import ALIKE, BUSINESS_DATE, INVISIBLE, NASTY, SAME, WITHOUT_WEIGHT
from tests.oracle import Gold, compare, compute
from tests.oracle.schema import KEYS
from warehouse.staging import stage


def gold_of(name: str, folder: Path) -> Gold:
    NASTY[name](folder)
    return compute(folder, BUSINESS_DATE)


Rejects = Mapping[str, Mapping[int, str | None]]
"""Source table → rejected line → the column at fault."""


def rejects(gold: Gold) -> Rejects:
    found: dict[str, dict[int, str | None]] = {}
    for table, line, name in zip(
        gold.rejected_rows["source_table"],
        gold.rejected_rows["source_line"],
        column(gold.rejected_rows, "column_name"),
        strict=True,
    ):
        found.setdefault(table, {})[line] = None if name is None else str(name)
    return found


def column(frame: pd.DataFrame, name: str, **where: object) -> list[object]:
    """Give the values of a column in the rows that have the values of ``where``, None for NULL."""
    for key, value in where.items():
        frame = frame[frame[key] == value]
    return [None if pd.isna(value) else value for value in frame[name]]


@pytest.mark.parametrize("name", NASTY)
def test_every_row_is_accounted_for(name: str, tmp_path: Path) -> None:
    gold = gold_of(name, tmp_path)
    counts = gold.reconciliation.set_index("source_table")
    kept = counts["loaded_rows"] + counts["superseded_rows"] + counts["rejected_rows"]
    assert (counts["file_rows"] == kept).all()
    assert (counts["staged_rows"] == counts["bronze_rows"]).all()
    assert counts["loaded_rows"][SALES] == len(gold.fact_sales)
    assert counts["loaded_rows"][CUST] == len(gold.dim_customers) - 1
    assert set(gold.fact_sales["customer_key"]) <= set(gold.dim_customers["customer_key"])
    assert set(gold.fact_sales["product_key"]) <= set(gold.dim_products["product_key"])
    dated = gold.fact_sales[gold.fact_sales["order_date"].notna()]
    assert gold.report_sales_daily["total_sales"].sum() == dated["sales_amount"].sum()
    known = dated[dated["customer_key"] != 0]
    assert gold.report_customers["total_sales"].sum() == known["sales_amount"].sum()


@pytest.mark.parametrize("name", NASTY)
def test_staging_sees_the_same_rows_and_broken_lines(name: str, tmp_path: Path) -> None:
    gold = gold_of(name, tmp_path)
    manifest = stage(tmp_path, tmp_path / "landing")
    assert [(file.rows_read, file.rows_written) for file in manifest.files] == list(
        zip(gold.reconciliation["file_rows"], gold.reconciliation["staged_rows"], strict=True)
    )
    staged = (tmp_path / "landing" / "rejected.txt").read_bytes().decode("utf-16").split("\n")[1:-1]
    for table, _, line, column, *_ in (row.split("\t") for row in staged):
        assert rejects(gold)[table][int(line)] == (column or None)


@pytest.mark.parametrize(
    "name",
    [
        "CRLF line ends",
        "CRLF and LF mixed",
        "no line end at the end",
        "no line end at the end after CRLF",
        "byte order marks",
        "blank lines everywhere",
    ],
)
def test_form_does_not_change_the_content(name: str, tmp_path: Path) -> None:
    clean = gold_of("the base drop, clean", tmp_path / "clean")
    gold = gold_of(name, tmp_path / "nasty")
    for table, key in KEYS.items():
        assert compare(getattr(clean, table), getattr(gold, table), key) == []


REJECTS: Mapping[str, Rejects] = {
    "the base drop, clean": {},
    "quoted fields with commas": {},
    "doubled quotes and quotes that mean nothing": {},
    "no line end after an empty last field": {},
    "text in many scripts": {},
    "texts at and beyond their length": {
        CUST: {
            5: "cst_firstname",
            7: "cst_firstname",
            10: "cst_lastname",
            11: "cst_key",
            12: "cst_marital_status",
            13: "cst_gndr",
        },
        PRD: {6: "prd_nm", 8: "prd_key", 9: "prd_line"},
        SALES: {7: "sls_ord_num", 9: "sls_prd_key"},
        AZ12: {5: "CID", 6: "GEN"},
        LOC: {6: "CNTRY", 7: "CID"},
        PX: {4: "CAT", 5: "SUBCAT", 6: "MAINTENANCE"},
    },
    "characters that take two UTF-16 code units, at the limit": {
        CUST: {6: "cst_firstname", 7: "cst_firstname"},
        PRD: {5: "prd_nm"},
    },
    "the word NULL everywhere": {
        CUST: {5: "cst_id", 8: "cst_create_date"},
        PRD: {5: "prd_id", 7: "prd_cost", 8: "prd_start_dt"},
        SALES: {7: "sls_cust_id", 8: "sls_sales", 9: "sls_quantity", 10: "sls_price"},
        AZ12: {6: "BDATE"},
    },
    "duplicate keys": {CUST: {14: "cst_create_date"}, SALES: {12: "sls_sales"}},
    "tabs inside fields": {CUST: {9: "cst_id", 10: None, 11: None, 12: "cst_id"}},
    "carriage returns inside fields": {LOC: {6: None}},
    "fields beyond 4000 characters": {
        CUST: {
            5: "cst_firstname",
            6: "cst_firstname",
            7: "cst_firstname",
            8: "cst_firstname",
            10: "cst_firstname",
            11: "cst_lastname",
            12: None,
        },
        PRD: {6: "prd_end_dt"},
        SALES: {7: "sls_order_dt"},
        LOC: {5: "CNTRY"},
    },
    "too few and too many columns": {
        CUST: {5: None, 6: None, 7: None, 8: None, 9: None, 10: "cst_id", 11: None},
        SALES: {6: None, 7: None, 8: None},
        AZ12: {5: None},
        LOC: {5: None, 6: None, 7: "CID"},
        PX: {4: None},
    },
    "open quotes": {
        CUST: {
            5: "cst_id",
            7: "cst_firstname",
            8: "cst_create_date",
            10: "cst_firstname",
            11: "cst_firstname",
            12: "cst_firstname",
            13: "8",
            14: "cst_firstname",
            15: "cst_firstname",
            16: "cst_id",
        },
        LOC: {5: "CNTRY", 6: "CNTRY"},
    },
    "text in numbers": {
        CUST: dict.fromkeys(range(5, 33), "cst_id"),
        PRD: dict.fromkeys(range(5, 33), "prd_id") | dict.fromkeys(range(33, 61), "prd_cost"),
        SALES: dict.fromkeys(range(6, 34), "sls_cust_id")
        | dict.fromkeys(range(34, 62), "sls_sales")
        | dict.fromkeys(range(62, 90), "sls_quantity")
        | dict.fromkeys(range(90, 118), "sls_price"),
    },
    "digits of other scripts and kinds": {
        CUST: dict.fromkeys(range(5, 15), "cst_id") | dict.fromkeys(range(15, 25), "cst_create_date"),
        SALES: dict.fromkeys(range(6, 16), "sls_quantity"),
    },
    "numbers at and beyond the range of INT": {
        CUST: dict.fromkeys(range(9, 15), "cst_id"),
        PRD: dict.fromkeys(range(9, 15), "prd_id") | dict.fromkeys(range(15, 21), "prd_cost"),
        # Negative sales without a price are beyond repair.
        SALES: dict.fromkeys(range(10, 16), "sls_cust_id")
        | {17: "sls_sales", 19: "sls_sales"}
        | dict.fromkeys(range(20, 26), "sls_sales")
        | dict.fromkeys(range(26, 32), "sls_quantity")
        | dict.fromkeys(range(32, 38), "sls_price"),
    },
    "money that overflows": {
        SALES: dict.fromkeys((6, 10, 11, 12, 14, 15, 20), "sls_sales") | {18: "sls_price"},
    },
    "a profit beyond the range of INT": {},
    "codes in lower case": {},
    "keys that differ only in case": {},
    "blanks around everything": {
        CUST: {7: "cst_id"},
        PRD: {6: "prd_key"},
        SALES: {8: "sls_ord_num", 9: "sls_prd_key"},
        AZ12: {7: "CID"},
        LOC: {7: "CID"},
        PX: {6: "ID"},
    },
    "dates at the edges": {
        CUST: dict.fromkeys((6, 7, 10, 12, 13, 14, 15, 17, 18), "cst_create_date"),
        PRD: {8: "prd_start_dt"},
        AZ12: {9: "BDATE"},
    },
    "dates in other forms": {
        CUST: dict.fromkeys(range(5, 19), "cst_create_date"),
        PRD: {5: "prd_start_dt", 6: "prd_start_dt"},
        AZ12: {5: "BDATE", 6: "BDATE"},
    },
    "many versions of a product": {PRD: {10: "prd_cost"}},
    "rows that belong to nobody": {AZ12: {6: "CID", 7: "CID"}, LOC: {6: "CID", 7: "CID"}},
    "thresholds of the reports": {},
    "nothing but rejects": {
        CUST: {2: "cst_id"},
        PRD: {2: "prd_id"},
        SALES: {2: "sls_sales"},
        AZ12: {2: "CID"},
        LOC: {2: "CID"},
        PX: {2: "ID"},
    },
}


@pytest.mark.parametrize("name", REJECTS)
def test_the_rejects_are_those_found_by_hand(name: str, tmp_path: Path) -> None:
    assert rejects(gold_of(name, tmp_path)) == REJECTS[name]


def test_quoted_fields_keep_their_commas_and_blanks_are_trimmed_inside_quotes(tmp_path: Path) -> None:
    gold = gold_of("quoted fields with commas", tmp_path)
    assert column(gold.dim_customers, "first_name")[4:] == ["Ann, Mary", "Ann", ",", "Ann"]
    assert column(gold.dim_customers, "last_name")[4:] == ["Lee, Jr.", "Lee", ",,,", None]
    assert column(gold.dim_customers, "country")[4:6] == ["Korea, Republic of", "Germany"]
    assert column(gold.fact_sales, "profit", order_number="SO200") == [0]


def test_only_a_leading_quote_quotes(tmp_path: Path) -> None:
    customers = gold_of("doubled quotes and quotes that mean nothing", tmp_path).dim_customers
    assert column(customers, "first_name")[4:] == [
        'Ann "Annie"',
        '"Bo", the elder',
        'Uma "Uzi"',
        '"Ann"',
        '""',
    ]
    assert column(customers, "last_name")[4:] == ['"', '"Lee"', '5" Rao', 'Lee "', 'O"Neil']


def test_the_line_after_an_open_quote_is_read_on_its_own_unless_it_ends_the_field(tmp_path: Path) -> None:
    gold = gold_of("open quotes", tmp_path)
    assert column(gold.dim_customers, "customer_id")[4:] == [11011, 11014, 11020]
    assert column(gold.dim_customers, "country")[4:] == ["n/a", "n/a", "n/a"]


def test_of_duplicates_the_latest_date_and_then_the_later_line_wins(tmp_path: Path) -> None:
    gold = gold_of("duplicate keys", tmp_path)
    assert column(gold.dim_customers, "first_name")[1:] == [
        "Later line",
        "Same number",
        "Newer",
        "No date",
        "Shares the key of 11000",
    ]
    assert column(gold.dim_customers, "last_name", customer_id=11010) == ["Second"]
    assert column(gold.dim_customers, "country")[1:] == ["Canada", "n/a", "Germany", "n/a", "Canada"]
    assert column(gold.dim_customers, "gender")[1:] == ["Female", "Female", "Male", "Male", "Male"]
    assert column(gold.dim_products, "product_name")[1:] == ["Road Frame II", "Other category"]
    assert column(gold.fact_sales, "sales_amount") == [70, 1000, 510, 36]


def test_a_name_is_empty_only_when_it_holds_nothing_but_blanks_and_invisible_characters(tmp_path: Path) -> None:
    gold = gold_of("names that some collations take for empty", tmp_path)
    ids = range(11010, 11010 + len(WITHOUT_WEIGHT))
    for customer, text in zip(ids, WITHOUT_WEIGHT, strict=True):
        shown = None if text in INVISIBLE else text
        assert column(gold.dim_customers, "first_name", customer_id=customer) == [shown]
        assert column(gold.dim_customers, "last_name", customer_id=customer) == [shown and shown * 2]
        assert column(gold.dim_customers, "country", customer_id=customer) == [shown or "n/a"]
    assert column(gold.dim_customers, "first_name")[-3:] == ["😀", None, None]
    assert column(gold.dim_customers, "last_name")[-3:] == [None, None, None]
    names = column(gold.dim_products, "product_name")
    assert set(WITHOUT_WEIGHT) - set(INVISIBLE) <= set(names)
    assert rejects(gold) == {
        SALES: dict.fromkeys((11, 12, 13, 14, 17), "sls_prd_key"),
        PX: dict.fromkeys((9, 10, 11, 12, 15), "ID"),
    }


def test_keys_are_equal_only_when_their_capitals_are_the_same_characters(tmp_path: Path) -> None:
    gold = gold_of("keys that some collations take for equal", tmp_path)
    pairs = 2 * len(ALIKE)
    for number in range(pairs):
        assert column(gold.dim_customers, "country", customer_id=12000 + number) == [f"Country {number}"]
        assert column(gold.dim_customers, "gender", customer_id=12000 + number) == ["Female"]
    for number in range(len(SAME)):
        assert column(gold.dim_customers, "country", customer_id=13000 + number) == [f"Land {number}"]
    names = column(gold.dim_products, "product_name")
    assert {f"Product {number}" for number in range(pairs)} <= set(names)
    assert {f"Newer {number}" for number in range(len(SAME))} <= set(names)
    assert "Older" not in names
    categories = [column(gold.dim_products, "subcategory", product_number=f"R{number}") for number in (1, 2, 3)]
    assert categories == [["Sharp"], ["Emoji"], ["Blank"]]
    assert column(gold.dim_products, "category_id", product_number="R3") == ["AC"]
    orders = column(gold.fact_sales, "order_number")
    assert (len(orders), len(set(orders))) == (4 + 2 * pairs + len(SAME), 3 + pairs + 1 + len(SAME))
    assert {amount for amount in column(gold.fact_sales, "sales_amount") if 100 <= int(str(amount)) < 100 + pairs} == {
        *range(100, 100 + pairs)
    }


def test_keys_in_another_case_are_the_same_keys(tmp_path: Path) -> None:
    gold = gold_of("keys that differ only in case", tmp_path)
    assert column(gold.dim_customers, "country")[1:] == [
        "United States",
        "United States",
        "France",
        "France",
        "Canada",
    ]
    assert column(gold.dim_products, "product_number")[1:] == ["FR-R92B-58", "GL-H1", "HL-U509"]
    assert column(gold.dim_products, "subcategory")[1:] == ["Road Frames", "Gloves", "Hats"]
    assert sorted(map(str, column(gold.fact_sales, "order_number"))) == [
        "SO100",
        "SO100",
        "SO101",
        "SO101",
        "SO102",
        "SO200",
        "SO200",
    ]
    assert column(gold.report_customers, "total_orders") == [1, 2, 1, 1]


def test_a_sale_costs_what_the_version_of_its_day_cost(tmp_path: Path) -> None:
    gold = gold_of("many versions of a product", tmp_path)
    costs = column(gold.fact_sales, "cost")[4:]
    assert costs[:13] == [5, 5, 10, 10, 20, 20, 20, 20, 20, 30, 30, 40, 40]
    assert costs[13:] == [11, 11, 11, 11, 11, 0, 13, 13, 13, 13, 13, 13, 13]


def test_thresholds_fall_on_the_right_side(tmp_path: Path) -> None:
    gold = gold_of("thresholds of the reports", tmp_path)
    assert column(gold.report_customers, "customer_segment")[3:12] == [
        *("New", "New", "New"),
        *("Regular", "Regular", "VIP"),
        *("New", "New", "New"),
    ]
    assert column(gold.report_customers, "lifespan")[3:12] == [11, 11, 11, 12, 12, 12, 0, 0, 0]
    assert column(gold.report_customers, "age_group")[12:] == [
        *("n/a", "Under 20", "Under 20", "20-29", "20-29", "30-39", "30-39"),
        *("40-49", "40-49", "50 and above", "50 and above"),
    ]
    assert column(gold.report_products, "product_segment")[-7:-1] == [
        *("Low-Range", "Mid-Range", "Mid-Range"),
        *("Mid-Range", "Mid-Range", "High-Performer"),
    ]
    means = gold.report_products[gold.report_products["product_name"] == "Means"]
    assert column(means, "avg_selling_price") == [0.4, 2.3, -2.3, -1.8, 0.7]
    assert column(means, "total_sales") == [2, 9, 9, 7, -4]
    assert column(means, "avg_order_revenue") == [1, 9, 9, 7, -1]

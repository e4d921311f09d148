"""The sources cleansed: judged row by row, then one row a key (docs/source_data.md, "Rules (silver)")."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.oracle.convert import (
    INT_MAX,
    INT_MIN,
    Mask,
    clean,
    compact_dates,
    fold,
    integers,
    iso_dates,
    too_long,
)

TEXT_LIMIT = 50
PRODUCT_NAME_LIMIT = 100

MARITAL_STATUS = {"S": "Single", "M": "Married"}
GENDER = {"F": "Female", "FEMALE": "Female", "M": "Male", "MALE": "Male"}
PRODUCT_LINE = {"M": "Mountain", "R": "Road", "S": "Other Sales", "T": "Touring"}
COUNTRY = {
    "DE": "Germany",
    "GERMANY": "Germany",
    "US": "United States",
    "USA": "United States",
    "UNITED STATES": "United States",
    "N/A": "n/a",
}


@dataclass(frozen=True)
class Cleansed:
    """One cleansed source: its rows with ``source_line``, the rejected rows, and the number of superseded rows."""

    rows: pd.DataFrame
    rejected: list[tuple[int, str]]
    superseded: int


class Judgement:
    """Collects failing rows, column by column in file order; a row fails for its first column only."""

    def __init__(self, lines: pd.DataFrame):
        self._lines = lines["source_line"]
        self._column = pd.Series(np.full(len(lines), None, dtype=object), index=lines.index)

    def reject(self, column: str, failed: Mask) -> None:
        """Reject rows for ``column`` where ``failed``, unless an earlier column has failed already."""
        self._column[self._column.isna() & failed] = column

    def passed(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Keep the rows that no column has rejected."""
        return rows[self._column.isna()]

    @property
    def rejected(self) -> list[tuple[int, str]]:
        """Source line and column of each rejected row."""
        columns = self._column.dropna()
        return list(zip(self._lines[columns.index].tolist(), columns.tolist(), strict=True))


def cleanse(table: str, lines: pd.DataFrame) -> Cleansed:
    """Cleanse the rows of one source table, in the form that staging writes."""
    texts = {str(name): clean(lines[name]) for name in lines if name != "source_line"}
    return _SOURCES[table](lines.assign(**texts))


def _customers(lines: pd.DataFrame) -> Cleansed:
    judgement = Judgement(lines)
    number, failed = integers(lines["cst_id"])
    judgement.reject("cst_id", failed | _missing(lines["cst_id"]))
    for column in ("cst_key", "cst_firstname", "cst_lastname", "cst_marital_status", "cst_gndr"):
        judgement.reject(column, too_long(lines[column], TEXT_LIMIT))
    created, failed = iso_dates(lines["cst_create_date"])
    judgement.reject("cst_create_date", failed)
    rows = pd.DataFrame(
        {
            "customer_id": number,
            "customer_number": fold(lines["cst_key"]),
            "first_name": lines["cst_firstname"],
            "last_name": lines["cst_lastname"],
            "marital_status": _decoded(lines["cst_marital_status"], MARITAL_STATUS),
            "gender": _decoded(lines["cst_gndr"], {code: GENDER[code] for code in ("F", "M")}),
            "create_date": created,
            "source_line": lines["source_line"],
        }
    )
    return _one_row_a_key(judgement, rows, key=["customer_id"], date="create_date")


def _products(lines: pd.DataFrame) -> Cleansed:
    judgement = Judgement(lines)
    number, failed = integers(lines["prd_id"])
    judgement.reject("prd_id", failed)
    product_number = clean(fold(lines["prd_key"].str.slice(6)))
    judgement.reject("prd_key", _missing(product_number))
    judgement.reject("prd_key", too_long(lines["prd_key"], TEXT_LIMIT))
    judgement.reject("prd_nm", too_long(lines["prd_nm"], PRODUCT_NAME_LIMIT))
    cost, failed = integers(lines["prd_cost"])
    judgement.reject("prd_cost", failed)
    judgement.reject("prd_line", too_long(lines["prd_line"], TEXT_LIMIT))
    start, failed = iso_dates(lines["prd_start_dt"])
    judgement.reject("prd_start_dt", failed)
    rows = pd.DataFrame(
        {
            "product_id": number,
            "product_number": product_number,
            "product_name": lines["prd_nm"],
            "category_id": clean(fold(lines["prd_key"].str.slice(0, 5).str.replace("-", "_", regex=False))),
            "cost": cost.fillna(0),
            "product_line": _decoded(lines["prd_line"], PRODUCT_LINE),
            "start_date": start,
            "source_line": lines["source_line"],
        }
    )
    return _one_row_a_key(judgement, rows, key=["product_number", "start_date"])


def _sales(lines: pd.DataFrame) -> Cleansed:
    judgement = Judgement(lines)
    for column in ("sls_ord_num", "sls_prd_key"):
        judgement.reject(column, _missing(lines[column]) | too_long(lines[column], TEXT_LIMIT))
    customer, failed = integers(lines["sls_cust_id"])
    judgement.reject("sls_cust_id", failed)
    sales, failed = integers(lines["sls_sales"])
    judgement.reject("sls_sales", failed)
    quantity, failed = integers(lines["sls_quantity"])
    judgement.reject("sls_quantity", failed)
    price, failed = integers(lines["sls_price"])
    judgement.reject("sls_price", failed)
    # The results of the repair are judged after the row's own values.
    amount, repaired_price = repair_money(sales, quantity, price)
    judgement.reject("sls_sales", _missing(amount) | _outside_int(amount))
    judgement.reject("sls_price", _outside_int(repaired_price))
    rows = pd.DataFrame(
        {
            "order_number": fold(lines["sls_ord_num"]),
            "product_number": fold(lines["sls_prd_key"]),
            "customer_id": customer,
            "order_date": compact_dates(lines["sls_order_dt"]),
            "shipping_date": compact_dates(lines["sls_ship_dt"]),
            "due_date": compact_dates(lines["sls_due_dt"]),
            "sales_amount": amount,
            "quantity": quantity,
            "price": repaired_price,
            "source_line": lines["source_line"],
        }
    )
    return _one_row_a_key(judgement, rows, key=["order_number", "product_number"])


def repair_money(sales: pd.Series, quantity: pd.Series, price: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Apply the money rules, both on the source's values. All columns are Int64, results may exceed INT."""
    calculated = quantity * price.abs()
    wrong = sales.isna() | _true(sales <= 0) | _true(sales != calculated)
    bad_price = price.isna() | _true(price <= 0)
    return sales.mask(wrong, calculated), price.mask(bad_price, divide(sales, quantity))


def divide(dividend: pd.Series, divisor: pd.Series) -> pd.Series:
    """Divide whole numbers as T-SQL does, towards zero; NULL where an operand is NULL or the divisor 0."""
    usable = divisor.mask(_true(divisor == 0))
    quotient = dividend.abs() // usable.abs()
    return quotient.mask(_true((dividend < 0) != (usable < 0)), -quotient)


def _erp_customers(lines: pd.DataFrame) -> Cleansed:
    judgement = Judgement(lines)
    key = clean(fold(lines["CID"]).str.replace("^NAS", "", regex=True).str.replace("-", "", regex=False))
    judgement.reject("CID", _missing(key) | too_long(lines["CID"], TEXT_LIMIT))
    birth, failed = iso_dates(lines["BDATE"])
    judgement.reject("BDATE", failed)
    judgement.reject("GEN", too_long(lines["GEN"], TEXT_LIMIT))
    rows = pd.DataFrame(
        {
            "customer_number": key,
            "birthdate": birth,
            "gender": _decoded(lines["GEN"], GENDER),
            "source_line": lines["source_line"],
        }
    )
    return _one_row_a_key(judgement, rows, key=["customer_number"])


def _erp_locations(lines: pd.DataFrame) -> Cleansed:
    judgement = Judgement(lines)
    key = clean(fold(lines["CID"]).str.replace("-", "", regex=False))
    judgement.reject("CID", _missing(key) | too_long(lines["CID"], TEXT_LIMIT))
    judgement.reject("CNTRY", too_long(lines["CNTRY"], TEXT_LIMIT))
    country = fold(lines["CNTRY"]).map(COUNTRY).fillna(lines["CNTRY"]).fillna("n/a")
    rows = pd.DataFrame({"customer_number": key, "country": country, "source_line": lines["source_line"]})
    return _one_row_a_key(judgement, rows, key=["customer_number"])


def _erp_categories(lines: pd.DataFrame) -> Cleansed:
    judgement = Judgement(lines)
    judgement.reject("ID", _missing(lines["ID"]))
    for column in ("ID", "CAT", "SUBCAT", "MAINTENANCE"):
        judgement.reject(column, too_long(lines[column], TEXT_LIMIT))
    rows = pd.DataFrame(
        {
            "category_id": fold(lines["ID"]),
            "category": lines["CAT"],
            "subcategory": lines["SUBCAT"],
            "maintenance": lines["MAINTENANCE"],
            "source_line": lines["source_line"],
        }
    )
    return _one_row_a_key(judgement, rows, key=["category_id"])


_SOURCES: dict[str, Callable[[pd.DataFrame], Cleansed]] = {
    "crm_cust_info": _customers,
    "crm_prd_info": _products,
    "crm_sales_details": _sales,
    "erp_cust_az12": _erp_customers,
    "erp_loc_a101": _erp_locations,
    "erp_px_cat_g1v2": _erp_categories,
}


def _one_row_a_key(judgement: Judgement, rows: pd.DataFrame, key: list[str], date: str | None = None) -> Cleansed:
    """Let the rows that passed compete: the latest date wins (none sorts first), then the later line."""
    passed = judgement.passed(rows)
    order = ["source_line"] if date is None else [date, "source_line"]
    winners = passed.sort_values(order, na_position="first").drop_duplicates(key, keep="last")
    return Cleansed(winners.sort_values("source_line"), judgement.rejected, len(passed) - len(winners))


def _decoded(column: pd.Series, codes: dict[str, str]) -> pd.Series:
    return fold(column).map(codes).fillna("n/a")


def _missing(column: pd.Series) -> Mask:
    return column.isna().to_numpy(dtype=bool)


def _outside_int(column: pd.Series) -> Mask:
    return _true(~column.between(INT_MIN, INT_MAX))


def _true(condition: pd.Series) -> Mask:
    """Three-valued logic: a comparison with NULL is not true."""
    return condition.astype("boolean").fillna(False).to_numpy(dtype=bool)

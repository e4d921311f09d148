"""The generated drop: the profile of docs/source_data.md, the same bytes every time, day after day."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from data.generate import BUSINESS_DATE, ArgumentError, generate, main

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "data"
FILES = (
    "source_crm/cust_info.csv",
    "source_crm/prd_info.csv",
    "source_crm/sales_details.csv",
    "source_erp/CUST_AZ12.csv",
    "source_erp/LOC_A101.csv",
    "source_erp/PX_CAT_G1V2.csv",
)
DAY = timedelta(days=1)


def read(drop: Path, file: str) -> pd.DataFrame:
    """Read a file with every field as text, empty ones as ''."""
    return pd.read_csv(drop / file, dtype=str, keep_default_na=False, encoding="utf-8")


def hashes(drop: Path) -> dict[str, str]:
    return {file: hashlib.sha256((drop / file).read_bytes()).hexdigest() for file in FILES}


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """The committed drop."""
    return {file: read(COMMITTED, file) for file in FILES}


def test_generating_scale_1_again_gives_the_committed_bytes(tmp_path: Path) -> None:
    generate(tmp_path)
    assert hashes(tmp_path) == hashes(COMMITTED)


def test_the_drop_does_not_depend_on_the_hash_seed_of_the_process(tmp_path: Path) -> None:
    for hash_seed in ("0", "4711"):
        command = [sys.executable, "data/generate.py", "--scale", "0.05", "--out", str(tmp_path / hash_seed)]
        subprocess.run(command, cwd=ROOT, env={"PYTHONHASHSEED": hash_seed}, check=True, capture_output=True)
    assert hashes(tmp_path / "0") == hashes(tmp_path / "4711")


def test_another_seed_gives_another_drop_of_the_same_profile(tmp_path: Path) -> None:
    rows = generate(tmp_path, seed=2)
    assert rows == {file: len(read(COMMITTED, file)) for file in FILES}
    same = {file for file in FILES if hashes(tmp_path)[file] == hashes(COMMITTED)[file]}
    assert same == {"source_erp/PX_CAT_G1V2.csv"}


@pytest.mark.parametrize(
    ("file", "rows", "line_end", "last_line_end"),
    [
        ("source_crm/cust_info.csv", 18_494, b"\r\n", False),
        ("source_crm/prd_info.csv", 397, b"\r\n", True),
        ("source_crm/sales_details.csv", 60_398, b"\r\n", True),
        ("source_erp/CUST_AZ12.csv", 18_484, b"\r\n", False),
        ("source_erp/LOC_A101.csv", 18_484, b"\n", True),
        ("source_erp/PX_CAT_G1V2.csv", 37, b"\n", True),
    ],
)
def test_files_have_their_rows_and_line_ends(file: str, rows: int, line_end: bytes, last_line_end: bool) -> None:
    content = (COMMITTED / file).read_bytes()
    assert content.endswith(line_end) is last_line_end
    assert content.count(line_end) == content.count(b"\n") == rows + last_line_end
    assert content.count(b"\r") == (content.count(b"\n") if line_end == b"\r\n" else 0)


def test_both_files_without_a_last_line_end_end_in_an_empty_field() -> None:
    for file in ("source_crm/cust_info.csv", "source_erp/CUST_AZ12.csv"):
        assert (COMMITTED / file).read_bytes().endswith(b","), file


def test_customers_have_the_errors_of_the_profile(tables: dict[str, pd.DataFrame]) -> None:
    customers = tables["source_crm/cust_info.csv"]
    known = customers[customers.cst_id != ""]
    junk = customers[customers.cst_id == ""]
    assert list(junk.cst_key) == ["PO25", "A01Ass", "SF-566", "13451235"]
    assert (known.cst_key == "AW" + known.cst_id.str.zfill(8)).all()
    assert sorted(known.cst_id.astype(int).unique()) == list(range(11_000, 11_000 + 18_484))
    assert known.cst_id.value_counts().value_counts().to_dict() == {1: 18_479, 2: 4, 3: 1}
    empty = (customers == "").sum()
    assert empty.to_dict() == {
        "cst_id": 4,
        "cst_key": 0,
        "cst_firstname": 8,
        "cst_lastname": 7,
        "cst_marital_status": 7,
        "cst_gndr": 4_578,
        "cst_create_date": 4,
    }
    names = pd.concat([customers.cst_firstname, customers.cst_lastname])
    assert (names != names.str.strip()).sum() == 40
    assert set(customers.cst_marital_status) == {"M", "S", ""}
    assert set(customers.cst_gndr) == {"F", "M", ""}


def test_the_latest_version_of_a_customer_is_the_last(tables: dict[str, pd.DataFrame]) -> None:
    customers = tables["source_crm/cust_info.csv"]
    several = customers[(customers.cst_id != "") & customers.cst_id.duplicated(keep=False)]
    for _, versions in several.groupby("cst_id"):
        assert list(versions.cst_create_date) == sorted(set(versions.cst_create_date))


def test_customers_are_created_up_to_the_business_date_and_beyond(tables: dict[str, pd.DataFrame]) -> None:
    created = tables["source_crm/cust_info.csv"].cst_create_date
    assert (created == BUSINESS_DATE.isoformat()).any()
    assert 1 <= (created > BUSINESS_DATE.isoformat()).sum() <= 12


def test_names_go_beyond_latin_1(tables: dict[str, pd.DataFrame]) -> None:
    names = " ".join(tables["source_crm/cust_info.csv"].cst_lastname)
    assert {"Jiménez", "Nguyễn", "田中", "Null", "O'Brien"} <= set(names.split())


def test_products_have_the_errors_of_the_profile(tables: dict[str, pd.DataFrame]) -> None:
    products = tables["source_crm/prd_info.csv"]
    assert products.prd_key.nunique() == 295
    assert products.prd_key.str[6:].nunique() == 295
    assert products.prd_key.value_counts().value_counts().to_dict() == {1: 218, 2: 52, 3: 25}
    assert products.prd_id.is_unique
    assert products.prd_line.value_counts().to_dict().keys() == {"R ", "M ", "S ", "T ", ""}
    assert (products.prd_line == "").sum() == 17
    assert (products.prd_cost == "").sum() == 2
    ended = products[products.prd_end_dt != ""]
    assert (ended.prd_end_dt < ended.prd_start_dt).sum() == 200
    assert not products.duplicated(["prd_key", "prd_start_dt"]).any()
    categories = set(tables["source_erp/PX_CAT_G1V2.csv"].ID)
    assert set(products.prd_key.str[:5].str.replace("-", "_")) - categories == {"CO_PE"}


def test_product_names_hold_commas_and_a_doubled_quote() -> None:
    text = (COMMITTED / "source_crm/prd_info.csv").read_text(encoding="utf-8")
    assert text.count(',"') > 50
    assert text.count('""') == 1


def test_categories_are_those_of_the_profile(tables: dict[str, pd.DataFrame]) -> None:
    categories = tables["source_erp/PX_CAT_G1V2.csv"]
    assert categories.CAT.value_counts().to_dict() == {
        "Components": 14,
        "Accessories": 12,
        "Clothing": 8,
        "Bikes": 3,
    }
    assert set(categories.MAINTENANCE) == {"Yes", "No"}
    assert categories.ID.is_unique


def test_sales_have_the_shape_of_the_profile(tables: dict[str, pd.DataFrame]) -> None:
    sales = tables["source_crm/sales_details.csv"]
    lines = sales.groupby("sls_ord_num").size()
    assert len(lines) == 27_659
    assert (lines.min(), lines.max()) == (1, 8)
    assert not sales.duplicated(["sls_ord_num", "sls_prd_key"]).any()
    assert sales.sls_prd_key.nunique() == 130
    assert set(sales.sls_prd_key) <= set(tables["source_crm/prd_info.csv"].prd_key.str[6:])
    customers = tables["source_crm/cust_info.csv"].cst_id
    assert set(sales.sls_cust_id) == set(customers[customers != ""])
    assert (sales.groupby("sls_ord_num").sls_cust_id.nunique() == 1).all()


def test_sales_span_four_years_most_of_them_in_the_third(tables: dict[str, pd.DataFrame]) -> None:
    sales = tables["source_crm/sales_details.csv"]
    orders = sales[sales.sls_order_dt.str.len() == 8].drop_duplicates("sls_ord_num").sls_order_dt
    assert orders.min() == "20220201"
    assert orders.max() == f"{BUSINESS_DATE - DAY:%Y%m%d}"
    third = orders.between("20240201", "20250131")
    assert third.mean() > 0.5


def test_sales_have_the_errors_of_the_profile(tables: dict[str, pd.DataFrame]) -> None:
    sales = tables["source_crm/sales_details.csv"]
    odd = sales.sls_order_dt[sales.sls_order_dt.str.len() != 8]
    assert odd.value_counts().to_dict() == {"0": 17, "32154": 1, "5489": 1}
    amount, quantity, price = (pd.to_numeric(sales[f"sls_{name}"]) for name in ("sales", "quantity", "price"))
    wrong = ~((amount > 0) & (price > 0) & (amount == quantity * price))
    assert wrong.sum() == 35
    kinds = {
        "empty sales": amount.isna(),
        "empty price": price.isna(),
        "negative sales": amount < 0,
        "negative price": price < 0,
        "zero sales": amount == 0,
        "zero price": price == 0,
        "different": (amount > 0) & (price > 0) & (amount != quantity * price),
    }
    assert all(kind.any() for kind in kinds.values())
    assert sum(int(kind.sum()) for kind in kinds.values()) == 35
    assert not (kinds["empty sales"] & kinds["empty price"]).any()


def test_the_erp_customers_have_the_errors_of_the_profile(tables: dict[str, pd.DataFrame]) -> None:
    people = tables["source_erp/CUST_AZ12.csv"]
    assert people.CID.str.startswith("NAS").sum() == 11_042
    assert set(people.CID.str.removeprefix("NAS")) == set(tables["source_crm/cust_info.csv"].cst_key[:-4])
    assert (BUSINESS_DATE.isoformat() < people.BDATE).sum() == 16
    assert people.BDATE.max().startswith("9999-")
    genders = people.GEN.value_counts().to_dict()
    assert {gender: genders[gender] for gender in ("Male", "Female", "")} == {
        "Male": 8_608,
        "Female": 8_391,
        "": 1_472,
    }
    assert genders.keys() - {"Male", "Female", ""} == {"F", "M", "F ", "M ", "  "}


def test_the_erp_locations_have_the_errors_of_the_profile(tables: dict[str, pd.DataFrame]) -> None:
    places = tables["source_erp/LOC_A101.csv"]
    assert set(places.CID.str.replace("-", "")) == set(tables["source_crm/cust_info.csv"].cst_key[:-4])
    assert places.CID.str.match(r"AW-\d{8}$").all()
    assert (places.CNTRY == "").sum() == 332
    assert set(places.CNTRY) == {
        "Australia",
        "United States",
        "USA",
        "US",
        "United Kingdom",
        "France",
        "Canada",
        "Germany",
        "DE",
        "",
        "  ",
    }


def months_between(first: pd.Series, last: pd.Series) -> pd.Series:
    """Count month boundaries, as DATEDIFF(MONTH) does."""
    gap: pd.Series = last.dt.to_period("M").astype("int64") - first.dt.to_period("M").astype("int64")
    return gap


@pytest.mark.parametrize("scale", [0.01, 1.0, 5.0])
def test_every_segment_of_the_reports_occurs(tmp_path: Path, scale: float) -> None:
    generate(tmp_path, scale=scale)
    sales = read(tmp_path, "source_crm/sales_details.csv")
    sales = sales[sales.sls_order_dt.str.len() == 8]
    sales["day"] = pd.to_datetime(sales.sls_order_dt, format="%Y%m%d")
    sales["amount"] = pd.to_numeric(sales.sls_quantity) * pd.to_numeric(sales.sls_price).abs()
    customers = sales.groupby("sls_cust_id").agg(first=("day", "min"), last=("day", "max"), amount=("amount", "sum"))
    loyal = months_between(customers["first"], customers["last"]) >= 12
    segments = {
        "VIP": (loyal & (customers.amount > 5000)).sum(),
        "Regular": (loyal & (customers.amount <= 5000)).sum(),
        "New": (~loyal).sum(),
    }
    amounts = sales.groupby("sls_prd_key").amount.sum()
    segments["High-Performer"] = (amounts > 50_000).sum()
    segments["Mid-Range"] = amounts.between(10_000, 50_000).sum()
    segments["Low-Range"] = (amounts < 10_000).sum()
    assert min(segments.values()) > 0, segments


@pytest.mark.parametrize("scale", [0.01, 0.1])
def test_a_small_drop_keeps_every_kind_of_error(tmp_path: Path, scale: float) -> None:
    generate(tmp_path, scale=scale)
    customers = read(tmp_path, "source_crm/cust_info.csv")
    sales = read(tmp_path, "source_crm/sales_details.csv")
    people = read(tmp_path, "source_erp/CUST_AZ12.csv")
    places = read(tmp_path, "source_erp/LOC_A101.csv")
    assert set(customers[customers.cst_id != ""].cst_id.value_counts()) == {1, 2, 3}
    assert (customers == "").any().sum() == 6
    for column in ("cst_firstname", "cst_lastname"):
        assert customers[column].str.startswith(" ").any()
        assert customers[column].str.endswith(" ").any()
    assert {"0", "32154", "5489"} <= set(sales.sls_order_dt)
    for column in ("sls_sales", "sls_price"):
        assert {"", "0"} <= set(sales[column])
        assert sales[column].str.startswith("-").any()
    assert set(people.GEN) == {"Male", "Female", "", "F", "M", "F ", "M ", "  "}
    assert (BUSINESS_DATE.isoformat() < people.BDATE).any()
    assert {"", "  ", "US", "USA", "DE"} <= set(places.CNTRY)


@pytest.mark.parametrize("day", [BUSINESS_DATE, BUSINESS_DATE + 40 * DAY, BUSINESS_DATE + 1500 * DAY])
@pytest.mark.parametrize("scale", [0.01, 0.2])
def test_the_next_day_adds_orders_customers_changes_and_a_price(tmp_path: Path, scale: float, day: date) -> None:
    changes = compare_days(tmp_path, scale, day)
    assert changes["orders"] >= 2
    assert changes["customers"] >= 1
    assert changes["changed customers"] >= 1
    assert changes["product versions"] == 1


@pytest.mark.parametrize(
    "day",
    [BUSINESS_DATE - DAY, BUSINESS_DATE - 200 * DAY, date(2024, 3, 31), date(2022, 2, 1), date(2021, 6, 1)],
)
def test_a_day_before_the_business_date_adds_to_the_day_before_too(tmp_path: Path, day: date) -> None:
    changes = compare_days(tmp_path, 0.2, day)
    assert (changes["orders"] > 0) is (day >= date(2022, 2, 1))


def compare_days(folder: Path, scale: float, day: date) -> dict[str, int]:
    """Generate a day and the next, check that the earlier rows are still there and count what is new."""
    today, tomorrow = folder / "today", folder / "tomorrow"
    generate(today, scale=scale, as_of=day)
    generate(tomorrow, scale=scale, as_of=day + DAY)

    def lines(drop: Path, file: str) -> list[str]:
        return (drop / file).read_text(encoding="utf-8").splitlines()

    def gone(file: str) -> set[str]:
        return set(lines(today, file)) - set(lines(tomorrow, file))

    def new(file: str) -> list[str]:
        known = set(lines(today, file))
        return [line for line in lines(tomorrow, file) if line not in known]

    sales_before, sales_after = (lines(drop, "source_crm/sales_details.csv") for drop in (today, tomorrow))
    assert sales_after[: len(sales_before)] == sales_before
    assert lines(today, "source_erp/PX_CAT_G1V2.csv") == lines(tomorrow, "source_erp/PX_CAT_G1V2.csv")
    # A changed customer keeps id, key and names; a product's new version ends the one before.
    people = [
        frame[frame.cst_id != ""]
        for frame in (read(today, "source_crm/cust_info.csv"), read(tomorrow, "source_crm/cust_info.csv"))
    ]
    for column in ("cst_id", "cst_key", "cst_firstname", "cst_lastname", "cst_create_date"):
        assert list(people[1][column])[: len(people[0])] == list(people[0][column])
    assert not gone("source_erp/CUST_AZ12.csv")
    changed = gone("source_crm/cust_info.csv") | gone("source_erp/LOC_A101.csv")
    assert len(changed) <= 4 + 4 * scale
    products_gone, products_new = gone("source_crm/prd_info.csv"), new("source_crm/prd_info.csv")
    ended = {line.rsplit(",", 1)[0] for line in products_new}
    assert all(line.rsplit(",", 1)[0] in ended for line in products_gone)
    return {
        "orders": len({line.split(",")[0] for line in sales_after} - {line.split(",")[0] for line in sales_before}),
        "customers": len(people[1]) - len(people[0]),
        "changed customers": len(changed),
        "product versions": len(products_new) - len(products_gone),
    }


def test_new_orders_carry_the_day_before_the_business_date(tmp_path: Path) -> None:
    generate(tmp_path, scale=0.1, as_of=BUSINESS_DATE + 10 * DAY)
    orders = read(tmp_path, "source_crm/sales_details.csv").sls_order_dt
    real = orders[orders.str.len() == 8]
    assert real.max() == f"{BUSINESS_DATE + 9 * DAY:%Y%m%d}"


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda out: generate(out, scale=0), "scale must be from 0.01 to 1000, not 0"),
        (lambda out: generate(out, scale=float("nan")), "scale must be from 0.01 to 1000, not nan"),
        (lambda out: generate(out, seed=-1), r"seed must be from 0 to 2\*\*63 - 1, not -1"),
        (
            lambda out: generate(out, as_of=date(3000, 1, 1)),
            "as-of must be at most 2199-12-31, not 3000-01-01",
        ),
    ],
)
def test_bad_arguments_are_refused(tmp_path: Path, call: Callable[[Path], object], complaint: str) -> None:
    with pytest.raises(ArgumentError, match=complaint):
        call(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--scale", "0", "--out", "x"], "scale must be from 0.01 to 1000"),
        (["--as-of", "2026-02-30", "--out", "x"], "argument --as-of: invalid"),
        (["--scale", "1"], "the following arguments are required: --out"),
        (["--scale", "0.01", "--out", "/proc/no"], "/proc/no"),
    ],
)
def test_the_command_line_explains_bad_arguments(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert complaint in capsys.readouterr().err

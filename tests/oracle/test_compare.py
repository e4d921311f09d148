from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from tests.oracle import compare

EXPECTED = pd.DataFrame(
    {
        "id": pd.Series([1, 2, 3], dtype="Int64"),
        "name": pd.Series(["Ann", None, "Bo"], dtype="str"),
        "day": pd.Series(["2024-01-01", None, "9999-12-31"], dtype="datetime64[s]"),
        "mean": pd.Series([1.5, None, -2.3], dtype="Float64"),
    }
)


def actual(**columns: list[Any]) -> pd.DataFrame:
    """Rows as a database driver gives them, with some columns replaced."""
    rows: dict[str, list[Any]] = {
        "id": [1, 2, 3],
        "name": ["Ann", None, "Bo"],
        "day": [date(2024, 1, 1), None, date(9999, 12, 31)],
        "mean": [1.5, None, -2.3],
    }
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in (rows | columns).items()})


def test_the_same_rows_have_no_differences_whatever_their_order() -> None:
    assert compare(EXPECTED, actual().iloc[[2, 0, 1], [3, 1, 0, 2]], ["id"]) == []


def test_two_empty_tables_have_no_differences() -> None:
    assert compare(EXPECTED.head(0), actual().head(0), ["id"]) == []


@pytest.mark.parametrize(
    "columns",
    [
        {"id": [Decimal(1), Decimal("2.0"), Decimal(3)]},
        {"id": [True, 2, 3.0]},
        {"day": [datetime(2024, 1, 1), None, "9999-12-31"]},
        {"mean": [Decimal("1.5"), float("nan"), Decimal("-2.30")]},
    ],
)
def test_values_of_another_type_that_mean_the_same_are_no_difference(columns: dict[str, list[Any]]) -> None:
    assert compare(EXPECTED, actual(**columns), ["id"]) == []


@pytest.mark.parametrize(
    ("columns", "difference"),
    [
        ({"name": ["ann", None, "Bo"]}, "id 1: name is 'ann' instead of 'Ann'"),
        ({"name": ["Ann", None, "Bo "]}, "id 3: name is 'Bo ' instead of 'Bo'"),
        ({"name": ["Ann", "", "Bo"]}, "id 2: name is '' instead of NULL"),
        ({"name": [None, None, "Bo"]}, "id 1: name is NULL instead of 'Ann'"),
        ({"day": [date(2024, 1, 2), None, date.max]}, "id 1: day is 2024-01-02 instead of 2024-01-01"),
        (
            {"day": [datetime(2024, 1, 1, 12), None, date.max]},
            "id 1: day is 2024-01-01 12:00:00 instead of 2024-01-01",
        ),
        ({"mean": [1.6, None, -2.3]}, "id 1: mean is 1.6 instead of 1.5"),
        ({"mean": [1.5, 0.0, -2.3]}, "id 2: mean is 0.0 instead of NULL"),
        ({"id": [1, 2, 3.5]}, "column id does not hold Int64: 3.5 is no whole number"),
        ({"id": [1, 2, "3"]}, "column id does not hold Int64: '3' is no whole number"),
        ({"name": ["Ann", None, 7]}, "column name does not hold str: 7 is no text"),
    ],
)
def test_a_difference_names_row_column_and_both_values(columns: dict[str, list[Any]], difference: str) -> None:
    assert compare(EXPECTED, actual(**columns), ["id"]) == [difference]


def test_missing_and_surplus_rows_are_named_by_their_key() -> None:
    assert compare(EXPECTED, actual(id=[1, 2, 4]), ["id"]) == ["missing: id 3", "not expected: id 4"]


def test_missing_and_surplus_columns_are_named() -> None:
    assert compare(EXPECTED, actual(surplus=[0, 0, 0]).drop(columns="day"), ["id"]) == [
        "column day is missing",
        "column surplus is not expected",
    ]


def test_rows_that_share_a_key_are_compared_as_a_set() -> None:
    twice = pd.concat([EXPECTED, EXPECTED.iloc[[0]].assign(name="Cy")])
    as_read = pd.concat([actual().iloc[[0]].assign(name="Cy"), actual()])
    assert compare(twice, as_read, ["id"]) == []
    assert compare(twice, as_read.replace("Cy", "Di"), ["id"]) == [
        "id 1 (row 2 of that key): name is 'Di' instead of 'Cy'"
    ]
    assert compare(EXPECTED, as_read, ["id"]) == ["not expected: id 1 (row 2 of that key)"]


def test_rows_match_on_a_key_that_is_null() -> None:
    by_name = EXPECTED.drop(columns="id")
    assert compare(by_name, actual().drop(columns="id"), ["name"]) == []


def test_many_differences_are_counted_and_not_all_shown() -> None:
    numbers = pd.Series(range(100), dtype="Int64")
    expected = pd.DataFrame({"id": numbers, "n": numbers})
    found = compare(expected, expected.assign(n=numbers + 1), ["id"])
    assert len(found) == 21
    assert found[-1] == "… and 80 more like the last"

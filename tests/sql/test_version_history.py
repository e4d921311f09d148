"""The histories of customers and products: what was valid when, and which version a sale belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from tests.days.drop import AZ12, BASE, CUST, LOC, PRD, PX, SALES, Lines, write_drop
from tests.sql.steps import load_history
from tests.warehouse import Warehouse

EVER, ALWAYS = date(1, 1, 1), date(9999, 12, 31)
DAYS = [date(2024, 6, day) for day in range(15, 20)]
MOVED = {**BASE, LOC: [BASE[LOC][0], "AW-00011001,France", BASE[LOC][2]]}
"""Customer 11001 lives in France instead of the United States."""
TOURING = {**BASE, PRD: [*BASE[PRD][:2], BASE[PRD][2].replace(",S ,", ",T ,")]}
"""The helmet is of another line."""
CHANGED = {LOC: MOVED[LOC], PRD: TOURING[PRD]}
BOUGHT_LATER = "SO200,HL-U509,11001,20240617,20240620,20240627,35,1,35"

CUSTOMER = (
    "SELECT country, valid_from, valid_to, is_current FROM gold.dim_customers_history"
    " WHERE customer_id = 11001 ORDER BY version_number"
)
HELMET = (
    "SELECT product_line, valid_from, valid_to, cost FROM gold.dim_products_history"
    " WHERE product_number = N'HL-U509' ORDER BY version_number"
)
FRAME = (
    "SELECT cost, valid_from, valid_to, in_source FROM gold.dim_products_history"
    " WHERE product_number = N'FR-R92B-58' ORDER BY version_number"
)
SOLD = (
    "SELECT f.order_number, c.country, p.product_line, p.cost FROM gold.fact_sales AS f"
    " JOIN gold.dim_customers_history AS c ON f.customer_version_key = c.customer_version_key"
    " AND f.customer_key = c.customer_key"
    " JOIN gold.dim_products_history AS p ON f.product_version_key = p.product_version_key"
    " AND f.product_key = p.product_key"
    " WHERE COALESCE(f.order_date, '99991231') BETWEEN c.valid_from AND c.valid_to"
    " AND COALESCE(f.order_date, '99991231') BETWEEN p.valid_from AND p.valid_to"
    " ORDER BY f.order_number, p.product_number"
)


def rows(warehouse: Warehouse, query: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in warehouse.execute(query)]


def load(warehouse: Warehouse, folder: Path, days: Sequence[tuple[date, Lines]], **options: object) -> None:
    for number, (day, lines) in enumerate(days):
        drop = folder / f"{day} {number} {len(list(folder.iterdir()))}"
        write_drop(drop, lines)
        warehouse.load(drop, day, same_drop=True, **options)  # type: ignore[arg-type]


PRODUCT_LINES = {"a": "Road", "b": "Touring", "c": "Mountain"}
COUNTRIES = {"a": "Canada", "b": "France", "c": "Italy"}


def days_of(values: str) -> list[Lines]:
    """Drops of days on which the helmet has the line, and customer 11001 the country, of a letter each."""
    return [
        {
            PRD: [*BASE[PRD][:2], BASE[PRD][2].replace(",S ,", f",{PRODUCT_LINES[value][0]} ,")],
            LOC: [BASE[LOC][0], f"AW-00011001,{COUNTRIES[value]}", BASE[LOC][2]],
            SALES: [*BASE[SALES], BOUGHT_LATER, f"SO30{day},HL-U509,11001,20240101,20240106,20240113,35,1,35"],
        }
        for day, value in enumerate(values)
    ]


def versions_of(values: str) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The lines of the helmet and the countries of the customer with their begins, after these days."""
    begins = [day for day, value in enumerate(values) if day == 0 or value != values[day - 1]]
    return (
        [(PRODUCT_LINES[values[day]], DAYS[day] if day else EVER) for day in begins],
        [(COUNTRIES[values[day]], DAYS[day] if day else EVER) for day in begins],
    )


def histories(warehouse: Warehouse) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """What ``versions_of`` gives, on record."""
    return [row[:2] for row in rows(warehouse, HELMET)], [row[:2] for row in rows(warehouse, CUSTOMER)]


def test_a_customer_who_moves_has_a_version_for_each_country(emptied: Warehouse, tmp_path: Path) -> None:
    with_sale = {**MOVED, SALES: [*BASE[SALES], BOUGHT_LATER]}
    load(emptied, tmp_path, [(DAYS[0], BASE), (DAYS[1], BASE), (DAYS[2], with_sale), (DAYS[3], with_sale)])
    assert rows(emptied, CUSTOMER) == [
        ("United States", EVER, DAYS[1], False),
        ("France", DAYS[2], ALWAYS, True),
    ]
    sold = {order: country for order, country, *_ in rows(emptied, SOLD)}
    assert sold == {"SO100": "Germany", "SO101": "United States", "SO102": "France", "SO200": "France"}
    assert len(rows(emptied, SOLD)) == emptied.value("SELECT COUNT(*) FROM gold.fact_sales") == 5
    assert emptied.value("SELECT country FROM gold.dim_customers WHERE customer_id = 11001") == "France"
    assert emptied.value("SELECT COUNT(*) FROM gold.dim_customers_history") == 1 + 4


@pytest.mark.parametrize(
    ("table", "line", "changed"),
    [
        (CUST, "11001,AW00011001,Ilse,Brandt,S,F,2023-02-01", "11001,AW00011001,Ilse,Hale,M,F,2023-02-01"),
        (CUST, "11001,AW00011001,Ilse,Brandt,S,F,2023-02-01", "11001,AW00011001,ilse,Brandt,S,F,2023-02-01"),
        (CUST, "11001,AW00011001,Ilse,Brandt,S,F,2023-02-01", "11001,AW00011001,,Brandt,S,F,2023-02-01"),
        (LOC, "AW-00011001,US", "AW-00011001,"),
    ],
    ids=["name and marital status", "case", "no first name", "no country"],
)
def test_each_tracked_value_begins_a_version(
    emptied: Warehouse, tmp_path: Path, table: str, line: str, changed: str
) -> None:
    lines = {**BASE, table: [changed if row == line else row for row in BASE[table]]}
    load(emptied, tmp_path, [(DAYS[0], BASE), (DAYS[1], lines), (DAYS[2], lines)])
    assert [version[1:3] for version in rows(emptied, CUSTOMER)] == [(EVER, DAYS[0]), (DAYS[1], ALWAYS)]


@pytest.mark.parametrize(
    ("table", "line", "changed"),
    [
        (AZ12, "AW00011001,1990-12-31,F", "AW00011001,1991-12-31,M"),
        (CUST, "11001,AW00011001,Ilse,Brandt,S,F,2023-02-01", "11001,AW00011001,Ilse,Brandt,S,M,2023-02-02"),
        (LOC, "AW-00011001,US", "AW-00011001,united states"),
    ],
    ids=["birth date", "gender and date of creation", "another code of the country"],
)
def test_a_correction_of_other_values_begins_none(
    emptied: Warehouse, tmp_path: Path, table: str, line: str, changed: str
) -> None:
    lines = {**BASE, table: [changed if row == line else row for row in BASE[table]]}
    load(emptied, tmp_path, [(DAYS[0], BASE), (DAYS[1], lines)])
    assert rows(emptied, CUSTOMER) == [("United States", EVER, ALWAYS, True)]


def test_another_spelling_of_a_country_is_no_change(emptied: Warehouse, tmp_path: Path) -> None:
    spelled = {**BASE, LOC: [BASE[LOC][0], "AW-00011001,France", "AW-00011002,FRANCE"]}
    respelled = {**BASE, LOC: ["AW-00011000,FRANCE", "AW-00011001,FRANCE", "AW-00011002,FRANCE"]}
    load(emptied, tmp_path, [(DAYS[0], spelled), (DAYS[1], respelled)])
    assert rows(emptied, CUSTOMER) == [("FRANCE", EVER, ALWAYS, True)]


def test_a_corrected_drop_of_the_day_leaves_no_version_of_the_wrong_one(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path, [(DAYS[0], BASE), (DAYS[1], {**MOVED, PRD: TOURING[PRD]}), (DAYS[1], BASE)])
    assert rows(emptied, CUSTOMER) == [("United States", EVER, ALWAYS, True)]
    assert rows(emptied, HELMET) == [("Other Sales", EVER, ALWAYS, 12)]
    load(emptied, tmp_path, [(DAYS[1], MOVED), (DAYS[1], {**MOVED, LOC: [*MOVED[LOC][::2], "AW-00011001,Canada"]})])
    assert rows(emptied, CUSTOMER) == [
        ("United States", EVER, DAYS[0], False),
        ("Canada", DAYS[1], ALWAYS, True),
    ]


LEFT = {CUST: [BASE[CUST][0], BASE[CUST][2]], PRD: BASE[PRD][:2]}
"""Customer 11001 and the helmet are not delivered."""
BOUGHT = "SELECT customer_key, product_key, cost FROM gold.fact_sales WHERE order_number = N'SO101'"


@pytest.mark.parametrize("again", [1, 2], ids=["the same day", "a replay of the day"])
def test_a_corrected_day_leaves_no_version_of_members_that_it_lacks(
    emptied: Warehouse, tmp_path: Path, again: int
) -> None:
    """Of members that only the wrong drop had, and of those that it had changed."""
    load(emptied, tmp_path, [(day, LEFT) for day in DAYS[:again]])
    load(emptied, tmp_path, [(DAYS[0], BASE), (DAYS[0], LEFT)], replay=True)
    assert rows(emptied, CUSTOMER) == rows(emptied, HELMET) == []
    assert rows(emptied, BOUGHT) == [(0, 0, None)]
    load(emptied, tmp_path, [(DAYS[again], CHANGED)])
    assert rows(emptied, CUSTOMER) == [("France", EVER, ALWAYS, True)]
    assert rows(emptied, HELMET) == [("Touring", EVER, ALWAYS, 12)]

    load(emptied, tmp_path, [(DAYS[3], BASE), (DAYS[3], {**BASE, **LEFT})])
    assert rows(emptied, CUSTOMER) == [("France", EVER, ALWAYS, True)]
    assert rows(emptied, HELMET) == [("Touring", EVER, ALWAYS, 12)]
    assert rows(emptied, BOUGHT) != [(0, 0, None)]


def test_a_withdrawn_day_leaves_no_version_of_members_that_later_days_lack(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path, [(DAYS[0], LEFT), (DAYS[1], BASE), (DAYS[2], LEFT)])
    emptied.execute("EXEC etl.withdraw_batch 2, N'wrong'")
    assert rows(emptied, CUSTOMER) == rows(emptied, HELMET) == []
    assert rows(emptied, BOUGHT) == [(0, 0, None)]
    load(emptied, tmp_path, [(DAYS[3], {**BASE, **CHANGED}), (DAYS[4], LEFT)])
    emptied.execute("EXEC etl.withdraw_batch 3, N'wrong as well'")
    assert rows(emptied, CUSTOMER) == [("France", EVER, ALWAYS, True)]
    assert rows(emptied, HELMET) == [("Touring", EVER, ALWAYS, 12)]


def test_a_withdrawn_correction_leaves_no_version_of_members_that_it_added(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path, [(DAYS[0], LEFT), (DAYS[0], BASE), (DAYS[1], LEFT)])
    emptied.execute("EXEC etl.withdraw_batch 2, N'the first drop of the day was right'")
    assert rows(emptied, CUSTOMER) == rows(emptied, HELMET) == []
    assert rows(emptied, BOUGHT) == [(0, 0, None)]


def test_a_member_that_an_earlier_day_had_is_known_whatever_was_corrected_and_withdrawn(
    emptied: Warehouse, tmp_path: Path
) -> None:
    load(emptied, tmp_path, [(DAYS[0], BASE), (DAYS[0], BASE)])
    before = rows(emptied, CUSTOMER), rows(emptied, HELMET), rows(emptied, BOUGHT)
    load(emptied, tmp_path, [(DAYS[1], LEFT), (DAYS[1], CHANGED)])
    emptied.execute("EXEC etl.withdraw_batch 4, N'the first drop of the day was right'")
    for _ in range(2):
        assert (rows(emptied, CUSTOMER), rows(emptied, HELMET), rows(emptied, BOUGHT)) == before
        load(emptied, tmp_path, [(DAYS[2], LEFT)])


def test_a_backfilled_day_is_the_last_of_members_that_left_before(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path, [(DAYS[0], BASE), (DAYS[3], LEFT)])
    for number in (1, 2):
        sold = f"SO30{number},HL-U509,11001,20240616,20240620,20240627,35,1,35"
        write_drop(tmp_path / f"history {number}", {**BASE, **CHANGED, SALES: [*BASE[SALES], sold]})
        load_history(emptied, f"backfill {number}", DAYS[number], tmp_path / f"history {number}")
    emptied.execute("EXEC etl.withdraw_batch 3, N'wrong'")
    assert [row[0] for row in rows(emptied, CUSTOMER)] == ["United States", "France"]
    assert [row[0] for row in rows(emptied, HELMET)] == ["Other Sales", "Touring"]


def test_a_withdrawn_day_leaves_no_version(emptied: Warehouse, tmp_path: Path) -> None:
    later = {**MOVED, PRD: [*TOURING[PRD], "216,AC-HE-HL-U509,Sport Helmet,20,S ,2024-06-16,"]}
    load(emptied, tmp_path, [(DAYS[0], BASE), (DAYS[1], later)])
    emptied.execute("EXEC etl.withdraw_batch 2, N'the wrong drop'")
    assert rows(emptied, CUSTOMER) == [("United States", EVER, ALWAYS, True)]
    assert rows(emptied, HELMET) == [("Other Sales", EVER, ALWAYS, 12)]
    load(emptied, tmp_path, [(DAYS[2], MOVED)])
    assert rows(emptied, CUSTOMER)[1] == ("France", DAYS[2], ALWAYS, True)


def test_a_withdrawn_day_that_a_later_one_confirmed_stays_in_the_history(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path, [(DAYS[0], BASE), (DAYS[1], MOVED), (DAYS[2], MOVED)])
    emptied.execute("EXEC etl.withdraw_batch 2, N'too late'")
    load(emptied, tmp_path, [(DAYS[3], MOVED)])
    assert [version[:2] for version in rows(emptied, CUSTOMER)] == [("United States", EVER), ("France", DAYS[1])]


def test_a_withdrawn_day_between_others_leaves_no_version(emptied: Warehouse, tmp_path: Path) -> None:
    bought = {**BASE, SALES: [*BASE[SALES], "SO200,HL-U509,11001,20240616,20240620,20240627,35,1,35"]}
    load(emptied, tmp_path, [(DAYS[0], bought), (DAYS[1], {**bought, **CHANGED}), (DAYS[2], bought)])
    assert rows(emptied, SOLD)[-1] == ("SO200", "France", "Touring", 12)
    emptied.execute("EXEC etl.withdraw_batch 2, N'wrong'")
    for _ in range(2):
        assert rows(emptied, CUSTOMER) == [("United States", EVER, ALWAYS, True)]
        assert rows(emptied, HELMET) == [("Other Sales", EVER, ALWAYS, 12)]
        assert rows(emptied, SOLD)[-1] == ("SO200", "United States", "Other Sales", 12)
        load(emptied, tmp_path, [(DAYS[3], bought)])


def test_a_withdrawn_first_day_leaves_no_version(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path, [(DAYS[0], {**BASE, **CHANGED}), (DAYS[1], BASE)])
    emptied.execute("EXEC etl.withdraw_batch 1, N'wrong'")
    assert rows(emptied, CUSTOMER) == [("United States", EVER, ALWAYS, True)]
    assert rows(emptied, HELMET) == [("Other Sales", EVER, ALWAYS, 12)]
    assert [row[1:] for row in rows(emptied, SOLD) if row[0] == "SO101"] == [("United States", "Other Sales", 12)]


def test_a_wrong_date_leaves_no_version_once_the_right_day_was_loaded_and_it_is_withdrawn(
    emptied: Warehouse, tmp_path: Path
) -> None:
    undated = {**BASE, SALES: [*BASE[SALES], "SO300,HL-U509,11001,0,20240620,20240627,35,1,35"]}
    load(emptied, tmp_path, [(DAYS[0], undated), (date(2062, 6, 16), {**undated, **CHANGED})])
    load(emptied, tmp_path, [(DAYS[1], undated)], replay=True)
    emptied.execute("EXEC etl.withdraw_batch 2, N'2062 instead of 2024'")
    assert rows(emptied, CUSTOMER) == [("United States", EVER, ALWAYS, True)]
    assert rows(emptied, HELMET) == [("Other Sales", EVER, ALWAYS, 12)]
    assert rows(emptied, SOLD)[-1] == ("SO300", "United States", "Other Sales", 12)


def test_a_replayed_day_keeps_its_versions_when_the_later_day_that_brought_them_is_withdrawn(
    emptied: Warehouse, tmp_path: Path
) -> None:
    load(emptied, tmp_path, [(DAYS[1], BASE)])
    load(emptied, tmp_path, [(DAYS[0], BASE)], replay=True)
    before = rows(emptied, FRAME), rows(emptied, CUSTOMER), rows(emptied, SOLD)
    emptied.execute("EXEC etl.withdraw_batch 1, N'wrong'")
    assert (rows(emptied, FRAME), rows(emptied, CUSTOMER), rows(emptied, SOLD)) == before
    assert len(before[2]) == len(BASE[SALES])


def test_a_backfilled_day_between_equal_ones_holds_until_the_next_of_them(emptied: Warehouse, tmp_path: Path) -> None:
    bought = {**BASE, SALES: [*BASE[SALES], BOUGHT_LATER]}
    load(emptied, tmp_path, [(DAYS[0], BASE), (DAYS[2], bought)])
    write_drop(tmp_path / "history", MOVED)
    batch_id = load_history(emptied, "backfill", DAYS[1], tmp_path / "history")["batch_id"]
    assert rows(emptied, CUSTOMER) == [
        ("United States", EVER, DAYS[0], False),
        ("France", DAYS[1], DAYS[1], False),
        ("United States", DAYS[2], ALWAYS, True),
    ]
    assert rows(emptied, SOLD)[-1] == ("SO200", "United States", "Other Sales", 12)
    emptied.execute("EXEC etl.withdraw_batch ?, N'wrong'", batch_id)
    assert rows(emptied, CUSTOMER) == [("United States", EVER, ALWAYS, True)]
    load_history(emptied, "backfill again", DAYS[1], tmp_path / "history")
    assert [row[0] for row in rows(emptied, CUSTOMER)] == ["United States", "France", "United States"]


def test_a_backfilled_day_tells_what_was_before(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path, [(DAYS[2], {**MOVED, SALES: [*BASE[SALES], BOUGHT_LATER]})])
    assert rows(emptied, CUSTOMER) == [("France", EVER, ALWAYS, True)]
    for number, (day, lines) in enumerate([(DAYS[0], BASE), (DAYS[1], MOVED)]):
        write_drop(tmp_path / f"history {number}", lines)
        load_history(emptied, f"backfill {number}", day, tmp_path / f"history {number}")
    assert rows(emptied, CUSTOMER) == [
        ("United States", EVER, DAYS[0], False),
        ("France", DAYS[1], ALWAYS, True),
    ]
    assert [row[:2] for row in rows(emptied, SOLD) if row[0] in ("SO101", "SO200")] == [
        ("SO101", "United States"),
        ("SO200", "France"),
    ]


@pytest.mark.parametrize("older", ["replay", "history"])
@pytest.mark.parametrize(
    ("values", "order"),
    [("aba", [2, 1, 0]), ("abb", [2, 0, 1]), ("abac", [3, 0, 2, 1]), ("aabc", [1, 3, 0, 2])],
)
def test_members_have_the_same_versions_in_whatever_order_their_days_are_loaded(
    emptied: Warehouse, tmp_path: Path, values: str, order: list[int], older: str
) -> None:
    days = days_of(values)
    latest = -1
    for day in order:
        if day > latest or older == "replay":
            load(emptied, tmp_path, [(DAYS[day], days[day])], replay=day < latest)
        else:
            write_drop(tmp_path / f"history {day}", days[day])
            load_history(emptied, f"backfill {day}", DAYS[day], tmp_path / f"history {day}")
        latest = max(latest, day)
    load(emptied, tmp_path, [(DAYS[latest], days[latest])])
    assert histories(emptied) == versions_of(values)
    bought = [values[0], values[min(2, len(values) - 1)]]
    assert [row[1:3] for row in rows(emptied, SOLD) if row[0] in ("SO101", "SO200")] == [
        (COUNTRIES[value], PRODUCT_LINES[value]) for value in bought
    ]


@pytest.mark.parametrize(
    ("loaded", "corrected", "expected"),
    [
        ("aba", {1: "a"}, "aaa"),
        ("aab", {1: "b"}, "abb"),
        ("aa", {0: "b"}, "ba"),
        ("abb", {1: "a"}, "aab"),
        ("abbc", {1: "c"}, "acbc"),
    ],
)
def test_a_corrected_day_leaves_the_days_after_it_as_they_were(
    emptied: Warehouse, tmp_path: Path, loaded: str, corrected: dict[int, str], expected: str
) -> None:
    drops = [days_of(loaded)[day] for day in range(len(loaded))]
    load(emptied, tmp_path, list(zip(DAYS, drops, strict=False)))
    for day, value in corrected.items():
        load(emptied, tmp_path, [(DAYS[day], days_of(loaded[:day] + value)[day])], replay=True)
    load(emptied, tmp_path, [(DAYS[len(loaded) - 1], drops[-1])])
    assert histories(emptied) == versions_of(expected)


def test_an_older_drop_does_not_tell_of_a_version_that_the_next_one_corrected(
    emptied: Warehouse, tmp_path: Path
) -> None:
    planned = BASE[PRD][0].replace("2022-01-01", "2024-06-19")
    later = {**BASE, PRD: [*TOURING[PRD], "216,AC-HE-HL-U509,Sport Helmet,20,S ,2024-06-18,", planned]}
    load(emptied, tmp_path, [(DAYS[2], later)])
    before = rows(emptied, HELMET), rows(emptied, FRAME)
    assert [row[0] for row in before[0]] == ["Touring", "Other Sales"]
    older = {**BASE, PRD: [BASE[PRD][2], BASE[PRD][1], planned.replace(",R ,", ",M ,")]}
    load(emptied, tmp_path, [(DAYS[0], older)], replay=True)
    load(
        emptied,
        tmp_path,
        [(DAYS[1], {**BASE, PRD: [BASE[PRD][2].replace(",S ,", ",M ,"), *older[PRD][1:]]})],
        replay=True,
    )
    load(emptied, tmp_path, [(DAYS[2], later)])
    assert (rows(emptied, HELMET), rows(emptied, FRAME)) == before


def test_a_replayed_day_changes_no_version_and_keeps_the_keys(emptied: Warehouse, tmp_path: Path) -> None:
    new = {**MOVED, PRD: [*TOURING[PRD], "216,AC-HE-HL-U509,Sport Helmet,20,S ,2024-06-16,"]}
    load(emptied, tmp_path, [(DAYS[0], BASE), (DAYS[1], {**MOVED, PRD: TOURING[PRD]}), (DAYS[2], new)])
    histories = [f"SELECT * FROM gold.dim_{members}_history ORDER BY 1" for members in ("customers", "products")]
    before = [rows(emptied, query) for query in histories]
    load(emptied, tmp_path, [(DAYS[0], BASE)], replay=True)
    assert rows(emptied, histories[0]) == before[0]
    assert [row[3] for row in rows(emptied, HELMET)] == [12, 12]  # gold shows a day without the new version
    load(emptied, tmp_path, [(DAYS[2], new)])
    assert [rows(emptied, query) for query in histories] == before


def test_the_versions_of_the_source_are_versions_and_purged_ones_stay(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path, [(DAYS[0], BASE)])
    versions = [(300, EVER, date(2023, 6, 30), True), (350, date(2023, 7, 1), ALWAYS, True)]
    assert rows(emptied, FRAME) == versions
    costs = [("SO100", 300), ("SO100", 12), ("SO101", 12), ("SO102", 350)]
    assert [(order, cost) for order, _, _, cost in rows(emptied, SOLD)] == costs
    load(emptied, tmp_path, [(DAYS[1], {**BASE, PRD: BASE[PRD][1:]})])
    assert rows(emptied, FRAME) == [(*versions[0][:3], False), versions[1]]
    assert [(order, cost) for order, _, _, cost in rows(emptied, SOLD)] == costs


def test_a_version_that_the_source_takes_back_is_left_out(emptied: Warehouse, tmp_path: Path) -> None:
    back = {**BASE, PRD: [*BASE[PRD], "217,CO-RF-FR-R92B-58,Road Frame,400,R ,2024-01-01,"]}
    load(emptied, tmp_path, [(DAYS[0], back), (DAYS[1], BASE)])
    assert [version[0] for version in rows(emptied, FRAME)] == [300, 350]
    load(emptied, tmp_path, [(DAYS[2], back)])
    assert [version[0] for version in rows(emptied, FRAME)] == [300, 350, 400]
    assert emptied.value("SELECT COUNT(*) FROM silver.product_versions WHERE product_key = 1") == 3


def test_a_product_whose_line_or_category_changes_without_a_version_of_the_source_gets_one(
    emptied: Warehouse, tmp_path: Path
) -> None:
    recategorised = {**TOURING, PX: [BASE[PX][0], "AC_HE,Protection,Helmets,No"]}
    sold = [*BASE[SALES], BOUGHT_LATER]
    load(
        emptied,
        tmp_path,
        [(DAYS[0], BASE), (DAYS[2], {**TOURING, SALES: sold}), (DAYS[3], {**recategorised, SALES: sold})],
    )
    assert rows(emptied, HELMET) == [
        ("Other Sales", EVER, DAYS[1], 12),
        ("Touring", DAYS[2], DAYS[2], 12),
        ("Touring", DAYS[3], ALWAYS, 12),
    ]
    assert [row[2] for row in rows(emptied, SOLD) if row[0] in ("SO101", "SO200")] == ["Other Sales", "Touring"]
    assert [
        row["category"]
        for row in emptied.execute(
            "SELECT category FROM gold.dim_products_history WHERE product_number = N'HL-U509' ORDER BY version_number"
        )
    ] == ["Accessories", "Accessories", "Protection"]


def test_a_corrected_cost_or_ended_version_begins_no_version(emptied: Warehouse, tmp_path: Path) -> None:
    corrected = [BASE[PRD][0].replace(",R ,", ",M ,"), BASE[PRD][1].replace(",350,", ",340,"), BASE[PRD][2]]
    load(emptied, tmp_path, [(DAYS[0], BASE), (DAYS[1], {**BASE, PRD: corrected})])
    assert rows(emptied, FRAME) == [
        (300, EVER, date(2023, 6, 30), True),
        (340, date(2023, 7, 1), ALWAYS, True),
    ]
    line = "SELECT product_line FROM gold.dim_products_history WHERE product_number = N'FR-R92B-58' AND cost = 300"
    assert emptied.value(line) == "Mountain"


def test_a_sale_without_order_date_belongs_to_the_current_versions(emptied: Warehouse, tmp_path: Path) -> None:
    undated = {**MOVED, SALES: [*BASE[SALES], "SO300,FR-R92B-58,11001,0,20240620,20240627,500,1,500"]}
    load(emptied, tmp_path, [(DAYS[0], BASE), (DAYS[1], undated)])
    assert rows(emptied, SOLD)[-1] == ("SO300", "France", "Road", 350)


def test_a_sale_of_unknown_members_belongs_to_the_unknown_versions(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path, [(DAYS[0], {**BASE, SALES: ["SO400,NONE-1,99999,20240615,20240620,20240627,35,1,35"]})])
    assert rows(emptied, SOLD) == [("SO400", "n/a", "n/a", None)]
